"""A query on the serving index. It is compiled once, then counted and listed, and read another way if that helps."""

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

#: The kinds that are not reading matter of their own. They are counted beside the list.
SIDE_KINDS = [KINDS[Article.Kind.TEASER], KINDS[Article.Kind.NOTICE]]

#: The greatest key of the print order. A key has 63 bits.
MAX_KEY = (1 << 63) - 1


#: The index field of each kind of filter that names something in the archive.
FILTER_FIELDS = {RegionFilter: "region", TopicFilter: "topic", ColumnFilter: "column"}


def read_query(typed: str) -> Query:
    """Return the query that `typed` is read as. Spelt-out names are joined if a contributor in the archive has them."""
    names = spelt_out_names(typed)
    known = Contributor.objects.known_among(names) if names else frozenset()
    return parse(typed, known_names=known.__contains__)


class FilterCompiler:
    """A compiler for the filters of `tree`. `notices` has a Chinese sentence for each filter whose name is unknown.

    The names are looked up in the constructor, by one database query for each kind of filter.
    """

    def __init__(self, index: StoryIndex, tree: Node | None) -> None:
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
        """Return the engine's query of a filter. A filter whose name is unknown matches nothing."""
        match leaf:
            case DateFilter(first, last):
                return self.index.between("day", day_number(first), day_number(last))
            case PageFilter(number):
                return self.index.among("page", [number])
        return self.index.among(FILTER_FIELDS[type(leaf)], self._values[leaf])


@dataclass(frozen=True)
class SearchRun:
    """A query on an open index. Its tree must not be None. With `everything` the list includes teasers and notices."""

    opened: OpenIndex
    query: Query
    everything: bool
    filters: FilterCompiler

    @classmethod
    def of(cls, opened: OpenIndex, query: Query, everything: bool) -> SearchRun:
        """Return the run of `query` as it was typed."""
        return cls(opened, query, everything, FilterCompiler(opened.index, query.tree))

    @property
    def tree(self) -> Node:
        """The tree of the query."""
        assert self.query.tree is not None
        return self.query.tree

    @cached_property
    def wanted(self) -> EngineQuery:
        """The engine's query for all stories that match."""
        return self.opened.index.compile(self.tree, self.filters)

    @cached_property
    def listed(self) -> EngineQuery:
        """The engine's query for the matching stories that the list shows."""
        if self.everything:
            return self.wanted
        return self.opened.index.but_not(self.wanted, self.opened.index.among("kind", SIDE_KINDS))

    def count(self) -> int:
        """Return the number of stories in the list."""
        return self.opened.index.count(self.listed)

    def count_aside(self) -> int:
        """Return the number of matching teasers and notices that the list does not show."""
        if self.everything:
            return 0
        index = self.opened.index
        return index.count(index.both(self.wanted, index.among("kind", SIDE_KINDS)))

    def ranked(self, limit: int, offset: int = 0) -> Hits:
        """Return up to `limit` hits from `offset` on, the most relevant first."""
        return self.opened.index.search(self._by_rank, limit, offset)

    def first(self, most: int, order: str = "") -> Hits:
        """Return the first `most` hits at once, in an order by date or, without `order`, the most relevant first."""
        return self.opened.index.first(self.listed if order else self._by_rank, most, order)

    @property
    def _by_rank(self) -> EngineQuery:
        tree = self.tree
        texts = [leaf.text for leaf in positive_texts(tree)]
        return self.opened.index.ranked(self.listed, texts, all_of=not has_alternatives(tree))

    def dated(self, order: str, limit: int, *, after: int | None = None, before: int | None = None) -> Hits:
        """Return up to `limit` hits in an order by date: the first ones, those after a key, or those before a key.

        Hits before a key come in reverse order. With a key, `total` counts the hits on that side only. A key costs the
        same at each place of the list, whereas an offset costs a walk over all hits before it.
        """
        index, query = self.opened.index, self.listed
        if before is not None:
            query = index.both(query, index.between(order, 0, before - 1))
        elif after is not None:
            query = index.both(query, index.between(order, after + 1, MAX_KEY))
        return index.search(query, limit, order=order, backwards=before is not None)

    def recently_added(self, limit: int) -> Hits:
        """Return the `limit` hits that came last into the archive, the latest first."""
        return self.opened.index.search(self.listed, limit, order="id", backwards=True)

    def settled(self, total: int) -> SearchRun:
        """Return the run as it is answered: unchanged, with strings split into words, or with a suggestion to do so.

        `total` is the number of stories in the list. If it is FEW or more and the query has no alternatives, each
        string of the query occurs, and the run stays unchanged.
        """
        if total >= FEW and not has_alternatives(self.tree):
            return self
        fallback = WordFallback(self.opened.index)
        tree = fallback.where_nowhere(self.tree)
        asked = self._with(tree, notices=(*self.query.notices, *fallback.notices)) if fallback.notices else self
        loose = fallback.where_few(tree)
        typed = serialise(loose)
        if loose == tree or read_query(typed).tree != loose:  # unequal if there are more words than a query may have
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
        """The Chinese sentences that tell the reader how the query was read."""
        return tuple(dict.fromkeys((*self.query.notices, *self.filters.notices)))

    @property
    def needles(self) -> dict[str, tuple[str, ...]]:
        """The folded strings to highlight, by kind of value: the strings without a field, and those of that field."""
        texts = positive_texts(self.tree)
        return {name: tuple(fold(leaf.text) for leaf in texts if leaf.field in ("", name)) for name in TEXTS}
