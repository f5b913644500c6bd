"""The archive's search in the lists of the desk. It finds the stories that readers find, and hidden stories."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import messages
from django.db import models
from django.db.models import Q
from django.http import HttpRequest

from articles.admin.mixins import AdminMixin
from articles.search.find import find_ids

#: The largest number of stories that a list takes from a search. It takes the most relevant ones.
MOST_FOUND = 1000

SEARCH_HELP = "检索式与读者检索相同，例如 标题:医共体 日期:2024"


class SearchesStories(AdminMixin):
    """A mixin for lists. The search box searches the index for the stories of the rows, and the columns of
    `search_fields`.

    `story_path` is the prefix of the lookup from a row to its article.
    """

    story_path: ClassVar[str] = ""
    search_help_text = SEARCH_HELP

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet, search_term: str
    ) -> tuple[models.QuerySet, bool]:
        """Return the rows whose story the index finds, and the rows of `beside_index` whose columns match.

        Raises IndexUnavailable if the index can't be asked. A search of the columns alone would find less and look like
        a complete answer.
        """
        if not search_term.strip():
            return super().get_search_results(request, queryset, search_term)
        found = find_ids(search_term, MOST_FOUND)
        ids, notices = found.ids, list(found.notices)
        if found.total > len(ids):
            notices.append(
                f"共 {found.total:,} 篇，这里只列出最相关的 {len(ids):,} 篇；"
                "请增加检索词或加上日期（如 日期:2024）缩小范围。"
            )
        if found.is_behind:
            notices.append("索引更新中，结果可能还不全。")
        for notice in notices:
            self.message_user(request, notice, messages.WARNING)
        of_stories = Q(**{f"{self.story_path}pk__in": ids}) | Q(**{f"{self.story_path}continuation_of__in": ids})
        beside, _ = super().get_search_results(request, self.beside_index(queryset), search_term)
        either = Q(pk__in=queryset.filter(of_stories).order_by().values("pk")) | Q(
            pk__in=beside.order_by().values("pk")
        )
        return queryset.filter(either), False

    def beside_index(self, queryset: models.QuerySet) -> models.QuerySet:
        """Return the rows that are searched by their columns as well."""
        return queryset
