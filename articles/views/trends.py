"""The page that compares searches over time: a chart and a table of their stories by year or month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode

from articles.citing import Cell
from articles.forms import LONGEST_COMPARED, MOST_COMPARED, TREND_CHOICES, ExportForm, TrendsForm
from articles.search.facets import YEAR
from articles.search.query_tree import DateFilter, Node, period_of
from articles.search.trends import SearchOverTime, Trends, Unit, count_over_time
from articles.views.exports import table_file
from articles.views.periods import Period, held_periods, year_of
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
    """A search in one period: its stories, the stories `held` among which they are, their share (None if too few are
    held), and the URL of their list ("" if there are none).

    `drawn` is the height in the chart's unit, `whole` the height if the archive held all issues of the period, or None
    if that is not to be said.
    """

    period: Period
    stories: int
    held: int
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

    @cached_property
    def total(self) -> int:
        return sum(point.stories for point in self.points)

    @property
    def first(self) -> Point | None:
        """The first period with a story, or None."""
        return next((point for point in self.points if point.stories), None)

    @cached_property
    def peak(self) -> Point | None:
        """The highest period, the first of equals, or None if nothing is drawn."""
        highest = max(self.points, key=lambda point: point.drawn, default=None)
        return highest if highest and highest.drawn else None

    @property
    def is_linked(self) -> bool:
        """Whether a period with stories leads to them. A date does not fit into a query that is too long."""
        return not self.total or any(point.url for point in self.points)

    @property
    def share(self) -> str:
        """The stories in a thousand of all periods."""
        held = sum(point.held for point in self.points)
        return per_thousand(self.total / held) if held else "—"


@takes(TrendsForm, ExportForm)
def trends(request: HttpRequest) -> HttpResponseBase:
    """Compare searches over time, by year or month, in proportion to the archive or by number."""
    form = TrendsForm(request.GET)
    form.is_valid()
    typed, year = form.typed, form.year_chosen
    if form.cut or form.left_out:  # the links of the page hold what was read: with all that was typed they are too long
        kept = request.GET.copy()
        kept.setlist("q", typed)
        request.GET = kept  # type: ignore[assignment]
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
        "kept": {name: form.cleaned_data[name] for name in (*TREND_CHOICES, "year") if form.cleaned_data.get(name)},
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
    notices = [f"“{text[:20]}……”太长，只取了前 {LONGEST_COMPARED} 字。" for text in form.cut]
    if form.left_out:
        rest = "、".join(f"“{text[:20]}{'……' if len(text) > 20 else ''}”" for text in form.left_out[:3])
        more = "等" if len(form.left_out) > 3 else ""
        notices.append(f"一次最多对照 {MOST_COMPARED} 个，{rest}{more}没有画出；请另开一页对照。")
    return notices


def _periods(counted: Trends, unit: Unit, year: int | None) -> list[Period]:
    """Return the periods of the chart: those of the archive, or those of them within which all searches lie."""
    within = [period_of(search.query.tree) for search in counted.searches]
    periods = held_periods(counted.held, unit, year, today())
    if not within or None in within:
        return periods
    first = min(each.first for each in within if each)
    last = max(each.last for each in within if each)
    return [period for period in periods if period.last >= first and period.first <= last] or periods


def _panels(counted: Trends, periods: Sequence[Period], form: TrendsForm) -> list[Panel]:
    in_numbers = form.chosen("show") == "count"
    drawn = [points_of(search, periods, in_numbers) for search in counted.searches]
    tops = [round_up(max((max(point.drawn, point.whole or 0) for point in points), default=0)) for points in drawn]
    if form.chosen("scale") == "same":
        tops = [max(tops)] * len(tops) if tops else []
    return [
        Panel(search.typed, _list_of(search, form.year_chosen), search.notices, points, top)
        for search, points, top in zip(counted.searches, drawn, tops, strict=True)
    ]


def _list_of(search: SearchOverTime, year: int | None) -> str:
    """Return the URL of the list of a search, within the year whose months are drawn; "" if there is none."""
    tree = search.query.tree
    links = SearchLinks(tree, {})
    if tree is None:
        return ""
    return links.to(tree) if year is None else links.narrowing(YEAR).to(_within(tree, *year_of(year)))


def points_of(search: SearchOverTime, periods: Sequence[Period], in_numbers: bool = False) -> list[Point]:
    """Return the points of a search, drawn by its share of the stories held or `in_numbers`."""
    tree = search.query.tree
    narrow = SearchLinks(tree, {}).narrowing(YEAR)
    points = []
    for period in periods:
        stories, held = search.stories.get(period.first, 0), search.held.get(period.first, 0)
        rate = stories / held if held >= FEWEST else None
        within = _within(tree, period.first, period.last)
        url = narrow.to(within) if stories else ""
        drawn = stories if in_numbers else (rate or 0) * 1000
        # The share of a whole period says nothing about a part of it.
        is_whole = (within.first, within.last) == (period.first, period.last)
        share = period.share if in_numbers and period.is_in_part and is_whole else None
        points.append(Point(period, stories, held, rate, url, drawn, stories / share if stories and share else None))
    return points


def _within(tree: Node | None, first: date, last: date) -> DateFilter:
    """Return the part of the days from `first` to `last` that lies within the dates of a search."""
    own = [part for part in YEAR.own(tree) if isinstance(part, DateFilter)]
    return DateFilter(max([first, *(part.first for part in own)]), min([last, *(part.last for part in own)]))


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
    """Return the numbers of the chart, by its periods, as the file that `as` asks for; None without `as`."""
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
