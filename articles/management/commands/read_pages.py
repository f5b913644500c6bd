"""Read page files and print what was read; the database is not touched."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from articles.ingest.bounds import read_within_bounds
from articles.ingest.reference import reader_from_files, region_rows, topic_rows
from articles.ingest.sources import Refusal, find_files, read_file


class Command(BaseCommand):
    help = "读取版面文本，每版输出一行 JSON；不访问数据库"
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        reference = reader_from_files().reference
        region_names = {row["code"]: row["name"] for row in region_rows()}
        topic_names = {row["slug"]: row["name"] for row in topic_rows()}
        found = find_files(options["files"])
        refusals = [refusal for _, refusal in found.refusals]
        for path, clues in found.files:
            try:
                text, today = read_file(path).text, timezone.localdate()
                reading = read_within_bounds(text, path, reference=reference, clues=clues, today=today)
            except Refusal as refusal:
                refusals.append(refusal)
                continue
            self.stdout.write(json.dumps(reading.as_json(path.name, region_names, topic_names), ensure_ascii=False))
        for refusal in refusals:
            self.stderr.write(str(refusal))
        if refusals:
            sys.exit(1)
