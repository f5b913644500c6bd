"""The index that serves, open in this process, and the one place where its failures end."""

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
    words,
)

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class OpenIndex:
    """An index as of one commit, and the state it was in then, or had just before."""

    held: IndexFolder
    index: StoryIndex

    @property
    def state(self) -> IndexState:
        """What it holds."""
        return self.held.state

    def holds(self, now: Archive) -> bool:
        """Tell whether it holds the archive as it is at `now`, no change less and none more."""
        return self.state == IndexState(now.epoch, now.revision, fingerprint())


_opened: OpenIndex | None = None
_opening = threading.Lock()


def ask_index(question: Callable[[OpenIndex], Answer]) -> Answer:
    """Return what `question` asks of the index that serves.

    Raises IndexUnavailable where there is none, where it is damaged, or where the engine fails; the latter two it notes
    for the log and for the follower. Readers get 503 for it, from the middleware, unless their page can do without.
    """
    try:
        return question(current_index())
    except (IndexDamaged, EngineFailure) as failure:
        note(failure)
        raise


def current_index() -> OpenIndex:
    """Return the index that serves, as of its newest commit; raises IndexUnavailable where none can.

    It is opened in the process that uses it, after the fork, and looked at again when its state or a file has changed:
    a file that was cut would end a process that has it mapped.
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
                if not left or found.is_as_it_was:  # else a rebuild has just put another in its place
                    raise
            else:
                return _opened
        raise AssertionError("the last attempt returns or raises")


def _index_of(found: IndexFolder, before: OpenIndex | None) -> StoryIndex:
    """Return `found` opened: renewed, if it was open and only a commit has come since."""
    known = before.held.signatures if before and before.held.folder == found.folder else {}
    changed = any(found.signatures.get(name, held) != held for name, held in known.items() if name != META)
    if known and not changed:
        with suppress(EngineFailure):
            return before.index.renewed()
    return StoryIndex(found.folder, words())
