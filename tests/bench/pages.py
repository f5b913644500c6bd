"""Print how fast pages are served: articles and issues made anew, pages from memory, and answers without a page (304).

    VAR_DIR=$(mktemp -d) .venv/bin/python -m tests.bench.pages [--articles 20000] [--seconds 10]

The bench runs on the database of DATABASE_URL, or on SQLite in VAR_DIR. It fills the database with an invented archive
(tests/bench/corpus.py) unless one is there already. Gunicorn with 2 workers of 4 threads answers on loopback. 16
connections ask from this process on the same machine. First each connection asks again as soon as it has its answer,
which shows the greatest possible rate. Then all together ask at the required rate, which shows how long readers wait at
that rate. There an answer is timed from the moment when its request was due, so that a request that waits for a free
connection counts as late. Latencies are milliseconds.

Machines differ by a factor of two. The raw bound is therefore measured in the same run: the same server answers the
same paths by the SQL of the page alone (tests/bench/raw.py), with a trivial template.
"""

import argparse
import json
import os
import random
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import cycle
from typing import Any

import django

CONNECTIONS = 16
CHANCE = random.Random(42)

#: The targets: requests a second, and milliseconds at the 99th percentile.
TARGETS = {"article": 150, "issue": 60, "page": 60, "from memory": 1500, "304": 1500}
P99 = 150


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--articles", type=int, default=20_000)
    arguments.add_argument("--seconds", type=float, default=10)
    options = arguments.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
    django.setup()
    paths = prepare(options.articles)
    raw = bounds(paths, options.seconds)
    for memory, kinds in ((0, ("article", "issue", "page")), (64, ("from memory", "304"))):
        with served(memory) as port:
            for kind in kinds:
                asked = paths[kind] if kind in paths else [*paths["article"][:60], *paths["issue"][:40]]
                tags = {path: etag(port, path) for path in asked} if kind == "304" else {}
                if kind == "from memory":
                    load(port, asked, {}, 2)  # once through each worker
                rates = (0, TARGETS[kind])
                report(kind, *(load(port, asked, tags, options.seconds, rate) for rate in rates), raw.get(kind))


#: The paths of each kind that the raw bound is measured with.
RECORDED = 300


def bounds(paths: dict[str, list[str]], seconds: float) -> dict[str, float]:
    """Return for each kind of page how many a second the SQL of its pages alone reaches."""
    recorded = {kind: found[:RECORDED] for kind, found in paths.items()}
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump({path: statements_of(path) for found in recorded.values() for path in found}, file, default=str)
        file.flush()
        with served(0, "tests.bench.raw:application", RAW_STATEMENTS=file.name) as port:
            rates = {kind: load(port, found, {}, seconds) for kind, found in recorded.items()}
    return {kind: len(took[:-1]) / took[-1] for kind, took in rates.items()}


def statements_of(path: str) -> list[tuple[str, Any]]:
    """Return the SQL and parameters by which the page at `path` is made anew. Raises RuntimeError for an error."""
    from django.db import connection
    from django.test import Client

    found: list[tuple[str, Any]] = []

    def record(execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: dict[str, Any]) -> Any:
        found.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(record):
        response = Client().get(path, headers={"host": "localhost"})
    if response.status_code != 200:
        raise RuntimeError(f"{path} answers {response.status_code}")
    return [(sql, parameters) for sql, parameters in found if sql.startswith("SELECT")]


def prepare(count: int) -> dict[str, list[str]]:
    """Fill the database with `count` articles unless it holds as many. Return shuffled paths of each kind of page."""
    from django.core.management import call_command

    from articles.models import Article, Issue, Page
    from articles.search.sync import paused
    from tests.bench.corpus import build

    call_command("migrate", verbosity=0)
    call_command("load_tables")
    call_command("collectstatic", interactive=False, verbosity=0)
    if Article.objects.count() < count:
        with paused():
            build(count)
    rows = {
        "article": Article.objects.visible().stories().only("pk"),
        "issue": Issue.objects.visible(),
        "page": Page.objects.visible().select_related("issue"),
    }
    paths = {kind: [row.get_absolute_url() for row in found.order_by("pk")[:5000]] for kind, found in rows.items()}
    for found in paths.values():
        CHANCE.shuffle(found)
    return paths


@contextmanager
def served(memory: int, application: str = "", **environment: str) -> Iterator[int]:
    """Serve the archive, or another application, with `memory` megabytes for finished pages, and yield the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--config", "healthnews/gunicorn_conf.py"]
    command += ["--bind", f"127.0.0.1:{port}", *([application] if application else [])]
    server = subprocess.Popen(command, env={**os.environ, **environment, "PAGE_CACHE_MB": str(memory)})
    try:
        for _ in range(300):
            time.sleep(0.1)
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                continue
        for _ in range(30):  # until both workers have started and counted
            if len(load(port, ["/topics/"], {}, 2)) > 4 * CONNECTIONS:
                break
        yield port
    finally:
        server.terminate()
        server.wait()


def etag(port: int, path: str) -> str:
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", path)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.headers["ETag"]


@dataclass
class Asker:
    """A connection and the state of its answer. It does little, because it shares the machine with the server."""

    socket: socket.socket
    lengths: dict[str, int]
    path: str = ""
    since: float = 0.0
    received: int = 0
    head: bytes = b""

    def ask(self, path: str, request: bytes, since: float) -> None:
        self.path, self.since, self.received, self.head = path, since, 0, b""
        self.socket.sendall(request)

    def is_answered(self) -> bool:
        """Read the bytes that have come and return whether the answer is whole. Raises RuntimeError for an error.

        The first answer to a path says how long the answers to it are. Of later answers the bytes are counted.
        """
        received = self.socket.recv(1 << 18)
        if not received:
            raise RuntimeError("the server has closed a connection")
        self.received += len(received)
        if self.path not in self.lengths:
            self.head += received
            head, end, _ = self.head.partition(b"\r\n\r\n")
            if not end:
                return False
            self.lengths[self.path] = _length(head)
        return self.received >= self.lengths[self.path]


def _length(head: bytes) -> int:
    """Return how many bytes the answer with this head has in all. Raises RuntimeError for an error."""
    status = head[9:12]
    if status not in (b"200", b"304"):
        raise RuntimeError(head.decode("latin-1"))
    lines = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:])
    body = 0 if status == b"304" else int(lines[b"content-length"])
    return len(head) + 4 + body


def load(port: int, paths: list[str], tags: dict[str, str], seconds: float, rate: float = 0) -> list[float]:
    """Ask for `paths` in turn on all connections for `seconds` seconds. Return the seconds that each answer took.

    The connections ask `rate` times a second at even intervals, or with no `rate` as fast as they are answered. The
    last value is the time that all took.
    """
    requests = {path: _request(path, tags.get(path)) for path in paths}
    turn: Callable[[], str] = cycle(paths).__next__
    selector = selectors.DefaultSelector()
    lengths: dict[str, int] = {}
    idle: deque[Asker] = deque()
    for _ in range(CONNECTIONS):
        asker = Asker(socket.create_connection(("127.0.0.1", port), 10), lengths)
        selector.register(asker.socket, selectors.EVENT_READ, asker)
        idle.append(asker)
    took: list[float] = []
    start = due = time.perf_counter()
    while (now := time.perf_counter()) < start + seconds:
        while idle and due <= now:
            path = turn()
            idle.popleft().ask(path, requests[path], due if rate else now)
            due += 1 / rate if rate else 0
        for key, _ in selector.select(timeout=min(1, max(0, due - now)) if idle else 1):
            if key.data.is_answered():
                took.append(time.perf_counter() - key.data.since)
                idle.append(key.data)
    for key in list(selector.get_map().values()):
        key.fileobj.close()
    took.append(time.perf_counter() - start)
    return took


def _request(path: str, tag: str | None) -> bytes:
    held = f"If-None-Match: {tag}\r\n" if tag else ""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{held}\r\n".encode()


def report(kind: str, fast: list[float], steady: list[float], raw: float | None) -> None:
    """Print the rate that was reached, its share of the `raw` bound, and the latencies at the rate that is required."""
    rate, asked = (len(took[:-1]) / took[-1] for took in (fast, steady))
    (_, full), (p50, p99) = (_percentiles(took[:-1]) for took in (fast, steady))
    reached = "reached" if rate >= TARGETS[kind] and p99 <= P99 else "NOT reached"
    print(
        f"{kind:12} {rate:7.0f}/s (p99 {full:6.1f})   at {asked:5.0f}/s: p50 {p50:6.1f}  p99 {p99:6.1f}"
        f"   target {TARGETS[kind]}/s, p99 {P99}: {reached}"
        + (f"   raw {raw:.0f}/s, share {rate / raw:.2f}" if raw else "")
    )


def _percentiles(latencies: list[float]) -> tuple[float, float]:
    cuts = statistics.quantiles([1000 * each for each in latencies], n=100)
    return cuts[49], cuts[98]


if __name__ == "__main__":
    main()
