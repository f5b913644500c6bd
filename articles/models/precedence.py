"""Who changes the archive first: a person's write goes before the next page of an import or of a new reading.

SQLite has no queue for writers. One that waits looks again ever more seldom, in the end ten times a second, and a run
of thousands of short changes leaves it waiting for seconds. People therefore hold a lock file while they wait, and such
a run looks at it between two changes.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import IO

from django.conf import settings

#: The lock file in settings.VAR_DIR.
NAME = "people.lock"

#: Seconds for which a run waits for people at most, and between two looks.
PATIENCE, PAUSE = 1.0, 0.005


@contextmanager
def in_front() -> Iterator[None]:
    """Keep runs from beginning their next change during the block, in which a person waits for the archive's row.

    Where the file can't be written or locked, on a full disk or a network's, the person waits like everybody else.
    """
    with ExitStack() as held:
        with suppress(OSError):
            fcntl.flock(held.enter_context(_open()), fcntl.LOCK_SH)
        yield


def let_people_go_first() -> None:
    """Wait as long as somebody waits `in_front`, PATIENCE seconds at most. Call it before each change of a run."""
    with suppress(OSError), _open() as file:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(PAUSE)
            else:
                return


def _open() -> IO[str]:
    return (settings.VAR_DIR / NAME).open("a")
