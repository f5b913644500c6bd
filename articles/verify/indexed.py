"""The check of the search index. An index that is behind is told apart from one that disagrees."""

from __future__ import annotations

import time
from collections.abc import Iterator

from articles.models import archive
from articles.search.check import differences
from articles.search.files import IndexUnavailable
from articles.search.state import is_usable, serving_index
from articles.verify.faults import Fault

#: The seconds that an index may take to follow the database, and those between two looks at it.
FOLLOWS_WITHIN, TICK = 10.0, 0.2


def index_faults() -> Iterator[Fault]:
    """Yield each difference between the index and the live rows, or one fault that says that there is no index.

    An index that the follower brings up within FOLLOWS_WITHIN seconds is not behind. What is saved meanwhile is no
    difference.
    """
    if _is_behind():
        until = time.monotonic() + FOLLOWS_WITHIN
        while time.monotonic() < until and _is_behind():
            time.sleep(TICK)
    yield from map(Fault, differences())


def _is_behind() -> bool:
    """Return whether an index is there, is of this database, and holds fewer changes than it."""
    try:
        found, now = serving_index(), archive.state()
    except IndexUnavailable:
        return False
    return found is not None and is_usable(found.state, now) and found.state.revision < now.revision
