"""The desk's pages of articles and of their bylines, regions, topics and proposals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from articles.admin.article_forms import ArticleForm, ArticleRegionInline, ArticleTopicInline, BylineInline, with_body
from articles.admin.base import CorrectionAdmin, ReadOnlyAdmin, sample_mark, write_of
from articles.admin.evidence_text import ShowsEvidence
from articles.admin.screens.article.cutting import show_scan
from articles.admin.screens.article.view import show_article
from articles.admin.screens.rendering import render_screen
from articles.admin.searching import SearchesStories
from articles.admin.withdrawn import ShowsWithdrawal
from articles.desk.queue import close
from articles.desk.roles import REVIEW
from articles.models import Article, ArticleRegion, ArticleTopic, Byline, Proposal
from articles.models.articles import ArticleQuerySet
from articles.models.assignments import Assignment
from articles.models.doubt_kinds import kind_of
from articles.models.doubts import Doubt, with_doubts
from articles.models.fields import desk_fields, searched_lines


class HasDoubtsFilter(admin.SimpleListFilter):
    title = "存疑"
    parameter_name = "doubts"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("1", "有"), ("0", "无")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        has_doubts = models.Exists(Doubt.objects.open().filter(article=models.OuterRef("pk")))
        if self.value() == "1":
            return queryset.filter(has_doubts)
        return queryset.exclude(has_doubts) if self.value() == "0" else queryset


def doubts_as_text(doubts: Iterable[Doubt]) -> SafeString:
    """Return the doubts in Chinese, one on each line, or 无 if there are no doubts."""
    rows = ((doubt.told_by.label, doubt.detail, _certainty(doubt)) for doubt in doubts)
    return format_html_join("", "<div>{} {}{}</div>", rows) or SafeString("无")


def _certainty(doubt: Doubt) -> str:
    """Return the reader's certainty in words, or "" if the doubt has no probability."""
    return "" if doubt.probability is None else f"（把握 {doubt.probability:.0%}）"


@admin.register(Article)
class ArticleAdmin(ShowsWithdrawal, SearchesStories, CorrectionAdmin[Article]):
    form = ArticleForm
    inlines = (BylineInline, ArticleRegionInline, ArticleTopicInline)
    list_display = ("title", "place", "kind", "names", "review", "has_doubts", "is_withdrawn")
    list_filter = ("kind", "review", "withdrawn", HasDoubtsFilter, "page__is_sample", "topics")
    list_select_related = ("page__issue", "continuation_of__page__issue")
    search_fields = (*searched_lines("headline"), "bylines__name_as_printed")
    raw_id_fields = ("page", "continuation_of", "column")
    actions = ("withdraw", "restore", "mark_reviewed")
    parts = (Byline, ArticleRegion, ArticleTopic, Proposal)
    fieldsets = (
        (None, {"fields": ("page", "position", *with_body(desk_fields(is_jump=False)))}),
        ("转版", {"fields": (*desk_fields(is_jump=True), "continuation_of")}),
        ("校对", {"fields": ("review", "withdrawn")}),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return with_doubts(super().get_queryset(request).prefetch_related("bylines"), of="article")

    def get_urls(self) -> list[URLPattern]:
        scan = self.admin_site.admin_view(self.scan_view, cacheable=True)
        return [path("<path:object_id>/scan/", scan, name="articles_article_scan"), *super().get_urls()]

    def scan_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Return the part of the scan that an article stands on."""
        return show_scan(self, request, unquote(object_id))

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Return the form of a new article, or the screen of a stored one."""
        if object_id is not None:
            return show_article(self, request, unquote(object_id))
        return super().changeform_view(request, object_id, *args, **kwargs)

    def beside_index(self, queryset: models.QuerySet) -> models.QuerySet:
        """Return the hidden articles. The index does not hold them."""
        return cast(ArticleQuerySet, queryset).hidden()

    @admin.display(description="标题", ordering="headline")
    def title(self, article: Article) -> str:
        return article.title

    @admin.display(description="版面", ordering="page")
    def place(self, article: Article) -> str:
        """The date and page of the article, short enough for a column of the list. A sample has the mark 示例."""
        page = article.page
        date = f"{page.issue.date:%Y-%m-%d}" if page.issue else "日期待考"
        return f"{date} {page.number_text} {sample_mark(page.is_sample)}".rstrip()

    @admin.display(description="署名")
    def names(self, article: Article) -> str:
        return "、".join(dict.fromkeys(row.name_as_printed for row in article.bylines.all()))

    @admin.display(description="存疑", ordering="certainty")
    def has_doubts(self, article: Article) -> str:
        """The number of doubts, and the certainty of the least sure one if below 100%. It sorts the column."""
        number, certainty = article.doubt_count, article.certainty  # type: ignore[attr-defined] # added by `with_doubts`
        if not number:
            return ""
        sure = [f"{certainty:.0%}"] if certainty < 1 else []
        return format_html_join(SafeString("<br>"), "{}", ((line,) for line in (f"{number} 处", *sure)))

    def has_review_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may set the status of articles."""
        return request.user.has_perm(f"articles.{REVIEW}")

    def save_formset(
        self, request: HttpRequest, form: forms.ModelForm, formset: forms.BaseInlineFormSet, change: bool
    ) -> None:
        """Save the rows of a new article. Its regions and topics are marked as a person's."""
        for row in formset.save(commit=False):
            if isinstance(row, Assignment):
                row.source = Assignment.Origin.PERSON
            row.save()

    def _set_on_all(self, request: HttpRequest, queryset: models.QuerySet, what: str, **values: Any) -> None:
        """Set `values` on all selected articles. The batch has `what` as its reason."""
        this = write_of(request)
        this.reason = what
        rows = [row for row in queryset if any(getattr(row, name) != value for name, value in values.items())]
        this.watch(*rows)
        for article in rows:
            for name, value in values.items():
                setattr(article, name, value)
            self.log_change(request, article, what)
        Article.objects.bulk_update(rows, values)
        self.message_user(request, f"已更改 {len(rows)} 篇。")

    @admin.action(description="撤下所选文章", permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        self._set_on_all(request, queryset, "在列表中撤下", withdrawn=True)

    @admin.action(description="恢复所选文章", permissions=["change"])
    def restore(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        self._set_on_all(request, queryset, "在列表中恢复", withdrawn=False)

    @admin.action(description="标为已校", permissions=["review"])
    def mark_reviewed(self, request: HttpRequest, queryset: models.QuerySet) -> HttpResponse | None:
        """Mark the articles as reviewed, which settles their open doubts. Ask first if there are any."""
        doubts = Doubt.objects.open().filter(article__in=queryset)
        if "sure" not in request.POST and doubts.exists():
            counts = doubts.counts_by_kind()
            context = {
                "rows": [(kind_of(count.kind).label, count.number) for count in counts],
                "total": sum(count.number for count in counts),
                "articles": queryset.count(),
                "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
                "across": request.POST.get("select_across", "0"),
            }
            return render_screen(self.admin_site, request, "review_question", "标为已校之前", context)
        close(write_of(request), doubts, Doubt.State.SETTLED)
        self._set_on_all(request, queryset, "在列表中标为已校", review=Article.Review.REVIEWED)
        return None


@admin.register(Byline)
class BylineAdmin(ReadOnlyAdmin):
    list_display = ("name_as_printed", "role", "of", "contributor", "article")
    list_filter = ("of",)
    list_select_related = ("contributor", "article")
    search_fields = ("name_as_printed", "contributor__name")


@admin.register(ArticleRegion)
class ArticleRegionAdmin(ShowsEvidence, SearchesStories, ReadOnlyAdmin):
    story_path = "article__"
    list_display = ("article", "region", "main", "source", "score", "evidence_text")
    list_filter = ("main", "source")
    list_select_related = ("article", "region")
    search_fields = ("region__name",)


@admin.register(ArticleTopic)
class ArticleTopicAdmin(ShowsEvidence, SearchesStories, ReadOnlyAdmin):
    story_path = "article__"
    list_display = ("article", "topic", "source", "score", "evidence_text")
    list_filter = ("topic", "source")
    list_select_related = ("article", "topic")
    search_fields = ("topic__name",)


@admin.register(Proposal)
class ProposalAdmin(SearchesStories, ReadOnlyAdmin):
    story_path = "article__"
    list_display = ("article", "page", "field", "value", "made_at")
    list_filter = ("field",)
    list_select_related = ("article", "page__issue")
    search_fields = ("field",)
