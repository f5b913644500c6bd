"""Print how fast pages are loaded, with workers and without, and how long the machine takes for a fixed loop.

    VAR_DIR=$(mktemp -d) .venv/bin/python -m tests.bench.load [--pages 1500] [--articles 0]

The bench runs on the database of DATABASE_URL, or on SQLite in VAR_DIR, which must be empty. Its pages are invented
(tests/bench/import_speed.py). It loads `pages` of them with one process and as many others with a worker for each core,
in turns, so that both see the machine in the same moods. The index follows, as in any import. Then it loads pages until
the archive holds `articles`, and prints the rate of the last ones beside that of the first ones.

The product of a rate and of the seconds of the loop says the same on fast and slow machines.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

import django

#: Turns of the loop that measures the machine.
TURNS = 3_000_000

#: Rounds in which the pages are loaded.
ROUNDS = 3


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--pages", type=int, default=1500)
    arguments.add_argument("--articles", type=int, default=0)
    options = arguments.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
    django.setup()

    from django.core.management import call_command
    from django.db import connection

    from articles.models import Article
    from articles.workers import worker_count

    call_command("migrate", verbosity=0)
    call_command("load_tables")
    loop = min(seconds_of_loop() for _ in range(3))
    print(f"{connection.vendor}: {TURNS:,} turns of the loop take {loop:.3f} s")
    with tempfile.TemporaryDirectory() as name:
        pages = Pages(Path(name))
        rates: dict[int, list[float]] = {0: [], worker_count(): []}
        for _ in range(ROUNDS):
            for workers, found in rates.items():
                found.append(pages.load(options.pages // ROUNDS, workers))
                loop = min(loop, seconds_of_loop())
        alone, beside = (sum(found) / len(found) for found in rates.values())
        print(f"one process             {alone:6.1f} pages/s, × loop {alone * loop:5.1f}")
        print(f"{worker_count()} workers and a writer  {beside:6.1f} pages/s, × loop {beside * loop:5.1f}")
        print(f"workers ÷ one process   {beside / alone:6.2f}")
        while (held := Article.objects.count()) < options.articles:
            rate = pages.load(500, worker_count())
            print(f"from {held:7,} articles  {rate:6.1f} pages/s, ÷ first {rate / beside:5.2f}", flush=True)


def seconds_of_loop() -> float:
    started = time.perf_counter()
    s = 0
    for i in range(TURNS):
        s += i * i % 7
    return time.perf_counter() - started


class Pages:
    """A folder into which new pages are written and from which they are loaded."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    def load(self, count: int, workers: int) -> float:
        """Write `count` further pages, load them with `workers`, and return the pages a second, start and end included.

        Raises RuntimeError unless each page was added.
        """
        from articles.ingest.runs import run_import
        from tests.bench.import_speed import pages_in, write_pages

        written = self.folder / f"{self.count:06}"
        written.mkdir()
        write_pages(written, count, first=self.count)
        self.count += count
        started = time.perf_counter()
        counts = run_import(pages_in(written), say=lambda line: None, arguments=[written], workers=workers)
        took = time.perf_counter() - started
        if counts["added"] != count:
            raise RuntimeError(f"{counts} instead of {count} new pages")
        return count / took


if __name__ == "__main__":
    main()
