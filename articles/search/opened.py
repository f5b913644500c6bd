"""The index that serves, open in this process."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path

from articles.models import Archive
from articles.search.index import StoryIndex
from articles.search.sync import State, fingerprint, read_state, serving, words


@dataclass(frozen=True)
class Opened:
    """An index as of one commit, and the state it was in then, or had just before."""

    folder: Path
    state: State
    index: StoryIndex


#: How often to look for the index that serves; two rebuilds do not end within a moment.
ATTEMPTS = 3

_opened: Opened | None = None
_opening = threading.Lock()


def opened_index() -> Opened | None:
    """Return the index that serves, as of its newest commit; None before the first was built.

    It is opened in the process that uses it, after the fork, and looked at again when its state file says so.
    """
    global _opened
    with _opening:
        for _ in range(ATTEMPTS):
            folder = serving()
            if folder is None:
                return None
            try:
                _opened = _look_again(_opened, folder)
            except (ValueError, FileNotFoundError):  # a rebuild has just put another in its place, and this one is gone
                _opened = None
            if _opened is not None:
                return _opened
        return None


def index_at(now: Archive) -> StoryIndex | None:
    """Return the index that serves if it holds the archive as it is at `now`, no change less and none more."""
    opened = opened_index()
    in_step = State(now.epoch, now.revision, fingerprint())
    return opened.index if opened and opened.state == in_step else None


def _look_again(opened: Opened | None, folder: Path) -> Opened | None:
    """Return the index in `folder` as of now, `opened` if that is it; None where it has no state."""
    state = read_state(folder)
    if state is None:
        return None
    if opened is None or opened.folder != folder:
        return Opened(folder, state, StoryIndex(folder, words()))
    if opened.state == state:
        return opened
    return replace(opened, state=state, index=opened.index.renewed())
