"""The publication schedule on the desk."""

import datetime

import pytest

from articles.ingest.tables import load_tables
from articles.models import Correction, PublicationSchedule
from tests.admin.conftest import ledger, revision
from tests.make import make_schedule

pytestmark = pytest.mark.django_db

ADD = "/admin/articles/publicationschedule/add/"
WEEKLY = {
    "first_day": "2024-01-01",
    "kind": "weekdays",
    "weekdays": ["1", "3", "5"],
    "reason": "周三刊",
    "source": "报头",
}


def errors(response):
    return [message for messages in response.context["adminform"].form.errors.values() for message in messages]


def test_a_period_is_added_and_is_the_persons(desk):
    before = revision()
    assert desk.client.post(ADD, WEEKLY).status_code == 302
    row = PublicationSchedule.objects.get()
    assert (row.first_day, row.last_day, row.weekdays, row.month_days) == (datetime.date(2024, 1, 1), None, "135", "")
    assert (row.confirmed, row.code) == (False, None)
    assert row.edited_fields == sorted(
        ["confirmed", "disabled", "first_day", "kind", "last_day", "month_days", "reason", "source", "weekdays"]
    )
    assert Correction.objects.of(row).get().field == ""
    assert revision() == before + 1


def test_its_form_shows_the_days_as_they_are_kept(desk):
    row = make_schedule("2024-01-01", None, weekdays="26")
    assert desk.save(row, weekdays=["2", "6"], source="另一出处") == []
    row.refresh_from_db()
    assert (row.weekdays, row.source) == ("26", "另一出处")
    text = desk.client.get(desk.url(row)).content.decode()
    boxes = {number: f'value="{number}" id="id_weekdays_{number - 1}" checked' for number in range(1, 8)}
    assert [number for number, box in boxes.items() if box in text] == [2, 6]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("5、15、25", "5,15,25"), ("２５，5日 05", "5,25"), ("31;1", "1,31")],
)
def test_days_of_the_month_are_read_as_people_list_them(desk, typed, kept):
    fields = {**WEEKLY, "kind": "dates", "weekdays": [], "month_days": typed}
    assert desk.client.post(ADD, fields).status_code == 302
    assert PublicationSchedule.objects.get().month_days == kept


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"kind": "dates", "weekdays": [], "month_days": "五"}, "每月日期请写 1 至 31 的数字"),
        ({"kind": "dates", "weekdays": [], "month_days": "32"}, "每月日期请写 1 至 31 的数字"),
        ({"kind": "dates", "weekdays": [], "month_days": "9" * 300}, "每月日期请写 1 至 31 的数字"),
        ({"weekdays": []}, "按星期出报的只选星期"),
        ({"kind": "suspended"}, "停刊的两项都不填"),
        ({"month_days": "5"}, "按星期出报的只选星期"),
        ({"weekdays": ["8"]}, "8"),
        ({"last_day": "2023-12-31"}, "截止日期不能早于起始日期"),
        ({"first_day": "1899-12-31"}, "起始日期须在 1900 年至 2100 年之间"),
        ({"first_day": "2023-01-01"}, "同一天开始的两条分不出以哪条为准"),
        ({"reason": ""}, "必填"),
        ({"source": ""}, "必填"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(desk, changes, error):
    make_schedule("2023-01-01", "2023-12-31")
    response = desk.client.post(ADD, {**WEEKLY, **changes})
    assert response.status_code == 200
    assert any(error in each for each in errors(response)), errors(response)
    assert PublicationSchedule.objects.count() == 1


def test_a_shipped_row_that_a_person_touched_is_theirs_as_a_whole_and_never_brought_back(desk):
    load_tables()
    row = PublicationSchedule.objects.get(code="revived-1946")
    reason = row.reason
    assert desk.save(row, last_day="1949-12-31", confirmed="on") == []
    row.refresh_from_db()
    assert "first_day" in row.edited_fields and "reason" in row.edited_fields
    assert load_tables() == 0
    assert [(each.last_day, each.confirmed, each.reason) for each in PublicationSchedule.objects.all()] == [
        (datetime.date(1949, 12, 31), True, reason)
    ]
    assert [told[:3] for told in ledger(row)] == [("last_day", "1950-05-03", "1949-12-31"), ("confirmed", False, True)]
    assert desk.client.post(desk.url(row, "delete"), {"post": "yes"}).status_code == 403
    assert desk.save(row, disabled="on") == []
    assert desk.client.post(ADD, {**WEEKLY, "first_day": "1946-08-15"}).status_code == 302
    assert load_tables() == 0


def test_the_lists_of_issues_and_of_the_schedule_lead_to_what_is_missing(desk):
    for name in ("issue", "publicationschedule"):
        assert 'href="/issues/missing/"' in desk.client.get(f"/admin/articles/{name}/").content.decode()
