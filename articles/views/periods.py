"""Years and months with what the archive holds of each: stories, issues, and the issues that it lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from articles.search.query_tree import last_day
from articles.search.trends import ByPeriod, Unit
from articles.views.holdings import by_month
from articles.views.missing import missing_issues

#: The share of a period's issues below which the archive holds the period in part.
WHOLE = 0.9

#: The share below which a part says too little about the whole.
SAMPLE = 0.1


@dataclass(frozen=True)
class Period:
    """A year or month: its days, its `label` in a chart, its `key` in a file, and what the archive holds of it.

    `missing` are the issues that the archive is known to lack. `elapsed` is the share of its days that are past.
    """

    first: date
    last: date
    label: str
    key: str
    stories: int
    issues: int
    missing: int
    elapsed: float

    @property
    def name(self) -> str:
        """The period in a sentence: 2019年, 2019年5月."""
        month = f"{self.first.month}月" if self.first.month == self.last.month else ""
        return f"{self.first.year}年{month}"

    @property
    def is_running(self) -> bool:
        """Whether today is one of its days."""
        return self.elapsed < 1

    @property
    def share(self) -> float | None:
        """The share of the period's issues that the archive holds, or None if that is less than SAMPLE."""
        known = self.issues + self.missing
        share = self.issues / known * self.elapsed if known else 0
        return share if share >= SAMPLE else None

    @property
    def is_in_part(self) -> bool:
        """Whether the archive holds some issues of the period, and lacks so many that numbers would mislead."""
        return self.issues > 0 and (self.share or 0) < WHOLE

    @property
    def held_text(self) -> str:
        """What a reader is told of a period that the archive lacks, or holds in part; else ""."""
        if not self.issues:
            return "没有收录"
        if not self.is_in_part:
            return ""
        until = "，至今" if self.is_running else ""
        return f"收 {self.issues:,} 期{until}" + (f"，缺 {self.missing:,} 期" if self.missing else "")


def held_periods(stories: ByPeriod, unit: Unit, year: int | None, day: date) -> list[Period]:
    """Return all periods from the archive's first year to its last, or the months of `year`. `day` is today.

    `stories` holds the number of stories of each period that has any.
    """
    months = by_month()
    years = {each.year for each in stories} | {each for each, _ in months}
    if year is not None:
        years = {year}
    if not years:
        return []
    end = max([day, *stories, *(date(*month, 1) for month in months)])
    issues, missing = Counter[date](), Counter[date]()
    for (each, month), holding in months.items():
        issues[_first(each, month, unit)] += holding.issues
    for gap, _ in missing_issues(day):
        missing[_first(gap.year, gap.month, unit)] += 1
    return [
        Period(
            first,
            last,
            str(first.year) if unit == Unit.YEAR else str(first.month),
            str(first.year) if unit == Unit.YEAR else f"{first:%Y-%m}",
            stories.get(first, 0),
            issues[first],
            missing[first],
            _elapsed(first, last, day),
        )
        for first, last in _all(range(min(years), max(years) + 1), unit)
        if first <= end
    ]


def _first(year: int, month: int, unit: Unit) -> date:
    return date(year, 1 if unit == Unit.YEAR else month, 1)


def year_of(year: int) -> tuple[date, date]:
    """Return the first and the last day of a year."""
    return date(year, 1, 1), date(year, 12, 31)


def _all(years: Iterable[int], unit: Unit) -> Iterable[tuple[date, date]]:
    for year in years:
        if unit == Unit.YEAR:
            yield year_of(year)
        else:
            yield from ((date(year, month, 1), last_day(date(year, month, 1))) for month in range(1, 13))


def _elapsed(first: date, last: date, day: date) -> float:
    """Return the share of the days from `first` to `last` that are past on `day`. Of days to come, all are: the archive
    holds issues of them.
    """
    if not first <= day <= last:
        return 1.0
    return max((day - first).days, 1) / ((last - first).days + 1)
