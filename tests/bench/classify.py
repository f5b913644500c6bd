"""Print how fast `manage.py classify` judges an invented archive anew: first as a dry run, then written, then again.

    VAR_DIR=$(mktemp -d) .venv/bin/python -m tests.bench.classify [--articles 100000]

The bench runs on the database of DATABASE_URL, or on SQLite in VAR_DIR. The archive's regions and topics are invented,
so each story changes. The search index, which is built before the clock starts, has to take each story in again. The
time of the index is printed apart.
"""

import argparse
import io
import os
import time
from typing import Any

import django


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--articles", type=int, default=100_000)
    count = arguments.parse_args().articles
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
    django.setup()

    from django.core.management import call_command
    from django.db import connection

    from articles.management.commands import classify
    from articles.search.sync import sync_and_log
    from tests.bench.corpus import build

    call_command("migrate", verbosity=0)
    call_command("load_tables")
    build(count)
    sync_and_log()
    indexing = 0.0

    def timed_sync(**options: Any) -> bool:
        nonlocal indexing
        started = time.monotonic()
        done = sync_and_log(**options)
        indexing = time.monotonic() - started
        return done

    classify.sync_and_log = timed_sync
    for step, options in (("told", ["--dry-run"]), ("written", []), ("the same again", [])):
        started, indexing = time.monotonic(), 0.0
        told = io.StringIO()
        call_command("classify", *options, stdout=told, stderr=io.StringIO())
        elapsed = time.monotonic() - started
        last = told.getvalue().splitlines()[-1]
        rate = f"{elapsed:7.1f} s ({indexing:5.1f} of it the index)  {count / elapsed:7.0f} articles/s"
        print(f"{connection.vendor} {step:15} {rate}  {last}")


if __name__ == "__main__":
    main()
