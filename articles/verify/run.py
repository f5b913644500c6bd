"""Running the checks: those of the rows on one state of the archive, those of scans and index on the live one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext

from django.db import DatabaseError, InterfaceError, connection, transaction

from articles.models import archive
from articles.verify.checks import CHECKS, INDEX_CHECKS, SCAN_CHECKS
from articles.verify.faults import Check, Finding
from articles.verify.places import place_of

#: Told before each check: its number from 1, the number of checks, the check.
Progress = Callable[[int, int, Check], None]

#: The remedy if a check can't come to its end.
UNREADABLE = "请先处理其他各项所列的损坏，再运行 manage.py verify。"


def findings(
    *, with_index: bool = True, with_scans: bool = True, deep: bool = False, progress: Progress | None = None
) -> Iterator[Finding]:
    """Yield each finding of the checks, in their order.

    The rows are read in one state of the archive while others write: nothing is locked. The index follows within
    seconds, so that it is compared with the live rows afterwards, and the files of scans are before it; without
    `with_index` and `with_scans` they are not. `deep` adds the checks that take minutes.

    A check that meets rows which can't be read ends with a finding that says so. Raises DatabaseError or InterfaceError
    if the database itself is gone.
    """
    outside = [*(SCAN_CHECKS if with_scans else ()), *(INDEX_CHECKS if with_index else ())]
    rows, live = ([check for check in checks if deep or not check.is_deep] for checks in (CHECKS, outside))
    total = len(rows) + len(live)
    with archive.one_state():
        for number, check in enumerate(rows, start=1):
            if progress:
                progress(number, total, check)
            yield from _run(check)
    for number, check in enumerate(live, start=len(rows) + 1):
        if progress:
            progress(number, total, check)
        yield from _run(check)


def _run(check: Check) -> Iterator[Finding]:
    try:
        # PostgreSQL refuses all statements after a failed one, up to the savepoint. Outside one state of the archive a
        # transaction would keep others from writing.
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            for fault in check.faults():
                yield Finding(check.name, place_of(fault), fault.said, check.remedy)
    except (DatabaseError, InterfaceError) as error:
        if not _is_there():
            raise
        yield _unfinished(check, error)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, AssertionError) as error:
        yield _unfinished(check, error)


def _unfinished(check: Check, error: Exception) -> Finding:
    said = " ".join(str(error).split())[:200]
    return Finding(check.name, "", f"未能核对到底，有的数据读不出（{type(error).__name__}：{said}）", UNREADABLE)


def _is_there() -> bool:
    try:
        return connection.connection is not None and connection.is_usable()
    except (DatabaseError, InterfaceError):
        return False
