"""Questions that may hang, as to a stopped database or a dead disk, and are answered in bounded time nevertheless."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Generic, TypeVar

from django.db import connections

Answer = TypeVar("Answer")

#: The options by which PostgreSQL's client notices a host that has gone silent. By default it waits for minutes.
IMPATIENT = {
    "connect_timeout": 2,
    "keepalives": 1,
    "keepalives_idle": 1,
    "keepalives_interval": 1,
    "keepalives_count": 2,
    "tcp_user_timeout": 3000,
}


class Question(Generic[Answer]):
    """A question to the database and the disk, put in a thread of its own with a new connection.

    One thread a process puts it at a time: who asks meanwhile gets the same answer.
    """

    def __init__(self, put: Callable[[], Answer]) -> None:
        self._put = put
        self._lock = threading.Lock()
        self._begun = 0.0
        self._answer: Future[Answer] | None = None

    def ask(self, seconds: float) -> Answer:
        """Return the answer. Raises TimeoutError `seconds` after the question was put, or the error of the question."""
        with self._lock:
            if self._answer is None or self._answer.done():
                self._answer, self._begun = Future(), time.monotonic()
                # A daemon, because a thread that hangs must not keep the process from ending.
                threading.Thread(target=self._work, args=(self._answer,), daemon=True).start()
            answer, left = self._answer, self._begun + seconds - time.monotonic()
        return answer.result(max(0.0, left))

    def _work(self, answer: Future[Answer]) -> None:
        try:
            with_impatience()
            found = self._put()
        except BaseException as error:  # noqa: BLE001 - the thread that asked gets it
            answer.set_exception(error)
        else:
            answer.set_result(found)
        finally:
            with suppress(Exception):
                connections["default"].close()


def with_impatience() -> None:
    """Give this thread a connection that gives up soon."""
    connection: Any = connections["default"].copy()
    options = connection.settings_dict.setdefault("OPTIONS", {})
    options |= IMPATIENT if connection.vendor == "postgresql" else {"timeout": 2}
    connections["default"] = connection
