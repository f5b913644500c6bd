"""The missing issues as a page and as a table."""

import csv
import datetime
import io
from urllib.parse import unquote

import pytest
from django.test import Client

from articles.models import PublicationSchedule, archive
from articles.views.missing import missing_issues
from tests.make import make_issue, make_page, make_schedule

pytestmark = pytest.mark.django_db


@pytest.fixture
def gaps():
    """Six missing issues of eight in two years. Two are held; one of the missing has an issue without a page."""
    make_schedule("1949-11-01", "1950-01-31", kind="dates", month_days="5,15,25", reason="旬刊", source="报史")
    make_schedule("1949-12-20", "1949-12-31", kind="suspended")
    with archive.change() as change:
        make_page(make_issue(datetime.date(1949, 11, 5)))
        make_page(make_issue(datetime.date(1950, 1, 5)))
        make_issue(datetime.date(1950, 1, 15))
        change.other()


DAYS = ["1950-01-25", "1950-01-15", "1949-12-15", "1949-12-05", "1949-11-25", "1949-11-15"]


def table(client, path):
    response = client.get(path)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text))), unquote(response["Content-Disposition"])


def days_on(path):
    made = Client().get(path)  # a new client, because a page from the cache has no context
    return [date.isoformat() for date, _ in made.context["page_obj"]]


def test_it_lists_them_by_year_with_the_reason(gaps, client):
    text = client.get("/issues/missing/").content.decode()
    assert days_on("/issues/missing/") == DAYS
    assert "共 6 期" in text and "?year=1950" in text and "1949年 4期" in text
    assert "理由：旬刊" in text and "未经编辑核实" in text and "1950年1月25日 星期三" in text
    assert days_on("/issues/missing/?year=1949") == DAYS[2:]
    assert "没有已知的缺期" in client.get("/issues/missing/?year=2024").content.decode()


def test_it_is_a_table_too(gaps, client):
    rows, name = table(client, "/issues/missing/?as=csv&year=1950")
    span = "1949年11月1日至1950年1月31日，每月5、15、25日出报"
    assert rows == [
        ["日期", "星期", "出版安排", "理由", "出处", "编辑已核实"],
        ["1950-01-25", "星期三", span, "旬刊", "报史", "否"],
        ["1950-01-15", "星期日", span, "旬刊", "报史", "否"],
    ]
    assert "缺期清单 1950年 jkb-" in name
    rows, name = table(client, "/issues/missing/?as=csv")
    assert [row[0] for row in rows[1:]] == DAYS
    assert "''缺期清单 jkb-" in name


def test_where_the_table_was_leads_to_it(gaps, client):
    for old, new in (("", "?as=csv"), ("?year=1950", "?year=1950&as=csv"), ("?year=x", "?as=csv")):
        response = client.get(f"/issues/missing.csv{old}")
        assert (response.status_code, response["Location"]) == (301, f"/issues/missing/{new}")


def test_it_is_paged(client):
    make_schedule("1947-01-01", "1947-12-31", weekdays="1234567")
    assert len(days_on("/issues/missing/")) == 200
    assert days_on("/issues/missing/?page=2")[-1] == "1947-01-01"
    assert len(table(client, "/issues/missing/?as=csv")[0]) == 366


def test_a_new_day_is_counted_anew(gaps):
    days = [datetime.date(1950, 1, number) for number in (15, 16)]
    assert [len(missing_issues(day)) for day in days] == [4, 5]


@pytest.mark.parametrize(
    ("query", "notice"),
    [("year=abc", "年份请写四位数字"), ("page=0", "页码从 1 起"), ("page=x&year=9", "页码请写数字")],
)
def test_nonsense_is_answered_with_a_sentence(gaps, client, query, notice):
    assert notice in client.get(f"/issues/missing/?{query}").content.decode()
    assert len(table(client, f"/issues/missing/?as=csv&{query}")[0]) == 7


def test_what_is_found_out_or_loaded_is_seen_at_once(gaps, client, admin_client):
    assert days_on("/issues/missing/") == DAYS
    with archive.change() as change:
        make_page(make_issue(datetime.date(1950, 1, 25)))
        change.other()
    assert days_on("/issues/missing/") == DAYS[1:]
    row = PublicationSchedule.objects.get(kind="dates")
    fields = {"first_day": "1949-11-01", "last_day": "1949-12-10", "kind": "dates", "month_days": "5、15、25"}
    response = admin_client.post(
        f"/admin/articles/publicationschedule/{row.pk}/change/", {**fields, "reason": "旬刊", "source": "报史"}
    )
    assert response.status_code == 302
    assert days_on("/issues/missing/") == DAYS[3:]


def test_a_cell_that_would_be_a_formula_is_text(client):
    make_schedule("1950-01-01", "1950-01-02", weekdays="1", reason="=1+1", source="@x")
    rows, _ = table(client, "/issues/missing/?as=csv")
    assert rows[1][3:5] == ["'=1+1", "'@x"]
