"""Worker processes. Splitting words and judging texts hold the interpreter's lock, so threads would not help.

Each worker shares only a pipe with the process that started it. It ends when the pipe does. So no worker is left over
if that process is killed. The workers of a process pool would then wait for ever.
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

#: The number of parcels that each worker has at a time, waiting or in work.
WAITING = 2

#: The number of stories from which starting workers pays off.
WORTH_WHILE = 3000


def worker_count() -> int:
    """Return the number of workers of a process: one for each core, up to 8. The process shares the cores with them."""
    return min(os.cpu_count() or 1, 8)


def answers(task: Task[Answer], ids: Sequence[int], size: int) -> Iterator[Answer]:
    """Yield the answers of `task` to `ids`, one for each parcel of `size` ids, in their order.

    Many ids are handed to worker processes. `task` is called once in each process and returns a function from ids to
    an answer. Raises RuntimeError if a worker ends before its work does.
    """
    parcels = (ids[start : start + size] for start in range(0, len(ids), size))
    return map(task(), parcels) if len(ids) < WORTH_WHILE else from_workers(task, parcels, worker_count())


def from_workers(task: Task[Answer], parcels: Iterable[Sequence[int]], count: int) -> Iterator[Answer]:
    """Yield the answers of `count` worker processes to the parcels, in the order of the parcels.

    The task and the answers are pickled. A parcel must fit into a pipe's buffer, as some thousand ids do, because the
    worker may be busy with an answer. Raises RuntimeError if a worker ends before its work does.
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
            stack.callback(ours.close)  # runs before the join, because it ends the worker
            pipes.append(ours)
        try:
            for pipe in pipes:
                pipe.send(task)
            asked: deque[Connection] = deque()
            for pipe, parcel in zip(pipes * WAITING, waiting, strict=False):  # stops without taking a further parcel
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
    """Receive the task, then answer each parcel with it until the other end of the pipe is closed.

    `database` holds the settings of the starting process's database.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the starting process handles a terminal's Ctrl-C
    django.setup()
    connections["default"].settings_dict.update(database)  # in a test this is the test's own database
    try:
        make_answer = pipe.recv()()  # unpickling imports the task's module, so Django is set up before
        gc.freeze()  # the loaded objects stay; collecting among them takes a tenth of the time
        while True:
            pipe.send(make_answer(pipe.recv()))
    except (EOFError, ConnectionError):
        pass
