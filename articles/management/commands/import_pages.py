"""Load page files into the archive."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import OperationalError

from articles.ingest.runs import run_import
from articles.ingest.sources import find_files, parse_date
from articles.management.base import ArchiveCommand
from articles.management.commands.record_scans import record_for_a_moment
from articles.models import ImportItem
from articles.text.cleaning import visible_line


def day(text: str) -> date:
    """Return the day that an option gives. Raises ArgumentTypeError if the text is no day."""
    try:
        return parse_date(text)
    except ValueError:
        raise ArgumentTypeError(f"日期“{visible_line(text)}”无法识别，请写成 2024-05-20") from None


def page_number(text: str) -> int:
    """Return the page number that an option gives. Raises ArgumentTypeError if the text is no number from 1 to 999."""
    if not text.isdecimal() or len(text) > 3 or not 1 <= int(text) <= 999:
        raise ArgumentTypeError(f"版次“{visible_line(text)}”不是 1 至 999 的整数")
    return int(text)


def process_count(text: str) -> int:
    """Return the number of processes that an option gives. Raises ArgumentTypeError unless it is from 0 to 64."""
    if not text.isdecimal() or len(text) > 2 or int(text) > 64:
        raise ArgumentTypeError(f"进程数“{visible_line(text)}”不是 0 至 64 的整数")
    return int(text)


class Command(ArchiveCommand):
    help = "载入版面文本（文件或文件夹）；重复载入不改变任何内容，人工校改不被覆盖"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "paths", nargs="+", type=Path, metavar="PATH", help="版面文件，或含有 .txt、.md、.html 的文件夹"
        )
        parser.add_argument("--date", type=day, help="这些版面的日期，如 2024-05-20")
        parser.add_argument("--page", type=page_number, help="版次（只导入一个文件时）")
        parser.add_argument(
            "--workers", type=process_count, help="读版面的进程数（默认：文件多时每核一个）；0 表示不另开进程"
        )
        parser.add_argument("--dry-run", action="store_true", help="只说明会怎样，不写入；每个文件各与现有内容相比")

    def handle(self, *args: Any, **options: Any) -> None:
        found = find_files(options["paths"], options["date"], options["page"])
        if options["page"] and len(found.files) > 1:
            raise CommandError(f"--page 只能用于一个文件，这里有 {len(found.files)} 个；多个版面请用清单 pages.csv。")
        try:
            counts = run_import(
                found,
                say=self.stdout.write,
                arguments=[*options["paths"], *_options(options)],
                dry_run=options["dry_run"],
                workers=options["workers"],
            )
            if not options["dry_run"]:
                record_for_a_moment(self)
        except OperationalError as error:
            raise CommandError(f"数据库不可用或正忙（{type(error).__name__}），请稍后重新导入。") from error
        if counts[ImportItem.Outcome.FAILED]:
            sys.exit(1)


def _options(options: dict[str, Any]) -> list[str]:
    """Return the given options as typed, for the ledger."""
    return [f"--{name}={options[name]}" for name in ("date", "page") if options[name] is not None]
