"""The checks of the search index. An index that is behind is told apart from one that disagrees."""

from __future__ import annotations

import time
from collections.abc import Iterator

from articles.models import archive
from articles.search.check import story_differences
from articles.search.files import IndexUnavailable
from articles.search.state import IndexFolder, is_usable, serving_index
from articles.verify.faults import Fault

#: The seconds that an index may take to follow the database, and those between two looks at it.
FOLLOWS_WITHIN, TICK = 10.0, 0.2


def usable_faults() -> Iterator[Fault]:
    """Yield a fault if there is no index, if a file of it is damaged, or if it is of another database or program."""
    try:
        found, now = serving_index(deep=True), archive.state()
    except IndexUnavailable as failure:
        yield Fault(f"索引已损坏：{failure}")
        return
    if found is None:
        yield Fault("没有索引，还不能检索")
    elif not is_usable(found.state, now):
        yield Fault("索引与当前数据库、词表或程序版本不符")


def behind_faults() -> Iterator[Fault]:
    """Yield a fault if the index has not followed the database within FOLLOWS_WITHIN seconds."""
    until = time.monotonic() + FOLLOWS_WITHIN
    while (found := _usable()) and found.state.revision < (revision := archive.state().revision):
        if time.monotonic() >= until:
            yield Fault(f"索引停在修订号 {found.state.revision}，档案已到修订号 {revision}")
            return
        time.sleep(TICK)


def story_faults() -> Iterator[Fault]:
    """Yield each story that the index lacks, or holds in excess. What is saved meanwhile is no difference."""
    yield from _differences(with_contents=False)


def content_faults() -> Iterator[Fault]:
    """Yield each story that the index holds with other content than the database."""
    yield from _differences(with_contents=True)


def _differences(*, with_contents: bool) -> Iterator[Fault]:
    try:
        if found := _usable():
            yield from map(Fault, story_differences(found, with_contents=with_contents))
    except IndexUnavailable as failure:
        yield Fault(f"索引已损坏：{failure}")


def _usable() -> IndexFolder | None:
    """Return the serving index, or None if `usable_faults` tells of it."""
    try:
        found, now = serving_index(), archive.state()
    except IndexUnavailable:
        return None
    return found if found and is_usable(found.state, now) else None
