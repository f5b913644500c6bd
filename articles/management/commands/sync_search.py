"""Bring the search index to the state of the database, check it, or build it anew."""

from __future__ import annotations

import os
import sys
import time
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.core.management.base import CommandError
from django.db import DatabaseError, close_old_connections

from articles.management.base import ArchiveCommand
from articles.search.check import differences
from articles.search.sync import sync, sync_and_log

#: Seconds between two looks of a follower at the revision, and after one that went wrong.
TICK, PAUSE = 0.5, 10.0


class Command(ArchiveCommand):
    help = "使检索索引与数据库一致"
    ends_in_order = False  # an index cut short is made anew, and a follower is to go at once

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="重建索引；重建时旧索引照常可用")
        parser.add_argument("--check", action="store_true", help="逐篇核对索引与数据库")
        parser.add_argument("--follow", action="store_true", help="一直跟随数据库的变化")
        parser.add_argument("--parent", type=int, metavar="PID", help="与 --follow 同用：该父进程结束时随之结束")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            self._check()
            return
        if options["rebuild"] or not options["follow"]:
            self._sync(rebuild=options["rebuild"])
        if options["follow"]:
            with suppress(KeyboardInterrupt):
                self._follow(options["parent"])

    def _check(self) -> None:
        count = 0
        for line in differences():
            count += 1
            self.stdout.write(line)
        self.stdout.write(f"发现 {count} 处不一致" if count else "索引与数据库一致")
        if count:
            sys.exit(1)

    def _sync(self, *, rebuild: bool) -> None:
        try:
            if not sync(say=self.stdout.write, rebuild=rebuild):
                self.stdout.write("另一个进程正在更新索引")
        except (OSError, ValueError, DatabaseError) as error:
            raise CommandError(
                f"索引没有更新（{type(error).__name__}：{error}）。请检查磁盘空间与数据库后重试；原有索引照常可用。"
            ) from error

    def _follow(self, parent: int | None) -> None:
        """Follow for ever, or while the process that started this one lives."""
        while parent is None or os.getppid() == parent:
            went_well = sync_and_log(say=self.stdout.write)
            close_old_connections()
            time.sleep(TICK if went_well else PAUSE)
