"""Print how fast pages are served: articles and issues made anew, pages from memory, and answers without a page (304).

    VAR_DIR=$(mktemp -d) .venv/bin/python -m tests.bench.pages [--articles 20000] [--seconds 10] [--datasette PYTHON]

The bench runs on the database of DATABASE_URL, or on SQLite in VAR_DIR. It fills the database with an invented archive
(tests/bench/corpus.py) unless one is there already. Gunicorn with 2 workers of 4 threads answers on loopback. 16
connections ask from this process on the same machine. First each connection asks again as soon as it has its answer,
which shows the greatest possible rate. Then all together ask at half that rate, which shows how long readers wait.
There an answer is timed from the moment when its request was due, so that a request that waits for a free connection
counts as late. Latencies are milliseconds.

Machines differ by a factor of two, and one machine from minute to minute. The archive and its peers therefore take
turns in the same run:
* The raw bound: the same server answers the same paths by the SQL of the page alone (tests/bench/raw.py), with a
  trivial template.
* Datasette, if --datasette names the Python of an environment that has it (pip install datasette==0.65.1): one process
  answers with its page of the article's row. It reads SQLite alone.

The memory of a worker is printed after VARIED requests for pages of every kind, most of them different.
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
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import django

CONNECTIONS = 16
CHANCE = random.Random(42)

#: The goals. The first is a share of the raw bound, the next a multiple of Datasette's rate, for each process. An issue
#: is a share of an article's rate. At half the rate, the 99th percentile is a multiple of the median.
RAW, DATASETTE, ISSUE, P99 = 0.45, 1.2, 0.5, 10

#: The workers of the archive (healthnews/gunicorn_conf.py).
WORKERS = 2

#: The pages of each kind that are asked for.
ASKED = 600

#: The turns that the archive and its peers take.
TURNS = 5

#: The requests after which the memory of a worker is read.
VARIED = 2000


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--articles", type=int, default=20_000)
    arguments.add_argument("--seconds", type=float, default=10)
    arguments.add_argument("--datasette", metavar="PYTHON", default="")
    options = arguments.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
    django.setup()
    paths = prepare(options.articles)
    rates: dict[str, float] = {}
    with peers(paths, options.datasette) as ports:
        for kind, asked in paths.items():
            took = in_turns(kind, asked, ports, options.seconds)
            rates[kind] = took["archive"]
            report(kind, took, load(ports["archive"], asked, {}, options.seconds, took["archive"] / 2))
    share = rates["issue"] / rates["article"]
    print(f"an issue's rate is {share:.2f} of an article's (goal {ISSUE}: {said(share >= ISSUE)})")
    with served(64) as port:
        asked = [*paths["article"][:60], *paths["issue"][:40]]
        load(port, asked, {}, 2)  # once through each worker
        for kind, tags in (("from memory", {}), ("304", {path: etag(port, path) for path in asked})):
            took = load(port, asked, tags, options.seconds)
            rate = len(took[:-1]) / took[-1]
            half = load(port, asked, tags, options.seconds, rate / 2)
            report(kind, {"archive": rate}, half)
    with served(64) as port:
        print_memory(port, paths)


def in_turns(kind: str, paths: list[str], ports: dict[str, int], seconds: float) -> dict[str, float]:
    """Return how many answers a second the archive and its peers give for `paths`: {name: rate}."""
    asked = {"archive": paths, "raw": paths}
    if "Datasette" in ports and kind == "article":
        asked["Datasette"] = [f"/archive/articles_article/{path.split('/')[2]}" for path in paths]
    counts, times = dict.fromkeys(asked, 0), dict.fromkeys(asked, 0.0)
    for turn in range(TURNS):
        for name, found in asked.items():
            start = turn * len(found) // TURNS
            took = load(ports[name], found[start:] + found[:start], {}, seconds / TURNS)
            counts[name] += len(took) - 1
            times[name] += took[-1]
    return {name: counts[name] / times[name] for name in asked}


@contextmanager
def peers(paths: dict[str, list[str]], datasette: str) -> Iterator[dict[str, int]]:
    """Serve the archive without its page cache, the raw bound, and Datasette if there is one. Yield {name: port}."""
    recorded = {path: statements_of(path) for found in paths.values() for path in found}
    with ExitStack() as stack:
        file = stack.enter_context(tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8"))
        json.dump(recorded, file, default=str)
        file.flush()
        raw = stack.enter_context(served(0, "tests.bench.raw:application", RAW_STATEMENTS=file.name))
        ports = {"archive": stack.enter_context(served(0)), "raw": raw}
        if datasette:
            ports["Datasette"] = stack.enter_context(served_by_datasette(datasette))
        yield ports


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
    from articles.search.sync import paused, sync
    from tests.bench.corpus import build

    call_command("migrate", verbosity=0)
    call_command("load_tables")
    call_command("collectstatic", interactive=False, verbosity=0)
    if Article.objects.count() < count:
        with paused():
            build(count)
    sync()  # the related stories of an article come from the index
    rows = {
        "article": Article.objects.visible().stories().only("pk"),
        "issue": Issue.objects.visible(),
        "page": Page.objects.visible().select_related("issue"),
    }
    paths = {kind: [row.get_absolute_url() for row in found.order_by("pk")[:5000]] for kind, found in rows.items()}
    for found in paths.values():
        CHANCE.shuffle(found)
    return {kind: found[:ASKED] for kind, found in paths.items()}


@contextmanager
def served(memory: int, application: str = "", **environment: str) -> Iterator[int]:
    """Serve the archive, or another application, with `memory` megabytes for finished pages, and yield the port."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", "healthnews/gunicorn_conf.py"]
    command += ["--bind", f"127.0.0.1:{port}", *([application] if application else [])]
    with running(command, port, PAGE_CACHE_MB=str(memory), **environment):
        for _ in range(30):  # until both workers have started and counted
            if len(load(port, ["/topics/"], {}, 2)) > 4 * CONNECTIONS:
                break
        yield port


@contextmanager
def served_by_datasette(python: str) -> Iterator[int]:
    """Serve the database by the Datasette of the environment whose Python is `python`. Yield the port."""
    from django.db import connection

    if connection.vendor != "sqlite":
        raise SystemExit("Datasette reads SQLite alone.")
    port = free_port()
    database = str(connection.settings_dict["NAME"])
    command = [python, "-m", "datasette", "serve", database, "--host", "127.0.0.1", "--port", str(port)]
    with running(command, port):
        yield port


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(command: list[str], port: int, **environment: str) -> Iterator[None]:
    """Run a server in this block, which begins when the server takes connections."""
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, env={**os.environ, **environment}, stdout=quiet, stderr=quiet)
    try:
        for _ in range(300):
            time.sleep(0.1)
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                continue
        yield
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


#: The end of an answer in chunks (RFC 9112, 7.1).
LAST_CHUNK = b"\r\n0\r\n\r\n"


@dataclass
class Asker:
    """A connection and the state of its answer. It does little, because it shares the machine with the server."""

    socket: socket.socket
    lengths: dict[str, int | None]
    path: str = ""
    since: float = 0.0
    received: int = 0
    head: bytes = b""
    end: bytes = b""

    def ask(self, path: str, request: bytes, since: float) -> None:
        self.path, self.since, self.received, self.head, self.end = path, since, 0, b"", b""
        self.socket.sendall(request)

    def is_answered(self) -> bool:
        """Read the bytes that have come and return whether the answer is whole. Raises RuntimeError for an error.

        The first answer to a path says how long the answers to it are. Of later answers the bytes are counted. An
        answer in chunks, as Datasette's, says no length (None) and ends with an empty chunk.
        """
        received = self.socket.recv(1 << 18)
        if not received:
            raise RuntimeError("the server has closed a connection")
        self.received += len(received)
        self.end = (self.end + received)[-len(LAST_CHUNK) :]
        if self.path not in self.lengths:
            self.head += received
            head, end, _ = self.head.partition(b"\r\n\r\n")
            if not end:
                return False
            self.lengths[self.path] = _length(head)
        length = self.lengths[self.path]
        return self.end == LAST_CHUNK if length is None else self.received >= length


def _length(head: bytes) -> int | None:
    """Return how many bytes the answer with this head has in all; None if chunked. Raises RuntimeError for an error."""
    status = head[9:12]
    if status not in (b"200", b"304"):
        raise RuntimeError(head.decode("latin-1"))
    lines = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:])
    if lines.get(b"transfer-encoding") == b"chunked":
        return None
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
    lengths: dict[str, int | None] = {}
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


def report(kind: str, rates: dict[str, float], half: list[float]) -> None:
    """Print the rate of the archive beside those of its peers, and the latencies at half that rate."""
    rate, (p50, p99) = rates["archive"], _percentiles(half[:-1])
    print(f"{kind:12} {rate:7.0f}/s", end="")
    if "raw" in rates:
        share, goal = rate / rates["raw"], f" (goal {RAW})" if kind == "article" else ""
        print(f"   raw {rates['raw']:5.0f}/s, share {share:.2f}{goal}", end="")
    if "Datasette" in rates:
        times = rate / WORKERS / rates["Datasette"]
        print(f"   Datasette {rates['Datasette']:.0f}/s, a process {times:.2f} times that (goal {DATASETTE})", end="")
    print(f"   at half: p50 {p50:.1f}  p99 {p99:.1f}, {p99 / p50:.1f} times (goal {P99}: {said(p99 <= P99 * p50)})")


def said(holds: bool) -> str:
    return "reached" if holds else "NOT reached"


def print_memory(port: int, paths: dict[str, list[str]]) -> None:
    """Print the memory of each worker at the start, and twice after VARIED requests for pages of all kinds."""
    words = ("医院", "疫苗", "基层", "中医", "老年人", "医保", "手术", "儿童", "社区", "护士")
    asked = [
        path for found in zip(*(paths[kind] for kind in ("article", "issue", "page")), strict=False) for path in found
    ]
    asked = asked[: VARIED // 2]
    lists = ["/", "/topics/", "/regions/", "/columns/", "/sections/", "/contributors/", "/issues/", "/missing/"]
    asked += [path + f"?page={number}" for path in lists for number in range(1, 11)]
    asked += [f"/search/?{urlencode({'q': f'{one} {two}'})}" for one in words for two in words]
    varied = (asked * (VARIED // len(asked) + 1))[:VARIED]
    CHANCE.shuffle(varied)
    sizes = [_memory_of_workers(port)]
    for _ in range(2):
        for path in varied:
            connection = HTTPConnection("127.0.0.1", port)
            connection.request("GET", path)
            connection.getresponse().read()
            connection.close()
        sizes.append(_memory_of_workers(port))
    each = ", ".join(" → ".join(f"{size:.0f}" for size in worker) for worker in zip(*sizes, strict=True))
    print(
        f"memory of each worker at the start, and after each {VARIED} requests for {len(set(varied))} pages, MB: {each}"
    )


def _memory_of_workers(port: int) -> list[float]:
    """Return the resident memory of the workers at `port` in megabytes, in the order of their ids (Linux alone)."""
    found = []
    for folder in sorted(Path("/proc").glob("[0-9]*"), key=lambda each: int(each.name)):
        try:
            command, status = (folder / "cmdline").read_bytes(), (folder / "status").read_text("utf-8")
        except OSError:  # the process has ended
            continue
        fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        is_worker = f"127.0.0.1:{port}".encode() in command and int(fields["PPid"]) != os.getpid()
        if is_worker:
            found.append(int(fields["VmRSS"].split()[0]) / 1024)
    return found


def _percentiles(latencies: list[float]) -> tuple[float, float]:
    cuts = statistics.quantiles([1000 * each for each in latencies], n=100)
    return cuts[49], cuts[98]


if __name__ == "__main__":
    main()
