"""The machine's side of the life of doubts: what imports open, refresh, leave closed and take away."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.ingest.doubts import Target, bring, difference, doubt
from articles.models import Article, Doubt, Topic, archive
from tests.make import PAGE, correct, doubts_of, load, make_article, make_doubt, write
from tests.tables import load_tables

pytestmark = pytest.mark.django_db

#: A page with a doubt about a place name, and one about a missing byline.
PLACE = "2024年11月22日\n\n1\n\n义诊通知\n\n本报讯 鼓楼区卫生健康委组织义诊。\n"


def rows():
    fields = ("pk", "article", "kind", "digest", "detail", "rule", "probability", "state", "by", "at")
    return list(Doubt.objects.order_by("pk").values_list(*fields))


def revision():
    return archive.state().revision


def another_reader():
    Topic.objects.create(slug="another-reader", name="另一个读取器")


def bring_about(article, *raised):
    with archive.change() as change:
        stored = Doubt.objects.of(article)
        bring({Target(article.page_id, article.pk): raised}, stored, change)


def test_a_new_doubt_is_an_open_row_and_one_no_longer_raised_goes():
    article = make_article()
    bring_about(article, doubt("no-byline", rule="r"), doubt("headline-uncertain", "甲：主题，或为副题", "r", 0.5))
    assert [(row.kind, row.detail, row.rule, row.probability, row.is_open) for row in Doubt.objects.all()] == [
        ("no-byline", "", "r", None, True),
        ("headline-uncertain", "甲：主题，或为副题", "r", 0.5, True),
    ]
    bring_about(article, doubt("no-byline", rule="r"))
    assert doubts_of(article) == ["no-byline"]


def test_a_doubt_raised_again_keeps_its_row_and_follows_the_reading():
    article = make_article()
    bring_about(article, doubt("place-ambiguous", "鼓楼区：南京市鼓楼区、徐州市鼓楼区", "r", 0.4))
    (kept,) = rows()
    bring_about(article, doubt("place-ambiguous", "鼓楼区：福州市鼓楼区、开封市鼓楼区", "s", 0.6))
    row = Doubt.objects.get()
    assert (row.pk, row.detail, row.rule, row.probability) == (
        *(kept[0], "鼓楼区：福州市鼓楼区、开封市鼓楼区"),
        *("s", 0.6),
    )
    bring_about(article, doubt("place-ambiguous", "朝阳区：北京市朝阳区、长春市朝阳区", "s"))
    assert Doubt.objects.get().pk != kept[0]  # another place is another doubt


@pytest.mark.parametrize("state", [Doubt.State.SETTLED, Doubt.State.DISMISSED])
def test_a_closed_doubt_stays_as_a_person_left_it(state, admin_user):
    article = make_article()
    at = archive.state().changed_at
    detail = "鼓楼区：南京市鼓楼区、徐州市鼓楼区"
    make_doubt(article, "place-ambiguous", detail, rule="r", probability=0.4, state=state, by=admin_user, at=at)
    before = rows()
    bring_about(article, doubt("place-ambiguous", "鼓楼区：福州市鼓楼区、开封市鼓楼区", "s", 0.6))
    bring_about(article)
    assert rows() == before


def test_of_two_doubts_about_one_thing_the_less_sure_counts():
    labels = (("正文", 0.7), ("署名", 0.3))
    raised = [doubt("label-uncertain", f"甲：{label}，起止没有把握", "r", sure) for label, sure in labels]
    (row,) = difference({Target(1, 1): raised}, []).missing
    assert row.probability == 0.3


def test_all_doubts_of_many_articles_take_a_few_statements():
    articles = [make_article() for _ in range(30)]
    for article in articles:
        make_doubt(article, "no-byline")
        make_doubt(article, "place-ambiguous", "鼓楼区：甲、乙")
    raised = [doubt("no-headline"), doubt("place-ambiguous", "鼓楼区：丙、丁")]
    stored = list(Doubt.objects.all())
    with archive.change() as change, CaptureQueriesContext(connection) as queries:
        bring({Target(each.page_id, each.pk): raised for each in articles}, stored, change)
    assert [query["sql"].split()[0] for query in queries if "SAVEPOINT" not in query["sql"]] == [
        *("SELECT", "DELETE", "DELETE"),  # the claims on the doubts go first
        *("INSERT", "UPDATE"),
    ]
    assert Doubt.objects.count() == 60


def test_an_article_is_stamped_only_for_doubts_that_readers_see():
    article = make_article()
    before = revision()
    bring_about(article, doubt("no-byline"), doubt("label-uncertain", "甲：正文，或为署名"))
    assert revision() == before
    bring_about(article, doubt("open-paragraph", "没有说完"))
    article.refresh_from_db()
    assert article.revision == revision() == before + 1
    bring_about(article, doubt("open-paragraph", "还是没有说完"))  # the detail is not shown
    assert revision() == before + 1
    bring_about(article)
    assert revision() == before + 2


def test_the_same_file_again_changes_nothing_not_even_with_another_reader(tmp_path):
    load_tables()
    path = write(tmp_path, PLACE)
    article = load(path).page.articles.get()
    assert sorted(doubts_of(article)) == ["no-byline", "no-headline", "place-ambiguous"]
    before = rows(), revision()
    load(path)
    assert (rows(), revision()) == before
    another_reader()
    assert load(path).outcome == "same"
    assert (rows(), revision()) == before


def test_a_dismissed_doubt_stays_dismissed_when_another_reader_raises_it_again(tmp_path):
    load_tables()
    path = write(tmp_path, PLACE)
    article = load(path).page.articles.get()
    Doubt.objects.of(article).update(state=Doubt.State.DISMISSED)
    before = rows()
    another_reader()
    load(path)
    load(write(tmp_path, PLACE.replace("组织义诊", "组织大型义诊")))
    assert rows() == before


def test_a_reading_without_its_doubt_takes_it_away(tmp_path):
    load_tables()
    article = load(write(tmp_path, PLACE)).page.articles.get()
    load(write(tmp_path, PLACE.replace("鼓楼区", "福州市鼓楼区").replace("本报讯 ", "本报讯（记者赵一苇）")))
    assert doubts_of(article) == ["no-headline"]


def test_what_a_person_has_set_is_not_doubted_again(tmp_path):
    path = write(tmp_path, PAGE.replace("\n3\n", "\n"), "1.txt")
    page = load(path, given_page=3).page
    article = page.articles.as_printed()[0]
    article.bylines.all().delete()
    correct(article, headline="", deck="副题")
    correct(article, kicker="")
    article.protect("bylines")
    article.save()
    other = page.articles.as_printed()[1]
    without = PAGE.replace("\n3\n", "\n").replace("（记者赵一苇）", "").replace("（通讯员钱二木）", "")
    load(write(tmp_path, without, "1.txt"), given_page=3)
    assert "no-byline" not in doubts_of(article)
    assert "no-byline" in doubts_of(other)


def test_a_new_page_gets_all_its_doubts_by_one_statement(tmp_path):
    with CaptureQueriesContext(connection) as queries:
        load(write(tmp_path, PAGE))
    told = [query["sql"].split()[0] for query in queries if '"articles_doubt"' in query["sql"]]
    assert told == ["INSERT"]
    assert set(Doubt.objects.values_list("kind", flat=True)) == {"no-topic"}
    assert Doubt.objects.count() == Article.objects.count() == 3


def test_an_article_that_goes_takes_its_doubts_along(tmp_path):
    load(write(tmp_path, PAGE))
    load(write(tmp_path, PAGE[: PAGE.index("福建社区")]))
    assert Doubt.objects.count() == Article.objects.count() == 2


def test_an_article_that_stays_keeps_the_doubts_of_the_earlier_reading(tmp_path):
    article = load(write(tmp_path, PAGE.replace("（记者孙三水）", ""))).page.articles.as_printed()[2]
    correct(article, headline="人工改过的标题")
    load(write(tmp_path, PAGE[: PAGE.index("福建社区")]))
    assert sorted(doubts_of(article)) == ["no-byline", "no-topic", "not-in-reading"]
    load(write(tmp_path, PAGE))
    assert sorted(doubts_of(article)) == ["no-topic", "proposal"]
