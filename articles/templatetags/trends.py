"""The template tags for searches over time: the bars of a search, and the labels below them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django import template
from django.http import QueryDict
from django.utils.safestring import SafeString, mark_safe

from articles.search.trends import Unit
from articles.views.periods import Period
from articles.views.trends import Panel, Point
from articles.web.markup import escape

register = template.Library()

#: Units of the drawing, which is stretched to its place: the width of a period, its height.
ROOM, HEIGHT = 10, 100

#: The narrowest and the widest bar. The bars of fewer than BROAD periods are as wide as those of so many.
NARROWEST, WIDEST, BROAD = 2, 8, 10

#: The longest address of a bar. The table has longer ones.
LONGEST_LINK = 1000

#: The most labels of which each is written, in a wide window and in a narrow one. Of more, one in five is.
MOST_LABELS, FEW_LABELS = 20, 8


@register.simple_tag(takes_context=True)
def bars(context: dict[str, Any], panel: Panel) -> SafeString:
    """Return the bars of a search as SVG: {% bars panel %}.

    Each leads to the stories of its period; among months of several years, to the months of its year. They are for the
    mouse: the table below has the numbers and links for everybody.
    """
    is_narrow = context["unit"] == Unit.MONTH and context["year"] is None
    months = _zoom(context["request"].GET, panel) if is_narrow else {}
    drawn, left = [], 0
    for url, points in groupby(
        panel.points, lambda point: months.get(point.period.first.year, "") if is_narrow else point.url
    ):
        inside = []
        for point in points:
            inside.append(_bar(panel, point, left))
            left += ROOM
        bars = "".join(inside)
        is_link = 0 < len(url) <= LONGEST_LINK
        drawn.append(
            f'<a rel="nofollow" href="{escape(url)}" tabindex="-1">{bars}</a>' if is_link else f"<g>{bars}</g>"
        )
    width = len(panel.points) * ROOM
    lines = "".join(_line("rule", y, width) for y in (0, HEIGHT // 2)) + _line("axis", HEIGHT, width)
    return mark_safe(
        f'<svg viewBox="0 0 {width} {HEIGHT}" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        f"{''.join(drawn)}{lines}</svg>"
    )


def _zoom(asked: QueryDict, panel: Panel) -> dict[int, str]:
    """Return {year: the query string of the same comparison by its months}."""
    months = asked.copy()
    months["by"], months["year"] = "month", ""
    before = months.urlencode().removesuffix("year=") + "year="
    return {point.period.first.year: f"?{before}{point.period.first.year}" for point in panel.points}


def _line(name: str, y: int, width: int) -> str:
    return f'<line class="{name}" x1="0" x2="{width}" y1="{y}" y2="{y}"/>'


def _bar(panel: Panel, point: Point, left: int) -> str:
    ground = f'<rect class="{"ground" if point.period.issues else "gap"}" x="{left}" width="{ROOM}" height="{HEIGHT}"/>'
    parts = [f"<g><title>{escape(said(point))}</title>{ground}"]
    middle, width = left + ROOM / 2, max(NARROWEST, WIDEST * min(1, len(panel.points) / BROAD))
    if point.whole:
        parts.append(_rect("whole", middle, width, HEIGHT * point.whole / panel.top))
    if point.drawn:
        peak = " peak" if point is panel.peak else ""
        parts.append(_rect(f"bar{peak}", middle, width, HEIGHT * point.drawn / panel.top))
    return f"{''.join(parts)}</g>"


def _rect(name: str, middle: float, width: float, height: float) -> str:
    # A bar of one story among thousands is still seen.
    shown = max(height, 0.5)
    left = middle - width / 2
    return f'<rect class="{name}" x="{left:.1f}" y="{HEIGHT - shown:.2f}" width="{width:.1f}" height="{shown:.2f}"/>'


def said(point: Point) -> str:
    """Return a point in a sentence: 2019年：371 篇，每千篇 50.1 篇；收 52 期，缺 208 期."""
    held = point.period.held_text
    if not point.period.issues:
        return f"{point.period.name}：{held}"
    rate = "" if point.rate is None else f"，每千篇 {point.rate_text} 篇"
    return f"{point.period.name}：{point.stories:,} 篇{rate}" + (f"；{held}" if held else "")


@register.simple_tag
def tick(top: float, part: int) -> str:
    """Return the number at the top of a scale, or at half of it: {% tick panel.top 2 %}; "" for half a story."""
    return f"{top / part:,.1f}".removesuffix(".0") if top / part >= 1 else ""


@register.simple_tag
def labels(periods: Sequence[Period], unit: Unit, year: int | None) -> SafeString:
    """Return the labels below the bars: {% labels periods unit year %}. A ring marks what the archive holds in part.

    Months of several years have their year alone, below its twelve months.
    """
    if unit == Unit.MONTH and year is None:
        years = list(dict.fromkeys(period.first.year for period in periods))
        written = [(str(each), False, each % 5 == 0) for each in years]
    else:
        unit_text = "月" if unit == Unit.MONTH else ""
        written = [(f"{p.label}{unit_text}", p.is_in_part, int(p.label) % 5 == 0) for p in periods]
    many = " many" if len(written) > MOST_LABELS else " some" if len(written) > FEW_LABELS else ""
    items = "".join(_label(*each) for each in written)
    return mark_safe(f'<ol class="axis-labels{many}" aria-hidden="true">{items}</ol>')


def _label(text: str, is_in_part: bool, is_fifth: bool) -> str:
    label = f"<b><span>{text}</span></b>" if is_in_part else f"<span>{text}</span>"
    return f'<li class="fifth">{label}</li>' if is_fifth else f"<li>{label}</li>"
