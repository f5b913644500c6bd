"""The facets of a search as the page shows them: each value with its number of stories and the link that narrows to it.

A link writes the query, so that the box, the address and the chips say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from articles.models import Article, Column, Contributor, Region
from articles.models.statements import Statement
from articles.search.documents import KINDS
from articles.search.facets import (
    CITY,
    COLUMN,
    KIND,
    MONTH,
    MOST_CONTRIBUTORS,
    PROVINCE,
    SECTION,
    SIGNATURE,
    TOPIC,
    YEAR,
    Counts,
    Facets,
    Group,
)
from articles.search.query_tree import (
    ColumnFilter,
    DateFilter,
    KindFilter,
    Leaf,
    NamedFilter,
    Node,
    RoleFilter,
    SectionFilter,
    TopicFilter,
    in_headline,
    last_day,
)
from articles.search.roles import signed
from articles.views.counts import all_provinces, counted, reference, shown_topics
from articles.views.search_links import SearchLinks
from articles.views.within import region_filters

#: The values of a group that stand open, and those that it holds at most.
OPEN, MOST = 5, 40

#: What a reader is told where a group is left out.
OMITTED = "结果多，署名没有逐一统计；再加一个条件即有。"


class Value(NamedTuple):
    """A value of a group, its number of stories, and the URL of the search narrowed to it; of a value that is chosen,
    the URL without it. `inside` are the values within a chosen one.
    """

    text: str
    stories: int
    url: str
    is_on: bool = False
    inside: tuple[Value, ...] = ()


class Bar(NamedTuple):
    """A year or month in a chart: its label, its number of stories, its URL, whether the search is narrowed to it."""

    label: str
    stories: int
    url: str
    is_on: bool


@dataclass(frozen=True)
class ShownGroup:
    """A group under its `title`: the values that stand open, and the `rest` of them, counted in `unit` (个省份 …).

    `omitted` says what is not shown at all. A chart of years or months has `bars` in place of values. A group that was
    not counted has a `note`.
    """

    name: str
    title: str
    values: tuple[Value, ...] = ()
    rest: tuple[Value, ...] = ()
    unit: str = ""
    omitted: str = ""
    bars: tuple[Bar, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class _Shown:
    """The facets of one search, with the links from it."""

    facets: Facets
    links: SearchLinks

    @property
    def tree(self) -> Node | None:
        return self.links.tree

    def headline(self) -> ShownGroup | None:
        count = self.facets.in_headline
        if count is None or not self.facets.total:
            return None
        here = Value("标题和正文", self.facets.total, "", True)
        return ShownGroup("where", "出现在", (here, Value("只看标题", count, self.links.to(in_headline(self.tree)))))

    def years(self) -> ShownGroup | None:
        counts, chosen = self.facets.groups[YEAR], self.facets.year
        held = [*counts, *([chosen] if chosen else [])]
        if len(held) < 2:
            return None
        periods = {
            str(year): DateFilter(date(year, 1, 1), date(year, 12, 31)) for year in range(min(held), max(held) + 1)
        }
        return ShownGroup("year", "年份", bars=self._bars(YEAR, periods))

    def months(self) -> ShownGroup | None:
        year = self.facets.year
        if not year:
            return None
        periods = {
            str(month): DateFilter(date(year, month, 1), last_day(date(year, month, 1))) for month in range(1, 13)
        }
        return ShownGroup("month", f"{year}年各月", bars=self._bars(MONTH, periods))

    def _bars(self, group: Group, periods: dict[str, DateFilter]) -> tuple[Bar, ...]:
        counts, narrow, own = self.facets.groups[group], self.links.narrowing(group), group.own(self.tree)
        bars = []
        for label, period in periods.items():
            count, is_on = counts.get(int(label), 0), own == (period,)
            url = self.links.without(group) if is_on else narrow.to(period) if count else ""
            bars.append(Bar(label, count, url, is_on))
        return tuple(bars)

    def regions(self) -> ShownGroup | None:
        chosen = self.facets.province
        provinces = {int(region.code): region for region in all_provinces()}
        values = self._values(PROVINCE, self.facets.groups[PROVINCE], region_filters("0", provinces))
        if chosen in provinces:
            parts = reference(
                f"parts-{chosen}", lambda: list(Region.objects.filter(parent=f"{chosen:06}").order_by("code"))
            )
            cities = region_filters(f"parts-{chosen}", {int(part.code): part for part in parts})
            inside = tuple(self._values(PROVINCE, self.facets.groups[CITY], cities))
            values = [
                value._replace(is_on=True, inside=inside, url=self.links.without(PROVINCE))
                if value.text == provinces[chosen].name
                else value
                for value in values
            ]
        return _group("region", "地区", "个省份", values)

    def topics(self) -> ShownGroup | None:
        return self._named(TOPIC, "主题", "个主题", {topic.pk: TopicFilter(topic.name) for topic in shown_topics()})

    def columns(self) -> ShownGroup | None:
        names = counted("column-names", lambda: dict(Column.objects.shown().order_by().values_list("pk", "name")))
        return self._named(COLUMN, "栏目", "个栏目", {pk: ColumnFilter(name) for pk, name in names.items()})

    def sections(self) -> ShownGroup | None:
        names = self.facets.groups[SECTION]
        return self._named(SECTION, "版名", "个版名", {name: SectionFilter(name) for name in names})

    def kinds(self) -> ShownGroup | None:
        return self._named(KIND, "类别", "个类别", _KINDS)

    def _named(self, group: Group, title: str, unit: str, filters: Mapping[Any, NamedFilter]) -> ShownGroup | None:
        named = {key: (leaf.text, leaf) for key, leaf in filters.items()}
        return _group(group.name, title, unit, self._values(group, self.facets.groups[group], named))

    def people(self) -> ShownGroup | None:
        if SIGNATURE not in self.facets.groups:
            return ShownGroup("signature", "署名", note=OMITTED)
        counts = self.facets.groups[SIGNATURE]
        names = dict(_NAMES.rows(tuple({signed(number)[1] for number in counts})))
        named = {}
        for number in counts:
            role, pk = signed(number)
            if pk in names:  # otherwise the index is behind the database
                named[number] = (f"{'' if role == '文' else role} {names[pk]}".strip(), RoleFilter(role, names[pk]))
        shown = _group("signature", "署名", "人", self._values(SIGNATURE, counts, named))
        if shown is None or len(counts) < MOST_CONTRIBUTORS:
            return shown
        return replace(shown, omitted=f"只列篇数最多的 {MOST_CONTRIBUTORS} 人。")

    def _values(self, group: Group, counts: Counts, named: Mapping[Any, tuple[str, Leaf]]) -> list[Value]:
        """Return the values that any story has, the most frequent first. `named` holds their texts and filters."""
        narrow, chosen = self.links.narrowing(group), self.facets.chosen.get(group, {})
        values = [
            Value(
                text, counts[key], self.links.dropping(chosen[key]) if key in chosen else narrow.to(leaf), key in chosen
            )
            for key, (text, leaf) in named.items()
            if counts.get(key)
        ]
        return sorted(values, key=lambda value: -value.stories)


def _group(name: str, title: str, unit: str, values: list[Value]) -> ShownGroup | None:
    """Return the group of `values`, those that are chosen first; None without any."""
    if not values:
        return None
    values = sorted(values, key=lambda value: not value.is_on)
    omitted = f"另有 {len(values) - MOST:,} {unit}没有列出。" if len(values) > MOST else ""
    return ShownGroup(name, title, tuple(values[:OPEN]), tuple(values[OPEN:MOST]), unit, omitted)


_KINDS = {number: KindFilter(str(Article.Kind(kind).label)) for kind, number in KINDS.items()}

_NAMES = Statement(lambda ids: Contributor.objects.filter(pk__among=ids).order_by().values_list("pk", "name"), tuple)


def shown_facets(facets: Facets, links: SearchLinks) -> list[ShownGroup]:
    """Return the groups of a search that have anything to choose from, in their order on the page."""
    if not facets.groups:
        return []
    shown = _Shown(facets, links)
    groups = (
        shown.headline,
        *(shown.years, shown.months, shown.regions, shown.topics),
        *(shown.columns, shown.sections, shown.kinds, shown.people),
    )
    return [group for make in groups if (group := make())]
