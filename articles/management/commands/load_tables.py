"""Load regions, old place names, topics and publication schedule from fixtures/."""

from __future__ import annotations

from typing import Any

from articles.ingest.tables import load_tables
from articles.management.base import ArchiveCommand


class Command(ArchiveCommand):
    help = "载入地区、旧地名、主题和出版安排；后台改过的内容不被覆盖"

    def handle(self, *args: Any, **options: Any) -> None:
        count = load_tables()
        if count:
            self.stdout.write(f"参考数据：新增或更新 {count} 条")
