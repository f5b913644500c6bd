"""Search: from the typed text to the stories that match it and the sentence that says how it was read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from articles.models import archive
from articles.models.stories import Story, load_stories
from articles.search.current import OpenIndex, ask_index
from articles.search.facets import Facets, beside, count_facets
from articles.search.files import IndexUnavailable
from articles.search.near import Nearly, find_nearly
from articles.search.query_tree import Node, Query, Suggestion, describe
from articles.search.run import SearchRun, read_query
from articles.search.state import is_usable
from articles.search.ways_out import WaysOut, ways_out

T = TypeVar("T")

PAGE_SIZE = 20

#: The last page of results by relevance, and the number of hits up to its end. Beyond it, a date or another word serves
#: the reader better.
LAST_PAGE = 50
MOST = LAST_PAGE * PAGE_SIZE

#: The orders, by their names in a URL.
SORTS = {"relevance": "相关度", "newest": "最新", "oldest": "最早"}


@dataclass(frozen=True)
class SearchOptions:
    """A reader's choices besides the words: an order of SORTS, and the part of the list to show.

    By relevance, `page` chooses the hits, up to LAST_PAGE. By date, the hits after or before a key of the order are
    shown, without a limit. With `everything` the list includes teasers and notices.
    """

    sort: str = "relevance"
    everything: bool = False
    page: int = 1
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True)
class HitPage:
    """A page of a list of `total` hits: the ids in order. `first` is the number of the first id, counted from 1.

    By date, `before` and `after` are the keys to the pages on either side, or None at the ends of the list.
    """

    ids: list[int]
    total: int
    first: int = 1
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True)
class SearchPage:
    """The result of a search.

    `stories` are those of `rows`, `facets` count all stories of the list, `query` is the query as it was answered, and
    `reading` says how it was read. `needles` are the folded strings to highlight, by the kind of value that they were
    searched in. `nearly` is the answer if a string of the query stands nowhere, and some stories come near. `ways_out`
    are there if there is no hit at all. `asked` is the tree of the query before any string was split into its words.
    """

    stories: list[Story]
    rows: HitPage
    facets: Facets
    query: Query
    reading: str
    notices: tuple[str, ...]
    suggestions: tuple[Suggestion, ...]
    needles: dict[str, tuple[str, ...]]
    is_behind: bool
    nearly: Nearly | None = None
    ways_out: WaysOut | None = None
    asked: Node | None = None


@dataclass(frozen=True)
class HitContext:
    """A story as a hit of a search: the strings to highlight in it, and its place in the list of `total` stories.

    `place` is None if the story's place in the list is unknown or the story is not in the list.
    """

    needles: dict[str, tuple[str, ...]]
    reading: str
    place: HitPosition | None
    total: int
    is_behind: bool


@dataclass(frozen=True)
class HitPosition:
    """The place of a hit in its list: its number from 1, the ids before and after it, and by date its key."""

    number: int
    previous: int | None
    next: int | None
    key: int | None = None


def find(typed: str, options: SearchOptions = SearchOptions()) -> SearchPage:
    """Return the stories that match `typed`. Any text is a valid query.

    For an empty query there are no stories, and the facets are those of the whole archive, if the index can count them.
    Otherwise, like all searches of this module, raises IndexUnavailable if the index can't answer. So a result without
    hits means that the archive has none.
    """
    query = read_query(typed)
    try:
        return ask_index(lambda opened: _page(SearchRun.of(opened, query, options.everything), options))
    except IndexUnavailable:
        if query.tree is not None:
            raise
        return SearchPage([], HitPage([], 0), Facets(0, 0, {}), query, "", (), (), {}, is_behind=True)  # kept by nobody


def _answer(query: Query, everything: bool, answer: Callable[[SearchRun], T]) -> T | None:
    """Return what `answer` makes of the run of `query` on the serving index, or None if the query is empty."""
    if query.tree is None:
        return None
    return ask_index(lambda opened: answer(SearchRun.of(opened, query, everything)))


def _page(run: SearchRun, options: SearchOptions) -> SearchPage:
    facets = beside(run)
    settled, rows, nearly = run, HitPage([], 0), None
    if run.tree is not None:
        rows = _rows(run, options, facets)
        settled, nearly = as_answered(run, rows.total)
        if settled.tree != run.tree:
            facets = partial(count_facets, settled)
            rows = _rows(settled, options, facets)
    return SearchPage(
        stories=load_stories(rows.ids),
        rows=rows,
        facets=facets(),
        query=settled.query,
        reading=describe(settled.query),
        notices=settled.notices,
        suggestions=settled.query.suggestions,
        needles=settled.needles,
        is_behind=is_behind(run.opened),
        nearly=nearly,
        ways_out=ways_out(settled) if settled.tree is not None and not rows.total and not nearly else None,
        asked=run.tree,
    )


def count_each(query: Query, everything: bool, trees: Sequence[Node | None]) -> list[int]:
    """Return the number of stories in the list of each of `trees`, whose filters are those of `query`."""
    return ask_index(lambda opened: [SearchRun.of(opened, query, everything).count_of(tree) for tree in trees])


def as_answered(run: SearchRun, total: int) -> tuple[SearchRun, Nearly | None]:
    """Return the run as it is answered, and the stories that come near a string that stands nowhere, or None.

    If some come near, the query stays as it is. `total` is the number of stories in its list.
    """
    nearly = None if total else find_nearly(run)
    return (run if nearly else run.settled(total)), nearly


def _rows(run: SearchRun, options: SearchOptions, facets: Callable[[], Facets]) -> HitPage:
    if options.sort == "relevance":
        offset = (options.page - 1) * PAGE_SIZE
        hits = run.ranked(PAGE_SIZE, offset)
        return HitPage(hits.ids, hits.total, offset + 1)
    hits = run.dated(options.sort, PAGE_SIZE, after=options.after, before=options.before)
    if options.before is not None:
        total, ids, first = facets().total, hits.ids[::-1], hits.total - len(hits.ids) + 1
    elif options.after is not None:
        total, ids = facets().total, hits.ids
        first = total - hits.total + 1
    else:
        total, ids, first = hits.total, hits.ids, 1
    if not ids:
        return HitPage(ids, total, first)
    keys = run.opened.index.keys([ids[0], ids[-1]], options.sort)
    has_more = first - 1 + len(ids) < total
    return HitPage(ids, total, first, keys[ids[0]] if first > 1 else None, keys[ids[-1]] if has_more else None)


def find_all(typed: str, options: SearchOptions, most: int) -> HitPage:
    """Return the first `most` of the hits that `find` shows page by page, in the same order."""

    def first(run: SearchRun) -> HitPage:
        hits = as_answered(run, run.count())[0].first(most, "" if options.sort == "relevance" else options.sort)
        return HitPage(hits.ids, hits.total)

    return _answer(read_query(typed), options.everything, first) or HitPage([], 0)


def hit_context(typed: str, pk: int, options: SearchOptions, number: int) -> HitContext | None:
    """Return the story `pk` as a hit of `typed`, for the story's own page. Return None if the query is empty.

    By relevance, `number` gives the story's place in the list, because finding that place would take a walk through all
    pages.
    """

    def context(run: SearchRun) -> HitContext:
        total = run.count()
        settled, _ = as_answered(run, total)
        if settled.query.tree != run.query.tree:
            total = settled.count()
        by_rank = options.sort == "relevance"
        place = _place_by_rank(settled, pk, number) if by_rank else _place_by_date(settled, pk, options.sort)
        return HitContext(settled.needles, describe(settled.query), place, total, is_behind(run.opened))

    return _answer(read_query(typed), options.everything, context)


def _place_by_rank(run: SearchRun, pk: int, number: int) -> HitPosition | None:
    """Return the place of a hit, or None if hit `number` is another story."""
    if not 1 <= number <= MOST:
        return None
    first = max(number - 1, 1)
    last = min(number + 1, MOST)
    ids = dict(enumerate(run.ranked(last - first + 1, first - 1).ids, start=first))
    return HitPosition(number, ids.get(number - 1), ids.get(number + 1)) if ids.get(number) == pk else None


def _place_by_date(run: SearchRun, pk: int, order: str) -> HitPosition | None:
    """Return the place of a hit, or None if the story is not a hit."""
    key = run.opened.index.keys([pk], order).get(pk)
    if key is None:
        return None
    here = run.dated(order, 2, after=key - 1)
    if here.ids[:1] != [pk]:
        return None
    before = run.dated(order, 1, before=key)
    return HitPosition(before.total + 1, next(iter(before.ids), None), next(iter(here.ids[1:]), None), key)


@dataclass(frozen=True)
class HitIds:
    """The ids of the first stories among the `total` of a search, and the notices for the reader."""

    ids: list[int]
    total: int
    notices: tuple[str, ...]
    is_behind: bool


def find_ids(typed: str, limit: int) -> HitIds:
    """Return up to `limit` stories of any kind that match `typed`, the most relevant first.

    No string is split into its words, because the lists that use this function say less about the reading of a query
    than the search page does.
    """

    def most_relevant(run: SearchRun) -> HitIds:
        ids: list[int] = []
        total = 1
        while len(ids) < min(limit, total):
            hits = run.ranked(min(100, limit - len(ids)), len(ids))
            ids, total = ids + hits.ids, hits.total
            if not hits.ids:
                break
        return HitIds(ids, total, run.notices, is_behind(run.opened))

    query = read_query(typed)
    return _answer(query, True, most_relevant) or HitIds([], 0, query.notices, is_behind=False)


def recently_added_ids(typed: str, limit: int, *, everything: bool) -> HitIds:
    """Return up to `limit` stories that match `typed`, the most recently added first, for a feed.

    No string is split into its words, because a subscriber waits for that string and not for a similar one.
    """

    def latest(run: SearchRun) -> HitIds:
        hits = run.recently_added(limit)
        return HitIds(hits.ids, hits.total, (), is_behind(run.opened))

    return _answer(read_query(typed), everything, latest) or HitIds([], 0, (), is_behind=False)


def is_behind(opened: OpenIndex) -> bool:
    """Tell whether the index is at another revision than the archive, or of another version of the program."""
    now = archive.served_state()
    return opened.state.revision != now.revision or not is_usable(opened.state, now)
