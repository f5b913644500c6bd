"""Read page files and print the readings, without a database."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from articles.ingest.bounds import read_within_bounds
from articles.ingest.readers import reader_from_files, region_rows, topic_rows
from articles.ingest.sources import Refusal, find_files, read_pages
from articles.management.base import ArchiveCommand
from articles.reading import explain


class Command(ArchiveCommand):
    help = "读取版面文本，每版输出一行 JSON，或说明每一行为何如此标注；不访问数据库"
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--explain", action="store_true", help="逐行输出各类别的概率和起决定作用的依据")

    def handle(self, *args: Any, **options: Any) -> None:
        reference = reader_from_files().reference
        region_names = {row["code"]: row["name"] for row in region_rows()}
        topic_names = {row["slug"]: row["name"] for row in topic_rows()}
        found = find_files(options["files"])
        refusals = [refusal for _, refusal in found.refusals]
        for path, clues in found.files:
            if self.output.is_gone:
                break  # nobody reads the output any more, and the output is the work
            try:
                for page in read_pages(path):
                    if options["explain"]:
                        self.stdout.write("\n".join(explain(page.text, reference)))
                        continue
                    today = timezone.localdate()
                    reading = read_within_bounds(page.text, path, reference=reference, clues=clues, today=today)
                    self.stdout.write(_as_line(reading.as_json(path.name, region_names, topic_names)))
            except Refusal as refused:
                refusals.append(refused)
        for refusal in refusals:
            self.stderr.write(str(refusal))
        if found.passed_over:
            self.stderr.write(f"{found.passed_over_text}。")
        if self.output.error:
            raise CommandError(f"输出没有写完（{self.output.error.strerror}），请检查磁盘空间后重试。")
        if refusals:
            sys.exit(1)


def _as_line(data: dict[str, Any]) -> str:
    """Return `data` as one line of JSON.

    Invisible characters, which segments of the source may hold, are escaped.
    """
    text = json.dumps(data, ensure_ascii=False)
    unseen = {character for character in set(text) if not character.isprintable()}
    return text.translate({ord(character): json.dumps(character)[1:-1] for character in unseen})
