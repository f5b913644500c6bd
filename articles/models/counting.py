"""Queries for stories by their subjects and bylines, and counts of them.

Of a million articles some ten thousand are continuations, so these have queries of their own. A join from each row to
its story would find no index and take ten seconds where these queries take one.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat, Substr

from articles.models.assignments import ArticleRegion, ArticleTopic, Byline
from articles.models.group_count import GroupCount, year_of
from articles.models.reference import Contributor, Region
from articles.models.visibility import shown_by_itself

if TYPE_CHECKING:
    from articles.models.articles import Article  # noqa: F401 - of the string below


class StoryQuerySet(models.QuerySet["Article"]):
    """Articles as stories: a head and its continuations are one. The rows of a part count for its story."""

    def having(self, rows: models.QuerySet, *, walking: bool = False) -> Self:
        """Return the stories with `rows` of a through model, on their heads or on their parts.

        With `walking` the database tests each story in order and can stop at the end of a page. Otherwise it starts
        from `rows`, which is faster for a few stories among a million. The stories are the same.
        """
        rows = rows.order_by()
        own = Exists(rows.filter(article=OuterRef("pk")))
        if walking:
            # Parts of the story first, then their rows: SQLite has no statistics, and in a join it would begin with all
            # rows of a contributor for each story.
            parts = self.model._base_manager.filter(shown_by_itself(""), continuation_of=OuterRef("pk"))
            return self.filter(own | Exists(parts.filter(own)))
        of_parts = _of_shown_parts(rows)
        return self.filter(pk__in=rows.values("article").union(of_parts.values("article__continuation_of")))

    def by_day(self) -> GroupCount:
        """Count these articles by day."""
        return GroupCount.of(self, "page__issue__date", datetime.date.fromisoformat)

    def by_year(self) -> GroupCount:
        """Count these articles by year."""
        return GroupCount.of(self, "page__issue__date", year_of)

    def by_section(self) -> GroupCount:
        """Count these stories by the name of their page."""
        return GroupCount.of(self.exclude(page__section=""), "page__section")

    def by_province(self) -> GroupCount:
        """Count these stories by province, including places within it. Keys are codes of provinces."""
        return self._group_count(ArticleRegion.objects.all(), Substr("region_id", 1, 2), lambda code: code + "0000")

    def by_region(self) -> GroupCount:
        """Count these stories by region, without places within it. Keys are codes."""
        return self._group_count(ArticleRegion.objects.all(), F("region"))

    def by_part(self, region: Region) -> GroupCount:
        """Count these stories by the regions right below `region`, including places within these. Keys are codes."""
        below = Case(
            When(region__parent=region, then=F("region")),
            When(region__parent__parent=region, then=F("region__parent")),
        )
        is_below = Q(region__parent=region) | Q(region__parent__parent=region)
        return self._group_count(ArticleRegion.objects.filter(is_below), below)

    def by_topic(self) -> GroupCount:
        """Count these stories by topic. Keys are ids."""
        return self._group_count(ArticleTopic.objects.all(), F("topic"), int)

    def by_column(self) -> GroupCount:
        """Count these stories by column. Keys are ids."""
        return GroupCount.of(self.filter(column__isnull=False), "column", int)

    def by_contributor(self) -> GroupCount:
        """Count these stories by the contributors who signed them. Keys are ids."""
        return self._group_count(Byline.objects.all(), F("contributor"), int)

    def by_role(self, contributor: Contributor) -> GroupCount:
        """Count these stories by the role in which `contributor` signed them. Keys are (of, role).

        `of` is Byline.Of, `role` is as printed.
        """
        signed_as = Concat("of", Value(":"), "role", output_field=models.TextField())
        return self._group_count(
            Byline.objects.filter(contributor=contributor), signed_as, lambda key: (*key.split(":", 1),)
        )

    def _group_count(self, rows: models.QuerySet, value: Combinable, read: Callable[[str], Any] = str) -> GroupCount:
        """Count these stories by `value` of the `rows` of a through model."""
        rows, stories = rows.order_by().annotate(value=value), self.order_by().values("pk")
        own = rows.filter(article__in=stories)
        said_of_head = rows.filter(article=OuterRef("article__continuation_of"), value=OuterRef("value"))
        of_parts = _of_shown_parts(rows).filter(~Exists(said_of_head), article__continuation_of__in=stories)
        by_parts = GroupCount.of(of_parts, "value", read, distinct="article__continuation_of")
        return GroupCount.of(own, "value", read, distinct="article") + by_parts


def _of_shown_parts(rows: models.QuerySet) -> models.QuerySet:
    """Return the `rows` of visible continuations. The rows of hidden ones do not count for their story."""
    return rows.filter(shown_by_itself("article__"), article__continuation_of__isnull=False)
