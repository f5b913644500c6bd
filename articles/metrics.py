"""The counters of /metrics. `counted` counts an event; the middleware of requests counts the rest.

Gunicorn's configuration gives each worker files for its counters (healthnews/counter_files.py), which /metrics sums.
Elsewhere, in commands and tests, a process counts for itself.
"""

from __future__ import annotations

from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, Histogram

registry = CollectorRegistry()

#: Upper bounds of the classes of latency, in seconds. The goals of the archive lie among them.
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 45)

_requests = Counter(
    "archive_requests", "Answers, by the name of the route and the class of the status", ["route", "status"],
    registry=registry,
)  # fmt: skip
_seconds = Histogram(
    "archive_request_seconds", "Time from a request to its answer: page, desk or file", ["part"],
    buckets=BUCKETS, registry=registry,
)  # fmt: skip
_statements = Counter("archive_statements", "Statements of requests to the database", registry=registry)
_statement_seconds = Counter("archive_statement_seconds", "Time that they took", registry=registry)

#: The events that `counted` counts: {name: counter}. Another event is one more line here.
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


def counted(name: str) -> None:
    """Count one event of EVENTS. Raises KeyError for another name."""
    EVENTS[name].inc()


def request_counted(route: str, part: str, status: int, seconds: float, statements: int, their_seconds: float) -> None:
    """Count an answer: its route, part and status, the time that it took, and its statements with their time."""
    _requests_of(route, status // 100).inc()
    _seconds_of(part).observe(seconds)
    if statements:
        _statements.inc(statements)
        _statement_seconds.inc(their_seconds)


# Finding the counter of a label takes prometheus-client longer than counting. Routes and classes are few.
@lru_cache(maxsize=4096)
def _requests_of(route: str, status: int) -> Counter:
    return _requests.labels(route, f"{status}xx")


@lru_cache(maxsize=16)
def _seconds_of(part: str) -> Histogram:
    return _seconds.labels(part)
