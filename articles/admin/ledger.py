"""What the archive keeps by itself: texts as they came, import runs, old URLs, its own state."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from articles.admin.base import InOneChange, ReadOnlyAdmin
from articles.ingest.importer import adopt
from articles.ingest.reference import reader_from_database
from articles.ingest.sources import Refusal
from articles.models import Archive, ImportItem, ImportRun, Redirect, SourceText, VanishedArticle
from articles.text.cleaning import visible


@admin.register(SourceText)
class SourceTextAdmin(InOneChange, ReadOnlyAdmin):
    list_display = ("file_name", "standing", "page", "encoding", "loaded_at", "path")
    list_filter = ("standing", "encoding")
    list_select_related = ("page__issue",)
    search_fields = ("path", "sha256")
    actions = ("adopt_texts", "set_aside")
    exclude = ("text",)
    readonly_fields = ("text_shown",)

    @admin.display(description="原文")
    def text_shown(self, source: SourceText) -> str:
        """The text as it came, what nobody sees by its code."""
        return visible(source.text)

    @admin.display(description="文件", ordering="path")
    def file_name(self, source: SourceText) -> str:
        return source.file_name

    @admin.action(description="版面冲突：用此文本取代原版面", permissions=["resolve"])
    def adopt_texts(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        reader = reader_from_database()
        for source in queryset.filter(standing=SourceText.Standing.CONFLICT):
            try:
                report = adopt(source, reader, today=timezone.localdate())
            except Refusal as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
            else:
                self.message_user(request, f"{source} 已成为 {report.page} 的现用文本。")

    @admin.action(description="版面冲突：保留原版面，此文本存档", permissions=["resolve"])
    def set_aside(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        conflicts = queryset.filter(standing=SourceText.Standing.CONFLICT)
        count = conflicts.update(standing=SourceText.Standing.ASIDE)
        self.message_user(request, f"已存档 {count} 个文本，原版面不变。")

    def has_resolve_permission(self, request: HttpRequest) -> bool:
        """Whoever may correct pages may settle which text is a page's."""
        return request.user.has_perm("articles.change_page")


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    list_display = (
        *("__str__", "started_at", "finished_at", "added", "changed", "same", "conflicting", "failed", "passed_over"),
        *("ending", "arguments"),
    )
    date_hierarchy = "started_at"


@admin.register(ImportItem)
class ImportItemAdmin(ReadOnlyAdmin):
    list_display = ("path", "outcome", "message", "page", "run")
    list_filter = ("outcome",)
    list_select_related = ("page__issue", "run")
    search_fields = ("path", "message")


@admin.register(Redirect)
class RedirectAdmin(ReadOnlyAdmin):
    list_display = ("old_path", "new_path")
    search_fields = ("old_path", "new_path")


@admin.register(Archive)
class ArchiveAdmin(ReadOnlyAdmin):
    list_display = ("epoch", "revision", "changed_at")


@admin.register(VanishedArticle)
class VanishedArticleAdmin(ReadOnlyAdmin):
    list_display = ("article_id", "revision")
