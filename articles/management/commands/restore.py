"""Load a backup into an empty place."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import DatabaseError

from articles.backup.errors import BackupError
from articles.backup.restoring import check_backup, restore_backup
from articles.management.base import ArchiveCommand


class Command(ArchiveCommand):
    help = "把备份恢复到空的数据库"
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="manage.py backup 写的文件")
        parser.add_argument("--no-scans", action="store_true", help="不恢复扫描件")
        parser.add_argument("--check", action="store_true", help="只核对备份是否完好，不写入")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        say = self.stderr.write if options["verbosity"] > 1 else lambda text: None
        try:
            if options["check"]:
                check_backup(path, say=say)
                self.stdout.write(f"{path} 完好")
                return
            restore_backup(path, with_scans=not options["no_scans"], say=say)
        except BackupError as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"数据库中途不可用（{type(error).__name__}），没有恢复成：请恢复后重试。") from error
        self.stdout.write("已恢复。检索索引在下次启动或运行 manage.py sync_search 时重建。")
