"""The page that compares searches over time: a chart and a table of their stories by year or month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode

from articles.citing import Cell
from articles.forms import MOST_COMPARED, TREND_CHOICES, ExportForm, TrendsForm
from articles.search.facets import YEAR
from articles.search.query_tree import DateFilter, Node, period_of
from articles.search.trends import SearchOverTime, Trends, Unit, count_over_time
from articles.views.exports import table_file
from articles.views.periods import Period, held_periods
from articles.views.search_links import SearchLinks
from articles.views.trend import per_thousand
from articles.web.parameters import takes
from articles.web.today import today

#: The stories that a period must have for its share to be drawn. One of three is no rate of 333 in a thousand.
FEWEST = 10

#: Examples of comparisons, each a list of queries.
EXAMPLES = (
    ("分级诊疗", "互联网医院", "家庭医生签约"),
    ("卫生部", "国家卫生计生委", "国家卫生健康委|国家卫健委"),
    ("中医药", "疫苗", "慢性病"),
)


@dataclass(frozen=True)
class Point:
    """A search in one period: its stories, their number in a thousand (None if the period holds too few), and the URL
    of their list ("" if there are none).

    `drawn` is the height in the chart's unit, `whole` the height if the archive held all issues of the period, or None
    if that is not to be said.
    """

    period: Period
    stories: int
    rate: float | None
    url: str
    drawn: float
    whole: float | None = None

    @property
    def rate_text(self) -> str:
        return "—" if self.rate is None else per_thousand(self.rate)


@dataclass(frozen=True)
class Panel:
    """One search of the comparison: its text, the URL of its list, and its points in order of time.

    `top` is the value at the top of its scale.
    """

    text: str
    url: str
    notices: tuple[str, ...]
    points: list[Point]
    top: float

    @property
    def total(self) -> int:
        return sum(point.stories for point in self.points)

    @property
    def first(self) -> Point | None:
        """The first period with a story, or None."""
        return next((point for point in self.points if point.stories), None)

    @property
    def peak(self) -> Point | None:
        """The highest period, the first of equals, or None if nothing is drawn."""
        highest = max(self.points, key=lambda point: point.drawn, default=None)
        return highest if highest and highest.drawn else None

    @property
    def share(self) -> str:
        """The stories in a thousand of all periods."""
        held = sum(point.period.stories for point in self.points)
        return per_thousand(self.total / held) if held else "—"


@takes(TrendsForm, ExportForm)
def trends(request: HttpRequest) -> HttpResponseBase:
    """Compare searches over time, by year or month, in proportion to the archive or by number."""
    form = TrendsForm(request.GET)
    form.is_valid()
    typed, year = form.typed, form.year_chosen
    unit = Unit.MONTH if year else Unit(form.chosen("by"))
    counted = count_over_time(typed, unit, year)
    periods = _periods(counted, unit, year)
    panels = _panels(counted, periods, form)
    if file := _file(request, panels, periods, unit):
        return file
    context = {
        "panels": panels,
        "periods": periods,
        **_table(counted, panels, periods, form, unit),
        "boxes": [*typed, *[""] * (min(MOST_COMPARED, max(2, len(typed) + 1)) - len(typed))],
        "notices": _notices(form),
        "choices": {name: choices.items() for name, choices in TREND_CHOICES.items()},
        "chosen": {name: form.chosen(name) for name in TREND_CHOICES},
        "kept": {name: request.GET[name] for name in (*TREND_CHOICES, "year") if name in request.GET},
        "unit": unit,
        "year": year,
        "fewest": FEWEST,
        "held": sum(period.stories for period in periods),
        "is_behind": counted.is_behind,
        "examples": [("、".join(each), _url({"q": each})) for each in EXAMPLES],
    }
    response = render(request, "articles/trends.html", context)
    if counted.is_behind:
        add_never_cache_headers(response)  # the index will count more at this revision
    return response


def _url(asked: Mapping[str, Any]) -> str:
    return f"{reverse('trends')}?{urlencode(asked, doseq=True)}"


def _table(counted: Trends, panels: list[Panel], periods: list[Period], form: TrendsForm, unit: Unit) -> dict[str, Any]:
    """Return the context of the table: its rows, the newest first, and its periods that are held in part.

    Months of several years would make a table of five hundred rows. It has their years.
    """
    by_year = unit == Unit.YEAR
    if not by_year and form.year_chosen is None:
        by_year, years = True, counted.by_year
        periods = _periods(years, Unit.YEAR, None)
        panels = _panels(years, periods, form)
    rows = [(period, [panel.points[place] for panel in panels]) for place, period in enumerate(periods)]
    return {"rows": rows[::-1], "by_year": by_year, "in_part": [period for period in periods if period.is_in_part]}


def _notices(form: TrendsForm) -> list[str]:
    if not form.left_out:
        return []
    rest = "、".join(f"“{text[:20]}”" for text in form.left_out[:3])
    return [f"一次最多对照 {MOST_COMPARED} 个，{rest}等没有画出；请另开一页对照。"]


def _periods(counted: Trends, unit: Unit, year: int | None) -> list[Period]:
    """Return the periods of the chart: those of the archive, or those within which all searches lie."""
    within = [period_of(search.query.tree) for search in counted.searches]
    periods = held_periods(counted.held, unit, year, today())
    if not within or None in within:
        return periods
    first = min(each.first for each in within if each)
    last = max(each.last for each in within if each)
    return [period for period in periods if period.last >= first and period.first <= last]


def _panels(counted: Trends, periods: Sequence[Period], form: TrendsForm) -> list[Panel]:
    in_numbers = form.chosen("show") == "count"
    drawn = [points_of(search, periods, in_numbers) for search in counted.searches]
    tops = [round_up(max((max(point.drawn, point.whole or 0) for point in points), default=0)) for points in drawn]
    if form.chosen("scale") == "same":
        tops = [max(tops)] * len(tops) if tops else []
    panels = []
    for search, points, top in zip(counted.searches, drawn, tops, strict=True):
        tree = search.query.tree
        panels.append(Panel(search.typed, SearchLinks(tree, {}).to(tree), search.notices, points, top))
    return panels


def points_of(search: SearchOverTime, periods: Sequence[Period], in_numbers: bool = False) -> list[Point]:
    """Return the points of a search, drawn by its share of the archive or `in_numbers`."""
    narrow = SearchLinks(search.query.tree, {}).narrowing(YEAR)
    points = []
    for period in periods:
        stories = search.stories.get(period.first, 0)
        rate = stories / period.stories if period.stories >= FEWEST else None
        url = narrow.to(_within(search.query.tree, period)) if stories else ""
        drawn = stories if in_numbers else (rate or 0) * 1000
        whole = stories / period.share if in_numbers and stories and period.is_in_part and period.share else None
        points.append(Point(period, stories, rate, url, drawn, whole))
    return points


def _within(tree: Node | None, period: Period) -> DateFilter:
    """Return the part of a period that lies within the periods of a search."""
    own = [part for part in YEAR.own(tree) if isinstance(part, DateFilter)]
    return DateFilter(
        max([period.first, *(part.first for part in own)]), min([period.last, *(part.last for part in own)])
    )


def round_up(value: float) -> float:
    """Return the least of 1, 2, 4, 5, 8 and 10 times a power of ten that is not below `value`, at least 1.

    >>> round_up(63.3), round_up(7), round_up(0.2), round_up(11)
    (80.0, 8.0, 1.0, 20.0)
    """
    power = 1.0
    while power * 10 < value:
        power *= 10
    return next(step * power for step in (1, 2, 4, 5, 8, 10) if step * power >= value)


def _file(
    request: HttpRequest, panels: Sequence[Panel], periods: Sequence[Period], unit: Unit
) -> HttpResponseBase | None:
    """Return the table as the file that `as` asks for; None without `as`."""
    columns = {"period": "年份" if unit == Unit.YEAR else "月份"}
    for number, panel in enumerate(panels, start=1):
        columns |= {f"stories_{number}": f"{panel.text} 篇数", f"rate_{number}": f"{panel.text} 每千篇"}
    columns |= {"held": "收有篇数", "issues": "收有期数", "missing": "已知缺期"}

    def rows(places: Sequence[int]) -> list[tuple[Cell, ...]]:
        return [
            (
                periods[place].key,
                *(cell for panel in panels for cell in _cells(panel.points[place])),
                periods[place].stories,
                periods[place].issues,
                periods[place].missing,
            )
            for place in places
        ]

    name = "词频对照 " + "、".join(panel.text for panel in panels)
    return table_file(request, name, columns, range(len(periods)), rows)


def _cells(point: Point) -> tuple[Cell, Cell]:
    return point.stories, "" if point.rate is None else f"{point.rate * 1000:.3f}"
