"""Links from a search to the same search with other conditions: the chips that drop one, the facets that add one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote_plus

from django.utils.http import urlencode

from articles.paths import path_to
from articles.search.facets import Group
from articles.search.query import MAX_LEAVES, MAX_LENGTH
from articles.search.query_tree import (
    FIELD_MARKS,
    FILTER_MARKS,
    ColumnFilter,
    DateFilter,
    KindFilter,
    Leaf,
    Node,
    NumberFilter,
    Phrase,
    RegionFilter,
    RoleFilter,
    SectionFilter,
    TopicFilter,
    all_of,
    leaves,
    quotable,
    required,
    said,
    said_dates,
    serialise,
)

#: Stands for the new filter while the query string around it is written. No issue has so high a number.
_PLACE = NumberFilter(999_999_999)


class Chip(NamedTuple):
    """A condition of a search: what kind of condition it is, its text, and the URL of the search without it."""

    label: str
    text: str
    url: str


@dataclass(frozen=True)
class SearchLinks:
    """The links from a search for `tree`. `asked` are the parameters of its URL besides the query."""

    tree: Node | None
    asked: Mapping[str, Any]

    def to(self, tree: Node | None) -> str:
        """Return the URL of the same search for another tree."""
        return self._url(quote_plus(serialise(tree)))

    def _url(self, query: str) -> str:
        rest = urlencode(self.asked)
        parameters = "&".join(filter(None, [f"q={query}" if query else "", rest]))
        return f"{path_to('search')}?{parameters}" if parameters else path_to("search")

    @property
    def chips(self) -> list[Chip]:
        """The conditions that each story must match, in the order in which they were typed."""
        parts = required(self.tree)
        others = (all_of((*parts[:place], *parts[place + 1 :])) for place in range(len(parts)))
        chips = [Chip(*_said(part), self.to(rest)) for part, rest in zip(parts, others, strict=True)]
        if "all" in self.asked:
            without = {name: value for name, value in self.asked.items() if name != "all"}
            chips.append(Chip("", "含导读、公告", SearchLinks(self.tree, without).to(self.tree)))
        return chips

    def narrowing(self, group: Group) -> Narrowings:
        """Return the writer of the links that set the filter of `group`."""
        before, _, after = serialise(group.narrowed(self.tree, _PLACE)).partition(serialise(_PLACE))
        rest = leaves(group.bare(self.tree))
        room = MAX_LENGTH - sum(len(leaf.text) + 1 for leaf in rest if hasattr(leaf, "text"))
        url = self._url(f"{quote_plus(before)}{_MARK}{quote_plus(after)}")
        return Narrowings(url, room if len(rest) < MAX_LEAVES else 0)

    def dropping(self, leaf: Node) -> str:
        """Return the URL of the search without one of the conditions that each story must match."""
        return self.to(all_of(part for part in required(self.tree) if part != leaf))

    def without(self, group: Group) -> str:
        """Return the URL of the search without the filters of `group`."""
        return self.to(group.bare(self.tree))


_MARK = "\0"


@dataclass(frozen=True)
class Narrowings:
    """A writer of many links that differ in one filter alone. `room` is the greatest length of its text."""

    pattern: str
    room: int

    def to(self, leaf: Leaf) -> str:
        """Return the URL of the search with `leaf`, or "" if the query would then be too long to be read whole."""
        text = getattr(leaf, "text", "")
        if not self.room or len(text) > self.room or text != quotable(text):
            return ""
        return self.pattern.replace(_MARK, _quoted(leaf))


@lru_cache(maxsize=2000)
def _quoted(leaf: Leaf) -> str:
    """Return a filter as it stands in a URL. Searches have the same provinces, topics and years again and again."""
    return quote_plus(serialise(leaf))


def _said(part: Node) -> tuple[str, str]:
    """Return what kind of condition `part` is, and its text."""
    match part:
        case Phrase(text, ""):
            return "字句", text
        case Phrase(text, field):
            return FIELD_MARKS[field], text
        case RegionFilter(text) | TopicFilter(text) | ColumnFilter(text) | SectionFilter(text) | KindFilter(text):
            return FILTER_MARKS[type(part)], text
        case RoleFilter(role, text):
            return role, text
        case DateFilter(first, last):
            return "日期", said_dates(first, last)
    return "", said(part)
