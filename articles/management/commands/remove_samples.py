"""Remove the invented sample pages from an archive with real ones."""

from __future__ import annotations

from typing import Any

from articles.ingest.classification import heads_of, settle_stories
from articles.ingest.readers import reader_from_database
from articles.ingest.removal import remove_pages
from articles.ingest.sets import Known
from articles.management.base import ArchiveCommand
from articles.models import Page, archive


class Command(ArchiveCommand):
    help = "移除全部示例（虚构）版面及其文章"

    def handle(self, *args: Any, **options: Any) -> None:
        with archive.change() as change:
            removal = remove_pages(Page.objects.filter(is_sample=True), change)
            if removal.parted:
                settle_stories(heads_of(removal.parted), reader_from_database().reference, Known.subjects(), change)
        losses = f"，{removal.losses}" if removal.losses else ""
        self.stdout.write(f"已移除 {removal.pages} 个示例版面{losses}" if removal.pages else "没有示例版面")
