"""The calendar: every day stands in its place, and a sign and words show its state."""

import datetime

import html5lib
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import archive
from articles.models.schedule import DayState
from articles.views.calendars import months_of
from articles.web.today import today
from tests.make import make_issue, make_page, make_schedule

ONE_DAY = datetime.timedelta(1)
WEEKDAYS = [f"星期{name}" for name in "一二三四五六日"]


def hold(*days, edition=1, **fields):
    """Make an issue with a page for each of these days."""
    with archive.change() as change:
        for day in days:
            make_page(make_issue(datetime.date.fromisoformat(day), edition=edition, **fields))
        change.other()


def tables(client, path):
    """Return {caption: {ISO date: (class, text, link)}} of the page. Check each date against its row and column."""
    tree = html5lib.parse(client.get(path).content.decode(), namespaceHTMLElements=False)
    found = {}
    for table in (each for each in tree.iter("table") if each.get("class") == "month"):
        columns = [head.get("abbr") for head in table.find("thead").iter("th")]
        assert columns == ["周次", *WEEKDAYS]
        assert {head.get("scope") for head in table.find("thead").iter("th")} == {"col"}
        days = found["".join(table.find("caption").itertext())] = {}
        for week in table.find("tbody").iter("tr"):
            head, *cells = week
            assert (head.tag, head.get("scope"), len(cells)) == ("th", "row", 7)
            for column, cell in enumerate(cells):
                times = list(cell.iter("time"))
                if not times:
                    assert not "".join(cell.itertext())
                    continue
                date = datetime.date.fromisoformat(times[0].get("datetime"))
                assert (date.weekday(), date.isocalendar().week) == (column, int(head.text)), date
                assert times[0].text == str(date.day)
                links = [link.get("href") for link in cell.iter("a")]
                text = "".join(cell.itertext()).removeprefix(str(date.day))
                days[date.isoformat()] = (cell.get("class"), text, *links)
    return found


def year_of(client, path):
    return {date: cell for days in tables(client, path).values() for date, cell in days.items()}


@pytest.mark.parametrize("year", range(1931, 2031))
def test_every_day_of_every_year_stands_once_under_its_weekday_and_week(year):
    months = months_of(year, range(1, 13), [], [], today(), set())
    dates = []
    for number, month in enumerate(months, start=1):
        assert (month.year, month.number) == (year, number)
        for week, days in month.weeks:
            assert len(days) == 7
            for column, day in enumerate(days):
                if day:
                    dates.append(day.date)
                    assert (day.date.month, day.date.weekday(), day.date.isocalendar().week) == (number, column, week)
    first = datetime.date(year, 1, 1)
    assert dates == [first + number * ONE_DAY for number in range((datetime.date(year + 1, 1, 1) - first).days)]
    assert {day.state for month in months for day in month.days} == {DayState.UNKNOWN}


@pytest.mark.django_db
def test_a_year_shows_each_kind_of_day_in_sign_and_words(client):
    make_schedule("2024-02-01", None, weekdays="135", reason="周三刊", source="报头", confirmed=True)
    make_schedule("2024-02-10", "2024-02-17", kind="suspended", reason="春节休刊", source="启事")
    hold("2024-02-02", "2024-02-12", "2024-02-21")
    hold("2024-02-21", edition=2)
    hold("2024-02-23", date_basis="inferred")
    with archive.change() as change:
        make_page(make_issue(datetime.date(2024, 2, 26)), is_sample=True)
        change.other()
    found = year_of(client, "/issues/2024/")
    assert len(found) == 366
    assert {date: found[f"2024-{date}"] for date in ("01-31", *(f"02-{day:02d}" for day in (2, 3, 5, 10, 12, 14)))} == {
        "01-31": ("unknown", "日，出版安排待考"),
        "02-02": ("held", "●日，有报", "/issues/2024-02-02/"),
        "02-03": ("none", "–日，不出报"),
        "02-05": ("missing", "缺日，缺期"),
        "02-10": ("suspended", "停日，停刊"),
        "02-12": ("held", "●日，有报", "/issues/2024-02-12/"),
        "02-14": ("suspended", "停日，停刊"),
    }
    assert found["2024-02-21"] == ("held", "2期日，有报2种", "/issues/2024/02/#d21")
    assert found["2024-02-23"] == ("held", "约日，有报，日期据正文推算", "/issues/2024-02-23/")
    assert found["2024-02-26"] == ("held", "例日，示例（虚构）", "/issues/2024-02-26/")
    text = client.get("/issues/2024/").content.decode()
    for words in ("有报2种", "缺期（按出版安排应出报，档案未收）", "<p>理由：春节休刊</p>", "<p>出处：报头</p>"):
        assert words in text
    assert text.count("未经编辑核实") == 1  # only the suspension, since the period is confirmed
    assert "待出报" not in text  # the legend names only marks that occur in the calendar


@pytest.mark.django_db
def test_nothing_is_missing_before_its_day_is_over(client):
    day = today()
    make_schedule((day - 30 * ONE_DAY).isoformat(), None, weekdays="1234567")
    yesterday = day - ONE_DAY
    for date, expected in ((yesterday, "missing"), (day, "due"), (day + 1 * ONE_DAY, "due")):
        if date.year == day.year:
            assert year_of(client, f"/issues/{day.year}/")[date.isoformat()][0] == expected
    assert client.get(f"/issues/{day.year + 1}/").status_code == 404
    assert client.get(f"/issues/{day.year + 1}/01/").status_code == 404


@pytest.mark.django_db
def test_without_a_schedule_nothing_is_inferred(client):
    hold("2024-11-04", "2024-11-06", "2024-11-08")
    states = {cell[0] for cell in year_of(client, "/issues/2024/").values()}
    assert states == {"held", "unknown"}
    assert "这一时期的出版安排待考" in client.get("/issues/2024/").content.decode()
    assert client.get("/issues/2024/10/").status_code == 404
    assert client.get("/issues/2023/").status_code == 404
    assert client.get("/issues/1900/").status_code == client.get("/issues/2100/").status_code == 404


@pytest.mark.django_db
def test_a_time_of_gaps_alone_has_its_pages(client):
    make_schedule("1946-08-15", "1950-05-03", kind="dates", month_days="5,15,25")
    assert client.get("/issues/1946/07/").status_code == 404
    assert client.get("/issues/1951/").status_code == 404
    august = tables(client, "/issues/1946/08/")["8月"]
    assert [date for date, cell in august.items() if cell[0] == "missing"] == ["1946-08-15", "1946-08-25"]
    assert "档案里没有这个月的报纸" in client.get("/issues/1946/08/").content.decode()
    text = client.get("/issues/1946/").content.decode()
    assert 'href="/issues/1946/08/"' in text and 'href="/issues/1946/07/"' not in text


@pytest.mark.django_db
def test_it_leads_to_the_years_and_months_around_that_hold_issues(client):
    hold("1999-03-04", "2024-02-02", "2024-05-06", "2026-01-05")
    make_schedule("2025-01-01", "2025-12-31")
    year, month = (client.get(path).content.decode() for path in ("/issues/2024/", "/issues/2024/05/"))
    assert 'rel="prev" href="/issues/1999/"' in year and 'rel="next" href="/issues/2026/"' in year
    assert 'rel="prev" href="/issues/2024/02/"' in month and 'rel="next" href="/issues/2026/01/"' in month
    assert 'rel="prev"' not in client.get("/issues/1999/").content.decode()


@pytest.mark.django_db
def test_a_day_of_several_editions_leads_to_its_place_in_the_month(client):
    hold("2024-11-22")
    hold("2024-11-22", edition=2)
    text = client.get("/issues/2024/11/").content.decode()
    assert text.count('id="d22"') == 1
    assert tables(client, "/issues/2024/11/")["11月"]["2024-11-22"][2] == "/issues/2024/11/#d22"
    for edition in (4, 5):
        hold("2024-11-26", edition=edition)
    assert 'id="d26"' in client.get("/issues/2024/11/").content.decode()
    hold("2024-11-25", edition=2)  # an extra without a main issue
    assert tables(client, "/issues/2024/11/")["11月"]["2024-11-25"][2] == "/issues/2024-11-25-2/"


@pytest.mark.django_db
def test_the_years_say_what_is_held_and_what_is_missing(client):
    hold("2024-11-22", "2024-11-25")
    hold("2024-11-22", edition=2)
    make_schedule("1949-12-01", "1950-01-10", kind="dates", month_days="5,15,25")
    make_schedule("1960-01-01", "1960-12-31", kind="suspended")
    text = client.get("/issues/").content.decode()
    assert "收有 3 期；按已知的出版安排，" in text and "缺 4 期" in text
    rows = ["2024年</a> <span>3 期<", "1960年</a> <span>0 期<", "1950年</a> <span>0 期 · 缺 1 期<"]
    assert [text.index(row) for row in rows] == sorted(text.index(row) for row in rows)
    assert "1949年</a> <span>0 期 · 缺 3 期<" in text


@pytest.mark.django_db
def test_a_calendar_costs_the_same_queries_for_one_issue_and_for_three_hundred(client):
    paths = ("/issues/", "/issues/2024/", "/issues/2024/11/", "/issues/missing/", "/issues/missing/?as=csv")
    make_schedule("2024-01-01", "2024-12-31", weekdays="1234567")
    hold("2024-11-22")

    def cost(path):
        client.get(path).getvalue()  # counts over the whole archive are taken once for each revision
        with CaptureQueriesContext(connection) as queries:
            client.get(path).getvalue()  # read to the end, because a half-read file occupies its slot
        return len(queries)

    few = {path: cost(path) for path in paths}
    hold(*((datetime.date(2024, 1, 1) + number * ONE_DAY).isoformat() for number in range(300)))
    for number in range(1, 9):
        make_schedule(f"2024-0{number}-02", f"2024-0{number}-03", kind="suspended")
    assert {path: cost(path) for path in paths} == few
    assert max(few.values()) <= 8
