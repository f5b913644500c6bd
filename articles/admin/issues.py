"""The desk's pages of issues, newspaper pages and staff lines."""

from __future__ import annotations

from contextlib import nullcontext
from typing import cast

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.admin.articles import doubts_as_text
from articles.admin.base import CorrectionAdmin, PartInline, ReadOnlyAdmin, sample_mark, write_of
from articles.admin.clean_text import CleanText
from articles.admin.page_form import PageForm, issue_of
from articles.admin.placing import PlacedForm, PlacedFormSet
from articles.admin.searching import SearchesStories
from articles.admin.withdrawn import ShowsWithdrawal, url_of
from articles.models import Contributor, Issue, Page, PageCredit
from articles.models.doubts import Doubt, with_doubts
from articles.models.issues import IssueQuerySet


@admin.register(Issue)
class IssueAdmin(ShowsWithdrawal, CorrectionAdmin[Issue]):
    list_display = ("__str__", "screen", "edition", "number", "date_basis", "is_withdrawn", "sample")
    list_filter = ("date_basis", "edition", "withdrawn")
    search_fields = ("number", "date")
    search_help_text = "总期号，或日期，如 2024-05"
    date_hierarchy = "date"
    fields = ("date", "edition", "number", "date_basis", "screen", "edited_fields")
    readonly_fields = ("date_basis", "screen", "edited_fields")

    def has_delete_permission(self, request: HttpRequest, obj: Issue | None = None) -> bool:
        return False  # the histories of its pages name the issue, and readers never see an empty issue

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return cast(IssueQuerySet, super().get_queryset(request)).with_holdings()

    @admin.display(description="示例")
    def sample(self, issue: Issue) -> str:
        return sample_mark(issue.is_sample)  # type: ignore[attr-defined] # added by `with_holdings`

    @admin.display(description="版面、撤下")
    def screen(self, issue: Issue) -> SafeString:
        if issue.pk is None:
            return SafeString("")
        return format_html('<a href="{}" aria-label="{} 的版面">版面、撤下</a>', url_of(issue), issue)

    def save_model(self, request: HttpRequest, obj: Issue, form: forms.ModelForm, change: bool) -> None:
        """Save an issue. The basis of a date that a person has typed is the editor.

        If the issue moves, its old URL and the old URLs of its pages redirect to the new ones.
        """
        if not change or "date" in form.changed_data:
            obj.date_basis = Issue.DateBasis.EDITOR
        stored = Issue.objects.get(pk=obj.pk) if change else obj
        with write_of(request).following(stored) if change else nullcontext():
            super().save_model(request, obj, form, change)


class PageCreditForm(CleanText, PlacedForm):
    """The form of a name in a staff line. The name is filed under the contributor of that name."""

    class Meta:
        model = PageCredit
        fields = ("role", "name_as_printed", "position")
        widgets = {"role": forms.TextInput(attrs={"size": 12}), "name_as_printed": forms.TextInput(attrs={"size": 16})}

    def save(self, commit: bool = True) -> PageCredit:
        name = self.cleaned_data["name_as_printed"]
        self.instance.contributor = Contributor.objects.named([name])[name]
        return super().save(commit)


class PageCreditInline(PartInline):
    model = PageCredit
    form = PageCreditForm
    formset = PlacedFormSet


@admin.register(Page)
class PageAdmin(ShowsWithdrawal, SearchesStories, CorrectionAdmin[Page]):
    form = PageForm
    inlines = (PageCreditInline,)
    list_display = ("__str__", "number", "section", "items", "has_doubts", "structure", "is_withdrawn", "sample")
    list_filter = (("issue", admin.EmptyFieldListFilter), "is_sample", "structure_edited", "withdrawn")
    list_select_related = ("issue",)
    search_fields = ("section", "issue__date", "sources__path")
    search_help_text = "版上文章的字句（检索式与读者检索相同）、版名、日期或文件名"
    story_path = "articles__"
    date_hierarchy = "issue__date"
    fields = (
        *("issue_date", "issue_edition", "number", "section"),
        *("items", "is_sample", "structure_edited", "doubt_list", "edited_fields"),
    )
    readonly_fields = ("items", "is_sample", "structure_edited", "doubt_list", "edited_fields")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return with_doubts(super().get_queryset(request), of="page")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # an import makes a page from its text

    def has_delete_permission(self, request: HttpRequest, obj: Page | None = None) -> bool:
        return False  # the archive keeps everything that was loaded; a page can be withdrawn

    @admin.display(description="示例")
    def sample(self, page: Page) -> str:
        return sample_mark(page.is_sample)

    @admin.display(description="篇目")
    def items(self, page: Page) -> SafeString:
        url = reverse("admin:desk-page", args=[page.pk])
        return format_html('<a href="{}" aria-label="{} 的篇目">次序、合并、拆分</a>', url, page)

    @admin.display(description="结构")
    def structure(self, page: Page) -> str:
        return "人工调整" if page.structure_edited else ""

    @admin.display(description="存疑")
    def has_doubts(self, page: Page) -> str:
        number = page.doubt_count  # type: ignore[attr-defined] # added by `with_doubts`
        return f"{number} 处" if number else ""

    @admin.display(description="存疑")
    def doubt_list(self, page: Page) -> SafeString:
        return doubts_as_text(Doubt.objects.of(page).open())

    def save_model(self, request: HttpRequest, obj: Page, form: forms.ModelForm, change: bool) -> None:
        """Save a page and file it under the issue of the typed date. Old URLs redirect to the new ones."""
        stored, this = Page.objects.select_related("issue").get(pk=obj.pk), write_of(request)
        with this.following(stored):
            obj.issue = issue_of(form, stored, this)
            super().save_model(request, obj, form, change)


@admin.register(PageCredit)
class PageCreditAdmin(ReadOnlyAdmin):
    list_display = ("name_as_printed", "role", "contributor", "page")
    list_filter = ("role",)
    list_select_related = ("contributor", "page__issue")
    search_fields = ("name_as_printed", "contributor__name")
