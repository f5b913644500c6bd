"""The articles that an open index has as they were, or not at all, because it is some changes behind the database.

Between a change and its commit to the index there are a few of them, and during an import always. A list then takes
all other stories from the index, and these as they are now.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

from django.db.models import QuerySet

from articles.models import Article, VanishedArticle, archive
from articles.search.current import OpenIndex
from articles.search.documents import story_documents
from articles.search.index_rows import StoryDocument
from articles.search.state import is_usable

#: The changed articles from which on the database is asked for all. The index takes 12 ms to leave out so many.
MOST = 2000


class Lag(NamedTuple):
    """The difference between an index and the archive.

    `ids`: the articles that changed or vanished since the index's commit. `stories`: the visible stories whose heads
    are among them, as they are now, without their texts.
    """

    ids: frozenset[int] = frozenset()
    stories: tuple[StoryDocument, ...] = ()


def lag_of(opened: OpenIndex) -> Lag | None:
    """Return the lag of an open index behind the state that is served, or a later one.

    Return None if more than MOST articles changed, or if the index is of another epoch or fingerprint or ahead of the
    database.
    """
    now = archive.served_state()
    if opened.holds(now):
        return Lag()
    if opened.state.revision >= now.revision:
        # The index has taken in a later change than the page was begun at. In a snapshot the database has not.
        now = archive.state()
    if not is_usable(opened.state, now):
        return None
    with _reading:
        return _lag(now.epoch, opened.state.revision, now.revision)


#: One thread reads while others wait for the same answer.
_reading = Lock()

#: An article's id and the revision of its last change. Together they name its content within an epoch.
_Key = tuple[int, int]

#: The stories of the last lag, by epoch: the next one has most of them again. None stands for an article that is no
#: visible head of a story.
_held: dict[str, dict[_Key, StoryDocument | None]] = {}


@lru_cache(maxsize=16)  # the lists of a page ask, and all pages that are served at one state
def _lag(epoch: str, since: int, now: int) -> Lag | None:
    """Return the lag after the revision `since`. `now` tells the answers apart.

    Changes that are later than `now` may be in it.
    """
    changed: list[_Key] = list(_since(since, Article).values_list("pk", "revision")[: MOST + 1])
    vanished = list(_since(since, VanishedArticle).values_list("pk", flat=True)[: MOST + 1])
    if len(changed) + len(vanished) > MOST:
        return None
    stories = _stories(epoch, changed)
    return Lag(frozenset(vanished).union(pk for pk, _ in changed), tuple(each for each in stories if each))


def _since(revision: int, model: type[Article] | type[VanishedArticle]) -> QuerySet:
    return model.objects.filter(revision__gt=revision).order_by()


def _stories(epoch: str, changed: list[_Key]) -> list[StoryDocument | None]:
    """Return the story of each of the `changed` articles. Stories that were read before are not read again."""
    held = _held.get(epoch, {})
    missing = {pk for pk, revision in changed if (pk, revision) not in held}
    read = {document.id: replace(document, texts={}) for document in story_documents(missing)}
    now = {(pk, revision): read[pk] if pk in read else held.get((pk, revision)) for pk, revision in changed}
    _held.clear()
    _held[epoch] = now
    return list(now.values())
