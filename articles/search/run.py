"""A query put to the index that serves: compiled once, then counted, listed, and read another way where that helps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from articles.models import Article, Column, Contributor, Region, Topic
from articles.search.current import OpenIndex
from articles.search.documents import KINDS, day_number
from articles.search.index import TEXTS, EngineQuery, Hits, StoryIndex
from articles.search.query import parse, spelt_out_names
from articles.search.query_tree import (
    FILTER_MARKS,
    DateFilter,
    Node,
    PageFilter,
    Query,
    Suggestion,
    has_alternatives,
    leaves,
    positive_texts,
    serialise,
)
from articles.search.query_tree import ColumnFilter as ColumnFilter
from articles.search.query_tree import RegionFilter as RegionFilter
from articles.search.query_tree import TopicFilter as TopicFilter
from articles.search.word_fallback import FEW, WordFallback
from articles.text.fold import fold

#: Kinds that are no reading matter of their own: counted beside the list.
SIDE_KINDS = [KINDS[Article.Kind.TEASER], KINDS[Article.Kind.NOTICE]]

#: The greatest key of the print order: 63 bits.
MAX_KEY = (1 << 63) - 1


#: The field of the index that each kind of filter narrows, of those that name something in the archive.
FILTER_FIELDS = {RegionFilter: "region", TopicFilter: "topic", ColumnFilter: "column"}


def read_query(typed: str) -> Query:
    """Return how `typed` is read; names that it spells out are joined if somebody in the archive bears them."""
    names = spelt_out_names(typed)
    known = Contributor.objects.known_among(names) if names else frozenset()
    return parse(typed, known_names=known.__contains__)


class FilterCompiler:
    """Makes the engine's query of each filter of `tree`; `notices` has a sentence for each that names nothing.

    What its filters name is looked up at once, by one query for each kind of them.
    """

    def __init__(self, index: StoryIndex, tree: Node) -> None:
        self.index = index
        self.notices: list[str] = []
        self._values: dict[Node, list[int]] = {}
        topics, columns = Topic.objects.shown(), Column.objects.shown()
        for kind, rows in ((RegionFilter, Region.objects), (TopicFilter, topics), (ColumnFilter, columns)):
            filters = [leaf for leaf in dict.fromkeys(leaves(tree)) if isinstance(leaf, kind)]
            called = rows.called([leaf.text for leaf in filters]) if filters else {}
            for leaf in filters:
                self._values[leaf] = [int(key) for key in called[leaf.text]]
                if not self._values[leaf]:
                    self.notices.append(f"档案里没有叫“{leaf.text}”的{FILTER_MARKS[kind]}。")

    def __call__(self, leaf: Node) -> EngineQuery:
        """Return the query of a filter; one that names nothing finds nothing."""
        match leaf:
            case DateFilter(first, last):
                return self.index.between("day", day_number(first), day_number(last))
            case PageFilter(number):
                return self.index.among("page", [number])
        return self.index.among(FILTER_FIELDS[type(leaf)], self._values[leaf])


@dataclass(frozen=True)
class SearchRun:
    """A query whose tree is not None; `everything` lists teasers and notices, too."""

    opened: OpenIndex
    query: Query
    everything: bool
    filters: FilterCompiler

    @classmethod
    def of(cls, opened: OpenIndex, query: Query, everything: bool) -> SearchRun:
        """Return the query as it was typed."""
        return cls(opened, query, everything, FilterCompiler(opened.index, query.tree))

    @cached_property
    def wanted(self) -> EngineQuery:
        """All that the query finds."""
        return self.opened.index.compile(self.query.tree, self.filters)

    @cached_property
    def listed(self) -> EngineQuery:
        """What of that the list shows."""
        if self.everything:
            return self.wanted
        return self.opened.index.but_not(self.wanted, self.opened.index.among("kind", SIDE_KINDS))

    def count(self) -> int:
        """Return how many stories the list has."""
        return self.opened.index.count(self.listed)

    def count_aside(self) -> int:
        """Return how many teasers and notices are found that the list does not show."""
        if self.everything:
            return 0
        index = self.opened.index
        return index.count(index.both(self.wanted, index.among("kind", SIDE_KINDS)))

    def ranked(self, limit: int, offset: int = 0) -> Hits:
        """Return hits from `offset` on, the most relevant first."""
        return self.opened.index.search(self._by_rank, limit, offset)

    def first(self, most: int, order: str = "") -> Hits:
        """Return the first `most` hits at once, in an order by date or the most relevant first."""
        return self.opened.index.first(self.listed if order else self._by_rank, most, order)

    @property
    def _by_rank(self) -> EngineQuery:
        tree = self.query.tree
        texts = [leaf.text for leaf in positive_texts(tree)]
        return self.opened.index.ranked(self.listed, texts, all_of=not has_alternatives(tree))

    def dated(self, order: str, limit: int, *, after: int | None = None, before: int | None = None) -> Hits:
        """Return hits in an order by date: the first, those after a key, or those before one, the last of them first.

        A key costs the same wherever it lies; an offset costs all that lies before it. `total` counts that side alone.
        """
        index, query = self.opened.index, self.listed
        if before is not None:
            query = index.both(query, index.between(order, 0, before - 1))
        elif after is not None:
            query = index.both(query, index.between(order, after + 1, MAX_KEY))
        return index.search(query, limit, order=order, backwards=before is not None)

    def recently_added(self, limit: int) -> Hits:
        """Return the hits that came last into the archive, the latest first."""
        return self.opened.index.search(self.listed, limit, order="id", backwards=True)

    def settled(self, total: int) -> SearchRun:
        """Return the query as it is answered, given how many stories the list has: relaxed, or with a suggestion.

        A list of FEW or more shows that each string of it occurs, unless some are alternatives.
        """
        if total >= FEW and not has_alternatives(self.query.tree):
            return self
        fallback = WordFallback(self.opened.index)
        tree = fallback.where_nowhere(self.query.tree)
        asked = self._with(tree, notices=(*self.query.notices, *fallback.notices)) if fallback.notices else self
        loose = fallback.where_few(tree)
        typed = serialise(loose)
        if loose == tree or read_query(typed).tree != loose:  # more words than a query may have
            return asked
        count = self._with(loose).count()
        if count <= (asked.count() if fallback.notices else total):
            return asked
        return asked._with(
            tree, suggestions=(*self.query.suggestions, Suggestion(f"也可按词查找：{count:,} 篇", typed))
        )

    def _with(self, tree: Node, **changed: tuple) -> SearchRun:
        return replace(self, query=replace(self.query, tree=tree, **changed))

    @property
    def notices(self) -> tuple[str, ...]:
        """What the reader is told of how the query was read."""
        return tuple(dict.fromkeys((*self.query.notices, *self.filters.notices)))

    @property
    def needles(self) -> dict[str, tuple[str, ...]]:
        """The folded strings to mark in each kind of value: those without a field, and those of its own."""
        texts = positive_texts(self.query.tree)
        return {name: tuple(fold(leaf.text) for leaf in texts if leaf.field in ("", name)) for name in TEXTS}
