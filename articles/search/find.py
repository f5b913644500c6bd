"""Searching: what was typed, to the stories found and how it was read."""

from __future__ import annotations

from dataclasses import dataclass

from articles.models import Article, archive
from articles.search.current import Opened, ask
from articles.search.query_tree import Offer, Query, describe
from articles.search.run import Asked, read_query
from articles.search.state import is_usable

PAGE_SIZE = 20

#: The last page of results by relevance, and the hits up to there; further on a date or another word narrows better.
LAST_PAGE = 50
MOST = LAST_PAGE * PAGE_SIZE

#: Orders by their name in a URL.
SORTS = {"relevance": "相关度", "newest": "最新", "oldest": "最早"}


@dataclass(frozen=True)
class Wish:
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
class Rows:
    """A page of a list: ids in order, of `total`; `first` is the number of the first of them, from 1.

    By date, `before` and `after` are the keys to the pages on either side, None where there is none.
    """

    ids: list[int]
    total: int
    first: int = 1
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True)
class Found:
    """What a search shows: the stories of `rows`, how many teasers and notices are beside them, how it was read.

    `needles` are the folded strings to be marked, by the kind of value they were looked for in.
    """

    articles: list[Article]
    rows: Rows
    aside: int
    reading: str
    notices: tuple[str, ...]
    offers: tuple[Offer, ...]
    needles: dict[str, tuple[str, ...]]
    is_behind: bool


@dataclass(frozen=True)
class Hit:
    """A story as one of the hits of a search: what to mark in it, and the hits beside it in the list.

    `place` is None where it is not in the list, which has `total` stories.
    """

    needles: dict[str, tuple[str, ...]]
    reading: str
    place: Place | None
    total: int
    is_behind: bool


@dataclass(frozen=True)
class Place:
    """Where a hit stands in its list: its number from 1, the ids before and after it, by date its key in the order."""

    number: int
    previous: int | None
    next: int | None
    key: int | None = None


def find(typed: str, wish: Wish = Wish()) -> Found:
    """Return the stories that `typed` asks for: no query is an error, an empty one finds nothing.

    As all that is asked here, raises IndexUnavailable where the index can't be asked: no hit means that there is none.
    """
    query = read_query(typed)
    if query.tree is None:
        return Found([], Rows([], 0), 0, describe(query), query.notices, query.offers, {}, is_behind=False)
    return ask(lambda opened: _found(opened, query, wish))


def _found(opened: Opened, query: Query, wish: Wish) -> Found:
    asked = Asked.of(opened, query, wish.everything)
    rows = _rows(asked, wish)
    settled = asked.settled(rows.total)
    if settled.query.tree != query.tree:
        rows = _rows(settled, wish)
    stories = Article.objects.visible().stories().as_read().with_place().with_names().with_parts().in_bulk(rows.ids)
    return Found(
        articles=[stories[pk] for pk in rows.ids if pk in stories],
        rows=rows,
        aside=settled.count_aside(),
        reading=describe(settled.query),
        notices=settled.notices,
        offers=settled.query.offers,
        needles=settled.needles,
        is_behind=is_behind(opened),
    )


def _rows(asked: Asked, wish: Wish) -> Rows:
    if wish.sort == "relevance":
        offset = (wish.page - 1) * PAGE_SIZE
        hits = asked.ranked(PAGE_SIZE, offset)
        return Rows(hits.ids, hits.total, offset + 1)
    hits = asked.dated(wish.sort, PAGE_SIZE, after=wish.after, before=wish.before)
    if wish.before is not None:
        total, ids, first = asked.count(), hits.ids[::-1], hits.total - len(hits.ids) + 1
    elif wish.after is not None:
        total, ids = asked.count(), hits.ids
        first = total - hits.total + 1
    else:
        total, ids, first = hits.total, hits.ids, 1
    if not ids:
        return Rows(ids, total, first)
    keys = asked.opened.index.keys([ids[0], ids[-1]], wish.sort)
    has_more = first - 1 + len(ids) < total
    return Rows(ids, total, first, keys[ids[0]] if first > 1 else None, keys[ids[-1]] if has_more else None)


def find_all(typed: str, wish: Wish, most: int) -> Rows:
    """Return the first `most` of all hits that `find` shows page by page, in the same order."""
    query = read_query(typed)
    return ask(lambda opened: _all_found(opened, query, wish, most)) if query.tree else Rows([], 0)


def _all_found(opened: Opened, query: Query, wish: Wish, most: int) -> Rows:
    asked = Asked.of(opened, query, wish.everything)
    asked = asked.settled(asked.count())
    hits = asked.first(most, "" if wish.sort == "relevance" else wish.sort)
    return Rows(hits.ids, hits.total)


def hit(typed: str, pk: int, wish: Wish, number: int) -> Hit | None:
    """Return the story `pk` as a hit of `typed`, for its own page; None where nothing can be searched for.

    By relevance, `number` says where in the list it was found, for to look it up would be to turn all pages.
    """
    query = read_query(typed)
    return ask(lambda opened: _hit(opened, query, pk, wish, number)) if query.tree else None


def _hit(opened: Opened, query: Query, pk: int, wish: Wish, number: int) -> Hit:
    asked = Asked.of(opened, query, wish.everything)
    total = asked.count()
    asked = asked.settled(total)
    if asked.query.tree != query.tree:
        total = asked.count()
    place = _place_by_rank(asked, pk, number) if wish.sort == "relevance" else _place_by_date(asked, pk, wish.sort)
    return Hit(asked.needles, describe(asked.query), place, total, is_behind(opened))


def _place_by_rank(asked: Asked, pk: int, number: int) -> Place | None:
    """Return where a hit stands; None where it is not the hit of that number."""
    if not 1 <= number <= MOST:
        return None
    first = max(number - 1, 1)
    last = min(number + 1, MOST)
    ids = dict(enumerate(asked.ranked(last - first + 1, first - 1).ids, start=first))
    return Place(number, ids.get(number - 1), ids.get(number + 1)) if ids.get(number) == pk else None


def _place_by_date(asked: Asked, pk: int, order: str) -> Place | None:
    """Return where a hit stands; None where it is no hit."""
    key = asked.opened.index.keys([pk], order).get(pk)
    if key is None:
        return None
    here = asked.dated(order, 2, after=key - 1)
    if here.ids[:1] != [pk]:
        return None
    before = asked.dated(order, 1, before=key)
    return Place(before.total + 1, next(iter(before.ids), None), next(iter(here.ids[1:]), None), key)


@dataclass(frozen=True)
class FoundIds:
    """The ids of the first stories of a search, of `total`, and what is to be said of it."""

    ids: list[int]
    total: int
    notices: tuple[str, ...]
    is_behind: bool


def find_ids(typed: str, limit: int) -> FoundIds:
    """Return up to `limit` stories of any kind that `typed` finds.

    No string is split into its words: for lists that say less of how a query was read than the search page does.
    """
    query = read_query(typed)
    if query.tree is None:
        return FoundIds([], 0, query.notices, is_behind=False)
    return ask(lambda opened: _found_ids(opened, query, limit))


def _found_ids(opened: Opened, query: Query, limit: int) -> FoundIds:
    asked = Asked.of(opened, query, everything=True)
    ids: list[int] = []
    total = 1
    while len(ids) < min(limit, total):
        hits = asked.ranked(min(100, limit - len(ids)), len(ids))
        ids, total = ids + hits.ids, hits.total
        if not hits.ids:
            break
    return FoundIds(ids, total, asked.notices, is_behind(opened))


def last_come_ids(typed: str, limit: int, *, everything: bool) -> FoundIds:
    """Return those of the stories that `typed` finds that came last, for a feed.

    No string is split into its words: who subscribes to one waits for it, not for something like it.
    """
    query = read_query(typed)
    if query.tree is None:
        return FoundIds([], 0, (), is_behind=False)
    return ask(lambda opened: _last_come_ids(opened, query, limit, everything))


def _last_come_ids(opened: Opened, query: Query, limit: int, everything: bool) -> FoundIds:
    hits = Asked.of(opened, query, everything).last_come(limit)
    return FoundIds(hits.ids, hits.total, (), is_behind(opened))


def is_behind(opened: Opened) -> bool:
    """Tell whether the index lacks something that the archive holds, or is of another version of the program."""
    now = archive.served_state()
    return opened.state.revision != now.revision or not is_usable(opened.state, now)
