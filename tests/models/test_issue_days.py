"""The days of issues that calendars ask for."""

import datetime

import pytest

from articles.models import Issue
from articles.models.issue_days import days_around, withdrawn_days
from tests.make import make_issue, make_page

pytestmark = pytest.mark.django_db

FIRST, LAST = datetime.date(2024, 5, 1), datetime.date(2024, 5, 31)


def test_the_days_around_a_month_are_the_nearest_ones_that_readers_may_see():
    for day in ("2024-04-10", "2024-04-20", "2024-05-10", "2024-06-20", "2024-06-30"):
        make_page(make_issue(day), 1)
    make_page(make_issue("2024-04-30", withdrawn=True), 1)
    make_page(make_issue("2024-06-01"), 1, withdrawn=True)
    assert days_around(FIRST, LAST) == (datetime.date(2024, 4, 20), datetime.date(2024, 6, 20))
    assert days_around(datetime.date(2024, 4, 1), datetime.date(2024, 6, 30)) == (None, None)


def test_withdrawn_days_are_those_with_a_withdrawn_issue_or_withdrawn_pages_alone():
    make_page(make_issue("2024-05-01", withdrawn=True), 1)
    make_page(make_issue("2024-05-02"), 1, withdrawn=True)
    mixed = make_issue("2024-05-03")
    make_page(mixed, 1, withdrawn=True)
    make_page(mixed, 2)
    make_issue("2024-05-04", withdrawn=True)  # without a page, the archive holds none
    assert withdrawn_days() == {datetime.date(2024, 5, 1), datetime.date(2024, 5, 2)}


@pytest.mark.plan
def test_the_withdrawn_issues_are_found_without_a_scan_of_all_issues():
    plan = Issue.objects.held().withdrawn().order_by().explain()
    assert "SCAN articles_issue" not in plan
    assert "issue_withdrawn" in plan and "page_withdrawn" in plan
