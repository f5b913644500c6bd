"""Copy the archive into another database: from SQLite to PostgreSQL, or back."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.db import DatabaseError

from articles.backup.copying import copy_archive
from articles.backup.errors import BackupError
from articles.management.base import ArchiveCommand


class Command(ArchiveCommand):
    help = "把档案复制到另一个空的数据库（编号、校改记录都不变），如从 SQLite 到 PostgreSQL"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("url", metavar="DATABASE_URL", help="postgres://user@host/name；口令可放在 ~/.pgpass 里")

    def handle(self, *args: Any, **options: Any) -> None:
        say = self.stderr.write if options["verbosity"] > 1 else lambda text: None
        try:
            copy_archive(options["url"], say=say)
        except BackupError as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"数据库中途不可用（{type(error).__name__}），没有复制成：请恢复后重试。") from error
        self.stdout.write("已复制，每个表逐行核对过。把 DATABASE_URL 改为新库再重启网站，检索索引会随之重建。")
