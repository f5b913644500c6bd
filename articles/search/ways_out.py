"""Ways out of a search that finds nothing: the same search without one condition, or its strings by themselves.

A way that finds nothing either is kept, too, so that the page can say so once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from articles.search.near import MOST_STRINGS, longest_parts
from articles.search.query_tree import DateFilter, Node, Phrase, all_of, any_of, required, said, serialise
from articles.search.run import SearchRun, read_query
from articles.text.fold import fold

#: The shortest string whose parts are looked up.
SHORTEST = 3


@dataclass(frozen=True)
class Way:
    """Another search: what it does (去掉, 只要 …), to which condition, its query, and its number of stories."""

    verb: str
    text: str
    query: str
    count: int


@dataclass(frozen=True)
class WaysOut:
    """The ways out that relax one condition, and those that begin anew with the strings alone."""

    relaxed: tuple[Way, ...]
    anew: tuple[Way, ...]

    @property
    def in_vain(self) -> list[Way]:
        """The ways that find nothing either."""
        return [way for way in self.relaxed if not way.count]


def ways_out(run: SearchRun) -> WaysOut:
    """Return the ways out of a search without hits, each counted as the list of its query will be."""
    parts = required(run.tree)
    relaxed = [_way(run, "去掉", said(part), [*parts[:at], *parts[at + 1 :]]) for at, part in enumerate(parts)]
    relaxed += [_way(run, "改为", said(wider), _with(parts, part, wider)) for part, wider in _widened(parts)]
    return WaysOut(tuple(filter(None, relaxed)), tuple(way for way in _anew(run, parts) if way and way.count))


def _widened(parts: Iterable[Node]) -> Iterable[tuple[Node, Node]]:
    """Yield each period within a year, and the whole year; each string in one field, and the string anywhere."""
    for part in parts:
        match part:
            case DateFilter(first, last) if first.year == last.year:
                year = DateFilter(date(first.year, 1, 1), date(first.year, 12, 31))
                if year != part:
                    yield part, year
            case Phrase(field=field) if field:
                yield part, replace(part, field="")


def _with(parts: Iterable[Node], part: Node, other: Node) -> list[Node]:
    return [other if each == part else each for each in parts]


def _anew(run: SearchRun, parts: tuple[Node, ...]) -> Iterable[Way | None]:
    strings = [part for part in dict.fromkeys(parts) if isinstance(part, Phrase)]
    if not strings:
        return
    names = "、".join(f"“{part.text}”" for part in strings)
    if len(strings) < len(parts):
        yield _way(run, "不论其他条件，要", names, strings)
    if len(strings) > 1:
        for part in strings:
            yield _way(run, "只要", said(part), [part])
        yield _way(run, "要其中之一：", names, [any_of(strings)])
    for part in [part for part in strings if len(fold(part.text)) >= SHORTEST][:MOST_STRINGS]:
        if not run.holds(part):
            for text in longest_parts(run.opened.index, part.text):
                yield _way(run, "只要", f"“{text}”", [replace(part, text=text, quoted=True)])


def _way(run: SearchRun, verb: str, text: str, parts: Iterable[Node | None]) -> Way | None:
    """Return the search for `parts`, or None if nothing is left, or if its query would be read otherwise."""
    tree = all_of(parts)
    query = serialise(tree)
    if tree is None or tree == run.tree or read_query(query).tree != tree:
        return None
    return Way(verb, text, query, run.count_of(tree))
