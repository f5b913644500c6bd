"""What the reader or the importer is not sure of: the rows of the desk's queue."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, FloatField, IntegerField, Min, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from articles.models.articles import Article, ArticleQuerySet
from articles.models.doubt_kinds import MISLEADING, PROPOSAL, DoubtKind, kind_of, kinds_naming
from articles.models.issues import Page
from articles.models.sources import SourceText
from articles.models.statements import Statement


class KindCount(NamedTuple):
    """The number of doubts of a kind, and the day of the oldest issue with one. It is None if no page has a date."""

    kind: str
    number: int
    oldest: datetime.date | None


class DoubtQuerySet(models.QuerySet["Doubt"]):
    def open(self) -> DoubtQuerySet:
        """Return the doubts that nobody has settled or dismissed."""
        return self.filter(state=Doubt.State.OPEN)

    def of(self, row: Article | Page) -> DoubtQuerySet:
        """Return the doubts about an article, or about a page itself and the texts that claim its place."""
        return self.filter(article=row) if isinstance(row, Article) else self.filter(page=row, article=None)

    def naming(self, fields: Collection[str]) -> DoubtQuerySet:
        """Return the doubts that name at least one of `fields`: those that a correction of these fields settles.

        `issue__number` is the number of the page's issue, see `DoubtKind.fields`. A proposal names its own field.
        """
        return self.filter(Q(kind__in=kinds_naming(fields)) | Q(kind=PROPOSAL, rule__in=fields))

    def least_sure_first(self) -> DoubtQuerySet:
        """Order by the reader's probability, the least sure first. Doubts without a probability come last."""
        return self.order_by(models.F("probability").asc(nulls_last=True), "pk")

    def counts_by_kind(self) -> list[KindCount]:
        """Count these doubts by kind, in one query."""
        counted = self.order_by().values_list("kind").annotate(Count("pk"), Min("page__issue__date"))
        return [KindCount(*row) for row in counted.order_by("kind")]


class Doubt(models.Model):
    """One doubt about an article, about a page (`article` is null), or about the text of a conflict (`source`).

    The key is the target, the kind and the digest of the thing in doubt, folded: a place name, lines of a head, or
    nothing. It has neither a rule nor a version of the reader, so that a doubt that a person has closed stays closed
    when the page is read again. `probability` is the probability of the reader's choice, if the labelling gave one.
    `raised` tells whether the machine still raises the doubt, closed or not: the last reading of the target, or the
    stored rows. `page` is the page of the article, or the page whose place the text claims. The `rule` of a proposal is
    its field.
    """

    class State(models.TextChoices):
        OPEN = "open", "未结"
        SETTLED = "settled", "已了结"
        DISMISSED = "dismissed", "无误"

    page = models.ForeignKey(Page, models.CASCADE, related_name="doubts", verbose_name="版面")
    # The unique constraints lead to the doubts of an article and of a text. Nobody asks for the doubts of a user.
    article = models.ForeignKey(
        Article, models.CASCADE, null=True, blank=True, db_index=False, related_name="doubts", verbose_name="文章"
    )
    source = models.ForeignKey(
        *(SourceText, models.CASCADE),
        null=True,
        blank=True,
        db_index=False,
        related_name="doubts",
        verbose_name="原始文本",
    )
    kind = models.CharField("种类", max_length=30)
    digest = models.CharField("所疑之处的摘要", max_length=16, blank=True)
    detail = models.TextField("所疑之处", blank=True)
    rule = models.CharField("规则", max_length=80, blank=True)
    probability = models.FloatField("把握", null=True, blank=True)
    state = models.CharField("状态", max_length=9, choices=State, default=State.OPEN)
    by = models.ForeignKey(
        *(settings.AUTH_USER_MODEL, models.SET_NULL),
        null=True,
        db_index=False,
        related_name="+",
        verbose_name="结者",
    )
    at = models.DateTimeField("结于", null=True)
    raised = models.BooleanField("机器仍提出", default=True)

    objects = DoubtQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "存疑"
        ordering = ["pk"]
        indexes = [
            # The queue: counts by kind, and the list of a kind with the least sure first.
            models.Index(fields=["kind", "probability"], name="doubt_queue", condition=Q(state="open")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "kind", "digest"],
                condition=Q(article__isnull=False),
                name="doubt_once_an_article",
            ),
            models.UniqueConstraint(
                fields=["page", "kind", "digest"],
                condition=Q(article__isnull=True, source__isnull=True),
                name="doubt_once_a_page",
            ),
            models.UniqueConstraint(
                fields=["source", "kind"], condition=Q(source__isnull=False), name="doubt_once_a_text"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.told_by.label} {self.detail}".rstrip()

    @property
    def told_by(self) -> DoubtKind:
        """The kind with its sentences."""
        return kind_of(self.kind)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that the doubt names. A proposal names its own field."""
        return (self.rule,) if self.kind == PROPOSAL else self.told_by.fields

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


def _misleading() -> DoubtQuerySet:
    """Return the doubts that readers are told of while they are open.

    The condition is not on the state, of which `doubt_queue` is an index in part. SQLite would plan the query anew for
    each reader, since it looks at the value of a condition on which such an index depends.
    """
    return Doubt.objects.filter(kind__in=sorted(MISLEADING))


def with_is_doubted(articles: ArticleQuerySet) -> ArticleQuerySet:
    """Annotate `is_doubted`, whether an article has or had a doubt that readers are told of. Most have none."""
    return articles.annotate(is_doubted=Exists(_misleading().filter(article=OuterRef("pk"))))


_KINDS = Statement(
    lambda articles: (
        _misleading().filter(article__among=articles).order_by("pk").values_list("article_id", "kind", "state")
    ),
    tuple,
)


def misleading_kinds(parts: Sequence[Any]) -> list[str]:
    """Return the MISLEADING kinds of the open doubts about a story, in the order of its parts, each once.

    The parts must come from `with_is_doubted`, as those of `load_story` do. Takes a query if any of them is doubted.
    """
    doubted = tuple(part.pk for part in parts if part.is_doubted)
    rows = _KINDS.rows(doubted) if doubted else []
    told = [(article, kind) for article, kind, state in rows if state == Doubt.State.OPEN]
    return list(dict.fromkeys(kind for pk in doubted for article, kind in told if article == pk))


def with_doubts(rows: models.QuerySet, *, of: str) -> models.QuerySet:
    """Annotate `doubt_count`, the number of open doubts of each row, and `certainty`, the lowest probability of them.

    `of` is "article" for articles, or "page" for pages, whose articles' doubts don't count. A row without a probability
    has the certainty 1.
    """
    about: dict[str, object] = {of: OuterRef("pk"), **({"article": None} if of == "page" else {})}
    doubts = Doubt.objects.open().filter(**about).order_by().values(of)
    number = Subquery(doubts.annotate(number=Count("pk")).values("number"), output_field=IntegerField())
    lowest = Subquery(doubts.annotate(lowest=Min("probability")).values("lowest"), output_field=FloatField())
    return rows.annotate(
        doubt_count=Coalesce(number, Value(0)), certainty=Coalesce(lowest, Value(1.0), output_field=FloatField())
    )
