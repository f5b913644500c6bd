"""The articles that an open index has as they were, or not at all, because it is some changes behind the database.

Between a change and its commit to the index there are a few of them, and during an import always. A list then takes
all other stories from the index, and these as they are now.
"""

from __future__ import annotations

from dataclasses import replace
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
    if archive.is_snapshot():  # a lag that other threads have read may be of a later state
        return _read(opened.state.revision, {})[0]
    name = (now.epoch, opened.state.revision, now.revision)
    lags = _lags
    if name not in lags:
        with _reading:
            if name not in _lags:
                _keep(name)
            lags = _lags
    return lags[name]


#: An article's id and the revision of its last change: the name of its content, or of a later one, within an epoch.
_Key = tuple[int, int]

#: Stories by these names. None stands for an article that is no visible head of a story.
_Stories = dict[_Key, StoryDocument | None]

#: The lags that are kept. The lists of a page ask for one, and all pages that are served at one state.
KEPT = 4

#: The last lags, by epoch, revision of the index and revision served. Changes that are later than that state may be in
#: one. One thread reads a lag while others wait.
_lags: dict[tuple[str, int, int], Lag | None] = {}
_reading = Lock()

#: The stories of the last lag, by epoch: the next one has most of them again.
_held: dict[str, _Stories] = {}


def _keep(name: tuple[str, int, int]) -> None:
    """Read the lag with this name, and keep it with the last ones, and its stories in place of those of the last."""
    global _lags, _held
    epoch, since, _ = name
    lag, stories = _read(since, _held.get(epoch, {}))
    _held = {epoch: stories}
    _lags = dict([*_lags.items(), (name, lag)][-KEPT:])


def _read(since: int, held: _Stories) -> tuple[Lag | None, _Stories]:
    """Return the lag after the revision `since`, and its stories. Those that are `held` are not read again."""
    changed: list[_Key] = list(_since(since, Article).values_list("pk", "revision")[: MOST + 1])
    vanished = list(_since(since, VanishedArticle).values_list("pk", flat=True)[: MOST + 1])
    if len(changed) + len(vanished) > MOST:
        return None, {}
    missing = {pk for pk, revision in changed if (pk, revision) not in held}
    read = {document.id: replace(document, texts={}) for document in story_documents(missing)}
    stories = {(pk, revision): read[pk] if pk in read else held.get((pk, revision)) for pk, revision in changed}
    ids = frozenset(vanished).union(pk for pk, _ in changed)
    return Lag(ids, tuple(story for story in stories.values() if story)), stories


def _since(revision: int, model: type[Article] | type[VanishedArticle]) -> QuerySet:
    return model.objects.filter(revision__gt=revision).order_by()
