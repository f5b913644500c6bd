"""How fast stories are judged anew: all of an invented archive, first told only, then written.

    VAR_DIR=$(mktemp -d) .venv/bin/python -m tests.bench.classify [--articles 100000]

On the database of DATABASE_URL, or on SQLite in VAR_DIR. Its regions and topics are invented, so each story differs.
"""

import argparse
import os
import time

import django


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--articles", type=int, default=100_000)
    count = arguments.parse_args().articles
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
    django.setup()

    from django.core.management import call_command
    from django.db import connection

    from articles.ingest.classification import classify_archive
    from articles.ingest.reference import reader_from_database
    from articles.models.editing import machine_writes
    from articles.search.sync import paused
    from tests.bench.corpus import build

    call_command("migrate", verbosity=0)
    call_command("load_tables")
    build(count)
    reference = reader_from_database().reference
    for step, write in (("told", False), ("written", True), ("the same again", True)):
        started = time.monotonic()
        with machine_writes(), paused():
            differing = classify_archive(
                reference, write=write, tell=lambda difference: None, progress=lambda done, total: None
            )
        elapsed = time.monotonic() - started
        print(f"{connection.vendor} {step:15} {elapsed:7.1f} s  {count / elapsed:7.0f} articles/s  {differing} differ")


if __name__ == "__main__":
    main()
