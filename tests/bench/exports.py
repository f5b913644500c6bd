"""Print how much others' downloads slow a reader down, and what a file of a long list costs.

    VAR_DIR=$(mktemp -d) .venv/bin/python -m tests.bench.exports [--articles 50000] [--seconds 30]

The bench runs on the database of DATABASE_URL, or on SQLite in VAR_DIR. It fills the database with an invented archive
(tests/bench/corpus.py) unless one is there already. The cost is processor time in this process (with PostgreSQL, time
by the clock). The bench compares 10,000 rows as CSV with the same SQL whose rows the csv module alone writes down. Then
Gunicorn serves as the launcher starts it, but with no memory of finished pages. A reader asks for one page after
another, each by a connection of its own: first alone, then beside 16 clients (in a process of their own). Each client
asks for `?q=的&as=jsonl`, and asks again a second after each answer, refused or not.
"""

import argparse
import gc
import json
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from urllib.parse import quote

import django

CLIENTS = 16
FILE = f"/search/?q={quote('的')}&as=jsonl"
TABLES = {"by relevance": f"/search/?q={quote('的')}&as=csv", "as printed": f"/sections/{quote('要闻')}/?as=csv"}
CHANCE = random.Random(42)

#: The limits: a reader's p95 beside exports as a multiple of that alone, and a file's cost as a multiple of its SQL's.
SLOWER, DEARER = 5, 4


def main() -> None:
    """Run the bench, or with --clients-of the clients of a bench."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=50_000)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--clients-of", type=int, metavar="PORT", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.clients_of:
        print(json.dumps(download(options.clients_of, options.seconds)))
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
    django.setup()
    from tests.bench.lists import prepare
    from tests.bench.pages import served

    prepare(options.articles)
    gc.freeze()  # as healthnews/wsgi.py does
    for name, path in TABLES.items():
        report_cost(name, path)
    paths = readers_paths()
    with served(0) as port:
        read(port, paths, 5)  # each worker opens the index and counts
        alone = read(port, paths, options.seconds)
        command = [sys.executable, "-m", "tests.bench.exports", f"--clients-of={port}", f"--seconds={options.seconds}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as clients:
            time.sleep(2)
            beside = read(port, paths, options.seconds - 2)
            answers = json.loads(clients.communicate()[0])
    report("alone", alone)
    report(f"beside {CLIENTS} exports", beside)
    print(f"{'':20}exports: {answers}")
    ratio = percentile(beside) / percentile(alone)
    print(f"reader's p95: {ratio:.1f} times that alone; at most {SLOWER}: {'kept' if ratio <= SLOWER else 'NOT kept'}")


def report_cost(name: str, path: str) -> None:
    """Print the cost of the file of 10,000 rows at `path` and that of the same SQL alone."""
    from django.db import connection
    from django.test import Client

    statements: list[tuple[str, tuple]] = []

    def note(execute: Callable, sql: str, params: tuple, many: bool, context: dict) -> object:
        if "SELECT" in sql:  # this leaves out the beginning of a transaction
            statements.append((sql, params))
        return execute(sql, params, many, context)

    def get() -> int:
        return sum(map(len, Client().get(path).streaming_content))

    get()  # this makes the counts that are made once a revision
    with connection.execute_wrapper(note):
        get()
    whole, alone = (min(cost(do) for _ in range(5)) for do in (get, lambda: write_down(statements)))
    verdict = "kept" if whole <= DEARER * alone else "NOT kept"
    print(f"10,000 rows as CSV, {name}: {whole:.2f} s, its {len(statements)} statements with the csv")
    print(f"  module alone {alone:.2f} s: {whole / alone:.1f} times that; at most {DEARER}: {verdict}")


def write_down(statements: list[tuple[str, tuple]]) -> None:
    """Execute `statements` and write all their rows as CSV."""
    import csv
    import io

    from django.db import connection

    writer = csv.writer(io.StringIO())
    with connection.cursor() as cursor:
        for sql, params in statements:
            cursor.execute(sql, params)
            writer.writerows(cursor.fetchall())


def cost(do: Callable[[], object]) -> float:
    """Return the seconds that `do` takes: processor time of this process, or with PostgreSQL time by the clock."""
    from django.db import connection

    clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter
    started = clock()
    do()
    return clock() - started


def readers_paths() -> list[str]:
    """Return the paths of pages as readers ask for them: articles, issues, lists, searches."""
    from articles.models import Article, Issue, Region

    rows = [
        *Article.objects.visible().stories().only("pk").order_by("?")[:120],
        *Issue.objects.visible().order_by("?")[:40],
        *Region.objects.provinces()[:20],
    ]
    words = "医院 疫苗 中医 医改 社区 护士 农村 急救 儿童 培训".split()
    paths = [row.get_absolute_url() for row in rows] + [f"/search/?q={quote(word)}" for word in words] * 2
    CHANCE.shuffle(paths)
    return paths


def read(port: int, paths: list[str], seconds: float) -> list[float]:
    """Ask for `paths` in turn for `seconds` seconds. Return the seconds that each answer took.

    Raises RuntimeError if the status of an answer differs from 200.
    """
    took: list[float] = []
    end = time.perf_counter() + seconds
    while (started := time.perf_counter()) < end:
        status, _ = get(port, paths[len(took) % len(paths)])
        if status != 200:
            raise RuntimeError(f"a reader got {status}")
        took.append(time.perf_counter() - started)
    return took


def get(port: int, path: str) -> tuple[int, int]:
    """Return the status of an answer and its length. Raises HTTPException if the answer is cut short."""
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        length = 0
        while block := response.read(1 << 20):
            length += len(block)
        if response.length:
            raise HTTPException("cut short")
        return response.status, length
    finally:
        connection.close()


def download(port: int, seconds: float) -> dict[str, int]:
    """Ask for FILE again and again in CLIENTS threads for `seconds` seconds. Return the number of answers by kind."""
    answers: Counter[str] = Counter()
    end = time.perf_counter() + seconds

    def ask() -> None:
        while time.perf_counter() < end:
            try:
                status, length = get(port, FILE)
                answers[f"{status}, {length >> 20} MB" if status == 200 else str(status)] += 1
            except (OSError, HTTPException) as error:
                answers[type(error).__name__] += 1
            time.sleep(1)

    threads = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return dict(answers)


def percentile(took: list[float], cut: int = 94) -> float:
    return statistics.quantiles(took, n=100)[cut]


def report(name: str, took: list[float]) -> None:
    cuts = "  ".join(f"p{cut} {1000 * percentile(took, cut - 1):6.1f}" for cut in (50, 95, 99))
    print(f"{name:20}{len(took)} pages, ms: {cuts}  longest {1000 * max(took):6.1f}")


if __name__ == "__main__":
    main()
