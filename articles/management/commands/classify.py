"""Judge the regions and topics of every story anew, after a change of the topics' words, the regions or the rules."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections import Counter
from contextlib import suppress
from typing import Any

from django.core.management.base import CommandError

from articles.ingest.classification import JUDGED, Verdict, classify_archive
from articles.ingest.columns import file_articles
from articles.ingest.readers import reader_from_database
from articles.ingest.sets import Known, Rows
from articles.ingest.tables import load_tables
from articles.management.base import ArchiveCommand
from articles.models import Article, archive
from articles.reading import Reference
from articles.search.sync import paused, sync_and_log

#: Seconds between two lines of progress.
TICK = 5.0

LABELS = {"regions": "地区", "topics": "主题"}


class Command(ArchiveCommand):
    help = "按现有的主题词、地名和规则，重新判断每篇文章的主题、地区和栏目；人工设定的不动"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只列出会改变什么，不写入")

    def handle(self, *args: Any, **options: Any) -> None:
        is_dry = options["dry_run"]
        reference, known, loaded = self._read_tables(is_dry=is_dry)
        if loaded:
            self.stdout.write(f"参考数据（fixtures/）{'将' if is_dry else '已'}更新 {loaded} 条")
        with paused():
            for filing in file_articles(write=not is_dry):
                self.stdout.write(f"栏目“{filing.name}”{'（新）' if filing.is_new else ''}：归入 {filing.count} 篇")
        moves: Counter[str] = Counter()
        failed: list[Article] = []
        self.started = self.ticked = time.monotonic()
        try:
            with paused():
                changing = classify_archive(
                    reference,
                    known,
                    write=not is_dry,
                    tell=lambda verdict: self._tell(verdict, reference, moves),
                    fail=failed.append,
                    progress=self._progress,
                )
        finally:  # work written before a failure stays, and the index must follow it
            if not is_dry:
                sync_and_log(say=self.stdout.write)
        for move, count in moves.most_common():
            self.stdout.write(f"{count:6} 篇  {move}")
        verb = "会改变" if is_dry else "已改变"
        self.stdout.write(f"{'试运行，未写入：' if is_dry else ''}{verb} {changing} 篇" if changing else "没有变化")
        for article in failed:
            self.stderr.write(f"{article.page} {article.title}（编号 {article.pk}）：判断时出错，未改动，详情见日志。")
        if failed:
            raise CommandError(f"有 {len(failed)} 篇未能判断，请把上列文章交给维护者。")

    def _read_tables(self, *, is_dry: bool) -> tuple[Reference, Known, int]:
        """Bring the tables to the state of fixtures/. Return (reference, known, number of changed rows).

        A dry run rolls the tables back, but `reference` and `known` still include new topics and regions.
        """
        with suppress(_DryRunOver), archive.change():
            loaded = load_tables()
            reference, known = reader_from_database().reference, Known.subjects()
            if is_dry:
                raise _DryRunOver
        return reference, known, loaded

    def _tell(self, verdict: Verdict, reference: Reference, moves: Counter[str]) -> None:
        article = verdict.article
        proposed = {row.field: row.value for row in article.proposals.all()}
        told = []
        for name in JUDGED:
            label = LABELS[name]
            if name in verdict.sets.changed:
                before = _names(name, article.rows_of(name), reference)
                after = _names(name, verdict.sets.changed[name], reference)
                moves.update(f"{label}：− {each}" for each in before if each not in after)
                moves.update(f"{label}：+ {each}" for each in after if each not in before)
                told += _told(label, before, after)
            withheld = verdict.sets.withheld.get(name, [])
            proposals = [_names(name, rows, reference) for rows in (proposed.get(name) or [], withheld)]
            told += _told(f"{label}的机器建议", *proposals)
        told += _told("同名地名存疑", *verdict.places_told())
        if told:
            self.stdout.write(f"{article.page} {article.title}  {'；'.join(told)}")

    def _progress(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self.ticked >= TICK or done == total:
            self.ticked = now
            self.stderr.write(f"进度 {done}/{total}，每秒 {done / max(now - self.started, 0.001):.0f} 篇")


class _DryRunOver(Exception):
    """An exception that leaves the transaction in which a dry run loads the tables."""


def _names(name: str, rows: Rows, reference: Reference) -> list[str]:
    """Return the readable names of the regions or topics in the rows of a set."""
    names = reference.gazetteer.names if name == "regions" else {each.slug: each.name for each in reference.topics}
    return [names.get(row[0], row[0]) for row in rows]


def _told(label: str, before: list[str], after: list[str]) -> list[str]:
    """Return the sentence about a change in a list. The list is empty if only weights or evidence change."""
    if before == after:
        return []
    return [f"{label}：{'、'.join(before) or '无'} → {'、'.join(after) or '无'}"]
