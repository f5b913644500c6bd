"""Correcting an article on the desk: the correction stays, is stamped, and the history tells who made it."""

import datetime

import pytest

from articles.admin.articles import ArticleAdmin
from articles.models import Article, ArticleRegion, Batch, Doubt, Redirect, VanishedArticle
from articles.models.block_keys import keys_of
from tests.admin.conftest import ledger, revision, rows_in
from tests.make import PAGE, load, make_article, make_doubt, make_issue, make_page, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(page_made_once):
    return page_made_once


@pytest.fixture
def article(page):
    return page.articles.as_printed()[0]


def reimport(tmp_path):
    """Import the page twice more, with another text, such as a better OCR would give."""
    for _ in range(2):
        load(write(tmp_path, PAGE.replace("三百余名", "四百余名").replace("赵一苇", "赵一帆")))


def test_saving_without_a_change_changes_nothing(desk, article):
    before = revision(), list(Article.objects.values())
    assert desk.save(article) == []
    assert (revision(), list(Article.objects.values())) == before
    assert not Batch.objects.exists()


def test_a_corrected_headline_stands_and_keeps_what_the_machine_said(desk, article, tmp_path):
    before = revision()
    assert desk.save(article, headline="人工改过的标题") == []
    article.refresh_from_db()
    assert (article.headline, article.edited_fields, article.revision) == ("人工改过的标题", ["headline"], before + 1)
    assert revision() == before + 1
    assert ledger(article) == [("headline", "青海湖畔建起流动诊室", "人工改过的标题", "admin", "")]
    reimport(tmp_path)
    article.refresh_from_db()
    assert article.headline == "人工改过的标题"
    assert "四百余名" in article.text


def test_a_changed_byline_alone_is_a_correction(desk, article, tmp_path):
    before = revision()
    assert desk.save(article, **{"byline-0-name": "赵 一"}) == []
    article.refresh_from_db()
    assert (article.edited_fields, article.revision, revision()) == (["bylines"], before + 1, before + 1)
    byline = article.bylines.get()
    assert (byline.name_as_printed, byline.contributor.name) == ("赵 一", "赵一")
    (told,) = ledger(article)
    assert (told[0], told[1][0][:3], told[2][0][:3]) == (
        "bylines",
        ["text", "记者", "赵一苇"],
        ["text", "记者", "赵 一"],
    )
    reimport(tmp_path)
    assert [row.name_as_printed for row in article.bylines.all()] == ["赵 一"]


def test_a_removed_byline_stays_away(desk, article, tmp_path):
    assert desk.save(article, **{"byline-0-DELETE": "on"}) == []
    reimport(tmp_path)
    assert not article.bylines.exists()


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("河南省", "410000"),
        ("410300", "410300"),
        ("洛阳", "410300"),
        ("朝阳市", "211300"),
        ("辽宁省朝阳市", "211300"),
        ("辽宁朝阳县", "211321"),
        ("北京市 朝阳区", "110105"),
        ("吉林省长春市朝阳区", "220104"),
        ("吉林朝阳区", "220104"),
    ],
)
def test_a_region_is_typed_by_name_or_code_and_stands(desk, article, tmp_path, typed, code):
    forms = rows_in(desk.form(article), "region") - 1
    assert desk.save(article, **{f"region-{forms}-name": typed}) == []
    article.refresh_from_db()
    assert article.edited_fields == ["regions"]
    assert ArticleRegion.objects.get(article=article, region=code).source == "manual"
    kept = set(article.article_regions.values_list("region", flat=True))
    reimport(tmp_path)
    assert set(article.article_regions.values_list("region", flat=True)) == kept


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("亚特兰蒂斯", "没有叫“亚特兰蒂斯”的地区"),
        ("月球朝阳市", "没有叫“月球朝阳市”的地区"),
        ("鼓楼区", "叫“鼓楼区”的地区有 4 个"),
        (
            "朝阳",
            "叫“朝阳”的地区有 4 个，请改填代码或全称：110105 北京市朝阳区、211300 辽宁省朝阳市、"
            "211321 辽宁省朝阳市朝阳县、220104 吉林省长春市朝阳区。",
        ),
        ("河南", "410000 河南省"),
        ("吉林", "220200 吉林省吉林市"),
        ("偃师市", "若指下列之一，请填代码或全称：410307 河南省洛阳市偃师区。"),
    ],
)
def test_a_region_that_is_none_or_several_is_refused(desk, article, typed, error):
    forms = rows_in(desk.form(article), "region") - 1
    errors = desk.save(article, **{f"region-{forms}-name": typed})
    assert any(error in each for each in errors)


def test_the_main_region_changes_hands(desk, article):
    forms = rows_in(desk.form(article), "region") - 1
    assert forms >= 1
    changes = {f"region-{forms}-name": "410000", "region-main": str(forms)}
    assert desk.save(article, **changes) == []
    assert article.article_regions.get(main=True).region_id == "410000"
    assert desk.save(article, **{"region-main": ["0", "1"]}) == []  # the last choice counts
    assert article.article_regions.filter(main=True).count() == 1
    assert desk.save(article, **{"region-main": ""}) == []
    assert not article.article_regions.filter(main=True).exists()


def test_an_untouched_body_stays_to_the_letter_and_a_changed_one_is_parsed(desk, article):
    blocks = [{"type": "paragraph", "text": "第一行\n第二行"}, {"type": "subhead", "text": "小标题"}]
    Article.objects.filter(pk=article.pk).update(blocks=blocks)
    assert desk.save(article, deck="副题") == []
    article.refresh_from_db()
    assert article.blocks == blocks
    key, other_key = keys_of(blocks)
    typed = {"block-0-text": "新的一段\r\n\r\n \r\n\r\n又一段", "block-1-text": "新的小标题"}
    assert desk.save(article, **typed) == []
    article.refresh_from_db()
    assert [(block["type"], block["text"]) for block in article.blocks] == [
        ("paragraph", "新的一段"),
        ("paragraph", "又一段"),
        ("subhead", "新的小标题"),
    ]
    kept = keys_of(article.blocks)
    assert (kept[0], kept[2]) == (key, other_key)


def test_a_form_opened_before_another_change_takes_nothing_back(desk, article):
    stale = desk.filled(article, deck="副题")
    desk.save(article, headline="别人先改的标题")
    assert desk.post(article, stale) == []
    article.refresh_from_db()
    assert (article.headline, article.deck) == ("别人先改的标题", "副题")


@pytest.mark.parametrize("change", [{"kind": "notice"}, {"position": "9"}])
def test_a_structural_change_makes_the_structure_a_persons(desk, article, change):
    assert desk.save(article, **change) == []
    article.page.refresh_from_db()
    assert article.page.structure_edited


def test_a_corrected_headline_leaves_the_structure_the_machines(desk, article):
    desk.save(article, headline="人工改过的标题")
    article.page.refresh_from_db()
    assert not article.page.structure_edited


def test_a_deleted_article_stays_away_and_its_url_leads_to_its_page(desk, article, tmp_path):
    response = desk.client.post(desk.url(article, "delete"), {"post": "yes"})
    assert response.status_code == 302
    reimport(tmp_path)
    assert not Article.objects.filter(headline=article.headline).exists()
    assert VanishedArticle.objects.get().article_id == article.pk
    response = desk.client.get(article.get_absolute_url())
    assert (response.status_code, response["Location"]) == (301, article.page.get_absolute_url())
    assert Redirect.objects.count() == 1


def test_withdrawing_and_restoring_several_at_once(desk, page, client):
    articles = list(page.articles.as_printed())
    before = revision()
    data = {"action": "withdraw", "_selected_action": [article.pk for article in articles[:2]]}
    desk.client.post("/admin/articles/article/", data)
    assert revision() == before + 1
    assert [client.get(article.get_absolute_url()).status_code for article in articles] == [410, 410, 200]
    desk.client.post("/admin/articles/article/", {**data, "action": "restore"})
    assert [client.get(article.get_absolute_url()).status_code for article in articles] == [200, 200, 200]
    assert [told[:3] for told in ledger(articles[0])] == [("withdrawn", False, True), ("withdrawn", True, False)]


def test_an_undo_is_asked_about_first_and_then_recorded(desk, article):
    desk.save(article, headline="人工改过的标题", reason="照报样")
    batch, before = Batch.objects.get(), revision()
    url = f"/admin/desk/batches/{batch.pk}/undo/"
    asked = desk.client.get(url).content.decode()
    assert "1 处会写回" in asked and "青海湖畔建起流动诊室" in asked and revision() == before
    response = desk.client.post(url, {"_undo": "1", "reason": "报样看错了"})
    undone = Batch.objects.latest("pk")
    assert response["Location"] == f"/admin/desk/batches/{undone.pk}/?batch={undone.pk}"
    article.refresh_from_db()
    assert (article.headline, article.edited_fields) == ("青海湖畔建起流动诊室", [])
    assert (article.revision, revision()) == (before + 1, before + 1)
    assert (undone.kind, undone.undoes, undone.reason, undone.user_name) == ("undo", batch, "报样看错了", "admin")
    assert "没有可以写回的" in desk.client.post(url, {"_undo": "1"}).content.decode()


def test_a_story_has_one_head(desk, page):
    first, second, third = page.articles.as_printed()
    assert desk.save(second, continuation_of=str(first.pk)) == []
    second.refresh_from_db()
    assert second.continuation_of == first
    assert any("首篇" in each for each in desk.save(third, continuation_of=str(second.pk)))
    assert any("有自己的续文" in each for each in desk.save(first, continuation_of=str(third.pk)))
    stranger = make_article(make_page(make_issue(datetime.date(1999, 1, 4)), 1))
    assert any("同一期" in each for each in desk.save(third, continuation_of=str(stranger.pk)))


@pytest.mark.disagreeing
def test_the_list_is_sorted_by_how_sure_the_reader_was(desk, page):
    first, second, *_ = page.articles.all()
    Doubt.objects.all().delete()
    for article, probability in ((first, 0.71), (second, 0.43)):
        make_doubt(article, "no-byline")
        make_doubt(article, "headline-uncertain", "甲：主题，或为副题", probability=probability)
        make_doubt(article, "label-uncertain", "乙：正文，或为署名", probability=0.1, state=Doubt.State.DISMISSED)
    column = list(ArticleAdmin.list_display).index("has_doubts") + 1  # the first column is the box that selects a row
    shown = desk.client.get(f"/admin/articles/article/?o={column}").content.decode()
    assert "2 处<br>43%" in shown
    assert shown.index(second.headline) < shown.index(first.headline)
    assert "（把握 43%）" in desk.client.get(desk.url(second)).content.decode()
