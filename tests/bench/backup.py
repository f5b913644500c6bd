"""Measure a backup, its check, a restore and a copy: VAR_DIR=… python -m tests.bench.backup [DATABASE_URL].

The archive of VAR_DIR (or DATABASE_URL in the environment) is only read. The restore goes into a new SQLite file, the
copy into the empty database that the argument names. Beside each time stands its ratio to a bound of the same run: all
rows read by the same query and thrown away. Nothing is cached but the files by the system.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[2]


def timed(name, bound, work):
    """Run `work`, print its seconds and their ratio to `bound`, and return the seconds."""
    started = time.monotonic()
    work()
    seconds = time.monotonic() - started
    print(f"{name:28} {seconds:8.1f} s   {seconds / (bound or seconds):5.1f} times the bound", flush=True)
    return seconds


def manage(*arguments, **environment):
    subprocess.run([sys.executable, ROOT / "manage.py", *arguments], env=os.environ | environment, check=True)


def main(arguments):
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
    django.setup()
    from django.db import connection

    from articles.backup.making import make_backup
    from articles.backup.restoring import check_backup
    from articles.backup.tables import applied_migrations, tables_at
    from articles.models import Article, archive

    print(f"{Article.objects.count():,} articles")
    tables = tables_at(applied_migrations())

    def read_all():
        with archive.snapshot():
            for table in tables:
                with connection.chunked_cursor() as cursor:
                    cursor.execute(f"SELECT * FROM {table.name} ORDER BY {table.key.name}")
                    while cursor.fetchmany(500):
                        pass

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bound = timed("bound: read all rows", 0, read_all)
        timed("backup", bound, lambda: make_backup(folder / "a.zip", with_scans=False))
        print(f"{'':28} {(folder / 'a.zip').stat().st_size / 1e6:8.1f} MB")
        timed("check", bound, lambda: check_backup(folder / "a.zip"))
        print(f"{'memory, the most':28} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MB")
        url = f"sqlite:///{folder}/new.sqlite3"
        timed("restore to SQLite", bound, lambda: manage("restore", folder / "a.zip", DATABASE_URL=url, VAR_DIR=name))
        for url in arguments:
            timed("copy_to", bound, lambda url=url: manage("copy_to", url))


if __name__ == "__main__":
    main(sys.argv[1:])
