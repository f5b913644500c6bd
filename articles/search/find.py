"""Searching: what was typed, to the stories found and how it was read."""

from __future__ import annotations

from dataclasses import dataclass

from articles.models import archive
from articles.models.stories import Story, load_stories
from articles.search.current import OpenIndex, ask_index
from articles.search.query_tree import Query, Suggestion, describe
from articles.search.run import SearchRun, read_query
from articles.search.state import is_usable

PAGE_SIZE = 20

#: The last page of results by relevance, and the hits up to there; further on a date or another word narrows better.
LAST_PAGE = 50
MOST = LAST_PAGE * PAGE_SIZE

#: Orders by their name in a URL.
SORTS = {"relevance": "相关度", "newest": "最新", "oldest": "最早"}


@dataclass(frozen=True)
class SearchOptions:
    """What a reader asks for besides the words: an order of SORTS, and which hits of it.

    By relevance they are those of a page; by date those after or before a key of the order, of which there is no end.
    `everything` takes teasers and notices into the list; `page` is LAST_PAGE at most.
    """

    sort: str = "relevance"
    everything: bool = False
    page: int = 1
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True)
class HitPage:
    """A page of a list: ids in order, of `total`; `first` is the number of the first of them, from 1.

    By date, `before` and `after` are the keys to the pages on either side, None where there is none.
    """

    ids: list[int]
    total: int
    first: int = 1
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True)
class SearchPage:
    """What a search shows: the stories of `rows`, how many teasers and notices are beside them, how it was read.

    `needles` are the folded strings to be marked, by the kind of value they were looked for in.
    """

    stories: list[Story]
    rows: HitPage
    aside: int
    reading: str
    notices: tuple[str, ...]
    suggestions: tuple[Suggestion, ...]
    needles: dict[str, tuple[str, ...]]
    is_behind: bool


@dataclass(frozen=True)
class HitContext:
    """A story as one of the hits of a search: what to mark in it, and the hits beside it in the list.

    `place` is None where it is not in the list, which has `total` stories.
    """

    needles: dict[str, tuple[str, ...]]
    reading: str
    place: HitPosition | None
    total: int
    is_behind: bool


@dataclass(frozen=True)
class HitPosition:
    """Where a hit stands in its list: its number from 1, the ids before and after it, by date its key in the order."""

    number: int
    previous: int | None
    next: int | None
    key: int | None = None


def find(typed: str, options: SearchOptions = SearchOptions()) -> SearchPage:
    """Return the stories that `typed` asks for: no query is an error, an empty one finds nothing.

    As all that is asked here, raises IndexUnavailable where the index can't be asked: no hit means that there is none.
    """
    query = read_query(typed)
    if query.tree is None:
        return SearchPage([], HitPage([], 0), 0, describe(query), query.notices, query.suggestions, {}, is_behind=False)
    return ask_index(lambda opened: _found(opened, query, options))


def _found(opened: OpenIndex, query: Query, options: SearchOptions) -> SearchPage:
    asked = SearchRun.of(opened, query, options.everything)
    rows = _rows(asked, options)
    settled = asked.settled(rows.total)
    if settled.query.tree != query.tree:
        rows = _rows(settled, options)
    return SearchPage(
        stories=load_stories(rows.ids, with_subjects=False),
        rows=rows,
        aside=settled.count_aside(),
        reading=describe(settled.query),
        notices=settled.notices,
        suggestions=settled.query.suggestions,
        needles=settled.needles,
        is_behind=is_behind(opened),
    )


def _rows(asked: SearchRun, options: SearchOptions) -> HitPage:
    if options.sort == "relevance":
        offset = (options.page - 1) * PAGE_SIZE
        hits = asked.ranked(PAGE_SIZE, offset)
        return HitPage(hits.ids, hits.total, offset + 1)
    hits = asked.dated(options.sort, PAGE_SIZE, after=options.after, before=options.before)
    if options.before is not None:
        total, ids, first = asked.count(), hits.ids[::-1], hits.total - len(hits.ids) + 1
    elif options.after is not None:
        total, ids = asked.count(), hits.ids
        first = total - hits.total + 1
    else:
        total, ids, first = hits.total, hits.ids, 1
    if not ids:
        return HitPage(ids, total, first)
    keys = asked.opened.index.keys([ids[0], ids[-1]], options.sort)
    has_more = first - 1 + len(ids) < total
    return HitPage(ids, total, first, keys[ids[0]] if first > 1 else None, keys[ids[-1]] if has_more else None)


def find_all(typed: str, options: SearchOptions, most: int) -> HitPage:
    """Return the first `most` of all hits that `find` shows page by page, in the same order."""
    query = read_query(typed)
    return ask_index(lambda opened: _all_found(opened, query, options, most)) if query.tree else HitPage([], 0)


def _all_found(opened: OpenIndex, query: Query, options: SearchOptions, most: int) -> HitPage:
    asked = SearchRun.of(opened, query, options.everything)
    asked = asked.settled(asked.count())
    hits = asked.first(most, "" if options.sort == "relevance" else options.sort)
    return HitPage(hits.ids, hits.total)


def hit_context(typed: str, pk: int, options: SearchOptions, number: int) -> HitContext | None:
    """Return the story `pk` as a hit of `typed`, for its own page; None where nothing can be searched for.

    By relevance, `number` says where in the list it was found, for to look it up would be to turn all pages.
    """
    query = read_query(typed)
    return ask_index(lambda opened: _hit(opened, query, pk, options, number)) if query.tree else None


def _hit(opened: OpenIndex, query: Query, pk: int, options: SearchOptions, number: int) -> HitContext:
    asked = SearchRun.of(opened, query, options.everything)
    total = asked.count()
    asked = asked.settled(total)
    if asked.query.tree != query.tree:
        total = asked.count()
    place = (
        _place_by_rank(asked, pk, number) if options.sort == "relevance" else _place_by_date(asked, pk, options.sort)
    )
    return HitContext(asked.needles, describe(asked.query), place, total, is_behind(opened))


def _place_by_rank(asked: SearchRun, pk: int, number: int) -> HitPosition | None:
    """Return where a hit stands; None where it is not the hit of that number."""
    if not 1 <= number <= MOST:
        return None
    first = max(number - 1, 1)
    last = min(number + 1, MOST)
    ids = dict(enumerate(asked.ranked(last - first + 1, first - 1).ids, start=first))
    return HitPosition(number, ids.get(number - 1), ids.get(number + 1)) if ids.get(number) == pk else None


def _place_by_date(asked: SearchRun, pk: int, order: str) -> HitPosition | None:
    """Return where a hit stands; None where it is no hit."""
    key = asked.opened.index.keys([pk], order).get(pk)
    if key is None:
        return None
    here = asked.dated(order, 2, after=key - 1)
    if here.ids[:1] != [pk]:
        return None
    before = asked.dated(order, 1, before=key)
    return HitPosition(before.total + 1, next(iter(before.ids), None), next(iter(here.ids[1:]), None), key)


@dataclass(frozen=True)
class HitIds:
    """The ids of the first stories of a search, of `total`, and what is to be said of it."""

    ids: list[int]
    total: int
    notices: tuple[str, ...]
    is_behind: bool


def find_ids(typed: str, limit: int) -> HitIds:
    """Return up to `limit` stories of any kind that `typed` finds.

    No string is split into its words: for lists that say less of how a query was read than the search page does.
    """
    query = read_query(typed)
    if query.tree is None:
        return HitIds([], 0, query.notices, is_behind=False)
    return ask_index(lambda opened: _found_ids(opened, query, limit))


def _found_ids(opened: OpenIndex, query: Query, limit: int) -> HitIds:
    asked = SearchRun.of(opened, query, everything=True)
    ids: list[int] = []
    total = 1
    while len(ids) < min(limit, total):
        hits = asked.ranked(min(100, limit - len(ids)), len(ids))
        ids, total = ids + hits.ids, hits.total
        if not hits.ids:
            break
    return HitIds(ids, total, asked.notices, is_behind(opened))


def recently_added_ids(typed: str, limit: int, *, everything: bool) -> HitIds:
    """Return those of the stories that `typed` finds that came last, for a feed.

    No string is split into its words: who subscribes to one waits for it, not for something like it.
    """
    query = read_query(typed)
    if query.tree is None:
        return HitIds([], 0, (), is_behind=False)
    return ask_index(lambda opened: _recently_added_ids(opened, query, limit, everything))


def _recently_added_ids(opened: OpenIndex, query: Query, limit: int, everything: bool) -> HitIds:
    hits = SearchRun.of(opened, query, everything).recently_added(limit)
    return HitIds(hits.ids, hits.total, (), is_behind(opened))


def is_behind(opened: OpenIndex) -> bool:
    """Tell whether the index lacks something that the archive holds, or is of another version of the program."""
    now = archive.served_state()
    return opened.state.revision != now.revision or not is_usable(opened.state, now)
