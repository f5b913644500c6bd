"""A query on the serving index. It is compiled once, then counted and listed, and read another way if that helps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from articles.models import Article, Column, Contributor, Page, Region, Topic
from articles.search.current import OpenIndex
from articles.search.documents import KINDS, day_number
from articles.search.engine_queries import EngineQuery
from articles.search.index import Hits, StoryIndex
from articles.search.index_rows import TEXTS
from articles.search.query import parse, possible_names
from articles.search.query_tree import (
    FILTER_MARKS,
    ColumnFilter,
    DateFilter,
    KindFilter,
    NamedFilter,
    Node,
    NumberFilter,
    PageFilter,
    Phrase,
    Query,
    RegionFilter,
    RoleFilter,
    SectionFilter,
    Suggestion,
    TopicFilter,
    YearlyFilter,
    has_alternatives,
    leaves,
    positive_texts,
    required,
    serialise,
)
from articles.search.roles import ANYONE, signature
from articles.search.word_fallback import FEW, WordFallback
from articles.text.fold import fold

#: The kinds that are not reading matter of their own. They are counted beside the list.
SIDE_KINDS = [KINDS[Article.Kind.TEASER], KINDS[Article.Kind.NOTICE]]

#: The greatest key of the print order. A key has 63 bits.
MAX_KEY = (1 << 63) - 1


#: The index field of each kind of filter that names something in the archive.
FILTER_FIELDS: dict[type[NamedFilter], str] = {
    RegionFilter: "region",
    TopicFilter: "topic",
    ColumnFilter: "column",
    SectionFilter: "section",
    KindFilter: "kind",
}


def read_query(typed: str) -> Query:
    """Return the query that `typed` is read as. Spelt-out names are joined if a contributor in the archive has them."""
    names = possible_names(typed)
    known = Contributor.objects.known_among(names) if names else frozenset()
    return parse(typed, known_names=known.__contains__)


def _regions(names: list[str]) -> dict[str, list[int]]:
    return {name: [int(code) for code in codes] for name, codes in Region.objects.called(names).items()}


def _kinds(names: list[str]) -> dict[str, list[int]]:
    labels = {str(kind.label): [KINDS[kind]] for kind in Article.Kind}
    return {name: labels.get(fold(name), []) for name in names}


#: The lookup of the names in each kind of filter. It returns {name: values of FILTER_FIELDS that it may mean}.
_CALLED: dict[type[NamedFilter], Callable[[list[str]], Mapping[str, list[int] | list[str]]]] = {
    RegionFilter: _regions,
    TopicFilter: lambda names: Topic.objects.shown().called(names),
    ColumnFilter: lambda names: Column.objects.shown().called(names),
    SectionFilter: lambda names: Page.objects.sections_called(names),
    KindFilter: _kinds,
}


class FilterCompiler:
    """A compiler for the filters of `tree`. `notices` has a Chinese sentence for each filter whose name is unknown.

    The names are looked up in the constructor, by one database query for each kind of filter.
    """

    def __init__(self, index: StoryIndex, tree: Node | None) -> None:
        self.index = index
        self.notices: list[str] = []
        self._values: dict[Node, list[int] | list[str]] = {}
        each = dict.fromkeys(leaves(tree))
        for kind, called in _CALLED.items():
            filters = [leaf for leaf in each if isinstance(leaf, kind)]
            named = called([leaf.text for leaf in filters]) if filters else {}
            for leaf in filters:
                self._values[leaf] = named[leaf.text]
                if not self._values[leaf]:
                    self.notices.append(f"档案里没有叫“{leaf.text}”的{FILTER_MARKS[kind]}。")
        signed = [leaf for leaf in each if isinstance(leaf, RoleFilter)]
        people = Contributor.objects.called([by.text for by in signed]) if signed else {}
        for by in signed:
            pks = people[by.text]
            self._values[by] = pks if by.role == ANYONE else [signature(by.role, pk) for pk in pks]

    @property
    def key(self) -> frozenset:
        """The values that the filters mean. A name may mean others once the archive has changed."""
        return frozenset((leaf, *values) for leaf, values in self._values.items())

    def values(self, leaf: Node) -> list[int] | list[str]:
        """Return the values of the index that a filter with a name asks for."""
        return self._values[leaf]

    def __call__(self, leaf: Node) -> EngineQuery:
        """Return the engine's query of a filter. A filter whose name is unknown matches nothing."""
        match leaf:
            case DateFilter(first, last):
                return self.index.between("day", day_number(first), day_number(last))
            case PageFilter(number):
                return self.index.among("page", [number])
            case NumberFilter(number):
                return self.index.among("number", [number])
            case YearlyFilter(month, day):
                return self.index.among("month_day", [month * 100 + day])
            case RoleFilter(role):
                return self.index.among("contributor" if role == ANYONE else "signature", self._values[leaf])
            case RegionFilter() | TopicFilter() | ColumnFilter() | SectionFilter() | KindFilter():
                return self.index.among(FILTER_FIELDS[type(leaf)], self._values[leaf])
        raise TypeError(leaf)


@dataclass(frozen=True)
class SearchRun:
    """A query on an open index. A query without a tree matches everything.

    With `all_kinds` the list includes teasers and notices.
    """

    opened: OpenIndex
    query: Query
    all_kinds: bool
    filters: FilterCompiler

    @classmethod
    def of(cls, opened: OpenIndex, query: Query, all_kinds: bool) -> SearchRun:
        """Return the run of `query` as it was typed."""
        return cls(opened, query, all_kinds, FilterCompiler(opened.index, query.tree))

    @property
    def tree(self) -> Node | None:
        """The tree of the query."""
        return self.query.tree

    @property
    def everything(self) -> bool:
        """Whether the list includes teasers and notices. A query for a kind of items lists that kind in any case."""
        return self.all_kinds or any(isinstance(part, KindFilter) for part in required(self.tree))

    def matching(self, tree: Node | None) -> EngineQuery:
        """Return the engine's query for the stories that match `tree`, whose filters are those of this run."""
        return self.opened.index.compile(tree, self.filters)

    @cached_property
    def wanted(self) -> EngineQuery:
        """The engine's query for all stories that match."""
        return self.matching(self.tree)

    @cached_property
    def listed(self) -> EngineQuery:
        """The engine's query for the matching stories that the list shows."""
        return self.editorial(self.wanted)

    def editorial(self, query: EngineQuery) -> EngineQuery:
        """Return `query` without teasers and notices, unless the list includes them."""
        if self.everything:
            return query
        return self.opened.index.but_not(query, self.opened.index.among("kind", SIDE_KINDS))

    def count(self) -> int:
        """Return the number of stories in the list."""
        return self.opened.index.count(self.listed)

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
        if self.tree is None or (total >= FEW and not has_alternatives(self.tree)):
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

    def count_of(self, tree: Node | None) -> int:
        """Return the number of stories in the list of another tree, whose filters are those of this run."""
        return self._with(tree).count()

    def holds(self, phrase: Phrase) -> bool:
        """Return whether any story holds a string in its field."""
        index = self.opened.index
        return index.count(index.contains(phrase.text, phrase.field)) > 0

    def by_words(self) -> tuple[Suggestion, int] | None:
        """Return the search for the words of the strings that stand nowhere, and its number of stories.

        None if no string has words, or if the search finds nothing.
        """
        fallback = WordFallback(self.opened.index)
        tree = fallback.where_nowhere(self.tree) if self.tree else None
        typed = serialise(tree)
        if tree is None or not fallback.notices or read_query(typed).tree != tree:
            return None
        count = self._with(tree).count()
        words = "、".join(leaf.text for leaf in positive_texts(tree))
        return (Suggestion(words, typed), count) if count else None

    def _with(self, tree: Node | None, **changed: tuple) -> SearchRun:
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
