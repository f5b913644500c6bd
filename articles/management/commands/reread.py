"""Read the texts of the archive once more with today's reader."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import CommandError
from django.db import OperationalError

from articles.ingest.loading import Outcome
from articles.ingest.rereading import PageReport, Totals, reread
from articles.ingest.runs import ACTIONS
from articles.management.base import ArchiveCommand
from articles.management.commands.import_pages import process_count
from articles.models import Page, SourceText
from articles.models.corrections import LAST_ID
from articles.text.cleaning import visible_line


def page_id(text: str) -> int:
    """Return the id that an option gives. Raises ArgumentTypeError if the text is no id."""
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(LAST_ID))) or int(text) > LAST_ID:
        raise ArgumentTypeError(f"“{visible_line(text)}”不是版面的编号")
    return int(text)


class Command(ArchiveCommand):
    help = "用现在的读取器重读档案里的原文；人工校改不被覆盖，编号和网址不变"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--page", type=page_id, help="只重读这一版（编号见后台版面的网址），读取器没有变也重读")
        parser.add_argument("--dry-run", action="store_true", help="只说明会怎样，不加锁，不写入")
        parser.add_argument("--json", action="store_true", help="每版一行 JSON，末行为合计")
        parser.add_argument(
            "--workers", type=process_count, help="读版面的进程数（默认：版面多时每核一个）；0 表示不另开进程"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        pages = None if options["page"] is None else [self._page(options["page"])]
        as_json, dry_run = options["json"], options["dry_run"]
        given = [f"--{name}" for name in ("dry-run", "json") if options[name.replace("-", "_")]]
        if pages:
            given.append(f"--page={pages[0]}")
        try:
            totals = reread(
                pages,
                dry_run=dry_run,
                tell=self._tell_as_json if as_json else self._tell,
                progress=(lambda done, of, rate: None) if as_json else self._progress,
                arguments=["reread", *given],
                workers=options["workers"],
            )
        except OperationalError as error:
            raise CommandError(
                f"数据库不可用或正忙（{type(error).__name__}），请稍后再运行；已重读的都已保存。"
            ) from error
        self._sum(totals, as_json=as_json, dry_run=dry_run)
        if totals.pages[Outcome.FAILED]:
            sys.exit(1)

    def _page(self, pk: int) -> int:
        if not Page.objects.filter(pk=pk).exists():
            raise CommandError(f"没有编号为 {pk} 的版面；编号见后台“版面”里该版的网址。")
        if not SourceText.objects.filter(page=pk, standing=SourceText.Standing.CURRENT).exists():
            raise CommandError(f"编号为 {pk} 的版面没有原文，不能重读。")
        return pk

    def _progress(self, done: int, of: int, rate: float) -> None:
        self.stdout.write(f"进度 {done}/{of}，每秒 {rate:.1f} 版")

    def _tell(self, report: PageReport) -> None:
        counts = "，".join(
            f"{said} {report.articles[action]}" for action, said in ACTIONS.items() if report.articles[action]
        )
        tail = f"（{report.message}）" if report.message else ""
        self.stdout.write(f"{Outcome(report.outcome).label}  {report.page}  {counts}{tail}".rstrip())

    def _tell_as_json(self, report: PageReport) -> None:
        told = {
            "page": report.page.pk if report.page else None,
            "label": str(report.page or ""),
            "outcome": report.outcome,
            "message": report.message,
            "articles": _by_action(report.articles),
        }
        self.stdout.write(json.dumps(told, ensure_ascii=False))

    def _sum(self, totals: Totals, *, as_json: bool, dry_run: bool) -> None:
        if as_json:
            told = {
                "dry_run": dry_run,
                "pages": {outcome.value: totals.pages[outcome] for outcome in Outcome if outcome != Outcome.ADDED},
                "articles": _by_action(totals.articles),
            }
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        outcomes = "，".join(
            f"{outcome.label} {totals.pages[outcome]}" for outcome in Outcome if outcome != Outcome.ADDED
        )
        articles = "，".join(f"{said} {totals.articles[action]}" for action, said in ACTIONS.items())
        start = "试运行，未写入：" if dry_run else ""
        self.stdout.write(f"{start}重读 {totals.pages.total()} 版：{outcomes}；文章：{articles}")


def _by_action(counts: dict[str, int]) -> dict[str, int]:
    return {action: counts.get(action, 0) for action in ACTIONS}
