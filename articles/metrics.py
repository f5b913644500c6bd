"""The counters of /metrics. `count_event` counts an event; the middleware of requests counts the rest.

Gunicorn's configuration gives each worker files for its counters (healthnews/counter_files.py), which /metrics sums.
Writing to them takes longer than a page from memory may lose, so a worker gathers its counts and writes them once in
TICK seconds, and at its end. `kill -9` loses the counts of that time. Elsewhere, in commands and tests, a process
counts for itself.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
from bisect import bisect_left
from collections import Counter as Counts
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Histogram

from healthnews.counter_files import VARIABLE

registry = CollectorRegistry()

#: Whether this process has files for its counters. prometheus-client decides it at its import, too.
HAS_FILES = VARIABLE in os.environ

#: Seconds between two writes of the counts.
TICK = 0.5

#: Upper bounds of the classes of latency, in seconds.
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 45)

_requests = Counter(
    "archive_requests",
    "Answers, by the name of the route and the class of the status",
    ["route", "status"],
    registry=registry,
)
_seconds = Histogram(
    "archive_request_seconds",
    "Time from a request to its answer, by the part of the archive",
    ["part"],
    buckets=BUCKETS,
    registry=registry,
)
_statements = Counter("archive_statements", "Statements of requests to the database", registry=registry)
_statement_seconds = Counter("archive_statement_seconds", "Time that they took", registry=registry)

#: The events that `count_event` counts: {name: counter}. Another event is one more line here.
EVENTS = {
    name: Counter(f"archive_{name}", meaning, registry=registry)
    for name, meaning in {
        "page_cache_hits": "Pages answered from memory, or by 304",
        "page_cache_misses": "Pages made anew",
        "desk_saves": "Batches of corrections that were committed",
        "logins_refused": "Log-ins refused after too many wrong passwords",
        "requests_refused": "Requests answered by 429 because a client asked too much",
    }.items()
}


class Gathered:
    """The counts of this process that are not written yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: Counts[str] = Counts()
        # Answers of one route, part, class of status and class of latency: their number, seconds and statements.
        self._answers: dict[tuple[str, str, int, int], list[float]] = {}
        self._writer: threading.Thread | None = None

    def event(self, name: str) -> None:
        with self._lock:
            self._events[name] += 1
        if self._writer is None:
            self._keep_writing()

    def answer(self, route: str, part: str, status: int, seconds: float, statements: int, their: float) -> None:
        kind = (route, part, status // 100, bisect_left(BUCKETS, seconds))
        with self._lock:
            sums = self._answers.get(kind) or self._answers.setdefault(kind, [0.0] * 4)
            sums[0] += 1
            sums[1] += seconds
            sums[2] += statements
            sums[3] += their
        if self._writer is None:
            self._keep_writing()

    def write(self) -> None:
        """Write the counts."""
        with self._lock:
            events, self._events = self._events, Counts()
            answers, self._answers = self._answers, {}
        for name, count in events.items():
            EVENTS[name].inc(count)
        for (route, part, status, bucket), (number, seconds, statements, their) in answers.items():
            _requests_of(route, status).inc(number)
            # The public `observe` takes one value at a time, and for each longer than all else that is counted.
            _seconds_of(part)._buckets[bucket].inc(number)
            _seconds_of(part)._sum.inc(seconds)
            _statements.inc(statements)
            _statement_seconds.inc(their)

    def _keep_writing(self) -> None:
        """Begin to write the counts in time, with the first one. Without files there is nothing to wait for."""
        if not HAS_FILES:
            self.write()
        elif self._writer is None:
            with self._lock:
                if self._writer is not None:
                    return
                self._writer = threading.Thread(target=self._write_in_time, daemon=True)
            self._writer.start()
            atexit.register(self.write)

    def _write_in_time(self) -> None:
        while True:
            time.sleep(TICK)
            self.write()


gathered = Gathered()


def count_event(name: str) -> None:
    """Count one event of EVENTS. Raises KeyError for another name.

    A module that refuses a request by 429 calls `count_event("requests_refused")`.
    """
    if name not in EVENTS:
        raise KeyError(name)
    gathered.event(name)


def request_counted(route: str, part: str, status: int, seconds: float, statements: int, their_seconds: float) -> None:
    """Count an answer: its route, part and status, the time that it took, and its statements with their time."""
    gathered.answer(route, part, status, seconds, statements, their_seconds)


# Finding the counter of a label takes prometheus-client longer than counting. Routes and parts are few.
@cache
def _requests_of(route: str, status: int) -> Counter:
    return _requests.labels(route, f"{status}xx")


@cache
def _seconds_of(part: str) -> Histogram:
    return _seconds.labels(part)
