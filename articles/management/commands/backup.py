"""Write a backup of the archive into one file, while it goes on serving."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import DatabaseError

from articles.backup.errors import BackupError
from articles.backup.making import make_backup
from articles.management.base import ArchiveCommand


class Command(ArchiveCommand):
    help = "备份数据库和扫描件到一个文件；网站和导入照常运行"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="新文件，惯用 .zip 结尾；只有所有者可读")
        parser.add_argument("--no-scans", action="store_true", help="不含扫描件（另行同步时）")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"].absolute()
        say = self.stderr.write if options["verbosity"] > 1 else lambda text: None
        try:
            unread = make_backup(path, with_scans=not options["no_scans"], say=say)
        except BackupError as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"数据库中途不可用（{type(error).__name__}），没有备份成：请恢复后重试。") from error
        self.stdout.write(f"已备份到 {path}（{path.stat().st_size / 1e6:.1f} MB）")
        for each in unread:
            self.stderr.write(f"扫描件读不了，备份里没有：{each}")
        if unread:
            sys.exit(1)
