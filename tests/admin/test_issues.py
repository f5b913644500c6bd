"""Correcting the place of a page: its issue and its number."""

import datetime

import pytest

from articles.models import Article, Issue, Page
from tests.admin.conftest import revision
from tests.make import DAY, PAGE, load, make_issue, make_page, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(page_made_once):
    return page_made_once


def status(client, path):
    response = client.get(path)
    return response.status_code, response.get("Location")


def test_an_undated_page_gets_its_date_and_is_seen(desk, tmp_path, client):
    page = load(write(tmp_path, PAGE[PAGE.index("青海湖畔") :])).page
    article = page.articles.first()
    assert client.get(article.get_absolute_url()).status_code == 404
    assert desk.save(page, issue_date="2024年5月20日", number="2") == []
    page.refresh_from_db()
    assert (page.issue.date, page.issue.date_basis) == (datetime.date(2024, 5, 20), "editor")
    assert page.edited_fields == ["issue", "number"]
    assert client.get(article.get_absolute_url()).status_code == 200
    assert set(page.articles.values_list("revision", flat=True)) == {revision()}


def test_a_page_moved_by_hand_stays_and_its_old_url_leads_on(desk, page, tmp_path, client):
    old, old_issue = page.get_absolute_url(), page.issue.get_absolute_url()
    assert desk.save(page, issue_date="2024-11-25", number="5") == []
    page.refresh_from_db()
    assert status(client, old) == (301, page.get_absolute_url())
    assert status(client, old_issue) == (301, page.issue.get_absolute_url())
    for _ in range(2):
        load(write(tmp_path, PAGE.replace("三百余名", "四百余名")))
    page.refresh_from_db()
    assert (page.issue.date.day, page.number) == (25, 5)
    assert Issue.objects.count() == 1


def test_a_place_that_is_taken_is_refused(desk, page):
    make_page(page.issue, 4)
    errors = desk.save(page, number="4")
    assert any("第4版已有版面" in each for each in errors)


@pytest.mark.parametrize(("typed", "error"), [("五月", "日期“五月”无法识别"), ("", "日期不能清空")])
def test_nonsense_for_a_date_is_refused(desk, page, typed, error):
    assert any(error in each for each in desk.save(page, issue_date=typed))


def test_a_corrected_issue_date_moves_everything_and_leads_the_old_urls_on(desk, page, client):
    issue, old_page = page.issue, page.get_absolute_url()
    before = revision()
    assert desk.save(issue, date="2024-11-25") == []
    issue.refresh_from_db()
    assert (issue.date_basis, issue.edited_fields) == ("editor", ["date"])
    assert status(client, "/issues/2024-11-22/") == (301, "/issues/2024-11-25/")
    assert status(client, old_page) == (301, "/issues/2024-11-25/pages/3/")
    assert revision() == before + 1
    assert set(Article.objects.values_list("revision", flat=True)) == {before + 1}


def test_a_date_that_another_issue_holds_is_refused(desk, page):
    make_issue(DAY + datetime.timedelta(3))
    assert desk.save(page.issue, date="2024-11-25") != []
    page.issue.refresh_from_db()
    assert page.issue.date == DAY


def test_corrected_credits_stand(desk, page, tmp_path):
    assert desk.save(page, **{"credits-0-name_as_printed": "冯一宁"}) == []
    load(write(tmp_path, PAGE.replace("冯以宁", "马以宁")))
    assert [credit.name_as_printed for credit in Page.objects.get().credits.all()] == ["冯一宁"]
