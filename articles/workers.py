"""Processes that work beside this one: to split words and to judge texts hold the interpreter, so threads won't do.

Each has a pipe to the process that started it and nothing else in common with it. It ends when the pipe does, so that
none is left over when that process is killed; this is why it is no process pool, whose workers then wait for ever.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from multiprocessing.connection import Connection
from typing import Any, TypeVar

import django
from django.db import connections

Answer = TypeVar("Answer")
Task = Callable[[], Callable[[Sequence[int]], Answer]]

#: Parcels that wait for each worker or are in its hands.
WAITING = 2

#: From so many stories on, starting the workers pays.
WORTH_WHILE = 3000


def worker_count() -> int:
    """Return how many workers serve a process: one for each core, which it shares with them."""
    return min(os.cpu_count() or 1, 8)


def answers(task: Task[Answer], ids: Sequence[int], size: int) -> Iterator[Answer]:
    """Yield what is made of `ids`, `size` of them at a time, in their order: here, or by workers where there are many.

    `task` is called once in each process and returns what makes an answer of some ids. Raises RuntimeError where a
    worker ends before its work does.
    """
    parcels = (ids[start : start + size] for start in range(0, len(ids), size))
    return map(task(), parcels) if len(ids) < WORTH_WHILE else from_workers(task, parcels, worker_count())


def from_workers(task: Task[Answer], parcels: Iterable[Sequence[int]], count: int) -> Iterator[Answer]:
    """Yield what `count` processes make of each parcel, in the order of the parcels.

    Task and answers are pickled. A parcel is to fit into a pipe's buffer, as some thousand ids do: the worker may be
    busy with answering. Raises RuntimeError where one of them ends before its work does.
    """
    spawn = multiprocessing.get_context("spawn")  # a fork would share the database connection and the engine's locks
    waiting = iter(parcels)
    with ExitStack() as stack:
        pipes = []
        for _ in range(count):
            ours, theirs = spawn.Pipe()
            worker = spawn.Process(target=_work, args=(theirs, connections["default"].settings_dict), daemon=True)
            worker.start()
            theirs.close()
            stack.callback(worker.join)
            stack.callback(ours.close)  # first: the worker ends by it
            pipes.append(ours)
        try:
            for pipe in pipes:
                pipe.send(task)
            asked: deque[Connection] = deque()
            for pipe, parcel in zip(pipes * WAITING, waiting, strict=False):  # takes none that no pipe is left for
                pipe.send(parcel)
                asked.append(pipe)
            while asked:
                pipe = asked.popleft()
                answer = pipe.recv()
                for parcel in islice(waiting, 1):
                    pipe.send(parcel)
                    asked.append(pipe)
                yield answer
        except (EOFError, ConnectionError):
            raise RuntimeError("a worker ended before its work did; its error is above") from None


def _work(pipe: Connection, database: dict[str, Any]) -> None:
    """Answer each parcel by the task that comes first, until the other end of the pipe is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal's Ctrl-C the starting process makes what it will
    django.setup()
    connections["default"].settings_dict.update(database)  # the starter's, which is a test's own database at times
    try:
        make_answer = pipe.recv()()  # what the task names is imported here, once Django is set up
        gc.freeze()  # what was loaded stays: to look through it again and again takes a tenth of the time
        while True:
            pipe.send(make_answer(pipe.recv()))
    except (EOFError, ConnectionError):
        pass
