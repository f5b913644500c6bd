"""Print how long each check and each digest of `manage.py verify` takes, and how much memory.

    VAR_DIR=$(mktemp -d) .venv/bin/python -m tests.bench.verify [--pages 300] [--deep]

The bench runs on the database of DATABASE_URL, or on SQLite in VAR_DIR. Its pages are those of import_speed; they are
imported unless the archive has as many. 12,100 pages have 100,000 articles. Seconds are those of the clock; memory is
the greatest that the process has had so far, in MB. The goals are 60 s for 100,000 articles on SQLite, without --deep,
and memory that does not grow with the number of pages.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import django

from tests.bench.import_speed import pages_in, write_pages


def main() -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--deep", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
    django.setup()
    prepare(options.pages)
    from django.db import connection

    from articles.models import Article, Page, archive
    from articles.verify import CHECKS, INDEX_CHECKS
    from articles.verify.canonical import RowsDigest
    from articles.verify.digests import DIGESTS

    print(f"{connection.vendor}, {Page.objects.count():,} pages, {Article.objects.count():,} articles")
    report("before", lambda: 0)
    started = time.perf_counter()
    with archive.one_state():
        for check in CHECKS:
            if options.deep or not check.is_deep:
                report(check.name, lambda check=check: sum(1 for _ in check.faults()))
    for check in INDEX_CHECKS:
        if options.deep or not check.is_deep:
            report(check.name, lambda check=check: sum(1 for _ in check.faults()))
    with archive.one_state():
        for name, add in DIGESTS.items():
            report(f"digest of {name}", lambda add=add: add(RowsDigest(), "default") or 0)
    print(f"in all {time.perf_counter() - started:.1f} s")


def report(name: str, work: Callable[[], int]) -> None:
    """Print the seconds that `work` takes, the memory so far, and the number of faults that it returns."""
    started = time.perf_counter()
    faults = work()
    seconds = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"    {name:20} {seconds:6.2f} s {memory:6.0f} MB" + (f"  {faults} FAULTS" if faults else ""))


def prepare(count: int) -> None:
    """Import `count` pages and index them, unless the archive has as many."""
    from django.core.management import call_command

    from articles.ingest.runs import run_import
    from articles.models import Page

    call_command("migrate", verbosity=0)
    call_command("load_tables")
    if Page.objects.count() < count:
        with tempfile.TemporaryDirectory() as folder:
            write_pages(Path(folder), count)
            run_import(pages_in(Path(folder)), say=lambda line: None, arguments=[])
    call_command("sync_search")


if __name__ == "__main__":
    main()
