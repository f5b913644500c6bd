"""The process that is killed. It tells each step of its work through a pipe, and may kill itself at a given one.

The steps are the statements of the database, with BEGIN and COMMIT, and each file that is opened for writing, renamed,
linked or removed.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock
from typing import Any

from django.db import connection
from django.db.backends.signals import connection_created

#: Events of Python by which the work changes files, beside `open`.
FILE_EVENTS = {"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.chmod", "os.utime"}

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT

#: Characters of a statement that are told.
SHOWN = 90


class Telling:
    """The pipe to the killer. At step `kill_at`, counted from 1, the process dies; with 0 it dies when it is killed."""

    def __init__(self, pipe: Connection | None, kill_at: int) -> None:
        self._pipe = pipe
        self._kill_at = kill_at
        self._lock = Lock()
        self._count = 0

    @classmethod
    def to_nobody(cls) -> Telling:
        """Return a pipe that nobody reads, for work that is not killed."""
        return cls(None, 0)

    def tell(self, word: str, said: object = "") -> None:
        """Send one of the words step, done, failed, end, and what it is about."""
        if self._pipe is None:
            return
        with self._lock:
            self._pipe.send((word, str(said)))

    def step(self, said: str) -> None:
        """Tell that a step of the work is about to be done, or die before it."""
        self._count += 1
        self.tell("step", " ".join(said.split())[:SHOWN])
        if self._count == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def done(self, said: object) -> None:
        """Tell that a part of the work has been acknowledged to whoever had asked for it."""
        self.tell("done", said)


def run(work: Callable[[Telling], None], pipe: Connection, kill_at: int, log: Path) -> None:
    """Do `work` in this process, whose output goes to the file `log`, and tell its steps."""
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    telling = Telling(pipe, kill_at)
    _count_statements(telling)
    _count_files(telling, log.parent)
    try:
        work(telling)
    except BaseException:  # noqa: BLE001 - whatever it is, the runner shows it
        telling.tell("failed", traceback.format_exc())
        os._exit(1)
    telling.tell("end")
    os._exit(0)


def _count_statements(telling: Telling) -> None:
    def of_connection(sender: object, connection: Any, **kwargs: object) -> None:
        if connection.vendor == "sqlite":
            connection.connection.set_trace_callback(telling.step)
            return

        def execute(ask: Callable[..., Any], sql: Any, *rest: Any) -> Any:
            telling.step(str(sql))
            return ask(sql, *rest)

        def commit(ask: Callable[[], None] = connection.connection.commit) -> None:
            telling.step("COMMIT")
            ask()

        if not connection.execute_wrappers:
            connection.execute_wrappers.append(execute)
        connection.connection.commit = commit

    connection_created.connect(of_connection, weak=False)
    if connection.connection is not None:
        raise RuntimeError("the victim has inherited a connection")


def _count_files(telling: Telling, folder: Path) -> None:
    inside = f"{folder}/"

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if event != "open" and event not in FILE_EVENTS:
            return
        path = os.fspath(arguments[0]) if isinstance(arguments[0], str | os.PathLike) else ""
        if not str(path).startswith(inside) or str(path).endswith(".log"):
            return
        if event == "open" and not (arguments[2] or 0) & WRITING:
            return
        telling.step(f"{event} {Path(path).name}")

    sys.addaudithook(hear)
