"""Stories by what is said of them and of their parts, and how many there are of each kind.

Of a million articles some ten thousand continue another, so they are asked about apart: a join that looks for the story
behind each row would find no index, and takes ten seconds where these queries take one.
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

if TYPE_CHECKING:
    from articles.models.articles import Article  # noqa: F401 - of the string below


class StoryQuerySet(models.QuerySet["Article"]):
    """Articles as stories: a head and its continuations are one, and what is said of a part is said of it."""

    def having(self, rows: models.QuerySet, *, walking: bool = False) -> Self:
        """Return the stories that `rows` of a through model say something of, in their heads or in their parts.

        The same stories either way. `walking` looks at each story in turn, which lets a database that goes through many
        of them in order stop at the end of a page; else it starts from `rows`, which finds few among a million.
        """
        rows = rows.order_by()
        of_parts = _of_shown_parts(rows)
        if walking:
            own = Exists(rows.filter(article=OuterRef("pk")))
            return self.filter(own | Exists(of_parts.filter(article__continuation_of=OuterRef("pk"))))
        return self.filter(pk__in=rows.values("article").union(of_parts.values("article__continuation_of")))

    def by_day(self) -> GroupCount:
        """Ask how many of these there are of each day."""
        return GroupCount.of(self, "page__issue__date", datetime.date.fromisoformat)

    def by_year(self) -> GroupCount:
        """Ask how many of these there are of each year."""
        return GroupCount.of(self, "page__issue__date", year_of)

    def by_section(self) -> GroupCount:
        """Ask how many of these stories stand on pages of each name."""
        return GroupCount.of(self.exclude(page__section=""), "page__section")

    def by_province(self) -> GroupCount:
        """Ask how many of these stories are about each province or a part of it; keys are the codes of provinces."""
        return self._group_count(ArticleRegion.objects.all(), Substr("region_id", 1, 2), lambda code: code + "0000")

    def by_region(self) -> GroupCount:
        """Ask how many of these stories are about each region, what lies in it left out; keys are codes."""
        return self._group_count(ArticleRegion.objects.all(), F("region"))

    def by_part(self, region: Region) -> GroupCount:
        """Ask how many of these stories are about each region right below `region`, what lies in it included."""
        below = Case(
            When(region__parent=region, then=F("region")),
            When(region__parent__parent=region, then=F("region__parent")),
        )
        is_below = Q(region__parent=region) | Q(region__parent__parent=region)
        return self._group_count(ArticleRegion.objects.filter(is_below), below)

    def by_topic(self) -> GroupCount:
        """Ask how many of these stories are on each topic; keys are ids."""
        return self._group_count(ArticleTopic.objects.all(), F("topic"), int)

    def by_column(self) -> GroupCount:
        """Ask how many of these stories each column has; keys are ids."""
        return GroupCount.of(self.filter(column__isnull=False), "column", int)

    def by_contributor(self) -> GroupCount:
        """Ask how many of these stories each contributor signed; keys are ids."""
        return self._group_count(Byline.objects.all(), F("contributor"), int)

    def by_role(self, contributor: Contributor) -> GroupCount:
        """Ask in how many of these stories `contributor` signed in each role; keys are (of, role).

        `of` is Byline.Of, `role` as printed.
        """
        signed_as = Concat("of", Value(":"), "role", output_field=models.TextField())
        return self._group_count(
            Byline.objects.filter(contributor=contributor), signed_as, lambda key: (*key.split(":", 1),)
        )

    def _group_count(self, rows: models.QuerySet, value: Combinable, read: Callable[[str], Any] = str) -> GroupCount:
        """Ask in how many of these stories `rows` of a through model have each `value`."""
        rows, stories = rows.order_by().annotate(value=value), self.order_by().values("pk")
        own = rows.filter(article__in=stories)
        said_of_head = rows.filter(article=OuterRef("article__continuation_of"), value=OuterRef("value"))
        of_parts = _of_shown_parts(rows).filter(~Exists(said_of_head), article__continuation_of__in=stories)
        by_parts = GroupCount.of(of_parts, "value", read, distinct="article__continuation_of")
        return GroupCount.of(own, "value", read, distinct="article") + by_parts


def _of_shown_parts(rows: models.QuerySet) -> models.QuerySet:
    """Return those of `rows` that speak of a continuation: one that readers may not see says nothing of its story."""
    parts = rows.filter(article__continuation_of__isnull=False, article__withdrawn=False)
    return parts.filter(article__page__issue__isnull=False)
