"""How fast `manage.py classify` judges an invented archive anew: first told only, then written, then told alike.

    VAR_DIR=$(mktemp -d) .venv/bin/python -m tests.bench.classify [--articles 100000]

On the database of DATABASE_URL, or on SQLite in VAR_DIR. Its regions and topics are invented, so each story differs.
"""

import argparse
import io
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

    from tests.bench.corpus import build

    call_command("migrate", verbosity=0)
    call_command("load_tables")
    build(count)
    for step, options in (("told", ["--dry-run"]), ("written", []), ("the same again", [])):
        started = time.monotonic()
        told = io.StringIO()
        call_command("classify", *options, stdout=told, stderr=io.StringIO())
        elapsed = time.monotonic() - started
        last = told.getvalue().splitlines()[-1]
        print(f"{connection.vendor} {step:15} {elapsed:7.1f} s  {count / elapsed:7.0f} articles/s  {last}")


if __name__ == "__main__":
    main()
