"""The desk's list of searches without a hit. Editors see which names, synonyms and words the archive lacks."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from articles.admin.base import MAX_TERMS, ReadOnlyAdmin
from articles.models import SearchWithoutHit, Synonym
from articles.search.query import parse
from articles.search.query_tree import Phrase
from articles.web.today import date_of_paper

#: The periods of the filter by the last day, in days.
PERIODS = (7, 30, 365)

#: The number of characters of a query that the list shows.
SHOWN = 80

#: The length of the longest name that a synonym can have.
LONGEST_NAME = Synonym._meta.get_field("name").max_length or 0


class LastDayFilter(admin.SimpleListFilter):
    """A filter for the queries that were asked within the last days."""

    title = "最近一次"
    parameter_name = "days"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(str(days), f"近 {days} 天") for days in PERIODS]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        """Return the rows of the chosen period, or all rows. Today is the last day of the period."""
        for days in PERIODS:
            if self.value() == str(days):
                return queryset.filter(last_day__gt=date_of_paper() - datetime.timedelta(days=days))
        return queryset


@admin.register(SearchWithoutHit)
class SearchWithoutHitAdmin(ReadOnlyAdmin):
    """A list without additions and changes. A row can be deleted, since a query may hold something private."""

    actions = ()
    list_display = ("asked", "times", "times_nearly", "last_day", "synonym")
    list_display_links = ("times",)
    list_filter = (LastDayFilter,)
    search_fields = ("query",)
    ordering: ClassVar[tuple[str, ...]] = ("-times", "-last_day", "-pk")

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return request.user.has_perm("articles.delete_searchwithouthit")

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """Return the columns. Only who may add a synonym is offered to do so."""
        may_add = request.user.has_perm("articles.add_synonym")
        return tuple(name for name in self.list_display if may_add or name != "synonym")

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet, search_term: str
    ) -> tuple[models.QuerySet, bool]:
        """Search for the first MAX_TERMS words. Each word is a condition, and SQLite takes at most 1,000 conditions."""
        return super().get_search_results(request, queryset, " ".join(search_term.split()[:MAX_TERMS]))

    @admin.display(description="检索式", ordering="query")
    def asked(self, row: SearchWithoutHit) -> str:
        """The query, as a link to the readers' search. It does not count, because its user has a session."""
        shown = row.query if len(row.query) <= SHOWN else f"{row.query[: SHOWN - 1]}…"
        return format_html('<a href="{}?{}">{}</a>', reverse("search"), urlencode({"q": row.query}), shown)

    @admin.display(description="同义名称")
    def synonym(self, row: SearchWithoutHit) -> str:
        """A link to the form of a new synonym, if the query is one string that can be a name."""
        tree = parse(row.query).tree
        if not isinstance(tree, Phrase) or tree.field or len(tree.text) > LONGEST_NAME:
            return ""
        form = reverse("admin:articles_synonym_add")
        return format_html('<a href="{}?{}">添加</a>', form, urlencode({"name": tree.text}))

    def log_deletions(self, request: HttpRequest, queryset: Iterable[SearchWithoutHit]) -> object:  # type: ignore[override] # a list will do for Django
        """Record who deleted rows, without their queries: a private one would live on in the record."""
        unnamed = [SearchWithoutHit(pk=row.pk, query="（检索式不记）") for row in queryset]
        return super().log_deletions(request, unnamed)  # type: ignore[arg-type]
