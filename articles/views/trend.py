"""Stories a year, as bars and as a table, against what the archive holds of each year."""

from __future__ import annotations

from dataclasses import dataclass

from articles.views.narrowing import Link, Narrowing

#: The chart's own units: its width, its height with the line of years below, the height of the tallest bar.
WIDTH, HEIGHT, TALLEST = 256, 86, 60
TOP = 4
#: The share of a year's room that its bar takes.
BAR = 0.75


@dataclass(frozen=True)
class TrendYear:
    """One year that the archive holds: its stories here, how many that is in a thousand, and its bar."""

    year: int
    link: Link
    per_thousand: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Trend:
    """The years from the first that has a story to the last; those that the archive holds nothing of are left out."""

    years: list[TrendYear]
    highest: TrendYear
    baseline: int = TOP + TALLEST
    width: int = WIDTH
    height: int = HEIGHT
    years_line: int = HEIGHT - 6

    @property
    def text(self) -> str:
        """What the chart shows, in a sentence."""
        first, last, top = self.years[0], self.years[-1], self.highest
        return f"{first.year}—{last.year}年各年每千篇中的篇数，{top.year}年最高，为 {top.per_thousand} 篇"


def trend(narrowing: Narrowing, counts: dict[int, int], held: dict[int, int]) -> Trend | None:
    """Return the trend of `counts` ({year: stories}) among all that are `held`, or None if it has fewer than two years.

    Years differ in how much the archive holds of them, so bars show shares.
    """
    if len(counts) < 2:
        return None
    first, last = min(counts), max(counts)
    shares = {year: counts.get(year, 0) / number for year, number in held.items() if first <= year <= last}
    most, room = max(shares.values()), WIDTH / (last - first + 1)
    years = []
    for year, share in sorted(shares.items()):
        height = round(TALLEST * share / most, 1)
        years.append(
            TrendYear(
                year,
                narrowing.link("year", year, counts.get(year, 0)),
                _per_thousand(share),
                x=round((year - first + (1 - BAR) / 2) * room, 1),
                y=round(TOP + TALLEST - height, 1),
                width=round(room * BAR, 1),
                height=height,
            )
        )
    highest = next(row for row in years if shares[row.year] == most)
    return Trend(years, highest)


def _per_thousand(share: float) -> str:
    """Return a share as stories in a thousand, to one place.

    >>> _per_thousand(0.0124), _per_thousand(0.00001), _per_thousand(0)
    ('12.4', '不足 0.1', '0')
    """
    if not share:
        return "0"
    return f"{share * 1000:.1f}" if share >= 0.0001 else "不足 0.1"
