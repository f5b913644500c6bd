"""The publication schedule: how the paper came out, and the state of days without an issue."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable

from django.db import models
from django.db.models import F, Q

from articles.models.editing import Editable
from articles.models.issues import WEEKDAYS
from articles.reading import YEARS

ONE_DAY = datetime.timedelta(1)

_MONTH_DAY = "([1-9]|[12][0-9]|3[01])"


class DayState(models.TextChoices):
    """The state of a day."""

    HELD = "held", "有报"
    MISSING = "missing", "缺期"
    DUE = "due", "待出报"
    NO_PUBLICATION = "none", "不出报"
    SUSPENDED = "suspended", "停刊"
    UNKNOWN = "unknown", "出版安排待考"


class ScheduleQuerySet(models.QuerySet["PublicationSchedule"]):
    def in_force(self) -> ScheduleQuerySet:
        return self.filter(disabled=False)

    def covering(self, first: datetime.date, last: datetime.date) -> ScheduleQuerySet:
        """Return the rows in force for any day from `first` to `last`."""
        return self.in_force().filter(Q(last_day__isnull=True) | Q(last_day__gte=first), first_day__lte=last)


class PublicationSchedule(Editable):
    """How the paper came out from `first_day` to `last_day` (null: until now), with the reason and the source.

    Rows may overlap, such as an exception within a longer period. One row in force decides each day: a suspension
    before a period of publication, and among equals the row that begins last. Rows of one kind never begin on the same
    day, so the order is total. A day without a row is unknown.
    """

    class Kind(models.TextChoices):
        WEEKDAYS = "weekdays", "按星期出报"
        DATES = "dates", "按日期出报"
        SUSPENDED = "suspended", "停刊"

    UNTRACKED = (*Editable.UNTRACKED, "code")

    first_day = models.DateField("起始日期")
    last_day = models.DateField("截止日期", null=True, blank=True, help_text="留空表示至今")
    kind = models.CharField("出报方式", max_length=10, choices=Kind, default=Kind.WEEKDAYS)
    #: The digits of the ISO weekdays, in order: 135 means Monday, Wednesday and Friday.
    weekdays = models.CharField("星期", max_length=7, blank=True)
    #: The days of the month, in order: 5,15,25.
    month_days = models.CharField("每月日期", max_length=83, blank=True)
    reason = models.TextField("理由", help_text="如：旬刊，逢五出版；春节休刊")
    source = models.TextField("出处", help_text="何处可查，如：2024年2月8日第1版启事")
    confirmed = models.BooleanField("编辑已核实", default=False)
    disabled = models.BooleanField("停用", default=False, help_text="不再作为依据")
    #: The name of a row of fixtures/publication_schedule.csv; null for a row that a person added.
    code = models.CharField("标识", max_length=40, null=True, blank=True, unique=True, editable=False)

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "出版安排"
        ordering = ["first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_day__range=(datetime.date(YEARS[0], 1, 1), datetime.date(YEARS[-1], 12, 31))),
                name="schedule_first_day_in_range",
                violation_error_message=f"起始日期须在 {YEARS[0]} 年至 {YEARS[-1]} 年之间。",
            ),
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("first_day")),
                name="schedule_ends_after_it_begins",
                violation_error_message="截止日期不能早于起始日期。",
            ),
            models.CheckConstraint(
                condition=(
                    (Q(kind="weekdays", weekdays__regex="^1?2?3?4?5?6?7?$", month_days="") & ~Q(weekdays=""))
                    | Q(kind="dates", weekdays="", month_days__regex=f"^{_MONTH_DAY}(,{_MONTH_DAY})*$")
                    | Q(kind="suspended", weekdays="", month_days="")
                ),
                name="schedule_days_fit_its_kind",
                violation_error_message="按星期出报的只选星期，按日期出报的只填每月日期，停刊的两项都不填。",
            ),
            models.UniqueConstraint(
                fields=["first_day"],
                condition=Q(kind__in=["weekdays", "dates"], disabled=False),
                name="schedule_one_rhythm_begins_on_a_day",
                violation_error_message=(
                    "已有一条从这一天开始的出报安排：同一天开始的两条分不出以哪条为准，请改起始日期，或修改、停用原有的那条。"
                ),
            ),
            models.UniqueConstraint(
                fields=["first_day"],
                condition=Q(kind="suspended", disabled=False),
                name="schedule_one_suspension_begins_on_a_day",
                violation_error_message=(
                    "已有一条从这一天开始的停刊：同一天开始的两条分不出以哪条为准，请改起始日期，或修改、停用原有的那条。"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period_text}，{self.rhythm_text}"

    def protected_with(self, names: Collection[str]) -> Collection[str]:
        """Return all fields if a person has set any, because they depend on each other."""
        return self.protectable() if names else names

    @property
    def is_suspension(self) -> bool:
        return self.kind == self.Kind.SUSPENDED

    @property
    def precedence(self) -> tuple[bool, datetime.date]:
        """The sort key among rows for the same day. The greatest decides."""
        return self.is_suspension, self.first_day

    def covers(self, day: datetime.date) -> bool:
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)

    def publishes_on(self, day: datetime.date) -> bool:
        """Return whether the paper came out on `day`, a day that this row covers."""
        if self.kind == self.Kind.DATES:
            return str(day.day) in self.month_days.split(",")
        return str(day.isoweekday()) in self.weekdays

    @property
    def period_text(self) -> str:
        first = _text_of(self.first_day)
        if self.last_day is None:
            return f"{first}起"
        return first if self.last_day == self.first_day else f"{first}至{_text_of(self.last_day)}"

    @property
    def rhythm_text(self) -> str:
        if self.is_suspension:
            return "停刊"
        if self.kind == self.Kind.DATES:
            return f"每月{self.month_days.replace(',', '、')}日出报"
        if len(self.weekdays) == len(WEEKDAYS):
            return "出报" if self.first_day == self.last_day else "每天出报"
        return f"每周{'、'.join(WEEKDAYS[int(digit) - 1] for digit in self.weekdays)}出报"


def _text_of(day: datetime.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def state_of(
    day: datetime.date, is_held: bool, rows: Iterable[PublicationSchedule], today: datetime.date
) -> tuple[DayState, PublicationSchedule | None]:
    """Return (state, deciding row or None) of `day`, by `rows` in force.

    A day with an issue is held, whatever the rows say. An issue is missing only after its day: today's may still come.
    """
    row = max((row for row in rows if row.covers(day)), key=lambda row: row.precedence, default=None)
    if is_held:
        state = DayState.HELD
    elif row is None:
        state = DayState.UNKNOWN
    elif row.is_suspension:
        state = DayState.SUSPENDED
    elif not row.publishes_on(day):
        state = DayState.NO_PUBLICATION
    else:
        state = DayState.DUE if day >= today else DayState.MISSING
    return state, row


def missing_days(
    rows: Collection[PublicationSchedule], held: Collection[datetime.date], today: datetime.date
) -> list[tuple[datetime.date, PublicationSchedule]]:
    """Return the days on which an issue is missing, each with the deciding row, the newest first."""
    found = []
    for year in covered_years(rows, today):
        day, last = datetime.date(year, 1, 1), min(datetime.date(year, 12, 31), today)
        # Year by year, so that a day is compared with the few rows of its year instead of a century's.
        near = [row for row in rows if row.first_day <= last and (row.last_day is None or row.last_day >= day)]
        while day <= last:
            state, row = state_of(day, day in held, near, today)
            if row and state == DayState.MISSING:
                found.append((day, row))
            day += ONE_DAY
    return found[::-1]


def covered_years(rows: Iterable[PublicationSchedule], today: datetime.date) -> list[int]:
    """Return the years up to today's that any of `rows` covers, in order."""
    spans = [(row.first_day, min(row.last_day or today, today)) for row in rows]
    return sorted({year for first, last in spans for year in range(first.year, last.year + 1) if first <= today})
