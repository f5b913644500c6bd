"""The serving index as it is open in this process. `ask_index` puts a question to it and notes the failures."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from articles.models import Archive
from articles.search.files import META, EngineFailure, IndexDamaged, IndexMissing
from articles.search.index import StoryIndex
from articles.search.state import (
    ATTEMPTS,
    IndexFolder,
    IndexState,
    fingerprint,
    note,
    serving_folder,
    serving_index,
    splitter,
)

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class OpenIndex:
    """An index as of one commit, with its folder and its state at that commit or just before it."""

    held: IndexFolder
    index: StoryIndex

    @property
    def state(self) -> IndexState:
        """The epoch, revision and fingerprint of the index."""
        return self.held.state

    def holds(self, now: Archive) -> bool:
        """Tell whether the index holds exactly the changes up to `now`, made by this version of the program."""
        return self.state == IndexState(now.epoch, now.revision, fingerprint())


_opened: OpenIndex | None = None
_opening = threading.Lock()


def ask_index(question: Callable[[OpenIndex], Answer]) -> Answer:
    """Return the answer of `question` to the serving index.

    Raises IndexUnavailable if there is no index, if the index is damaged or if the engine fails. Damage and engine
    failures are noted for the log and for the follower. The middleware then answers readers with 503, unless their page
    can do without the index.
    """
    try:
        return question(current_index())
    except (IndexDamaged, EngineFailure) as failure:
        note(failure)
        raise


def current_index() -> OpenIndex:
    """Return the serving index as of its newest commit. Raises IndexUnavailable if no index can serve.

    The index is opened after the fork, in the process that uses it. It is checked and opened again when its state or
    one of its files has changed, because a truncated file would end a process that has the file mapped.
    """
    global _opened
    with _opening:
        if _opened and _opened.held.folder == serving_folder() and _opened.held.is_as_it_was:
            return _opened
        before, _opened = _opened, None
        for left in reversed(range(ATTEMPTS)):
            found = serving_index()
            if found is None:
                raise IndexMissing("还没有索引")
            try:
                _opened = OpenIndex(found, _index_of(found, before))
            except IndexDamaged:
                if not left or found.is_as_it_was:  # otherwise a rebuild has just replaced the index
                    raise
            else:
                return _opened
        raise AssertionError("the last attempt returns or raises")


def _index_of(found: IndexFolder, before: OpenIndex | None) -> StoryIndex:
    """Open the index in `found`. If it is the index `before` with only commits added, renew `before` instead.

    If only its state was written anew, as at the beginning and the end of each writing, `before` is as good.
    """
    if before and before.held.folder == found.folder:
        if before.held.signatures == found.signatures:
            return before.index
        known = before.held.signatures
        changed = any(found.signatures.get(name, held) != held for name, held in known.items() if name != META)
        if known and not changed:
            with suppress(EngineFailure):
                return before.index.renewed()
    return StoryIndex(found.folder, splitter())
