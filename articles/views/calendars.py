"""Months as tables of weeks, with the state of each day."""

from __future__ import annotations

import calendar
import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.urls import reverse

from articles.models import Issue, PublicationSchedule
from articles.models.issues import SAMPLE_MARK, WEEKDAYS
from articles.models.schedule import DayState, state_of


class DayMark(NamedTuple):
    """A day's mark in a calendar: a sign, words for screen readers, and a note for the legend."""

    state: DayState
    sign: str
    words: str
    note: str = ""


MARKS = {
    DayState.HELD: DayMark(DayState.HELD, "●", "有报"),
    DayState.MISSING: DayMark(DayState.MISSING, "缺", "缺期", "按出版安排应出报，档案未收"),
    DayState.DUE: DayMark(DayState.DUE, "·", "待出报"),
    DayState.NO_PUBLICATION: DayMark(DayState.NO_PUBLICATION, "–", "不出报"),
    DayState.SUSPENDED: DayMark(DayState.SUSPENDED, "停", "停刊"),
    DayState.UNKNOWN: DayMark(DayState.UNKNOWN, "", "出版安排待考", "没有报，是缺期还是不出报不能断定"),
}
SAMPLE = DayMark(DayState.HELD, "例", SAMPLE_MARK)
INFERRED = DayMark(DayState.HELD, "约", "有报，日期据正文推算")
WITHDRAWN = DayMark(DayState.HELD, "撤", "已撤下", "档案收有，已撤下，不能阅读")


@dataclass(frozen=True)
class Day:
    """A day of a calendar. `schedule` is the row that decides its state, or None.

    A day that is held without issues has withdrawn ones alone.
    """

    date: datetime.date
    state: DayState
    schedule: PublicationSchedule | None
    issues: Sequence[Issue]

    # As strings, because a template looks up the reader's language before it writes a number, 366 times a year.
    @property
    def iso(self) -> str:
        return self.date.isoformat()

    @property
    def number(self) -> str:
        return str(self.date.day)

    @cached_property
    def url(self) -> str:
        """The URL of the day's issue, or the day's place in the month's list if it has several issues; "" without
        issues.
        """
        if len(self.issues) > 1:
            return f"{reverse('issue-month', args=[self.date.year, self.date.month])}#d{self.date.day}"
        return self.issues[0].get_absolute_url() if self.issues else ""

    @cached_property
    def mark(self) -> DayMark:
        if self.state == DayState.HELD and not self.issues:
            return WITHDRAWN
        if len(self.issues) > 1:
            return DayMark(self.state, f"{len(self.issues)}期", f"有报{len(self.issues)}种")
        if any(issue.is_sample for issue in self.issues):  # type: ignore[attr-defined] # of `with_holdings`
            return SAMPLE
        if any(issue.is_date_inferred for issue in self.issues):
            return INFERRED
        return MARKS[self.state]


@dataclass(frozen=True)
class Month:
    """A month. Each of `weeks` is an ISO week: its number and seven days from Monday, None outside the month."""

    year: int
    number: int
    weeks: Sequence[tuple[int, Sequence[Day | None]]]
    today: datetime.date

    weekdays = WEEKDAYS

    @cached_property
    def days(self) -> list[Day]:
        return [day for _, week in self.weeks for day in week if day]

    @property
    def is_shown(self) -> bool:
        """Whether the month has a page: it holds an issue, or it has begun and the publication schedule covers it."""
        if any(day.issues for day in self.days):
            return True
        return self.days[0].date <= self.today and any(day.schedule for day in self.days)


def months_of(
    year: int,
    numbers: Iterable[int],
    issues: Iterable[Issue],
    rows: Collection[PublicationSchedule],
    today: datetime.date,
    withdrawn: Collection[datetime.date],
) -> list[Month]:
    """Return the months `numbers` of `year` with `issues` (with their holdings) and the schedule's `rows` for other
    days. `withdrawn` are the days with issues that readers can no longer see.
    """
    held = defaultdict(list)
    for issue in issues:
        held[issue.date].append(issue)

    def day_of(date: datetime.date) -> Day:
        state, row = state_of(date, date in held or date in withdrawn, rows, today)
        return Day(date, state, row, held.get(date, ()))

    return [
        Month(
            year,
            number,
            [
                (week[0].isocalendar().week, [day_of(date) if date.month == number else None for date in week])
                for week in calendar.Calendar(calendar.MONDAY).monthdatescalendar(year, number)
            ],
            today,
        )
        for number in numbers
    ]


def legend_of(months: Iterable[Month]) -> list[DayMark]:
    """Return the marks that occur in these months, in the order of the states."""
    order = list(DayState)
    used = {day.mark for month in months for day in month.days}
    return sorted(used, key=lambda mark: (order.index(mark.state), mark != MARKS[mark.state], mark.sign))
