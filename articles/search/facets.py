"""The facets of a search: how many of its stories have each year, province, topic, and so on.

The counts of a group leave out the group's own filter, so that the reader sees what another value would bring. A count
is exactly the number of stories in the list of the query that `Group.narrowed` makes of it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import Any

from articles.search.engine_queries import EngineQuery
from articles.search.query_tree import (
    ColumnFilter,
    DateFilter,
    KindFilter,
    Leaf,
    Node,
    RegionFilter,
    RoleFilter,
    SectionFilter,
    TopicFilter,
    all_of,
    in_headline,
    period_of,
    required,
)
from articles.search.roles import ANYONE
from articles.search.run import SIDE_KINDS, SearchRun

#: The number of stories up to which contributors are counted. An archive has so many of them that the count would take
#: longer than all else.
MOST_SIGNED = 10_000

#: The contributors that a group holds at most.
MOST_CONTRIBUTORS = 30

#: The facets that are kept for the newest commit of the index.
MOST_KEPT = 32


#: The number of stories for each value of a field.
Counts = dict[Any, int]


@dataclass(frozen=True)
class Group:
    """The field of the index that a group counts, and the kind of its filter in a query."""

    name: str
    filter: type

    def own(self, tree: Node | None) -> tuple[Node, ...]:
        """Return the filters of this kind that each story of `tree` must match."""
        return tuple(part for part in required(tree) if isinstance(part, self.filter))

    def bare(self, tree: Node | None) -> Node | None:
        """Return `tree` without the group's own filters."""
        return all_of(part for part in required(tree) if not isinstance(part, self.filter))

    def narrowed(self, tree: Node | None, leaf: Leaf) -> Node | None:
        """Return `tree` with `leaf` in the place of the group's own filters, or at its end."""
        parts: list[Node | None] = []
        for part in required(tree):
            if not isinstance(part, self.filter):
                parts.append(part)
            elif leaf not in parts:
                parts.append(leaf)
        return all_of(parts if leaf in parts else [*parts, leaf])


YEAR, MONTH = Group("year", DateFilter), Group("month", DateFilter)
PROVINCE, CITY = Group("province", RegionFilter), Group("region", RegionFilter)
TOPIC, COLUMN = Group("topic", TopicFilter), Group("column", ColumnFilter)
SECTION, KIND = Group("section", SectionFilter), Group("kind", KindFilter)
SIGNATURE = Group("signature", RoleFilter)

#: The groups that every search has. Months are counted within a year, and cities within a province.
GROUPS = (YEAR, PROVINCE, TOPIC, COLUMN, SECTION)


@dataclass(frozen=True)
class Facets:
    """The counts of a search: {group: {value: stories}}, the `total` of its list, and what the list leaves out.

    `aside` is the number of teasers and notices that match and are left out. `in_headline` is the number of stories
    that have the strings in the headline, or None if the query has none to look for there. SIGNATURE is missing from
    `groups` if the list is too long to count its contributors. `year` and `province` are those that the query is
    narrowed to, or None. `chosen` holds the group's own filters that mean a single value: {group: {value: filter}}.
    """

    total: int
    aside: int
    groups: dict[Group, Counts]
    in_headline: int | None = None
    year: int | None = None
    province: int | None = None
    chosen: Mapping[Group, Mapping[Any, Node]] = field(default_factory=dict)


def beside(run: SearchRun) -> Callable[[], Facets]:
    """Start to count the facets of `run` in a thread, and return the function that waits for them.

    The engine works outside the interpreter's lock, so that it counts while the caller lists the hits. The thread asks
    nothing of the database.
    """
    if kept := _kept.get(run):
        return lambda: kept
    run.listed  # noqa: B018 # compiled before two threads ask for it
    return _pool().submit(count_facets, run).result


def count_facets(run: SearchRun) -> Facets:
    """Return the facets of `run`, from memory if they have been counted for this commit of the index."""
    if kept := _kept.get(run):
        return kept
    facets = _count(run)
    _kept.put(run, facets)
    return facets


def _count(run: SearchRun) -> Facets:
    tree, index = run.tree, run.opened.index
    narrowed = [group for group in (*GROUPS, SIGNATURE) if group.own(tree)]
    fields = [group.name for group in GROUPS if group not in narrowed]
    counts = index.values(run.listed, *fields, KIND.name)
    total, kinds = sum(counts[KIND.name].values()), counts[KIND.name]
    groups: dict[Group, Counts] = {group: counts[group.name] for group in GROUPS if group not in narrowed}
    for group in narrowed:
        if group is not SIGNATURE:
            groups[group] = index.values(_listed(run, group), group.name)[group.name]
    if KIND.own(tree) or not run.everything:
        kinds = index.values(run.matching(KIND.bare(tree)), KIND.name)[KIND.name]
    groups[KIND] = kinds
    year, province = _year(tree), _province(run)
    if year is not None:
        groups[MONTH] = index.values(index.both(_listed(run, YEAR), index.among("year", [year])), "month")["month"]
    if province is not None:
        inside = index.both(_listed(run, PROVINCE), index.among("province", [province]))
        groups[CITY] = index.values(inside, "region")["region"]
    signed = _listed(run, SIGNATURE)
    if (index.count(signed) if SIGNATURE in narrowed else total) <= MOST_SIGNED:
        groups[SIGNATURE] = dict(index.most_frequent(signed, SIGNATURE.name, MOST_CONTRIBUTORS))
    aside = 0 if run.everything else sum(kinds.get(kind, 0) for kind in SIDE_KINDS)
    headlines = in_headline(tree)
    in_headlines = None if headlines == tree else index.count(run.editorial(run.matching(headlines)))
    chosen = {group: _meant(run, group) for group in (PROVINCE, TOPIC, COLUMN, SECTION, KIND, SIGNATURE)}
    return Facets(total, aside, groups, in_headlines, year, province, chosen)


def _meant(run: SearchRun, group: Group) -> dict[Any, Node]:
    """Return {value: filter} of the group's own filters that mean a single value."""
    # A contributor in any role is no value of the group: its values have a role each.
    own = (leaf for leaf in group.own(run.tree) if getattr(leaf, "role", "") != ANYONE)
    meant = ((run.filters.values(leaf), leaf) for leaf in own)
    return {values[0]: leaf for values, leaf in meant if len(values) == 1}


def _listed(run: SearchRun, group: Group) -> EngineQuery:
    """Return the query of the list that the search would have without the filters of `group`."""
    return run.editorial(run.matching(group.bare(run.tree))) if group.own(run.tree) else run.listed


def _year(tree: Node | None) -> int | None:
    """Return the year within which the query's only period lies, or None."""
    period = period_of(tree)
    return period.first.year if period and period.first.year == period.last.year else None


def _province(run: SearchRun) -> int | None:
    """Return the code of the province within which the query's only region lies, or None."""
    own = PROVINCE.own(run.tree)
    provinces = {int(code) // 10_000 * 10_000 for leaf in own for code in run.filters.values(leaf)}
    return provinces.pop() if len(own) == len(provinces) == 1 else None


class _Kept:
    """The facets counted last, for the newest commit of the index."""

    def __init__(self) -> None:
        self._state: object = None
        self._facets: OrderedDict[tuple, Facets] = OrderedDict()
        self._lock = Lock()

    def get(self, run: SearchRun) -> Facets | None:
        with self._lock:
            found = self._facets.get(self._key(run)) if self._state == self._of(run) else None
            if found:
                self._facets.move_to_end(self._key(run))
            return found

    def put(self, run: SearchRun, facets: Facets) -> None:
        with self._lock:
            if self._state != self._of(run):
                self._state = self._of(run)
                self._facets.clear()
            self._facets[self._key(run)] = facets
            if len(self._facets) > MOST_KEPT:
                self._facets.popitem(last=False)

    def clear(self) -> None:
        """Forget all, so that a bench measures the counting."""
        with self._lock:
            self._facets.clear()

    @staticmethod
    def _of(run: SearchRun) -> object:
        return run.opened.held.folder, run.opened.state

    @staticmethod
    def _key(run: SearchRun) -> tuple:
        return run.tree, run.everything, run.filters.key


_kept = _Kept()
forget = _kept.clear


@cache
def _pool() -> ThreadPoolExecutor:
    """Return the threads that count facets, started in the process that uses them."""
    return ThreadPoolExecutor(4, "facets")
