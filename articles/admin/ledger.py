"""The desk's pages of rows that the archive maintains by itself: source texts, import runs, old URLs, scans, its own
state.
"""

from __future__ import annotations

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.admin.base import InOneBatch, ReadOnlyAdmin, write_of
from articles.desk.texts import keep, replace
from articles.ingest.loading import Report
from articles.ingest.readers import reader_from_database
from articles.ingest.runs import ACTIONS
from articles.ingest.sources import Refusal
from articles.ingest.stored_texts import read_stored
from articles.models import Archive, Batch, ImportItem, ImportRun, Redirect, Scan, SourceText, VanishedArticle, archive
from articles.text.cleaning import visible

#: The refusal of a text whose page has articles that a person has settled.
SETTLED = (
    "{page} 有哪些文章是人工定下的，换用 {source} 不会改变读者所见，未取代。"
    "要以新文本为准，请选“用此文本取代原版面，人工定下的分篇作废”；要以人工分篇为准，请选“保留原版面”。"
)

#: The number of titles that the log names for each kind of change.
TITLES_TOLD = 10


@admin.register(SourceText)
class SourceTextAdmin(InOneBatch, ReadOnlyAdmin):
    list_display = ("file_name", "standing", "page", "decision", "encoding", "loaded_at", "path")
    list_filter = ("standing", "encoding")
    list_select_related = ("page__issue",)
    search_fields = ("path", "sha256")
    actions = ("adopt_texts", "adopt_texts_and_structure", "set_aside")
    exclude = ("text", "original", "boxes", "extent")
    readonly_fields = ("text_shown",)

    @admin.display(description="原文")
    def text_shown(self, source: SourceText) -> str:
        """The text as imported, with invisible characters shown as their codes."""
        return visible(source.text)

    @admin.display(description="换用")
    def decision(self, source: SourceText) -> SafeString | str:
        """The link to the screen that tells what the text would do to its page."""
        if source.page_id is None:
            return ""
        url = reverse("admin:desk-decide", args=[source.pk])
        return format_html('<a href="{}" aria-label="{} 会怎样">会怎样</a>', url, source)

    @admin.display(description="文件", ordering="path")
    def file_name(self, source: SourceText) -> str:
        return source.file_name

    @admin.action(description="版面冲突：用此文本取代原版面", permissions=["resolve"])
    def adopt_texts(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        self._adopt(request, queryset, structure_gives_way=False)

    @admin.action(description="版面冲突：用此文本取代原版面，人工定下的分篇作废", permissions=["resolve"])
    def adopt_texts_and_structure(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        self._adopt(request, queryset, structure_gives_way=True)

    @admin.action(description="版面冲突：保留原版面，此文本存档", permissions=["resolve"])
    def set_aside(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        conflicts = self._conflicts(request, queryset)
        write_of(request).kind = Batch.Kind.CONFLICT
        for source in conflicts:
            keep(write_of(request), source)
            self.log_change(request, source, f"版面冲突：保留 {source.page}，此文本存档。")
        if conflicts:
            self.message_user(request, f"已存档 {len(conflicts)} 个文本，原版面不变。")

    def _conflicts(self, request: HttpRequest, queryset: models.QuerySet) -> list[SourceText]:
        """Return the selected texts that are conflicts. Warn the user if there are no conflicts."""
        conflicts = list(queryset.filter(standing=SourceText.Standing.CONFLICT).select_related("page__issue"))
        if not conflicts:
            self.message_user(request, "所选文本都不在版面冲突之中，没有改动。", messages.WARNING)
        return conflicts

    def _adopt(self, request: HttpRequest, queryset: models.QuerySet, *, structure_gives_way: bool) -> None:
        conflicts = self._conflicts(request, queryset)
        if not conflicts:
            return
        reader, this = reader_from_database(), write_of(request)
        this.kind = Batch.Kind.CONFLICT
        reasons = []
        for pk in [source.pk for source in conflicts]:
            # The text is fetched again, because adopting the text before it may have changed its page.
            source = SourceText.objects.select_related("page__issue").get(pk=pk)
            assert source.page is not None  # each conflict has a page
            was_settled = source.page.structure_edited
            if was_settled and not structure_gives_way:
                said = SETTLED.format(page=source.page, source=source)
                self.message_user(request, said, messages.ERROR)
                continue
            try:
                with archive.change():
                    read = read_stored(source, reader, today=timezone.localdate())
                    report = replace(this, read, structure_gives_way=structure_gives_way)
            except Refusal as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
                continue
            told = f"{source} 已成为 {report.page} 的现用文本：{_told(report)}。"
            if was_settled:
                told += "原来人工定下的分篇作废。"
            self.log_change(request, source, told)
            reasons.append(f"采用文本 {source}")
            self.message_user(request, told)
        this.reason = "；".join(filter(None, [this.reason, *reasons]))

    def has_resolve_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may settle conflicts. Everyone who may correct pages may do so."""
        return request.user.has_perm("articles.change_page")


def _told(report: Report) -> str:
    """Return what an import has done to the articles of a page: 新增 1 篇（甲），移除 2 篇（乙、丙）."""
    parts = []
    for action, said in ACTIONS.items():
        titles = [title for each, title in report.articles if each == action]
        if titles:
            more = "等" if len(titles) > TITLES_TOLD else ""
            parts.append(f"{said} {len(titles)} 篇（{'、'.join(titles[:TITLES_TOLD])}{more}）")
    return "，".join(parts) or "没有文章"


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


@admin.register(Scan)
class ScanAdmin(ReadOnlyAdmin):
    list_display = ("path", "size", "sha256", "arrived_at")
    search_fields = ("path", "sha256")


@admin.register(Archive)
class ArchiveAdmin(ReadOnlyAdmin):
    list_display = ("epoch", "revision", "changed_at")


@admin.register(VanishedArticle)
class VanishedArticleAdmin(ReadOnlyAdmin):
    list_display = ("article_id", "revision")
