"""Whether a follower keeps the search index in step. A follower holds a lock as long as it lives, however it ends."""

from __future__ import annotations

import fcntl
from typing import IO

from django.conf import settings

#: The file that the follower locks.
LOCK = "follower.lock"


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
