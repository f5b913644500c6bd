"""Judge anew what every story is about, after the topics' words, the regions or the rules have changed."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections import Counter
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand

from articles.ingest.classification import Difference, classify_archive
from articles.ingest.columns import file_articles
from articles.ingest.reference import Reader, reader_from_database
from articles.ingest.tables import load_tables
from articles.models import archive
from articles.models.editing import machine_writes
from articles.search.sync import paused, sync_and_log

#: Seconds between two lines of progress.
TICK = 5.0

LABELS = {"regions": "地区", "topics": "主题"}


class Command(BaseCommand):
    help = "按现有的主题词、地名和规则，重新判断每篇文章的主题、地区和栏目；人工设定的不动"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只列出会改变什么，不写入")

    def handle(self, *args: Any, **options: Any) -> None:
        is_dry = options["dry_run"]
        reader, loaded = self._read_tables(is_dry=is_dry)
        if loaded:
            self.stdout.write(f"参考数据（fixtures/）{'将' if is_dry else '已'}更新 {loaded} 条")
        with machine_writes(), paused():
            for filing in file_articles(write=not is_dry):
                self.stdout.write(f"栏目“{filing.name}”{'（新）' if filing.is_new else ''}：归入 {filing.count} 篇")
        moves: Counter[str] = Counter()
        self.started = self.ticked = time.monotonic()
        with machine_writes(), paused():
            differing = classify_archive(
                reader.reference,
                write=not is_dry,
                tell=lambda difference: self._tell(difference, moves),
                progress=self._progress,
            )
        if not is_dry:
            sync_and_log(say=self.stdout.write)
        for move, count in moves.most_common():
            self.stdout.write(f"{count:6} 篇  {move}")
        verb = "会改变" if is_dry else "已改变"
        self.stdout.write(f"{'试运行，未写入：' if is_dry else ''}{verb} {differing} 篇" if differing else "没有变化")

    def _read_tables(self, *, is_dry: bool) -> tuple[Reader, int]:
        """Bring the tables to the state of fixtures/ and return the reader on them; a dry run takes all that back."""
        with suppress(_Undo), machine_writes(), archive.change():
            loaded = load_tables()
            reader = reader_from_database()
            if is_dry:
                raise _Undo
        return reader, loaded

    def _tell(self, difference: Difference, moves: Counter[str]) -> None:
        told = []
        for name, (before, after) in difference.sets.items():
            if before == after:
                continue  # the same names, of other weight or evidence
            moves.update(f"{LABELS[name]}：− {each}" for each in before if each not in after)
            moves.update(f"{LABELS[name]}：+ {each}" for each in after if each not in before)
            told.append(f"{LABELS[name]}：{'、'.join(before) or '无'} → {'、'.join(after) or '无'}")
        if told:
            article = difference.article
            self.stdout.write(f"{article.page} {article.title}  {'；'.join(told)}")

    def _progress(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self.ticked >= TICK or done == total:
            self.ticked = now
            self.stderr.write(f"进度 {done}/{total}，每秒 {done / max(now - self.started, 0.001):.0f} 篇")


class _Undo(Exception):
    """Leaves the transaction in which a dry run loads the tables."""
