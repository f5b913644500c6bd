"""Bring the search index to the state of the database, check it, or build it anew."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from articles.search.check import differences
from articles.search.sync import sync, sync_and_log

#: Seconds between two looks of a follower at the revision.
TICK = 0.5


class Command(BaseCommand):
    help = "使检索索引与数据库一致"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="重建索引；重建时旧索引照常可用")
        parser.add_argument("--check", action="store_true", help="逐篇核对索引与数据库")
        parser.add_argument("--follow", action="store_true", help="一直跟随数据库的变化")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            count = 0
            for line in differences():
                count += 1
                self.stdout.write(line)
            self.stdout.write(f"发现 {count} 处不一致" if count else "索引与数据库一致")
            if count:
                sys.exit(1)
            return
        if not sync(say=self.stdout.write, rebuild=options["rebuild"]):
            self.stdout.write("另一个进程正在更新索引")
        while options["follow"]:
            time.sleep(TICK)
            close_old_connections()
            sync_and_log()
