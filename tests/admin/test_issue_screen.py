"""The screen of an issue, as scripts and editors use it."""

import datetime
import re

import pytest

from articles.desk.undoing import undo
from articles.models import Article, Batch, Issue, Page, Redirect
from tests.admin.conftest import fields_of
from tests.desk.state import state
from tests.make import make_issue, make_page

# tests/desk asks both databases for the writes behind the screen, tests/desk/test_roles.py for its addresses.
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def url(issue):
    return f"/admin/desk/issues/{issue.pk}/"


def batch_of(response):
    """Return the batch that a redirect names."""
    assert response.status_code == 302, response.content.decode()
    return Batch.objects.get(pk=re.search(r"batch=(\d+)", response["Location"])[1])


def test_date_edition_and_number_are_saved_in_one_batch_and_old_urls_lead_on(admin_client, client, page):
    issue, before = page.issue, state()
    old = page.get_absolute_url()
    data = {"date": "2024-11-25", "edition": "2", "number": "12345", "reason": "照报眉"}
    batch = batch_of(admin_client.post(url(issue), data))
    issue.refresh_from_db()
    assert (issue.date, issue.edition, issue.number) == (datetime.date(2024, 11, 25), 2, 12345)
    assert issue.date_basis == "editor" and batch.reason == "照报眉"
    assert {"date", "edition", "number"} <= set(issue.edited_fields)
    assert client.get(old)["Location"] == Page.objects.get().get_absolute_url() == "/issues/2024-11-25-2/pages/3/"
    assert undo(batch, None).left == [] and state() == before


def test_a_number_alone_leaves_the_basis_of_the_date(admin_client, page):
    basis = page.issue.date_basis
    batch_of(admin_client.post(url(page.issue), {"number": "777"}))
    assert Issue.objects.get().date_basis == basis != "editor" and not Redirect.objects.exists()
    batch_of(admin_client.post(url(page.issue), {"number": ""}))
    assert Issue.objects.get().number is None


def test_an_issue_is_withdrawn_with_a_reason_and_restored(admin_client, client, page):
    issue = page.issue
    batch = batch_of(admin_client.post(url(issue), {"op": "withdraw", "reason": "重复导入"}))
    text = admin_client.get(url(issue)).content.decode()
    assert "这一期已撤下" in text and "admin，原因：重复导入" in text and 'value="restore"' in text
    assert client.get(issue.get_absolute_url()).status_code == 410 and batch.reason == "重复导入"
    article = Article.objects.first()
    assert "请恢复那一期" in admin_client.get(f"/admin/articles/article/{article.pk}/change/").content.decode()
    batch_of(admin_client.post(url(issue), {"op": "restore"}))
    assert client.get(issue.get_absolute_url()).status_code == 200


def test_what_did_not_change_is_no_batch(admin_client, page):
    fields = fields_of(admin_client.get(url(page.issue)).content.decode())
    response = admin_client.post(url(page.issue), fields)
    assert response.status_code == 302 and "batch" not in response["Location"] and not Batch.objects.exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"date": "2024-02-30"}, "没有“2024-02-30”这一天"),
        ({"date": ""}, "日期不能清空"),
        ({"date": "1066-10-14"}, "没有“1066-10-14”这一天"),
        ({"date": "²" * 5000}, "这一天"),
        ({"number": "x"}, "总期号须为"),
        ({"number": "0"}, "总期号须为"),
        ({"number": "9" * 5000}, "总期号须为"),
        ({"edition": "0"}, "当日第几种须为 1 至 9"),
        ({"edition": "10"}, "当日第几种须为 1 至 9"),
        ({"edition": ""}, "当日第几种须为 1 至 9"),
        ({"date": "2024-11-23"}, "2024年11月23日 星期六已有一期（总第99期，当日第1种）"),
        ({"op": "withdraw"}, "撤下须填原因"),
        ({"op": "withdraw", "reason": "　"}, "撤下须填原因"),
        ({"op": "restore"}, "没有撤下，不用恢复"),
        ({"op": "explode"}, "没有“explode”这个操作"),
        ({"reason": "两行\n原因"}, "请"),
    ],
)
def test_what_can_not_be_done_is_said_and_stores_nothing(admin_client, page, data, words):
    make_page(make_issue(datetime.date(2024, 11, 23), number=99))
    before = state()
    response = admin_client.post(url(page.issue), {"number": "5", **data})
    text = response.content.decode()
    assert response.status_code == 200 and words in text
    assert state() == before and not Batch.objects.exists()
    if "number" not in data:
        assert fields_of(text)["number"] == "5"


def test_two_editors_do_not_overwrite_each_other(admin_client, page):
    opened = fields_of(admin_client.get(url(page.issue)).content.decode())
    batch_of(admin_client.post(url(page.issue), {"number": "41"}))
    response = admin_client.post(url(page.issue), {**opened, "number": "42"})
    text = response.content.decode()
    assert response.status_code == 409 and "总期号 41" in text and Issue.objects.get().number == 41
    again = fields_of(text)
    assert (again["number"], again["was-number"]) == ("42", "41")
    batch_of(admin_client.post(url(page.issue), again))
    assert Issue.objects.get().number == 42


def test_what_another_has_changed_stays_where_nothing_was_typed(admin_client, page):
    opened = fields_of(admin_client.get(url(page.issue)).content.decode())
    batch_of(admin_client.post(url(page.issue), {"number": "41"}))
    batch_of(admin_client.post(url(page.issue), {**opened, "edition": "2"}))
    assert (Issue.objects.get().number, Issue.objects.get().edition) == (41, 2)


def test_the_screen_lists_the_pages_with_what_is_reviewed(admin_client, page):
    Article.objects.filter(pk=page.articles.first().pk).update(review="reviewed")
    make_page(page.issue, 9, withdrawn=True)
    text = admin_client.get(url(page.issue)).content.decode()
    assert f'href="/admin/desk/pages/{page.pk}/"' in text and "已校 1/3" in text and text.count("已撤下</span>") == 1
    assert url(page.issue) in admin_client.get(f"/admin/desk/pages/{page.pk}/").content.decode()


def test_lists_and_forms_lead_to_the_screen_and_tell_of_withdrawals(admin_client, page):
    batch_of(admin_client.post(url(page.issue), {"op": "withdraw", "reason": "重复导入"}))
    issues = admin_client.get("/admin/articles/issue/?withdrawn__exact=1").content.decode()
    assert url(page.issue) in issues and "admin：重复导入" in issues
    for name in ("page", "article"):
        assert "随那一期撤下" in admin_client.get(f"/admin/articles/{name}/").content.decode()
    assert url(page.issue) in admin_client.get(f"/admin/articles/issue/{page.issue_id}/change/").content.decode()


def test_an_id_of_no_issue_is_not_found(admin_client, page):
    for pk in (page.issue_id + 1, 10**17, 10**30):
        assert admin_client.get(f"/admin/desk/issues/{pk}/").status_code == 404
