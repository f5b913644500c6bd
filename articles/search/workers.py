"""Processes that make stories ready for a new index: the splitter of words holds the interpreter, so threads won't do.

Each has a pipe to the builder and nothing else in common with it. It ends when the pipe does, so that none is left over
when the builder is killed; that is why this is no process pool, whose workers then wait for ever.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from multiprocessing.connection import Connection, wait
from typing import Any

import django
from django.db import connections

from articles.search.index import Row, make_row

#: Stories handed to a worker at a time, and how many such parcels wait for each.
PARCEL, WAITING = 450, 2

#: From so many stories on, starting the workers pays.
WORTH_WHILE = 3000


def worker_count() -> int:
    """Return how many workers serve a builder: one for each core, which the engine's threads share with them."""
    return min(os.cpu_count() or 1, 8)


def rows_from_workers(ids: Sequence[int], count: int) -> Iterator[Row]:
    """Yield the row of each visible story among `ids`, in any order, made by `count` processes.

    Raises RuntimeError where one of them ends before its work does.
    """
    parcels = (ids[start : start + PARCEL] for start in range(0, len(ids), PARCEL))
    spawn = multiprocessing.get_context("spawn")  # a fork would share the database connection and the engine's locks
    with ExitStack() as stack:
        open_parcels: dict[Connection, int] = {}
        for _ in range(count):
            ours, theirs = spawn.Pipe()
            worker = spawn.Process(target=_work, args=(theirs, connections["default"].settings_dict), daemon=True)
            worker.start()
            theirs.close()
            stack.callback(worker.join)
            stack.callback(ours.close)  # first: the worker ends by it
            open_parcels[ours] = 0
        for pipe in list(open_parcels) * WAITING:
            _hand_out(pipe, parcels, open_parcels)
        while any(open_parcels.values()):
            for pipe in wait([pipe for pipe, waiting in open_parcels.items() if waiting]):
                try:
                    rows = pipe.recv()
                    open_parcels[pipe] -= 1
                    _hand_out(pipe, parcels, open_parcels)
                except (EOFError, ConnectionError):
                    raise RuntimeError("a worker of the index ended before its work did; its error is above") from None
                yield from rows


def _hand_out(pipe: Connection, parcels: Iterator[Sequence[int]], open_parcels: dict[Connection, int]) -> None:
    parcel = next(parcels, None)
    if parcel is not None:
        pipe.send(parcel)
        open_parcels[pipe] += 1


def _work(pipe: Connection, database: dict[str, Any]) -> None:
    """Answer each list of ids with the rows of their stories, until the other end of the pipe is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal's Ctrl-C the builder makes what it will
    django.setup()
    connections["default"].settings_dict.update(database)  # the builder's, which is a test's own database at times
    # What has models is imported once Django is set up.
    from articles.search.documents import story_documents  # noqa: PLC0415
    from articles.search.sync import words  # noqa: PLC0415

    split = words()
    gc.freeze()  # what was loaded stays: to look through it again and again takes a tenth of the time
    try:
        while True:
            ids = pipe.recv()
            pipe.send([make_row(document, split) for document in story_documents(ids)])
    except (EOFError, ConnectionError):
        pass
