"""What the publication schedule says of a day: the deciding row gives the answer, which is never a guess."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles.models import PublicationSchedule
from articles.models.schedule import DayState, covered_years, missing_days, state_of
from articles.web.today import today
from tests.make import make_schedule

NOW = datetime.date(2024, 3, 6)  # a Wednesday


def day(text):
    return datetime.date.fromisoformat(text)


def row(first, last=None, weekdays="", **fields):
    """Return an unsaved row, because the rule needs no database."""
    fields.setdefault("kind", "weekdays" if weekdays else "suspended")
    return PublicationSchedule(first_day=day(first), last_day=last and day(last), weekdays=weekdays, **fields)


WEEKLY = row("2024-01-01", None, "135")
HOLIDAY = row("2024-02-10", "2024-02-17")
EXTRA = row("2024-02-18", "2024-02-18", "1234567")
TENTH_DAYS = row("1946-08-15", "1950-05-03", kind="dates", month_days="5,15,25")
ROWS = [HOLIDAY, TENTH_DAYS, EXTRA, WEEKLY]


@pytest.mark.parametrize(
    ("date", "state", "decides"),
    [
        ("1931-12-11", DayState.UNKNOWN, None),
        ("1946-08-14", DayState.UNKNOWN, None),
        ("1946-08-15", DayState.MISSING, TENTH_DAYS),
        ("1946-08-16", DayState.NO_PUBLICATION, TENTH_DAYS),
        ("1947-01-05", DayState.MISSING, TENTH_DAYS),
        ("1950-05-03", DayState.NO_PUBLICATION, TENTH_DAYS),
        ("1950-05-05", DayState.UNKNOWN, None),
        ("2024-01-01", DayState.MISSING, WEEKLY),
        ("2024-01-02", DayState.NO_PUBLICATION, WEEKLY),
        ("2024-02-09", DayState.MISSING, WEEKLY),
        ("2024-02-10", DayState.SUSPENDED, HOLIDAY),
        ("2024-02-12", DayState.SUSPENDED, HOLIDAY),  # a Monday
        ("2024-02-17", DayState.SUSPENDED, HOLIDAY),
        ("2024-02-18", DayState.MISSING, EXTRA),  # a Sunday
        ("2024-02-19", DayState.MISSING, WEEKLY),
        ("2024-03-04", DayState.MISSING, WEEKLY),
        ("2024-03-06", DayState.DUE, WEEKLY),  # today's issue may still come
        ("2024-03-07", DayState.NO_PUBLICATION, WEEKLY),
        ("2099-12-30", DayState.DUE, WEEKLY),
    ],
)
def test_a_day_without_an_issue_is_what_the_deciding_row_says(date, state, decides):
    assert state_of(day(date), False, ROWS, NOW) == (state, decides)
    assert state_of(day(date), False, ROWS[::-1], NOW) == (state, decides)
    assert state_of(day(date), True, ROWS, NOW) == (DayState.HELD, decides)


def test_a_suspension_goes_before_a_later_period_and_the_later_of_two_suspensions_gives_the_reason():
    outer, inner = row("2024-02-01", "2024-02-29"), row("2024-02-10", "2024-02-11")
    rows = [outer, inner, row("2024-02-05", None, "1234567")]
    assert state_of(day("2024-02-06"), False, rows, NOW) == (DayState.SUSPENDED, outer)
    assert state_of(day("2024-02-10"), False, rows, NOW) == (DayState.SUSPENDED, inner)
    assert state_of(day("2024-02-12"), False, rows, NOW) == (DayState.SUSPENDED, outer)


def test_the_thirty_first_is_no_day_of_a_short_month():
    last = row("2024-01-01", None, kind="dates", month_days="31")
    assert [found.isoformat() for found, _ in missing_days([last], set(), day("2024-06-01"))] == [
        *("2024-05-31", "2024-03-31", "2024-01-31")
    ]


def test_missing_days_are_those_before_today_that_nothing_explains():
    held = {day("2024-02-09"), day("2024-02-12"), day("2024-03-01")}
    since = [found for found in missing_days(ROWS, held, NOW) if found[0] > day("2024-02-05")]
    assert since == [
        (day("2024-03-04"), WEEKLY),
        *((day(f"2024-02-{number}"), WEEKLY) for number in (28, 26, 23, 21, 19)),
        (day("2024-02-18"), EXTRA),
        (day("2024-02-07"), WEEKLY),
    ]
    # Three issues a month from 15 August 1946 to 3 May 1950.
    assert sum(decides is TENTH_DAYS for _, decides in missing_days(ROWS, held, NOW)) == 2 + 4 * 3 + 3 * 36 + 4 * 3
    assert missing_days([], held, NOW) == []
    assert missing_days([row("2030-01-01", None, "1")], held, NOW) == []


def test_every_year_until_today_that_a_row_speaks_of_is_covered():
    assert covered_years(ROWS, NOW) == [1946, 1947, 1948, 1949, 1950, 2024]
    assert covered_years([row("2024-03-07", None, "1")], NOW) == []


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (TENTH_DAYS, "1946年8月15日至1950年5月3日，每月5、15、25日出报"),
        (WEEKLY, "2024年1月1日起，每周一、三、五出报"),
        (EXTRA, "2024年2月18日，出报"),
        (HOLIDAY, "2024年2月10日至2024年2月17日，停刊"),
        (row("2024-01-01", None, "1234567"), "2024年1月1日起，每天出报"),
    ],
)
def test_a_row_says_itself_in_words(made, text):
    assert str(made) == text


@pytest.mark.django_db
def test_what_leaves_no_sense_is_refused_by_the_database():
    make_schedule("2024-01-01", None)
    refused = [
        {"last": "2023-12-31", "first": "2024-02-01"},
        {"weekdays": ""},
        {"weekdays": "0"},
        {"weekdays": "8"},
        {"weekdays": "31"},
        {"weekdays": "11"},
        {"month_days": "5"},
        {"kind": "dates", "month_days": ""},
        {"kind": "dates", "month_days": "32"},
        {"kind": "dates", "month_days": "0"},
        {"kind": "dates", "month_days": "5,"},
        {"kind": "dates", "month_days": "5、15"},
        {"kind": "suspended", "month_days": "5"},
        {"kind": "none"},
        {"first": "1899-12-31"},
        {"first": "2101-01-01"},
        {"first": "2024-01-01"},
        {"first": "2024-01-01", "kind": "dates", "month_days": "5"},
    ]
    for fields in refused:
        with pytest.raises(IntegrityError), transaction.atomic():
            make_schedule(**{"first": "2024-02-01", **fields})
    make_schedule("2024-01-01", None, kind="suspended")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_schedule("2024-01-01", "2024-01-02", kind="suspended")
    make_schedule("2024-01-01", None, disabled=True)
    make_schedule("2024-02-01", None, kind="dates", month_days="1,9,10,29,30,31")
    assert PublicationSchedule.objects.count() == 4


@pytest.mark.django_db
def test_two_that_begin_on_one_day_are_refused_with_a_sentence():
    make_schedule("2024-01-01", None)
    with pytest.raises(ValidationError) as refusal:
        row("2024-01-01", "2024-06-30", "1", reason="理由", source="出处").full_clean()
    assert refusal.value.messages == [
        "已有一条从这一天开始的出报安排：同一天开始的两条分不出以哪条为准，请改起始日期，或修改、停用原有的那条。"
    ]
    row("2024-01-01", "2024-06-30", reason="理由", source="出处").full_clean()


@pytest.mark.django_db
def test_covering_leaves_out_what_is_over_to_come_or_out_of_use():
    during = make_schedule("2024-01-31", "2024-02-01")
    still = make_schedule("1990-01-01", None)
    make_schedule("2023-01-01", "2024-01-31")
    make_schedule("2024-03-01", None)
    make_schedule("2024-02-05", None, disabled=True)
    found = PublicationSchedule.objects.covering(day("2024-02-01"), day("2024-02-29"))
    assert list(found) == [still, during]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_today_is_that_of_the_paper_wherever_it_is_asked_for(zone):
    """At any time of day at least one of the two zones has another date than Shanghai."""
    shanghai = datetime.timezone(datetime.timedelta(hours=8))
    with timezone.override(zone):
        before, found, after = datetime.datetime.now(shanghai).date(), today(), datetime.datetime.now(shanghai).date()
    assert found in (before, after)
