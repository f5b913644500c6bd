"""What the reader or the importer is not sure of: the rows of the desk's queue."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from articles.models.issues import Page
from articles.models.sources import SourceText


class DoubtQuerySet(models.QuerySet["Doubt"]):
    def open(self) -> DoubtQuerySet:
        """Return the doubts that nobody has settled or dismissed."""
        return self.filter(state=Doubt.State.OPEN)

    def least_sure_first(self) -> DoubtQuerySet:
        """Order by the reader's probability, the least sure first. Doubts without a probability come last."""
        return self.order_by(models.F("probability").asc(nulls_last=True), "pk")


class Doubt(models.Model):
    """One doubt about an article, about a page (`article` is null), or about the text of a conflict (`source`).

    The key is the target, the kind and the digest of the thing in doubt, folded: a place name, lines of a head, or
    nothing. It has neither a rule nor a version of the reader, so that a doubt that a person has closed stays closed
    when the page is read again. `probability` is the probability of the reader's choice, if the labelling gave one.
    """

    class State(models.TextChoices):
        OPEN = "open", "未结"
        SETTLED = "settled", "已了结"
        DISMISSED = "dismissed", "无误"

    page = models.ForeignKey(Page, models.CASCADE, related_name="doubt_rows", verbose_name="版面")
    article = models.ForeignKey(
        "articles.Article", models.CASCADE, null=True, blank=True, related_name="doubt_rows", verbose_name="文章"
    )
    source = models.ForeignKey(
        SourceText, models.CASCADE, null=True, blank=True, related_name="doubt_rows", verbose_name="原始文本"
    )
    kind = models.CharField("种类", max_length=30)
    digest = models.CharField("所疑之处的摘要", max_length=16, blank=True)
    detail = models.TextField("所疑之处", blank=True)
    rule = models.CharField("规则", max_length=80, blank=True)
    probability = models.FloatField("把握", null=True, blank=True)
    state = models.CharField("状态", max_length=9, choices=State, default=State.OPEN)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="结者")
    at = models.DateTimeField("结于", null=True)

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
        return f"{self.kind} {self.detail}".rstrip()
