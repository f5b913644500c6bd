"""The index that serves, open in this process."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path

from articles.search.index import StoryIndex
from articles.search.sync import State, read_state, serving, words


@dataclass(frozen=True)
class Opened:
    """An index, and the state it was last looked at in."""

    folder: Path
    state: State
    index: StoryIndex


_opened: Opened | None = None
_opening = threading.Lock()


def opened_index() -> Opened | None:
    """Return the index that serves, as of its newest commit; None before the first was built.

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
                _opened = Opened(folder, state, StoryIndex(folder, words()))
            except ValueError:  # a rebuild has just put another in its place: the next request finds that
                return None
        elif _opened.state != state:
            _opened.index.reload()
            _opened = replace(_opened, state=state)
        return _opened
