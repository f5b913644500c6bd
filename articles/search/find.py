"""Searching: what was typed, to the stories found and how it was read."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path

from django.db.models import Q

from articles.models import Article, Column, Contributor, Region, Topic, archive
from articles.search.documents import KINDS, day_number
from articles.search.fold import fold
from articles.search.index import EngineQuery, StoryIndex
from articles.search.query import parse
from articles.search.query_tree import And, Dates, Node, Offer, Or, PageNumber, Text, describe, positive_texts
from articles.search.query_tree import Column as ColumnFilter
from articles.search.query_tree import Region as RegionFilter
from articles.search.query_tree import Topic as TopicFilter
from articles.search.sync import State, read_state, serving, words

PAGE_SIZE = 20

#: The last page of results; further on a date or another word narrows better than turning pages.
LAST_PAGE = 50

#: Kinds of reading matter; teasers and notices are counted beside the list.
EDITORIAL = [KINDS[Article.Kind.ARTICLE], KINDS[Article.Kind.PHOTO]]

#: Orders by their name in a URL; relevance needs a string to rank by.
SORTS = {"relevance": "相关", "newest": "最新", "oldest": "最早"}


@dataclass(frozen=True)
class Found:
    """One page of results: `articles` in order, of `total`; `others` more are teasers and notices."""

    articles: list[Article]
    total: int
    others: int
    reading: str
    notices: tuple[str, ...]
    offers: tuple[Offer, ...]
    needles: tuple[str, ...]
    is_behind: bool


@dataclass(frozen=True)
class _Open:
    folder: Path
    state: State
    index: StoryIndex


_opened: _Open | None = None
_opening = threading.Lock()


def current_index() -> tuple[StoryIndex, State] | None:
    """Return the index that serves, as of its newest commit, and its state; None before the first was built.

    It is opened in the process that uses it, after the fork, and looked at again when its state file says so.
    """
    global _opened
    with _opening:
        folder = serving()
        state = read_state(folder) if folder else None
        if folder is None or state is None:
            return None
        if _opened is None or _opened.folder != folder:
            try:
                _opened = _Open(folder, state, StoryIndex(folder, words()))
            except ValueError:  # a rebuild has just put another in its place: the next request finds that
                return None
        elif _opened.state != state:
            _opened.index.reload()
            _opened = replace(_opened, state=state)
        return _opened.index, _opened.state


def find(typed: str, *, sort: str = "relevance", page: int = 1, everything: bool = False) -> Found:
    """Return page `page` (from 1) of the stories that `typed` asks for; nothing typed is an error.

    `everything` takes teasers and notices into the list.
    """
    query = parse(typed, known_names=_is_name)
    opened = current_index()
    if opened is None or query.tree is None:
        return Found([], 0, 0, describe(query), query.notices, query.offers, (), is_behind=opened is None)
    index, held = opened
    tree, relaxed = _relax(index, query.tree)
    wanted = index.compile(tree, lambda leaf: _narrow(index, leaf))
    reading_matter = index.both(wanted, index.among("kind", EDITORIAL))
    listed = wanted if everything else reading_matter
    texts = [leaf.text for leaf in positive_texts(tree)]
    ranked = index.ranked(listed, texts) if sort == "relevance" else listed
    offset = (min(page, LAST_PAGE) - 1) * PAGE_SIZE
    hits = index.search(ranked, PAGE_SIZE, offset, "" if sort == "relevance" else sort)
    rows = Article.objects.visible().stories().with_place().with_names().in_bulk(hits.ids)
    now = archive.state()
    return Found(
        articles=[rows[pk] for pk in hits.ids if pk in rows],
        total=hits.total,
        others=index.count(wanted) - index.count(reading_matter),
        reading=describe(replace(query, tree=tree)),
        notices=(*query.notices, *relaxed),
        offers=query.offers,
        needles=tuple(fold(text) for text in texts),
        is_behind=(held.epoch, held.revision) != (now.epoch, now.revision),
    )


def _is_name(text: str) -> bool:
    return Contributor.objects.filter(name=text).exists()


def _relax(index: StoryIndex, tree: Node) -> tuple[Node, tuple[str, ...]]:
    """Split the strings that occur nowhere into their words, each to be found exactly; tell which.

    Quoted and negated strings are meant as they stand.
    """
    match tree:
        case Text(text, field, quoted) if not quoted and index.count(index.contains(text, field)) == 0:
            cut = index.words_of(text)
            found = [word for word in cut if not any(word != other and word in other for other in cut)]
            if len(found) > 1:
                said = "、".join(f"“{word}”" for word in found)
                parts = tuple(Text(word, field) for word in found)
                return And(parts), (f"没有文章包含“{text}”，这里分成 {said} 来找。",)
        case And(parts) | Or(parts):
            relaxed = [_relax(index, part) for part in parts]
            return type(tree)(tuple(part for part, _ in relaxed)), tuple(line for _, lines in relaxed for line in lines)
    return tree, ()


def _narrow(index: StoryIndex, leaf: Node) -> EngineQuery:
    """Return the query of a filter; one that names nothing finds nothing."""
    match leaf:
        case RegionFilter(text):
            regions = Region.objects.filter(Q(name=text) | Q(short=text) | Q(pk=text)).values_list("pk", flat=True)
            return index.among("region", [int(code) for code in regions])
        case TopicFilter(text):
            return index.among("topic", list(Topic.objects.filter(name__icontains=text).values_list("pk", flat=True)))
        case ColumnFilter(text):
            return index.among("column", list(Column.objects.filter(name__icontains=text).values_list("pk", flat=True)))
        case PageNumber(number):
            return index.among("page", [number])
        case Dates(first, last):
            return index.between("day", day_number(first), day_number(last))
    raise TypeError(leaf)
