"""Print how fast the whole archive is read anew, dry and applied, and what an editor and a reader notice of it.

    VAR_DIR=$(mktemp -d) .venv/bin/python -m tests.bench.reread [--pages 300] [--seconds 15]

The bench runs on the database of DATABASE_URL, or on SQLite in VAR_DIR. Its pages are those of import_speed; they are
imported unless they are there. A new topic makes another reader, which finds the topic in some of the stories. An
editor saves a headline every quarter of a second, and a reader asks for articles one after the other, each in a process
of its own, without a server; no page is kept. The bound beside the speed is that of the readings alone, by the same
number of processes.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import select
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import django

from tests.bench.import_speed import pages_in, write_pages

#: Seconds between two saves of the editor.
PAUSE = 0.25

#: The articles that the editor works on. They are corrected before, so that the dry run counts them as the other does.
EDITED = 20

#: Texts whose readings alone are timed.
SAMPLE = 200


def main() -> None:
    """Run the bench, or, with --as, one of the people beside it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--as", dest="role", choices=("editor", "reader"))
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
    django.setup()
    if options.role:
        people = {"editor": edit, "reader": read}
        print(json.dumps(people[options.role]()), flush=True)
        return
    prepare(options.pages)
    bound = readings_alone()
    with beside("nothing"):
        time.sleep(options.seconds)
    counts = {}
    for name, dry_run in (("dry run", True), ("applied", False)):
        with beside(name):
            started = time.perf_counter()
            counts[name] = anew(dry_run=dry_run)
            seconds = time.perf_counter() - started
        pages = counts[name]["pages"]
        told = sum(pages.values())
        speed = told / seconds
        print(f"{name}: {told} pages in {seconds:.0f} s, {speed:.1f} a second, {speed / bound:.2f} of the bound")
        print(f"    {json.dumps(counts[name], ensure_ascii=False)}")
    print("counts are equal" if counts["dry run"] == counts["applied"] else "COUNTS DIFFER")


def prepare(count: int) -> None:
    """Import `count` pages unless the archive has as many, and let today's reader be another than theirs."""
    from django.core.management import call_command

    from articles.ingest.runs import run_import
    from articles.models import Article, Page, Topic

    call_command("migrate", verbosity=0)
    call_command("load_tables")
    call_command("collectstatic", interactive=False, verbosity=0)
    if Page.objects.count() < count:
        with tempfile.TemporaryDirectory() as name:
            write_pages(Path(name), count)
            run_import(pages_in(Path(name)), say=lambda line: print(line) if "进度" not in line else None, arguments=[])
    for pk in _edited():
        _save(pk, "改")
    number = Topic.objects.filter(slug__startswith="bench-").count()
    Topic.objects.create(
        slug=f"bench-{number}", name=f"另一个读取器 {number}", words={"急救": 9, "驿站": 9}, headline_boost=3
    )
    print(f"{Page.objects.count()} pages, {Article.objects.count()} articles")


def readings_alone() -> float:
    """Return how many pages a second the reader reads, times the number of workers, and print it."""
    from django.utils import timezone

    from articles.ingest.readers import reader_from_database
    from articles.ingest.stored_texts import read_stored
    from articles.models import SourceText
    from articles.workers import worker_count

    rows = list(SourceText.objects.filter(standing="current").select_related("page")[:SAMPLE])
    reader, today = reader_from_database(), timezone.localdate()
    read_stored(rows[0], reader, today=today)
    started = time.perf_counter()
    for row in rows:
        read_stored(row, reader, today=today)
    bound = len(rows) / (time.perf_counter() - started) * worker_count()
    print(f"bound: {bound:.1f} readings a second by {worker_count()} processes")
    return bound


def anew(*, dry_run: bool) -> dict[str, dict[str, int]]:
    """Read all pages anew, and return the numbers of pages and of articles."""
    from articles.ingest.rereading import reread

    totals = reread(dry_run=dry_run, tell=lambda report: None)
    return {"pages": dict(sorted(totals.pages.items())), "articles": dict(sorted(totals.articles.items()))}


@contextlib.contextmanager
def beside(name: str) -> Iterator[None]:
    """Let an editor and a reader work during the block, and print what they noticed of what is called `name`."""
    command = [sys.executable, "-m", "tests.bench.reread", "--as"]
    people = {
        role: subprocess.Popen([*command, role], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for role in ("editor", "reader")
    }
    try:
        yield
    finally:
        for role, process in people.items():
            said, _ = process.communicate("")
            times = sorted(json.loads(said.splitlines()[-1]))
            if times:
                p95 = times[int(len(times) * 0.95) - 1]
                print(
                    f"beside {name}, {role}: {len(times)} times, p50 {statistics.median(times):.0f} ms, "
                    f"p95 {p95:.0f} ms, longest {times[-1]:.0f} ms"
                )


def edit() -> list[float]:
    """Save headlines until the input ends. Return the milliseconds of each save."""
    chance, times = random.Random(7), []
    ids = _edited()
    while not _is_over():
        started = time.perf_counter()
        _save(chance.choice(ids), str(chance.randrange(100)))
        times.append((time.perf_counter() - started) * 1000)
        time.sleep(PAUSE)
    return times


def _edited() -> list[int]:
    from articles.models import Article

    ids = list(Article.objects.order_by("pk").values_list("pk", flat=True))
    return ids[:: max(1, len(ids) // EDITED)][:EDITED]


def _save(pk: int, mark: str) -> None:
    """Save another headline of an article, with `mark` at its end."""
    from articles.desk.applying import apply
    from articles.desk.writing import writing
    from articles.models import Article

    article = Article.objects.get(pk=pk)
    with writing(None) as this:
        apply(this, article, {"headline": f"{article.title[:40]}{mark}"})


def read() -> list[float]:
    """Ask for articles until the input ends. Return the milliseconds of each answer."""
    from django.test import Client
    from django.test.utils import setup_test_environment

    from articles.models import Article

    setup_test_environment()
    client, chance, times = Client(), random.Random(8), []
    ids = list(Article.objects.order_by("pk").values_list("pk", flat=True))
    while not _is_over():
        path = f"/articles/{chance.choice(ids)}/"
        started = time.perf_counter()
        client.get(path)
        times.append((time.perf_counter() - started) * 1000)
        time.sleep(PAUSE / 5)
    return times


def _is_over() -> bool:
    """Tell whether the other end has closed the input."""
    ready, _, _ = select.select([sys.stdin], [], [], 0)
    return bool(ready) and not sys.stdin.readline()


if __name__ == "__main__":
    main()
