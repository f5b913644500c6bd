"""Worker processes. Splitting words and judging texts hold the interpreter's lock, so threads would not help.

Each worker shares only a pipe with the process that started it. It ends when the pipe does. So no worker is left over
if that process is killed. The workers of a process pool would then wait for ever.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from itertools import islice
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from queue import SimpleQueue
from typing import Any, Self, TypeVar

import django
from django.db import connections

Answer = TypeVar("Answer")
Parcel = TypeVar("Parcel")
Task = Callable[[], Callable[[Sequence[int]], Answer]]

#: The number of parcels that each worker has at a time: waiting, in work, or answered but not yet taken.
WAITING = 2

#: How far workers stand back behind the processes that answer readers, from 0 to 19. An idle machine is theirs alone.
NICENESS = 10

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


def from_workers(
    task: Callable[[], Callable[[Parcel], Answer]],
    parcels: Iterable[Parcel],
    count: int,
    lost: Callable[[Parcel], Answer] | None = None,
    *,
    held: int = WAITING,
) -> Generator[Answer]:
    """Yield the answers of `count` worker processes to the parcels, in the order of the parcels.

    The task, the parcels and the answers are pickled. If a worker ends before its work does, another takes its place,
    and `lost` gives the answer to the parcel that it had in work. Without `lost`, or if a worker ends before it could
    begin, RuntimeError is raised. When the generator ends or is closed, the workers are ended at once.

    Each worker has `held` parcels at a time, answered ones included. For so many it goes on while the caller is busy.
    """
    waiting = iter(parcels)
    with ExitStack() as stack:
        workers = [_Worker(task, stack) for _ in range(count)]
        asked: deque[tuple[_Worker, Parcel]] = deque()
        for worker, parcel in zip(workers * held, waiting, strict=False):  # stops without taking a further parcel
            asked.append((worker.ask(parcel), parcel))
        while asked:
            worker, parcel = asked.popleft()
            try:
                answer: Answer = worker.answer()
            except EOFError:
                if lost is None or not worker.is_ready:
                    raise RuntimeError("a worker ended before its work did; its error is above") from None
                answer, new = lost(parcel), _Worker(task, stack)
                # The parcels that wait in the lost worker's pipe go to the new one.
                asked = deque((new.ask(left) if at is worker else at, left) for at, left in asked)
                worker = new
            for further in islice(waiting, 1):
                asked.append((worker.ask(further), further))
            yield answer


class _Worker:
    """A worker process, and this process's end of its pipe."""

    def __init__(self, task: Callable[[], object], stack: ExitStack) -> None:
        # A fork would share the database connection and the engine's locks.
        spawn = multiprocessing.get_context("spawn")
        self.pipe, theirs = spawn.Pipe()
        settings = connections["default"].settings_dict
        process = spawn.Process(target=_work, args=(theirs, settings), daemon=True)
        # The worker inherits the mask. A terminal's Ctrl-C is for the starting process alone, which ends the worker.
        earlier = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, earlier)
        theirs.close()
        self.is_ready = False
        self._outbox: SimpleQueue[bytes | None] = SimpleQueue()
        self._inbox: SimpleQueue[bytes | None] = SimpleQueue()
        # A pipe's buffer holds neither a task nor many answers. The worker takes the task after a second or two, and
        # this process takes the answers when it needs them. Neither is to wait for the other.
        threads = [threading.Thread(target=work, daemon=True) for work in (self._post, self._collect)]
        stack.callback(process.join)
        stack.callback(self.pipe.close)
        for thread in threads:
            thread.start()
            stack.callback(thread.join)
        stack.callback(self._outbox.put, None)
        stack.callback(process.terminate)  # the callbacks run from here up; a write to an ended worker fails at once
        self._send(task)

    def ask(self, parcel: object) -> Self:
        """Hand a parcel to the worker, and return the worker."""
        self._send(parcel)
        return self

    def answer(self) -> Any:  # noqa: ANN401 - the task decides
        """Return the next answer. Raises EOFError if the worker has ended."""
        if not self.is_ready:
            self.is_ready = self._receive()
        return self._receive()

    def _receive(self) -> Any:  # noqa: ANN401 - the task decides
        if (pickled := self._inbox.get()) is None:
            raise EOFError
        return pickle.loads(pickled)

    def _send(self, sent: object) -> None:
        self._outbox.put(bytes(ForkingPickler.dumps(sent)))

    def _post(self) -> None:
        """Write to the pipe what is put into the outbox, until None is."""
        with suppress(ConnectionError):  # the worker has ended, as `answer` will find
            while (pickled := self._outbox.get()) is not None:
                self.pipe.send_bytes(pickled)

    def _collect(self) -> None:
        """Put into the inbox what comes from the pipe, and None when it ends."""
        with suppress(EOFError, ConnectionError):
            while True:
                self._inbox.put(self.pipe.recv_bytes())
        self._inbox.put(None)


def _work(pipe: Connection, database: dict[str, Any]) -> None:
    """Receive the task, then answer each parcel with it until the other end of the pipe is closed.

    `database` holds the settings of the starting process's database.
    """
    os.nice(NICENESS)
    django.setup()
    connections["default"].settings_dict.update(database)  # in a test this is the test's own database
    try:
        make_answer = pipe.recv()()  # unpickling imports the task's module, so Django is set up before
        gc.freeze()  # the loaded objects stay; collecting among them takes a tenth of the time
        pipe.send(True)
        while True:
            pipe.send(make_answer(pipe.recv()))
    except (EOFError, ConnectionError):
        pass
