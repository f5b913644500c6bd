"""Print how fast pages are imported: new pages, the same pages again, and all pages read anew by another reader.

    VAR_DIR=$(mktemp -d) .venv/bin/python -m tests.bench.import_speed [--pages 300]

The bench runs on the database of DATABASE_URL, or on SQLite in VAR_DIR. Its pages are invented: they are the samples
with their characters changed.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from articles.ingest.sources import FoundFiles

PAGES_AN_ISSUE = 8

SAMPLES = Path(__file__).resolve().parents[2] / "fixtures" / "pages"


def write_pages(folder: Path, count: int, first: int = 0) -> None:
    """Write `count` pages that all differ, issues of eight pages from 1985 on. `first` pages were written before."""
    chance = random.Random(1985 + first)
    texts = [path.read_text("utf-8") for path in sorted(SAMPLES.glob("*.txt"))]
    common = sorted({char for text in texts for char in text if "\u4e00" <= char <= "\u9fff"})
    for index in range(first, first + count):
        # Other characters replace a third of the running text. Folio, leads and bylines keep their form.
        text = "\n".join(
            "".join(chance.choice(common) if chance.random() < 0.33 else char for char in line)
            if len(line) > 40 and "报讯" not in line
            else line
            for line in texts[index % len(texts)].splitlines()
        )
        issue, page = divmod(index, PAGES_AN_ISSUE)
        year, day = divmod(issue, 336)
        name = f"{1985 + year}-{day // 28 + 1:02d}-{day % 28 + 1:02d}_{page + 1:02d}.txt"
        (folder / name).write_text(text, "utf-8")


def pages_in(folder: Path) -> FoundFiles:
    """Return the pages in a folder. As in a manifest, their names overrule the day and number that are printed."""
    from articles.ingest.sources import FoundFiles, find_files
    from articles.reading import Clues

    named = find_files([folder]).files
    return FoundFiles(
        [(path, Clues(given_date=clues.named_date, given_page=clues.named_page)) for path, clues in named]
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--pages", type=int, default=300)
    count = arguments.parse_args().pages
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
    django.setup()

    from django.core.management import call_command
    from django.db import connection

    from articles.ingest.runs import run_import
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
            counts = run_import(pages_in(folder), say=lambda line: None, arguments=[folder])
            elapsed = time.monotonic() - started
            outcomes = {str(outcome): number for outcome, number in counts.items()}
            print(f"{connection.vendor} {step:10} {count / elapsed:7.1f} pages/s  {outcomes}")
    print(f"{Article.objects.count()} articles")


if __name__ == "__main__":
    main()
