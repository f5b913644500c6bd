"""Print the bytes that an archive takes on SQLite, with JSON as Django's own encoder writes it and as ours does.

    VAR_DIR=$(mktemp -d) .venv/bin/python -m tests.bench.storage [--pages 300]

The bench imports invented pages (tests/bench/import_speed.py). It then rewrites all JSON in the old form, and lets the
migration rewrite and shrink the database. Both sizes are of the file after VACUUM.
"""

import argparse
import json
import os
import tempfile
import time
from collections import defaultdict
from importlib import import_module
from pathlib import Path

import django


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--pages", type=int, default=300)
    options = arguments.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
    django.setup()

    from django.core.management import call_command
    from django.db import connection

    from articles.ingest.runs import run_import
    from articles.ingest.sources import find_files
    from articles.models import Article
    from tests.bench.import_speed import write_pages

    call_command("migrate", verbosity=0)
    call_command("load_tables")
    with tempfile.TemporaryDirectory() as name:
        write_pages(Path(name), options.pages)
        run_import(find_files([Path(name)]), say=lambda line: None, arguments=[name])
    count = Article.objects.count()
    migration = import_module("articles.migrations.0013_plain_json")
    columns = json_columns()
    print(f"{count} articles")
    for form, rewritten in (("escaped", escaped), ("plain", migration.as_plain_json)):
        migration.as_plain_json = rewritten
        started = time.perf_counter()
        for table, names in columns.items():
            migration.rewrite(connection, table, names)
        took = time.perf_counter() - started
        migration.shrink(connection)
        size = Path(connection.settings_dict["NAME"]).stat().st_size
        started = time.perf_counter()
        Article.objects.in_bulk()
        decoded = time.perf_counter() - started
        print(
            f"{form:8} {size / count:6.0f} bytes an article in all, {json_bytes(columns) / count:6.0f} of them JSON;"
            f" rewriting {1e6 * took / count:4.0f} µs an article, reading {1e6 * decoded / count:4.0f} µs"
        )


def escaped(text: str) -> str:
    return json.dumps(json.loads(text))


def json_columns() -> dict[str, list[str]]:
    """Return {table: columns with JSON} for all models of the archive."""
    from django.apps import apps
    from django.db.models import JSONField

    found: dict[str, list[str]] = defaultdict(list)
    for model in apps.get_app_config("articles").get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, JSONField):
                found[model._meta.db_table].append(field.column)
    return found


def json_bytes(columns: dict[str, list[str]]) -> int:
    """Return the bytes of all JSON in the database."""
    from django.db import connection

    total = 0
    with connection.cursor() as cursor:
        for table, names in columns.items():
            for name in names:
                cursor.execute(f'SELECT COALESCE(SUM(LENGTH(CAST("{name}" AS BLOB))), 0) FROM "{table}"')
                total += cursor.fetchone()[0]
    return total


if __name__ == "__main__":
    main()
