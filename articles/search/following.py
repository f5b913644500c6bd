"""The follower that keeps the search index in step: whether one lives, and how often it looks.

A follower holds a lock as long as it lives, however it ends.
"""

from __future__ import annotations

import fcntl
from typing import IO

from django.conf import settings

#: The file that the follower locks.
LOCK = "follower.lock"

#: Seconds between two looks of a follower, usually and while it works too much.
TICK, SLOW_TICK = 0.5, 2.0

#: The share of a processor that a follower may take for long, and the seconds of rest that it may owe before it looks
#: less often. A commit takes the processor for 0.2 seconds however few stories it has, mostly to merge segments. So a
#: few corrections are found within a second everywhere, and an import does not take a fifth of a core from readers.
SHARE, OWED = 0.1, 6.0


class Pace:
    """The pace of a follower: it says how long to wait after each look."""

    def __init__(self) -> None:
        self._owed = 0.0

    def wait_after(self, worked: float) -> float:
        """Return the seconds to wait after a look that took `worked` seconds of the processor.

        >>> pace = Pace()
        >>> [pace.wait_after(0.2) for _ in range(6)]
        [0.5, 0.5, 0.5, 0.5, 2.0, 2.0]
        >>> [pace.wait_after(0.01) for _ in range(3)]
        [0.5, 0.5, 0.5]
        """
        self._owed += worked / SHARE - worked
        wait = TICK if self._owed <= OWED else SLOW_TICK
        # What is owed beyond OWED is forgotten, so that the follower looks often again soon after an import.
        self._owed = max(min(self._owed, OWED + SLOW_TICK) - wait, 0.0)
        return wait


class FollowerLock:
    """The lock of a follower. Of several followers, one holds it."""

    def __init__(self) -> None:
        self._file: IO[str] | None = None

    def hold(self) -> None:
        """Take the lock, unless this process holds it or another one does.

        A folder that can't be written is ignored.
        """
        if self._file is not None:
            return
        try:
            settings.SEARCH_DIR.mkdir(parents=True, exist_ok=True)
            file = (settings.SEARCH_DIR / LOCK).open("a", encoding="ascii")
        except OSError:
            return
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
        else:
            self._file = file

    def release(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            self._file.close()
            self._file = None


def is_followed() -> bool:
    """Tell whether a follower lives."""
    try:
        with (settings.SEARCH_DIR / LOCK).open(encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
