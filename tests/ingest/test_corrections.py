"""A person's correction survives every later import. The machine's differing value is kept beside it."""

import pytest

from articles.models import Article, Proposal
from tests.make import PAGE, correct, doubts_of, load, write
from tests.tables import load_tables

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(tmp_path):
    return load(write(tmp_path, PAGE)).page


def reload_twice(tmp_path, text):
    first = load(write(tmp_path, text))
    second = load(write(tmp_path, text))
    assert second.outcome == "same"
    return first


def test_a_corrected_headline_stands_and_the_rest_is_updated(tmp_path, page):
    article = page.articles.as_printed()[0]
    correct(article, headline="人工改过的标题")
    changed = PAGE.replace("湖畔建起流动诊室", "湖畔有了流动诊室").replace("赵一苇", "赵一帆")
    report = reload_twice(tmp_path, changed)
    article.refresh_from_db()
    assert article.headline == "人工改过的标题"
    assert [row.name_as_printed for row in article.bylines.all()] == ["赵一帆"]
    assert report.articles[0] == ("change", "人工改过的标题")
    assert [(row.article, row.field, row.value) for row in Proposal.objects.all()] == [
        (article, "headline", "青海湖畔有了流动诊室")
    ]


def test_a_proposal_goes_when_machine_and_person_agree(tmp_path, page):
    article = page.articles.as_printed()[0]
    correct(article, headline="青海湖畔有了流动诊室")
    load(write(tmp_path, PAGE.replace("三百余名", "四百余名")))
    assert Proposal.objects.get().value == "青海湖畔建起流动诊室"
    load(write(tmp_path, PAGE.replace("湖畔建起", "湖畔有了")))
    assert not Proposal.objects.exists()


def test_corrected_sets_stand_whole(tmp_path, page):
    article = page.articles.as_printed()[0]
    article.bylines.all().delete()
    article.article_regions.all().delete()
    article.protect("bylines", "regions")
    article.save()
    reload_twice(tmp_path, PAGE.replace("赵一苇", "赵一帆").replace("三百余名", "四百余名"))
    assert not article.bylines.exists() and not article.article_regions.exists()
    assert dict(Proposal.objects.values_list("field", "value"))["bylines"] == [["text", "记者", "赵一帆"]]


def test_an_article_that_a_person_worked_on_does_not_go(tmp_path, page):
    article = page.articles.as_printed()[2]
    correct(article, headline="人工改过的标题")
    reload_twice(tmp_path, PAGE[: PAGE.index("福建社区")])
    article.refresh_from_db()
    assert [kind for kind in doubts_of(article) if kind != "no-topic"] == ["not-in-reading"]
    assert page.articles.count() == 3


def test_a_page_whose_structure_was_edited_gains_loses_and_reorders_nothing(tmp_path, page):
    first, second, third = page.articles.as_printed()
    Article.objects.filter(pk=third.pk).delete()
    Article.objects.filter(pk=first.pk).update(position=9)
    page.structure_edited = True
    page.save()
    reload_twice(tmp_path, PAGE.replace("三百余名", "四百余名"))
    assert list(page.articles.as_printed()) == [second, first]
    first.refresh_from_db()
    assert "四百余名" in first.text
    proposal = Proposal.objects.get(article=None, field="items")
    assert [row["headline"] for row in proposal.value] == ["福建社区食堂添了营养师"]


def test_a_corrected_page_number_and_section_stand(tmp_path, page):
    page.number, page.section = 7, "专版"
    page.protect("number", "section")
    page.save()
    reload_twice(tmp_path, PAGE.replace("三百余名", "四百余名"))
    page.refresh_from_db()
    assert (page.number, page.section) == (7, "专版")
    assert dict(Proposal.objects.values_list("field", "value")) == {"number": 3, "section": "综合新闻"}


def test_an_issue_that_an_editor_dated_keeps_its_date(tmp_path, page):
    issue = page.issue
    issue.date = issue.date.replace(day=25)
    issue.date_basis = "editor"
    issue.save()
    reload_twice(tmp_path, PAGE.replace("三百余名", "四百余名"))
    page.refresh_from_db()
    assert (page.issue, page.issue.date.day) == (issue, 25)


def test_corrected_page_credits_stand(tmp_path, page):
    page.credits.all().delete()
    page.protect("credits")
    page.save()
    reload_twice(tmp_path, PAGE.replace("冯以宁", "冯一宁"))
    assert not page.credits.exists()


def test_a_place_that_a_person_has_settled_is_not_doubted_again(tmp_path):
    load_tables()
    text = "2024年11月22日\n\n1\n\n义诊通知\n\n本报讯 鼓楼区卫生健康委组织义诊。\n"
    article = load(write(tmp_path, text)).page.articles.get()
    assert "place-ambiguous" in doubts_of(article)
    article.protect("regions")
    article.save()
    reload_twice(tmp_path, text.replace("组织义诊", "组织大型义诊"))
    article.refresh_from_db()
    assert "大型义诊" in article.text
    assert "place-ambiguous" not in doubts_of(article)
