"""Print how fast pages are imported: new pages, the same pages again, and all pages read anew by another reader.

    VAR_DIR=$(mktemp -d) .venv/bin/python -m tests.bench.import_speed [--pages 300]

The bench runs on the database of DATABASE_URL, or on SQLite in VAR_DIR. Its pages are invented: they are the samples
with their characters changed.
"""

import argparse
import os
import random
import tempfile
import time
from pathlib import Path

import django

SAMPLES = Path(__file__).resolve().parents[2] / "fixtures" / "pages"


def write_pages(folder: Path, count: int) -> None:
    """Write `count` pages that all differ, one page a day from 1985 on."""
    chance = random.Random(1985)
    texts = [path.read_text("utf-8") for path in sorted(SAMPLES.glob("*.txt"))]
    common = sorted({char for text in texts for char in text if "\u4e00" <= char <= "\u9fff"})
    for index in range(count):
        # Other characters replace a third of the running text. Folio, leads and bylines keep their form.
        text = "\n".join(
            "".join(chance.choice(common) if chance.random() < 0.33 else char for char in line)
            if len(line) > 40 and "报讯" not in line
            else line
            for line in texts[index % len(texts)].splitlines()
        )
        year, day = divmod(index, 336)
        name = f"{1985 + year}-{day // 28 + 1:02d}-{day % 28 + 1:02d}_01.txt"
        (folder / name).write_text(text, "utf-8")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--pages", type=int, default=300)
    count = arguments.parse_args().pages
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
    django.setup()

    from django.core.management import call_command
    from django.db import connection

    from articles.ingest.runs import run_import
    from articles.ingest.sources import find_files
    from articles.models import Article, Topic

    call_command("migrate", verbosity=0)
    call_command("load_tables")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_pages(folder, count)
        for step in ("new", "same again", "read anew"):
            if step == "read anew":
                Topic.objects.create(slug="another-reader", name="另一个读取器")
            started = time.monotonic()
            # Each page has its own day, which overrules the date that the sample prints, as a manifest would.
            found = find_files([folder])
            files = [(path, type(clues)(given_date=clues.named_date, given_page=1)) for path, clues in found.files]
            counts = run_import(type(found)(files), say=lambda line: None, arguments=[folder])
            elapsed = time.monotonic() - started
            outcomes = {str(outcome): number for outcome, number in counts.items()}
            print(f"{connection.vendor} {step:10} {count / elapsed:7.1f} pages/s  {outcomes}")
    print(f"{Article.objects.count()} articles")


if __name__ == "__main__":
    main()
