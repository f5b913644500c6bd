"""Stories by what is said of them and of their parts, and how many there are of each kind.

Of a million articles some ten thousand continue another, so they are asked about apart: a join that looks for the story
behind each row would find no index, and takes ten seconds where these queries take one.
"""

from __future__ import annotations

import datetime
from collections import Counter
from typing import Any, Self

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat, Substr

from articles.models.parts import ArticleRegion, ArticleTopic, Byline
from articles.models.reference import Contributor, Region


class StoryQuerySet(models.QuerySet):
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

    def count_by_year(self) -> dict[int, int]:
        """Return how many of these there are of each year, the first year first: {year: number}."""
        years: Counter[int] = Counter()
        # SQLite asks Python for the year of each row: better of each day than of each story.
        for day, count in self.count_by_day().items():
            years[day.year] += count
        return dict(sorted(years.items()))

    def count_by_day(self) -> dict[datetime.date, int]:
        """Return how many of these there are of each day: {day: number}."""
        return dict(self.order_by().values_list("page__issue__date").annotate(count=Count("pk")))

    def count_by_section(self) -> dict[str, int]:
        """Return how many of these stories stand on pages of each name: {name: number}."""
        rows = self.exclude(page__section="").order_by().values_list("page__section")
        return dict(rows.annotate(count=Count("pk")))

    def count_by_province(self) -> dict[str, int]:
        """Return how many of these stories are about each province or a part of it: {province code: number}."""
        counts = self._count(ArticleRegion.objects.all(), Substr("region_id", 1, 2))
        return {code + "0000": count for code, count in counts.items()}

    def region_codes(self) -> set[str]:
        """Return the codes of the regions that these stories are about, without those that these lie in."""
        return set(self._count(ArticleRegion.objects.all(), F("region")))

    def count_by_part(self, region: Region) -> dict[str, int]:
        """Return how many of these stories are about each region right below `region`, what lies in it included."""
        below = Case(
            When(region__parent=region, then=F("region")),
            When(region__parent__parent=region, then=F("region__parent")),
        )
        is_below = Q(region__parent=region) | Q(region__parent__parent=region)
        return self._count(ArticleRegion.objects.filter(is_below), below)

    def count_by_topic(self) -> dict[int, int]:
        """Return how many of these stories are on each topic: {topic id: number}."""
        return self._count(ArticleTopic.objects.all(), F("topic"))

    def count_by_column(self) -> dict[int, int]:
        """Return how many of these stories each column has: {column id: number}."""
        rows = self.filter(column__isnull=False).order_by().values_list("column")
        return dict(rows.annotate(count=Count("pk")))

    def count_by_contributor(self) -> dict[int, int]:
        """Return how many of these stories each contributor signed: {contributor id: number}."""
        return self._count(Byline.objects.all(), F("contributor"))

    def count_by_role(self, contributor: Contributor) -> dict[tuple[str, str], int]:
        """Return in how many of these stories `contributor` signed in each role, most first: {(of, role): number}.

        `of` is Byline.Of, `role` as printed.
        """
        signed_as = Concat("of", Value(":"), "role", output_field=models.TextField())
        counts = self._count(Byline.objects.filter(contributor=contributor), signed_as)
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return {tuple(key.split(":", 1)): count for key, count in ordered}

    def _count(self, rows: models.QuerySet, value: Combinable) -> dict[Any, int]:
        """Return in how many of these stories `rows` of a through model have each `value`."""
        rows, stories = rows.order_by().annotate(value=value), self.order_by().values("pk")
        own = rows.filter(article__in=stories)
        said_of_head = rows.filter(article=OuterRef("article__continuation_of"), value=OuterRef("value"))
        of_parts = _of_shown_parts(rows).filter(~Exists(said_of_head), article__continuation_of__in=stories)
        counts: Counter[Any] = Counter()
        for found, story in ((own, "article"), (of_parts, "article__continuation_of")):
            counts.update(dict(found.values_list("value").annotate(count=Count(story, distinct=True))))
        return dict(counts)


def _of_shown_parts(rows: models.QuerySet) -> models.QuerySet:
    """Return those of `rows` that speak of a continuation: one that readers may not see says nothing of its story."""
    parts = rows.filter(article__continuation_of__isnull=False, article__withdrawn=False)
    return parts.filter(article__page__issue__isnull=False)
