"""Bring the search index to the state of the database, check it, or rebuild it."""

from __future__ import annotations

import math
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
from articles.search.files import IndexUnavailable
from articles.search.following import TICK, FollowerLock, Pace
from articles.search.pointers import keep
from articles.search.state import fingerprint, has_note, serving_state
from articles.search.sync import remove_unneeded, sync, sync_and_log

#: A follower looks at the revision and the files at its pace. After a failed look it waits PAUSE seconds, and after
#: each further failure twice as long, up to LONGEST.
PAUSE, LONGEST = 10.0, 300.0

#: Every DEEP_EVERY seconds a follower checks every byte of the index. After a failed search it checks sooner, but
#: checks take at most the share DEEP_SHARE of the time: the failure may lie in the query.
DEEP_EVERY, DEEP_SHARE = 3600.0, 0.1


class Command(ArchiveCommand):
    help = "使检索索引与数据库一致"
    ends_in_order = False  # an unfinished index is made anew, and a follower must end at once

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
            lock = FollowerLock()
            try:
                with suppress(KeyboardInterrupt):
                    self._follow(options["parent"], lock)
            finally:
                lock.release()

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
            if not sync(say=self.stdout.write, rebuild=rebuild, deep=True):
                self.stdout.write("另一个进程正在更新索引")
        except (OSError, RuntimeError, ValueError, DatabaseError, IndexUnavailable) as error:
            left = "原有索引照常可用" if serving_state() else "目前没有可用的索引，检索暂不可用"
            raise CommandError(
                f"索引没有更新（{type(error).__name__}：{error}）。请检查磁盘空间、目录权限与数据库后重试；{left}。"
            ) from error

    def _follow(self, parent: int | None, lock: FollowerLock) -> None:
        """Follow the database for ever, or as long as the parent process lives, and take `lock` when it is free."""
        looked, took, pause, pace = -math.inf, 0.0, PAUSE, Pace()
        while parent is None or os.getppid() == parent:
            lock.hold()
            keep(fingerprint())
            begun = time.process_time()
            went_well = sync_and_log(say=self.stdout.write, to_the_end=False)
            worked = time.process_time() - begun
            if went_well and time.monotonic() - looked >= (took / DEEP_SHARE if has_note() else DEEP_EVERY):
                started = time.monotonic()
                went_well = sync_and_log(say=self.stdout.write, deep=True)
                looked = time.monotonic()
                took = looked - started
                with suppress(OSError):  # tried again after the next look
                    remove_unneeded()
            close_old_connections()
            if went_well:
                pause = PAUSE
                time.sleep(pace.wait_after(worked))
            else:
                self._wait(pause, parent)
                pause = min(pause * 2, LONGEST)

    def _wait(self, seconds: float, parent: int | None) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and (parent is None or os.getppid() == parent):
            time.sleep(TICK)
