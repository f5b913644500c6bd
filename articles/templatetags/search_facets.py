"""The template tag for the facets of a search. It writes some hundred links, for which a template takes too long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django import template
from django.utils.safestring import SafeString, mark_safe

from articles.views.search_facets import Bar, ShownGroup, Value
from articles.web.markup import escape

register = template.Library()

#: Units of a chart: its width, the height of the tallest bar with the room above it, and its height with the labels.
WIDTH, TALLEST, TOP, LABELS = 240, 48, 18, 18

#: The widest bar, for a chart of few years. The number of bars up to which each has a label. Half the width of a digit.
WIDEST, FEW, HALF = 24, 12, 3.5

#: The distance of two bars whose labels stay apart. It is more than a label is wide: that of an end moves inwards.
APART = 48

_STORIES = '<span class="visually-hidden"> 篇</span>'


@register.simple_tag
def facets(groups: Iterable[ShownGroup]) -> SafeString:
    """Return the groups of a search with their links: {% facets groups %}."""
    return mark_safe("".join(map(_group, groups)))


def _group(group: ShownGroup) -> str:
    name = f"f-{group.name}"
    if group.note:
        head, body = f"{group.title} <span>统计略</span>", f'<p class="omitted">{group.note}</p>'
    elif group.bars:
        head, body = f"{group.title} <span>篇</span>", _chart(group)
    else:
        head, body = group.title, _list(group.values) + _rest(group)
    return f'<section aria-labelledby="{name}"><h3 id="{name}">{head}</h3>{body}</section>\n'


def _list(values: Iterable[Value]) -> str:
    return f"<ul>{''.join(map(_value, values))}</ul>"


def _value(value: Value) -> str:
    inside = _list(value.inside) if value.inside else ""
    count = f"<span>{value.stories:,}{_STORIES}</span>"
    text = escape(value.text)
    if value.is_on and value.url:
        count = f'<span>{value.stories:,} <b aria-hidden="true">×</b></span>'
        link = _link(value.url, f'<span class="visually-hidden">去掉条件：</span><em>{text}</em> {count}', "on")
    elif value.url:
        link = _link(value.url, f"<em>{text}</em> {count}")
    elif value.is_on:
        link = f'<strong class="on" aria-current="true"><em>{text}</em> {count}</strong>'
    else:
        link = f"<strong><em>{text}</em> {count}</strong>"
    return f"<li>{link}{inside}</li>"


def _link(url: str, text: str, name: str = "") -> str:
    state = f' class="{name}" aria-current="true"' if name else ""
    return f'<a rel="nofollow"{state} href="{_href(url)}">{text}</a>'


def _href(url: str) -> str:
    """Return a URL of SearchLinks for an attribute. It is quoted: only & is left to escape."""
    return url.replace("&", "&amp;")


def _rest(group: ShownGroup) -> str:
    if not group.rest:
        return ""
    omitted = f'<p class="omitted">{group.omitted}</p>' if group.omitted else ""
    return f"<details><summary>其余 {len(group.rest)} {group.unit}</summary>{_list(group.rest)}{omitted}</details>"


def _chart(group: ShownGroup) -> str:
    """Return bars for the mouse, and the same numbers as a list for everybody else."""
    room = WIDTH / len(group.bars)
    most = max(bar.stories for bar in group.bars) or 1
    drawn = "".join(_bar(bar, place * room, room, most) for place, bar in enumerate(group.bars))
    labels = "".join(_label(group.bars[place], place, room) for place in _labelled(group.bars))
    base, height = TOP + TALLEST, TOP + TALLEST + LABELS
    svg = (
        f'<svg class="trend" viewBox="0 0 {WIDTH} {height}" aria-hidden="true" focusable="false">{drawn}'
        f'<line class="axis" x1="0" y1="{base}.5" x2="{WIDTH}" y2="{base}.5"/>{labels}</svg>'
    )
    unit = "月" if group.name == "month" else "年"
    values = [
        Value(f"{bar.label}{unit}", bar.stories, bar.url, bar.is_on)
        for bar in (group.bars if group.name == "month" else group.bars[::-1])
        if bar.url or bar.is_on
    ]
    return f"{svg}<details><summary>各{unit}篇数</summary>{_list(values)}</details>"


def _bar(bar: Bar, left: float, room: float, most: int) -> str:
    height = TALLEST * bar.stories / most
    width = min(room - min(2, room / 5), WIDEST)
    now = " current" if bar.is_on else ""
    ground = f'<rect class="ground" x="{left:.1f}" y="0" width="{room:.1f}" height="{TOP + TALLEST}"/>'
    drawn = (
        f'<rect class="bar{now}" x="{left + (room - width) / 2:.1f}" y="{TOP + TALLEST - height:.1f}" '
        f'width="{width:.1f}" height="{height:.1f}"/>'
    )
    if not bar.url:
        return drawn
    unit = "月" if len(bar.label) < 3 else "年"
    title = f"<title>{bar.label}{unit}：{bar.stories:,} 篇</title>"
    return f'<a rel="nofollow" href="{_href(bar.url)}" tabindex="-1">{title}{ground}{drawn}</a>'


def _labelled(bars: Sequence[Bar]) -> list[int]:
    """Return the places of the bars that have a label: all if they are few, else the first, the last and the chosen.

    An end has none where it would touch that of a chosen bar.

    >>> bars = [Bar(str(year), 1, "", is_on=year == 2019) for year in range(1985, 2026)]
    >>> _labelled(bars)
    [0, 34]
    """
    if len(bars) <= FEW:
        return list(range(len(bars)))
    chosen = [place for place, bar in enumerate(bars) if bar.is_on]
    room = WIDTH / len(bars)
    ends = [place for place in (0, len(bars) - 1) if all(abs(place - one) * room > APART for one in chosen)]
    return sorted(ends + chosen)


def _label(bar: Bar, place: int, room: float) -> str:
    """Return the label below a bar, and above a chosen bar its number. A label stays inside the chart."""
    line, now = TOP + TALLEST + LABELS - 3, "now " if bar.is_on else ""
    width = HALF * len(bar.label)
    at = min(max((place + 0.5) * room, width), WIDTH - width)
    count = f'<text class="now" x="{at:.1f}" y="{TOP - 4}">{bar.stories:,}</text>' if bar.is_on else ""
    return f'{count}<text class="{now}middle" x="{at:.1f}" y="{line}">{bar.label}</text>'
