"""The rows that belong to an article: bylines, regions and topics, and the machine's proposals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from django.db import models
from django.db.models import Q

from articles.models.issues import Page
from articles.models.plain_json import PlainJSONEncoder
from articles.models.reference import Contributor, Region, Topic
from articles.models.sources import SourceText
from articles.models.visibility import shown_article
from articles.text.fold import fold


class BylineQuerySet(models.QuerySet["Byline"]):
    def name_of_photographer(self) -> str:
        """Return the name of one who signed a picture that readers may see, or "" if nobody did."""
        shown = self.filter(shown_article("article__"), of=Byline.Of.PHOTO)
        names = shown.filter(role__in=("", "摄影")).order_by("pk").values_list("contributor__name", flat=True)
        return names.first() or ""


class Byline(models.Model):
    """A signature as printed, under a text or a photo. `position` keeps the printed order."""

    class Of(models.TextChoices):
        TEXT = "text", "文字"
        PHOTO = "photo", "图片"

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="bylines", verbose_name="文章")
    contributor = models.ForeignKey(
        Contributor,
        models.PROTECT,
        db_index=False,  # see byline_by_contributor
        related_name="bylines",
        verbose_name="作者",
    )
    of = models.CharField("署于", max_length=5, choices=Of, default=Of.TEXT)
    role = models.TextField("身份", blank=True)
    name_as_printed = models.TextField("署名")
    position = models.PositiveIntegerField("次序", default=0)

    objects = BylineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "署名"
        ordering = ["position", "pk"]
        indexes = [
            # With the article, so that the question whether a contributor signed an article reads one row. SQLite has
            # no statistics, and would read all rows of a contributor with thousands of articles for each article.
            models.Index(fields=["contributor", "article"], name="byline_by_contributor")
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.name_as_printed}".strip()


def each_once(bylines: Iterable[Byline]) -> list[Byline]:
    """Return `bylines` in order, without those that repeat a name (folded) in the same role under text or photo."""
    rows = list(bylines)
    if len(rows) < 2:  # the usual case: folding a name would take longer than all else
        return rows
    once: dict[tuple[str, str, str], Byline] = {}
    for row in rows:
        once.setdefault((row.of, row.role, fold(row.name_as_printed)), row)
    return list(once.values())


class Assignment(models.Model):
    """A statement that an article is about something: its origin (machine or person), its score, its evidence."""

    class Origin(models.TextChoices):
        MACHINE = "auto", "机器"
        PERSON = "manual", "人工"

    source = models.CharField("来源", max_length=6, choices=Origin, default=Origin.MACHINE, editable=False)
    score = models.FloatField("分值", default=0, editable=False)
    evidence = models.JSONField("依据", encoder=PlainJSONEncoder, default=list, blank=True, editable=False)

    class Meta:
        abstract = True


class ArticleRegion(Assignment):
    """A region that an article is about. An article has at most one main region.

    `evidence` lists the names that the reading counted: [[value, its number, start, end, name as printed, rule]], the
    fields of `articles.reading.model.Evidence`.
    """

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="article_regions", verbose_name="文章")
    region = models.ForeignKey(Region, models.PROTECT, related_name="article_regions", verbose_name="地区")
    main = models.BooleanField("主要", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "涉及地区"
        ordering = ["-main", "-score", "region_id"]
        constraints = [
            models.UniqueConstraint(fields=["article", "region"], name="article_region_once"),
            models.UniqueConstraint(fields=["article"], condition=Q(main=True), name="article_one_main_region"),
        ]

    def __str__(self) -> str:
        return self.region.name

    @property
    def former_names(self) -> list[str]:
        """The former names that the text uses for the region, as printed, each once: 偃师市 of 偃师区."""
        return list(dict.fromkeys(name for *_, name, rule in self.evidence if rule == "former"))


A = TypeVar("A")


def each_region_once(rows: Iterable[A]) -> list[A]:
    """Return the first of `rows` for each region, in order. Several parts of a story may be about one region."""
    once: dict[str, A] = {}
    for row in rows:
        once.setdefault(row.region_id, row)  # type: ignore[attr-defined] # records and values of them have it
    return list(once.values())


class ArticleTopic(Assignment):
    """A topic of an article. `position` puts the best topic first."""

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="article_topics", verbose_name="文章")
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="article_topics", verbose_name="主题")
    position = models.PositiveIntegerField("次序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "涉及主题"
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["article", "topic"], name="article_topic_once")]

    def __str__(self) -> str:
        return self.topic.name


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def of(self, page: Page, article: models.Model | None = None) -> ProposalQuerySet:
        """Return the proposals for `article`, or, without one, for `page` itself."""
        return self.filter(article=article) if article else self.filter(page=page, article=None)


class Proposal(models.Model):
    """The newest reading's value of a field that a person has set. Each field has at most one proposal."""

    page = models.ForeignKey(Page, models.CASCADE, related_name="proposals", verbose_name="版面")
    article = models.ForeignKey(
        "articles.Article", models.CASCADE, null=True, blank=True, related_name="proposals", verbose_name="文章"
    )
    field = models.CharField("字段", max_length=30)
    #: Null if the machine has found nothing, such as no jump.
    value = models.JSONField("机器读取的值", encoder=PlainJSONEncoder, null=True)
    source = models.ForeignKey(SourceText, models.CASCADE, verbose_name="原始文本")
    made_at = models.DateTimeField("时间", auto_now=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "机器建议"
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "field"], condition=Q(article__isnull=False), name="proposal_once_an_article_field"
            ),
            models.UniqueConstraint(
                fields=["page", "field"], condition=Q(article__isnull=True), name="proposal_once_a_page_field"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article or self.page}：{self.field}"
