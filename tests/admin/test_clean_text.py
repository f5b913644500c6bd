"""Text typed into the desk is cleaned, single-line fields hold one line, and untouched text stays as it is."""

import pytest
from django import forms
from django.contrib import admin

from articles.admin.clean_text import LINE_LENGTH, CleanText
from articles.models import Article, Column, Contributor, Page, Topic
from tests.admin.conftest import revision
from tests.make import make_article, update

pytestmark = pytest.mark.django_db


@pytest.fixture
def article(page):
    return page.articles.as_printed()[0]


def test_every_form_of_the_desk_that_takes_text_cleans_it(rf, admin_user):
    request = rf.get("/")
    request.user = admin_user
    checked = 0
    for model, model_admin in admin.site._registry.items():
        if model._meta.app_label != "articles" or not model_admin.has_change_permission(request):
            continue
        found = [model_admin.get_form(request, change=True)]
        found += [inline.get_formset(request).form for inline in model_admin.get_inline_instances(request)]
        for form in found:
            if any(isinstance(field, forms.CharField) for field in form.base_fields.values()):
                checked += 1
                assert issubclass(form, CleanText), (model, form)
    assert checked > 10


def test_what_no_paper_prints_is_taken_out_of_what_is_typed(desk, article):
    assert desk.save(
        article,
        headline="\u202e标\x02题\u200b一\ue123行\ufffe\xa0",
        body="第一\u202e段。\r\n\r\n第\x08二段\uf06c。",
        **{"byline-0-name": "赵\u200b一\u202e苇", "byline-0-contributor": "赵\ufeff一苇"},
    ) == []  # fmt: skip
    article.refresh_from_db()
    assert (article.headline, article.paragraphs) == ("标题一 行", ["第一段。", "第二段●。"])
    assert [(row.name_as_printed, row.contributor.name) for row in article.bylines.all()] == [("赵一苇", "赵一苇")]
    assert not Contributor.objects.filter(name__contains="\u202e").exists()


@pytest.mark.parametrize("mark", ["\n", "\r\n", "\u2028", "\u2029", "\x85", "\x0b"])
def test_a_field_of_one_line_takes_one_line(desk, article, mark):
    before = revision()
    fields = ("headline", "kicker", "deck", "agency", "byline-0-role", "byline-0-name")
    errors = desk.save(article, **dict.fromkeys(fields, f"第一行{mark}第二行"))
    assert errors == ["这一栏只能写一行，请删去其中的换行。"] * len(fields)
    assert revision() == before


def test_what_is_longer_than_any_headline_is_refused(desk, article):
    fields = ("headline", "kicker", "deck", "agency", "byline-0-role")
    errors = desk.save(article, **dict.fromkeys(fields, "题" * 5000))
    sentence = f"这一栏有 5000 个字，超过 {LINE_LENGTH} 个字，请检查是否误贴了正文。"
    assert errors == [sentence] * len(fields)


def test_other_forms_do_so_too(desk, page):
    assert "只能写一行" in "".join(desk.save(page, section="要闻\u2028综合"))
    assert desk.save(page, section="要\u202e闻") == []
    assert Page.objects.get(pk=page.pk).section == "要闻"
    topic = Topic.objects.first()
    assert desk.save(topic, name="新\x02主题", description="第一行\r\n第\u202e二行") == []
    topic.refresh_from_db()
    assert (topic.name, topic.description) == ("新主题", "第一行\r\n第二行")
    column = Column.objects.create(name="栏目")
    assert desk.save(column, name="新\u200b栏目") == []
    assert Column.objects.get(pk=column.pk).name == "新栏目"


@pytest.mark.disagreeing
def test_what_nobody_touched_stays_to_the_letter(desk, page):
    article = make_article(page, headline="旧\u200b标题")
    update(Article.objects.filter(pk=article.pk), kicker="引\u202e题" * 100)
    article.refresh_from_db()
    assert desk.save(article, deck="新的副题") == []
    article.refresh_from_db()
    assert (article.headline, article.kicker, article.edited_fields) == ("旧\u200b标题", "引\u202e题" * 100, ["deck"])


def test_half_a_character_breaks_nothing(desk, article):
    topic = Topic.objects.first()
    assert desk.save(topic, words='{"\\ud800": 1}') != []
    assert desk.client.post(desk.url(article), {"headline": b"\xed\xa0\x80"}).status_code == 200
