"""Actions on the selected rows of a list: each does what it says, and a record tells who did what."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from articles.models import Article, Batch, Column, Contributor, Correction, Page, SourceText
from tests.admin.conftest import ledger, revision
from tests.admin.test_desk import RIVAL
from tests.make import load, make_many, update, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(page_made_once):
    return page_made_once


@pytest.fixture
def conflict(page, tmp_path):
    """Return a text that waits for a person to decide whether it takes the place of `page`."""
    load(write(tmp_path, RIVAL, "other.txt"))
    return SourceText.objects.get(standing="conflict")


def act(desk, action, row, **more):
    """Run an action on one row. Return the messages of the desk, but for the one that offers to undo the batch."""
    url = f"/admin/{row._meta.app_label}/{row._meta.model_name}/"
    data = {"action": action, "_selected_action": [row.pk], **more}
    response = desk.client.post(url, data, follow=True)
    said = [str(message) for message in response.context["messages"]]
    return [message for message in said if "撤销" not in message]


def opened(desk, url):
    """Return the page at `url`, and the number of its queries without those of session, user and transaction."""
    with CaptureQueriesContext(connection) as captured:
        shown = desk.client.get(url).content.decode()
    beside = ("django_session", "auth_", "django_content_type", "SAVEPOINT")
    return shown, len([each for each in captured if not any(table in each["sql"] for table in beside)])


def headlines(page):
    return list(page.articles.as_printed().values_list("headline", flat=True))


def settle_structure(desk, page):
    """Let a person settle which articles a page has, by deleting the last one."""
    response = desk.client.post(desk.url(page.articles.last(), "delete"), {"post": "yes"}, follow=True)
    assert response.status_code == 200
    page.refresh_from_db()
    assert page.structure_edited


def test_a_text_does_not_take_the_place_of_what_a_person_has_settled(desk, page, conflict):
    settle_structure(desk, page)
    before = revision(), headlines(page), SourceText.objects.get(pk=conflict.pk).standing
    (said,) = act(desk, "adopt_texts", conflict)
    assert "有哪些文章是人工定下的" in said and "未取代" in said and "人工定下的分篇作废" in said
    assert (revision(), headlines(page), SourceText.objects.get(pk=conflict.pk).standing) == before
    assert [told[:3] for told in ledger(page)] == [("structure_edited", False, True)]


def test_a_person_may_let_the_new_text_stand_instead(desk, page, conflict, client):
    settle_structure(desk, page)
    (said,) = act(desk, "adopt_texts_and_structure", conflict)
    assert "新增 1 篇（海南渔村办起健康讲堂），移除 2 篇" in said and "原来人工定下的分篇作废" in said
    assert headlines(page) == ["海南渔村办起健康讲堂"]
    assert "海南渔村办起健康讲堂" in client.get(page.get_absolute_url()).content.decode()
    assert not Page.objects.get(pk=page.pk).structure_edited


def test_who_adopted_a_text_stands_in_the_history_of_text_and_page(desk, page, conflict):
    act(desk, "adopt_texts", conflict)
    assert ledger(conflict) == [("standing", "conflict", "current", "admin", "采用文本 other.txt")]
    assert "采用文本 other.txt" in desk.client.get(desk.url(page, "history")).content.decode()
    told = desk.client.get(desk.url(conflict, "history")).content.decode()
    assert "admin" in told and "移除 3 篇（青海湖畔建起流动诊室、" in told


def test_people_named_first_by_an_adopted_text_are_the_machines_and_those_of_a_form_the_persons(desk, page, conflict):
    act(desk, "adopt_texts", conflict)
    adopted = Contributor.objects.get(name="周五洲")
    assert adopted.bylines.exists()
    assert ledger(adopted) == []
    assert "contributor" not in {told.model for told in Correction.objects.all()}
    article = page.articles.get()
    assert desk.save(article, **{"byline-0-name": "吴后来"}) == []
    assert [told[:2] for told in ledger(Contributor.objects.get(name="吴后来"))] == [("", None)]


@pytest.mark.disagreeing
def test_a_text_that_no_longer_waits_is_left_and_said_so(desk, page, conflict):
    update(SourceText.objects.filter(pk=conflict.pk), standing="aside")
    for action in ("adopt_texts", "set_aside"):
        assert act(desk, action, conflict) == ["所选文本都不在版面冲突之中，没有改动。"]
    assert len(headlines(page)) == 3


def test_the_history_of_an_article_tells_what_was_done_in_the_list(desk, page):
    article = page.articles.first()
    for action in ("withdraw", "restore", "mark_reviewed"):
        act(desk, action, article)
    assert [told[-1] for told in ledger(article)] == ["在列表中撤下", "在列表中恢复", "在列表中标为已校"]


def test_every_action_of_every_list_leaves_a_record_of_who_and_what(desk, page, conflict, admin_user):
    request = RequestFactory().get("/")
    request.user = admin_user
    actions = {(model, name) for model, each in admin.site._registry.items() for name in each.get_actions(request)}
    stranger = Contributor.objects.create(name="多余的人")
    rows = dict.fromkeys(("withdraw", "restore", "mark_reviewed"), page.articles.first())
    rows |= dict.fromkeys(("set_aside", "adopt_texts", "adopt_texts_and_structure"), conflict)
    rows["delete_selected"] = stranger
    assert {name for _, name in actions} == set(rows), "an action of which this test knows nothing"
    for name, row in rows.items():
        update(SourceText.objects.filter(pk=conflict.pk), standing="conflict")
        if name == "restore":
            update(Article.objects.filter(pk=row.pk), withdrawn=True)
        LogEntry.objects.all().delete()
        act(desk, name, row, post="yes")
        entry = LogEntry.objects.get()
        assert (entry.user, entry.object_id) == (admin_user, str(row.pk)), name
        assert entry.is_deletion() or entry.get_change_message(), name


@pytest.mark.parametrize("reason", ["为" * 301, "为一\n为二"])
def test_a_reason_that_is_no_line_is_refused_for_actions_deletions_and_forms(desk, page, reason):
    article, column = page.articles.first(), Column.objects.create(name="资讯速递")
    (said,) = act(desk, "withdraw", article, reason=reason)
    assert said.startswith("什么也没有改：“原因”这一栏") and said.count("。") == 1
    answer = desk.client.post(desk.url(article, "delete"), {"post": "yes", "reason": reason}, follow=True)
    assert "什么也没有改：“原因”这一栏" in answer.content.decode()
    assert any("这一栏" in error for error in desk.save(column, description="一个栏目", reason=reason))
    assert not Batch.objects.exists() and not Article.objects.get(pk=article.pk).withdrawn
    assert act(desk, "withdraw", article, reason="为" * 300) and Batch.objects.get().reason


@pytest.mark.disagreeing
def test_a_thousand_articles_are_marked_at_once(desk, page):
    """SQLite takes at most 1,000 conditions, one below the other."""
    make_many(page, [f"标题{number}" for number in range(1010)])
    ids = list(page.articles.order_by("pk").values_list("pk", flat=True)[:1000])
    data = {"action": "mark_reviewed", "_selected_action": ids, "sure": "1"}
    assert desk.client.post("/admin/articles/article/", data).status_code == 302
    assert page.articles.filter(review="reviewed").count() == 1000
    assert Batch.objects.get().corrections.filter(field="review").count() == 1000


@pytest.mark.disagreeing
def test_the_undo_of_a_thousand_corrections_counts_all_and_shows_a_hundred(desk, page):
    make_many(page, [f"标题{number}" for number in range(1000)], kind="notice")
    ids = list(page.articles.filter(kind="notice").values_list("pk", flat=True))
    desk.client.post("/admin/articles/article/", {"action": "mark_reviewed", "_selected_action": ids, "sure": "1"})
    later = Article.objects.get(pk=ids[0])
    assert desk.save(later, review="doubtful") == []
    first = Batch.objects.order_by("pk")[0]
    url = f"/admin/desk/batches/{first.pk}/undo/"
    shown, queries = opened(desk, url)
    assert queries <= 15
    assert "999 处会写回，1 处不动" in shown and "撤销这 999 处" in shown
    assert shown.count('<td class="old">') == 100 and "第 1 页，共 10 页" in shown and "后来又改过" not in shown
    last = desk.client.get(f"{url}?p=10").content.decode()
    assert last.count('<td class="old">') == 99 and "不动 1 处" in last and "后来又改过" in last
    assert "撤销这 999 处" in last


@pytest.mark.disagreeing
def test_the_undo_of_many_deletions_takes_few_queries(desk, page):
    make_many(page, [f"标题{number}" for number in range(100)], kind="notice")
    ids = list(page.articles.filter(kind="notice").values_list("pk", flat=True))
    data = {"action": "delete_selected", "_selected_action": ids, "post": "yes"}
    desk.client.post("/admin/articles/article/", data)
    url = f"/admin/desk/batches/{Batch.objects.get().pk}/undo/"
    shown, queries = opened(desk, url)
    assert "撤销这 201 处" in shown and queries <= 15
