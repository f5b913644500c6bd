"""The model of articles, and the queries for articles and stories."""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce, Replace
from django.utils.functional import cached_property

from articles.models.assignments import ArticleRegion, ArticleTopic, Byline
from articles.models.bodies import paragraphs_of
from articles.models.columns import PADDING, Column
from articles.models.counting import StoryQuerySet
from articles.models.editing import Editable
from articles.models.fields import line_fields, printed_text, read_fields
from articles.models.issues import Issue, Page
from articles.models.plain_json import PlainJSONEncoder
from articles.models.reference import Contributor, Region, Topic
from articles.models.sources import SourceText
from articles.models.statements import Statement
from articles.models.titles import title_of
from articles.models.visibility import shown_article
from articles.paths import path_to

#: The order of an issue's articles, as printed.
AS_PRINTED = (F("page__number").asc(nulls_last=True), "page_id", "position", "pk")

#: The order of an issue's articles in lists and in the search index: all pages without a number count as one page.
AS_LISTED = (AS_PRINTED[0], "position", "pk")

#: The condition that a continuation counts for its story, even if the story is hidden.
_KEPT = Q(withdrawn=False, page__withdrawn=False)


#: The reasons why an article can't be a part of another one.
HEAD_IS_PART = "请填这一组文章的首篇，首篇自己不能是续文。"
PART_HAS_PARTS = "这篇文章有自己的续文，不能再作别篇的续文。"
IN_OTHER_ISSUE = "续文和首篇须在同一期。"


class ArticleQuerySet(StoryQuerySet):
    def visible(self) -> ArticleQuerySet:
        """Return the articles that readers may see. Visibility is decided here alone.

        Hidden are withdrawn articles, articles on a hidden page, and the continuations of both. A page is hidden if it
        could not be dated, or if the page or its issue is withdrawn.
        """
        return self.filter(shown_article())

    def hidden(self) -> ArticleQuerySet:
        """Return the articles that `visible` leaves out. They are few, and indexes find them without a table scan."""
        every = Article.objects.order_by()
        withdrawn = every.filter(withdrawn=True).values("pk")
        on_hidden = every.filter(page__in=Page.objects.hidden().values("pk")).values("pk")
        own = Q(pk__in=withdrawn) | Q(pk__in=on_hidden)
        return self.filter(own | Q(continuation_of__in=withdrawn) | Q(continuation_of__in=on_hidden))

    def stories(self) -> ArticleQuerySet:
        """Return only heads: an article and its continuations are one story."""
        return self.filter(continuation_of__isnull=True)

    def editorial(self) -> ArticleQuerySet:
        """Leave out teasers and notices, which are not reading matter in themselves."""
        return self.filter(kind__in=[Article.Kind.ARTICLE, Article.Kind.PHOTO])

    def about(self, region: Region, *, walking: bool = False) -> ArticleQuerySet:
        """Return the stories about `region` or a part of it. For `walking` see `having`."""
        first, last = region.code_range
        return self.having(ArticleRegion.objects.filter(region__gte=first, region__lt=last), walking=walking)

    def on(self, topic: Topic, *, walking: bool = False) -> ArticleQuerySet:
        """Return the stories on `topic`. For `walking` see `having`."""
        return self.having(ArticleTopic.objects.filter(topic=topic), walking=walking)

    def in_column(self, column: Column) -> ArticleQuerySet:
        """Return the articles of `column`. A story belongs to the column of its head."""
        return self.filter(column=column)

    def in_section(self, name: str) -> ArticleQuerySet:
        """Return the articles on pages named `name`. A story belongs to the page of its head."""
        return self.filter(page__section=name)

    def by(self, contributor: Contributor, *, walking: bool = False) -> ArticleQuerySet:
        """Return the stories that `contributor` signed in any role. For `walking` see `having`."""
        return self.having(Byline.objects.filter(contributor=contributor), walking=walking)

    def with_kicker(self, names: Collection[str]) -> ArticleQuerySet:
        """Return the articles whose kicker, without padding spaces as in `tidy_title`, is one of `names`."""
        kicker: F | Replace = F("kicker")
        for space in PADDING:
            kicker = Replace(kicker, Value(space), output_field=models.TextField())
        return self.alias(tidy_kicker=kicker).filter(tidy_kicker__in=names)

    def withdrawn(self) -> ArticleQuerySet:
        """Return the articles that readers can no longer see: dated ones that are withdrawn, or whose page, issue, head
        or head's page is.
        """
        rows = ("", "page__", "page__issue__", "continuation_of__", "continuation_of__page__")
        is_withdrawn = (Q(**{f"{row}withdrawn": True}) for row in rows)
        return self.filter(page__issue__isnull=False).filter(reduce(or_, is_withdrawn))

    def published_in(self, year: int, month: int | None = None) -> ArticleQuerySet:
        articles = self.filter(page__issue__date__year=year)
        return articles.filter(page__issue__date__month=month) if month else articles

    def newest_first(self) -> ArticleQuerySet:
        """Order by day, newest first, and within a day by edition and AS_LISTED."""
        return self.order_by("-page__issue__date", "page__issue__edition", *AS_LISTED)

    def recently_added_first(self) -> ArticleQuerySet:
        """Order by arrival in the archive, the latest first. Ids are given in order of arrival and never change."""
        return self.order_by("-pk")

    def with_changed_at(self) -> ArticleQuerySet:
        """Annotate `updated_at`: the time of the last change, else of loading the page text, else None."""
        return self.annotate(updated_at=Coalesce("changed_at", "source__loaded_at"))

    def oldest_first(self) -> ArticleQuerySet:
        """Order by day, oldest first, and within a day by edition and AS_LISTED."""
        return self.order_by("page__issue__date", "page__issue__edition", *AS_LISTED)

    def in_issue(self, issue: Issue) -> ArticleQuerySet:
        """Return the articles of an issue in order, from its first page to its last, each page from its top."""
        return self.filter(page__issue=issue).order_by(*AS_PRINTED)

    def read_from(self, *pages: int) -> ArticleQuerySet:
        """Return the articles that readings of these pages (ids) are paired with, wherever they stand now.

        They were read from a text of the pages, or have no text and stand on them. Those moved here are none of them.
        """
        every = Article.objects.order_by()  # a condition on either table at once would read all articles
        read = every.filter(source__in=SourceText.objects.order_by().filter(page__in=pages).values("pk"))
        typed = every.filter(source=None, page__in=pages)
        return self.filter(pk__in=read.values("pk").union(typed.values("pk"), all=True))

    def as_printed(self) -> ArticleQuerySet:
        """Order the articles of one page from its top."""
        return self.order_by("position", "pk")

    def story_ids(self) -> list[int]:
        """Return the ids of the stories that these articles belong to, each once, in the order of the articles."""
        return list(dict.fromkeys(head or pk for pk, head in self.values_list("pk", "continuation_of")))

    def with_place(self) -> ArticleQuerySet:
        """Fetch page and issue along, for rows that show where an article was printed."""
        return self.select_related("page__issue")

    def with_has_parts(self) -> ArticleQuerySet:
        """Annotate `has_parts`, whether an article has continuations. Most have none and need no query for them."""
        has_parts = Exists(Article.objects.filter(continuation_of=OuterRef("pk")))
        return self.annotate(has_parts=has_parts)  # type: ignore[no-redef] # in place of the cached property

    def continuing(self, heads: Collection[int], *, visible: bool = True) -> ArticleQuerySet:
        """Return the continuations of `heads` (ids), as printed. Those withdrawn or on a withdrawn page are left out.

        With `visible`, continuations on undated pages and those of a hidden head are left out, too.
        """
        shown = self.visible() if visible else self.filter(_KEPT)
        return shown.filter(continuation_of__among=heads).order_by(*AS_LISTED)

    def parts(self, heads: Collection[int], *, visible: bool = True) -> ArticleQuerySet:
        """Return the stories with the heads `heads` (ids) and their continuations, as printed. See `continuing`."""
        shown = self.visible() if visible else self.filter(_KEPT | Q(continuation_of=None))
        own, continuing = Q(pk__among=heads, continuation_of=None), Q(continuation_of__among=heads)
        return shown.filter(own | continuing).order_by(*AS_LISTED)

    def showing(self, record: models.Model) -> ArticleQuerySet:
        """Return the articles whose page or search document shows `record`. A change to `record` changes them, too.

        No article shows the rows of other models than these.
        """
        lookups: dict[type[models.Model], str] = {
            Issue: "page__issue",
            Page: "page",
            Column: "column",
            Contributor: "bylines__contributor",
            Topic: "article_topics__topic",
        }
        if isinstance(record, Region):
            within = ArticleRegion.objects.filter(region__in=Region.objects.within(record))
            return self.filter(pk__in=within.values("article"))
        lookup = lookups.get(type(record))
        return self.filter(**{lookup: record}).distinct() if lookup else self.none()


class Article(Editable):
    """One item of a page. A head and its continuations on other pages are one story, shown at the head's URL.

    `blocks` is the body in reading order: [{"type": "paragraph" | "subhead" | "table", "text": …}]. The text of a table
    holds its rows as articles.reading.tables writes them. A table may have a "caption". A block whose text was changed
    has a "key": see `block_keys`. Whoever writes a body that was read or typed passes it through `carry_keys`.
    `segments` lists the spans of `source.text` that the article was made from: [[start, end, label]]. The segments of a
    page's articles and of the page itself together hold each character of the text once.
    An `absorbed` article is a continuation that was merged into its head: readers see one text without a seam.
    `anchor` is the folded opening of its body, where a person has cut it from another one (see `ingest.anchors`).
    `revision` is the archive's revision at which this article's page or search document last changed. `changed_at` is
    the time of that change, or null if it came before times were kept: see `with_changed_at`.
    """

    class Kind(models.TextChoices):
        ARTICLE = "article", "文章"
        PHOTO = "photo", "图片"
        TEASER = "teaser", "导读"
        NOTICE = "notice", "公告"

    class Review(models.TextChoices):
        UNREVIEWED = "unreviewed", "待校"
        REVIEWED = "reviewed", "已校"
        DOUBTFUL = "doubtful", "存疑"

    #: The fields that a reading gives and a person may correct, one by one.
    READ_FIELDS = read_fields()
    #: The sets of rows that a reading gives and a person may correct, each as a whole.
    READ_SETS = ("bylines", "regions", "topics")
    #: The fields that belong to the structure of a page. A person's change of one makes the structure a person's.
    STRUCTURE = ("page", "kind", "position", "continuation_of", "absorbed", "anchor")
    UNTRACKED = (*Editable.UNTRACKED, "revision", "changed_at", "source", "segments")

    page = models.ForeignKey(Page, models.PROTECT, related_name="articles", verbose_name="版面")
    position = models.PositiveIntegerField("版内次序", default=0)
    kind = models.CharField("类别", max_length=10, choices=Kind, default=Kind.ARTICLE)
    kicker = models.TextField("引题", blank=True)
    headline = models.TextField("标题", blank=True)
    deck = models.TextField("副题", blank=True)
    column = models.ForeignKey(
        Column, models.SET_NULL, null=True, blank=True, related_name="articles", verbose_name="栏目"
    )
    agency = models.TextField("电头通讯社", blank=True)
    blocks = models.JSONField("正文", encoder=PlainJSONEncoder, default=list, blank=True)
    continued_to = models.PositiveSmallIntegerField("下转版次", null=True, blank=True)
    continued_from = models.PositiveSmallIntegerField("上接版次", null=True, blank=True)
    continuation_of = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,  # see article_continuations
        related_name="continuations",
        verbose_name="续自",
    )
    absorbed = models.BooleanField("已并入", default=False, editable=False)
    anchor = models.TextField("分篇处", blank=True, default="", editable=False)
    regions = models.ManyToManyField(Region, through="ArticleRegion", verbose_name="地区")
    topics = models.ManyToManyField(Topic, through="ArticleTopic", verbose_name="主题")
    review = models.CharField("校对", max_length=12, choices=Review, default=Review.UNREVIEWED)
    withdrawn = models.BooleanField("撤下", default=False, help_text="读者不再看到，原网址答复“已撤下”")
    revision = models.PositiveBigIntegerField("修订号", default=0, db_index=True, editable=False)
    changed_at = models.DateTimeField("最后更新", null=True, editable=False)
    source = models.ForeignKey(
        SourceText, models.PROTECT, null=True, blank=True, verbose_name="原始文本", editable=False
    )
    segments = models.JSONField("原文位置", encoder=PlainJSONEncoder, default=list, blank=True, editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "文章"
        permissions = [("review_article", "可以校对文章")]
        indexes = [
            models.Index(fields=["page", "position"], name="article_as_printed"),
            models.Index(fields=["review"], name="article_by_review"),
            # A few rows in a million. The desk looks them up in addition to the stories of the search index.
            models.Index(fields=["withdrawn"], name="article_withdrawn", condition=Q(withdrawn=True)),
            # Leaves out the heads, nearly all rows: SQLite would use the index for "is null" and read the whole table.
            models.Index(
                fields=["continuation_of"],
                name="article_continuations",
                condition=Q(continuation_of__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(continuation_of__isnull=True) | ~Q(continuation_of=F("pk")),
                name="article_continues_another",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return path_to("article", self.pk)

    @property
    def story_url(self) -> str:
        """The URL at which the article is read: its own, or for a continuation its place in the story."""
        if self.continuation_of_id:
            return f"{path_to('article', self.continuation_of_id)}#part-{self.pk}"
        return self.get_absolute_url()

    @property
    def paragraphs(self) -> list[str]:
        return paragraphs_of(self.blocks)

    @property
    def title(self) -> str:
        """The title in lists: the headline, else the first words of the body, or of the caption of a picture."""
        if self.headline:
            return self.headline
        return title_of(next(iter(self.paragraphs), ""), is_caption=self.kind == Article.Kind.PHOTO)

    @property
    def text(self) -> str:
        """The print of the article, by which an import pairs it with an item of a reading."""
        return printed_text(self, (block["text"] for block in self.blocks))

    @classmethod
    def protectable(cls) -> tuple[str, ...]:
        return (*cls.READ_FIELDS, *cls.READ_SETS, "position", "continuation_of")

    def sets(self) -> dict[str, list[list[Any]]]:
        """Return {name: rows in order} for READ_SETS; each row is a list that JSON can hold."""
        return {name: self.rows_of(name) for name in self.READ_SETS}

    def rows_of(self, name: str) -> list[list[Any]]:
        """Return the rows of the set `name` of READ_SETS, in the form of `sets`."""
        if name == "bylines":
            return [[row.of, row.role, row.name_as_printed] for row in self.bylines.all()]
        if name == "regions":
            return [[row.region_id, row.main, row.score, row.evidence] for row in self.article_regions.all()]
        return [[row.topic.slug, row.score, row.evidence] for row in self.article_topics.all()]

    def proposals_for(self, fields: Collection[str]) -> models.QuerySet:
        return self.proposals.filter(field__in=fields)

    def state(self) -> list[Any]:
        return [*super().state(), self.people()]

    def people(self) -> list[int]:
        """Return the ids of the contributors that its bylines are filed under, in order."""
        return [row.contributor_id for row in self.bylines.all()]

    def clean(self) -> None:
        """Raise ValidationError unless the story has one head with its parts below it, all in one issue."""
        head = self.continuation_of
        if head is None or self.page_id is None:
            return
        if head.pk == self.pk or head.continuation_of_id:
            raise ValidationError({"continuation_of": HEAD_IS_PART})
        if self.pk and self.continuations.exists():
            raise ValidationError({"continuation_of": PART_HAS_PARTS})
        if not head.page.is_beside(self.page):
            raise ValidationError({"continuation_of": IN_OTHER_ISSUE})

    @cached_property
    def has_parts(self) -> bool:
        """Whether the article has continuations, visible or not. `with_has_parts` fetches it along."""
        return self.continuations.exists()

    def ids_beside(self) -> set[int]:
        """Return the ids of its head if it is a continuation, else of its continuations."""
        if self.continuation_of_id:
            return {self.continuation_of_id}
        return {part.pk for part in self.continuations.all()}

    def neighbours(self) -> tuple[Article | None, Article | None]:
        """Return the visible stories printed before and after this one in its issue; None at either end."""
        if self.page.issue_id is None:
            return None, None
        rows = _TITLES.rows(self.page.issue_id)
        at = next((number for number, (pk, *_) in enumerate(rows) if pk == self.pk), None)
        if at is None:  # the story was withdrawn meanwhile
            return None, None

        def made(found: list[tuple[Any, ...]]) -> Article | None:  # only two of an issue's rows become articles
            return Article.from_db(self._state.db, ("id", "kind", "headline", "blocks"), found[0]) if found else None

        return made(rows[:at][-1:]), made(rows[at + 1 :])

    @property
    def read_page(self) -> Page:
        """The page that the article was read from; of one without a text, the page on which it stands."""
        return (self.source and self.source.page) or self.page

    @property
    def is_touched(self) -> bool:
        """Whether a person has worked on the article. No import removes such an article."""
        if self.edited_fields or self.withdrawn or self.review != self.Review.UNREVIEWED:
            return True
        return any(part.is_protected("continuation_of") for part in self.continuations.all())

    @property
    def is_sample(self) -> bool:
        return self.page.is_sample

    @cached_property
    def signed(self) -> list[Byline]:
        """The bylines of the article. Pages with many articles set them beforehand (articles/models/contents.py)."""
        return list(self.bylines.all())

    @property
    def writers(self) -> list[Byline]:
        return [byline for byline in self.signed if byline.of == Byline.Of.TEXT]


def _titles_in(issue: int) -> models.QuerySet[Any, tuple[Any, ...]]:
    """Return (id, kind, headline, body) of the visible stories of an issue, as printed.

    Only untitled stories have their body here: its first words are their title.
    """
    stories = Article.objects.visible().stories().filter(page__issue=issue).order_by(*AS_PRINTED)
    return stories.values_list("pk", "kind", "headline", Case(When(headline="", then="blocks")))


_TITLES = Statement(_titles_in, int)


def line_labels() -> dict[str, str]:
    """Return the name that people use for each line of print: {name of the field: 引题, 标题 …}."""
    labels = {field.name: str(field.verbose_name) for field in Article._meta.fields}
    return {name: labels[name] for name in line_fields()}
