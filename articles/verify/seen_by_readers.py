"""Everything that readers see, row by row, for its digest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast

from articles.models import (
    Article,
    ArticleRegion,
    ArticleTopic,
    Byline,
    Column,
    ColumnAlias,
    Contributor,
    ContributorAlias,
    Doubt,
    Issue,
    Page,
    PageCredit,
    PublicationSchedule,
    Redirect,
    Region,
    RegionAlias,
    SourceText,
    Synonym,
    Topic,
)
from articles.models.doubt_kinds import MISLEADING
from articles.models.stories import REGION_ORDER, TOPIC_ORDER
from articles.verify.canonical import RowsDigest
from articles.verify.keys import key_of
from articles.verify.reading import in_parts, streamed

#: The columns of an article that its page or its file shows.
ARTICLE = (
    *("pk", "page", "position", "kind", "kicker", "headline", "deck", "column__name", "agency", "blocks"),
    *("continued_to", "continued_from", "continuation_of", "absorbed", "review", "segments"),
    *("source__sha256", "source__part"),
)

#: The tables behind lists, filters and calendars, each with the columns that show.
TABLES: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = (
    (Region, ("code", "name", "short", "level", "parent")),
    (RegionAlias, ("old_name", "region", "last_year", "event", "flag", "disabled")),
    (Topic, ("slug", "name", "description", "position", "disabled")),
    (Column, ("pk", "name", "description", "disabled")),
    (ColumnAlias, ("column__name", "name")),
    (Contributor, ("pk", "name", "note")),
    (ContributorAlias, ("contributor__name", "name")),
    (Synonym, ("subject", "name", "first_year", "last_year", "source", "position", "disabled")),
    (
        PublicationSchedule,
        ("first_day", "last_day", "kind", "weekdays", "month_days", "reason", "source", "confirmed", "disabled"),
    ),
    (Redirect, ("old_path", "new_path")),
)


def add_seen_by_readers(digest: RowsDigest, using: str) -> None:
    """Add each row that readers see to `digest`, from the database `using`."""
    for model, columns in TABLES:
        for row in streamed(model._base_manager.using(using).order_by("pk").values_list(*columns)):
            digest.add(str(model._meta.model_name), *row)
    issues = Issue.objects.using(using).order_by("pk")
    for row in issues.filter(withdrawn=False).values_list("date", "edition", "number", "date_basis"):
        digest.add("issue", *row)
    for row in issues.filter(withdrawn=True).values_list("date", "edition"):
        digest.add("withdrawn issue", *row)
    for part in in_parts(streamed(Page.objects.using(using).order_by("pk").select_related("issue"))):
        _add_pages(digest, using, part)
    visible = Article.objects.using(using).visible().order_by("pk").values_list(*ARTICLE)
    for rows in in_parts(streamed(visible)):
        _add_articles(digest, using, rows)
    for pk in streamed(Article.objects.using(using).withdrawn().order_by("pk").values_list("pk", flat=True)):
        digest.add("withdrawn article", pk)


def _add_pages(digest: RowsDigest, using: str, pages: list[Page]) -> None:
    ids = [page.pk for page in pages]
    credits = _rows(
        PageCredit.objects.using(using).filter(page__among=ids).order_by("position", "pk"),
        *("page", "role", "name_as_printed", "contributor"),
    )
    current = SourceText.objects.using(using).filter(page__among=ids, standing=SourceText.Standing.CURRENT)
    texts = _rows(current, "page", "sha256", "part")
    for page in pages:
        if page.issue is None:
            continue
        key = key_of(page)
        if page.withdrawn or page.issue.withdrawn:
            digest.add("withdrawn page", key)
            continue
        digest.add("page", key, page.pk, page.section, page.is_sample, credits[page.pk], texts[page.pk])


def _add_articles(digest: RowsDigest, using: str, rows: list[tuple[Any, ...]]) -> None:
    ids = [row[0] for row in rows]
    names = _rows(
        Byline.objects.using(using).filter(article__among=ids).order_by("position", "pk"),
        *("article", "of", "role", "name_as_printed", "contributor"),
    )
    regions = _rows(
        ArticleRegion.objects.using(using).filter(article__among=ids).order_by(*REGION_ORDER),
        *("article", "region", "main", "source"),
    )
    with_former = Q(article__among=ids, told__contains='"former"')
    former = _rows(
        ArticleRegion.objects.using(using).annotate(told=Cast("evidence", models.TextField())).filter(with_former),
        *("article", "region", "evidence"),
    )
    topics = _rows(
        ArticleTopic.objects.using(using).filter(article__among=ids).order_by(*TOPIC_ORDER), "article", "topic__slug"
    )
    misleading = Q(article__among=ids, kind__in=sorted(MISLEADING), state=Doubt.State.OPEN)
    doubts = _rows(Doubt.objects.using(using).filter(misleading).order_by("kind"), "article", "kind")
    for pk, *values in rows:
        kinds = sorted({kind for (kind,) in doubts[pk]})
        digest.add("article", pk, *values, names[pk], regions[pk], topics[pk], kinds, sorted(former[pk]))


def _rows(rows: models.QuerySet, owner: str, *columns: str) -> dict[int, list[list[Any]]]:
    """Return {id of the owner: the values of `columns` of its rows in order}."""
    found: dict[int, list[list[Any]]] = defaultdict(list)
    told: Iterable[tuple[Any, ...]] = rows.values_list(owner, *columns)
    for key, *values in told:
        found[key].append(values)
    return found
