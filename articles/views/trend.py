"""Stories by year, as bars and as a table, in proportion to the archive's holdings of each year."""

from __future__ import annotations

from dataclasses import dataclass

from articles.views.narrowing import Link, Narrowing

#: Units of the chart: its width, its height with the line of years, the height of the tallest bar.
WIDTH, HEIGHT, TALLEST = 256, 86, 60
TOP = 4
#: The width of a bar as a share of its year's room.
BAR = 0.75


@dataclass(frozen=True)
class TrendYear:
    """One year with holdings: its stories in the list, their number in a thousand, and its bar."""

    year: int
    link: Link
    per_thousand: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Trend:
    """The years from the first with a story to the last. Years without holdings are left out."""

    years: list[TrendYear]
    highest: TrendYear
    baseline: int = TOP + TALLEST
    width: int = WIDTH
    height: int = HEIGHT
    years_line: int = HEIGHT - 6

    @property
    def text(self) -> str:
        """The content of the chart in a sentence."""
        first, last, top = self.years[0], self.years[-1], self.highest
        return f"{first.year}—{last.year}年各年每千篇中的篇数，{top.year}年最高，为 {top.per_thousand} 篇"


def trend(narrowing: Narrowing, counts: dict[int, int], held: dict[int, int]) -> Trend | None:
    """Return the trend of `counts` ({year: stories}) among all `held`, or None for fewer than two years.

    Bars show shares, because the archive holds more of some years than of others.
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
                per_thousand(share),
                x=round((year - first + (1 - BAR) / 2) * room, 1),
                y=round(TOP + TALLEST - height, 1),
                width=round(room * BAR, 1),
                height=height,
            )
        )
    highest = next(row for row in years if shares[row.year] == most)
    return Trend(years, highest)


def per_thousand(share: float) -> str:
    """Return a share as stories in a thousand, to one decimal place.

    >>> per_thousand(0.0124), per_thousand(0.00001), per_thousand(0)
    ('12.4', '不足 0.1', '0')
    """
    if not share:
        return "0"
    return f"{share * 1000:.1f}" if share >= 0.0001 else "不足 0.1"
