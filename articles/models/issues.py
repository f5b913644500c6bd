"""Issues, their pages, and the credits of a page."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any

from django.apps import apps
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Cast

from articles.models.editing import Editable
from articles.models.group_count import GroupCount, year_of
from articles.models.plain_json import PlainJSONEncoder
from articles.models.reference import Contributor, meant_by
from articles.models.sources import SourceText
from articles.models.statements import Statement
from articles.models.visibility import shown_page
from articles.paths import path_to
from articles.reading import YEARS

WEEKDAYS = "一二三四五六日"

#: The mark of an invented sample wherever it is shown.
SAMPLE_MARK = "示例（虚构）"

#: Longer than any page name, and short enough for PostgreSQL's index, which takes values of 2,700 bytes.
SECTION_LENGTH = 200


class IssueQuerySet(models.QuerySet["Issue"]):
    def visible(self) -> IssueQuerySet:
        """Return the issues that readers may see: those that are not withdrawn, with a page that is not withdrawn.

        The withdrawn ones are looked up apart, so that indexes on days and on issues answer all else.
        """
        issues, pages = Issue.objects.order_by().filter(withdrawn=True), Page.objects.order_by().filter(withdrawn=True)
        shown = Page.objects.filter(~Q(pk__in=pages.values("pk")), issue=OuterRef("pk"))
        return self.filter(Exists(shown), ~Q(pk__in=issues.values("pk")))

    def held(self) -> IssueQuerySet:
        """Return the issues that the archive holds: those with a page, even if readers may not see it."""
        return self.filter(Exists(Page.objects.filter(issue=OuterRef("pk"))))

    def withdrawn(self) -> IssueQuerySet:
        """Return the issues that readers can no longer see: those withdrawn, and those with withdrawn pages alone."""
        issues, pages = Issue.objects.order_by().filter(withdrawn=True), Page.objects.order_by().filter(withdrawn=True)
        has_others = Exists(Page.objects.filter(issue=OuterRef("pk"), withdrawn=False))
        # Both by ids, so that indexes find the few rows without a scan of all issues.
        return self.filter(Q(pk__in=issues.values("pk")) | Q(pk__in=pages.values("issue")) & ~has_others)

    def published_in(self, year: int, month: int | None = None) -> IssueQuerySet:
        issues = self.filter(date__year=year)
        return issues.filter(date__month=month) if month else issues

    def for_page(self, page: Page, date: datetime.date, edition: int | None = None) -> Issue:
        """Return the issue of that day for `page` (not saved). Without `edition`, the edition of the page's own issue
        counts.

        It is the stored issue of that day, or the page's own issue, moved there, if it has no other page, or a new
        issue.
        """
        own = page.issue
        edition = edition or (own.edition if own else 1)
        held = next(iter(_AT.rows(date, edition)), None)
        if held or own is None or own.pages.exclude(pk=page.pk).exists():
            return held or Issue(date=date, edition=edition)
        own.date, own.edition = date, edition
        return own

    def newest_first(self) -> IssueQuerySet:
        return self.order_by("-date", "edition")

    def beside(self, date: datetime.date, edition: int) -> IssueQuerySet:
        """Return the last of these issues before an issue of that day and edition, and the first after it.

        Other editions of the same day count as issues before and after.
        """
        # The condition on the day stands by itself, so that the index leads straight to the nearest day.
        earlier = self.filter(Q(date__lt=date) | Q(edition__lt=edition), date__lte=date)
        later = self.filter(Q(date__gt=date) | Q(edition__gt=edition), date__gte=date)
        last = earlier.order_by("-date", "-edition").values("pk")[:1]
        first = later.order_by("date", "edition").values("pk")[:1]
        return Issue.objects.filter(Q(pk=Subquery(last)) | Q(pk=Subquery(first))).order_by()

    def by_year(self) -> GroupCount:
        """Count these issues by year."""
        return GroupCount.of(self, "date", year_of)

    def by_day(self) -> GroupCount:
        """Count these issues by day."""
        return GroupCount.of(self, "date", datetime.date.fromisoformat)

    def around(self, day: datetime.date) -> list[Issue]:
        """Return the nearest issues to a day: the last before it, and the first on or after it."""
        before = self.filter(date__lt=day).newest_first().first()
        after = self.filter(date__gte=day).order_by("date", "edition").first()
        return [issue for issue in (before, after) if issue]

    def with_holdings(self) -> IssueQuerySet:
        """Annotate `page_count` and `is_sample`, which tells whether any page is an invented sample.

        Withdrawn pages don't count.
        """
        shown = Q(pages__withdrawn=False)
        samples = Page.objects.filter(issue=OuterRef("pk"), is_sample=True, withdrawn=False)
        return self.annotate(page_count=models.Count("pages", distinct=True, filter=shown), is_sample=Exists(samples))


class Issue(Editable):
    """One issue (一期) of the paper, unique by (date, edition). Extras of a day are editions 2, 3 …"""

    class DateBasis(models.TextChoices):
        """The source of the date, strongest first."""

        EDITOR = "editor", "编辑确认"
        GIVEN = "given", "导入时指定"
        PRINTED = "printed", "版面所印"
        FILENAME = "filename", "文件名"
        INFERRED = "inferred", "据正文推算"

    date = models.DateField("日期")
    edition = models.PositiveSmallIntegerField("当日第几种", default=1, help_text="1 为正刊，增刊、号外依次为 2、3 …")
    number = models.PositiveIntegerField("总期号", null=True, blank=True)
    date_basis = models.CharField("日期依据", max_length=10, choices=DateBasis, default=DateBasis.INFERRED)
    withdrawn = models.BooleanField("撤下", default=False, help_text="读者不再看到这一期，网址答复“已撤下”")

    objects = IssueQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报纸期次"
        ordering = ["-date", "edition"]
        # Each query for what readers may see asks for the withdrawn issues, which are few.
        indexes = [models.Index(fields=["withdrawn"], name="issue_withdrawn", condition=Q(withdrawn=True))]
        constraints = [
            models.UniqueConstraint(
                fields=["date", "edition"],
                name="issue_once_a_date_and_edition",
                violation_error_message="这一天的这一种报纸已经有了。",
            ),
            models.CheckConstraint(
                condition=Q(date__gte=datetime.date(YEARS[0], 1, 1), date__lte=datetime.date(YEARS[-1], 12, 31)),
                name="issue_date_in_range",
                violation_error_message=f"日期须在 {YEARS[0]} 年至 {YEARS[-1]} 年之间。",
            ),
            # One digit, because the issue's URL has one.
            models.CheckConstraint(
                condition=Q(edition__gte=1, edition__lte=9),
                name="issue_edition_one_to_nine",
                violation_error_message="当日第几种须为 1 至 9。",
            ),
        ]

    def __str__(self) -> str:
        return f"{'约 ' if self.is_date_inferred else ''}{self.date_text}"

    @classmethod
    def protectable(cls) -> tuple[str, ...]:
        return ("date", "edition", "number")

    def get_absolute_url(self) -> str:
        return path_to("issue", self.key)

    @property
    def key(self) -> str:
        """The issue's key in a URL: 1985-03-02, or 1985-03-02-2 for the second edition of that day."""
        return self.date.isoformat() + (f"-{self.edition}" if self.edition > 1 else "")

    def neighbours(self) -> tuple[Issue | None, Issue | None]:
        """Return the visible issues before and after this one, by one query. None at either end."""
        before, after = None, None
        for row in _BESIDE.rows(self.date, self.edition):
            if (row.date, row.edition) < (self.date, self.edition):
                before = row
            else:
                after = row
        return before, after

    @property
    def date_text(self) -> str:
        date = self.date
        text = f"{date.year}年{date.month}月{date.day}日 星期{WEEKDAYS[date.weekday()]}"
        return text + (f"（当日第{self.edition}种）" if self.edition > 1 else "")

    @property
    def is_date_inferred(self) -> bool:
        return self.date_basis == self.DateBasis.INFERRED

    def rest_date_on(self, basis: str, *, alone: bool) -> bool:
        """Base the date on `basis` (not saved). Return whether that is new.

        A page may only strengthen the basis of its issue's date, unless it is `alone` in the issue. An editor's word
        stays.
        """
        order = self.DateBasis.values
        surer = order.index(basis) < order.index(self.date_basis)
        if basis == self.date_basis or self.date_basis == self.DateBasis.EDITOR or not (alone or surer):
            return False
        self.date_basis = basis
        return True


_AT = Statement(lambda date, edition: Issue.objects.filter(date=date, edition=edition), datetime.date, int)
_BESIDE = Statement(lambda date, edition: Issue.objects.visible().beside(date, edition), datetime.date, int)


#: The order of pages in which the newest issue comes first. Pages without a number come last in their issue.
NEWEST_FIRST = ("-issue__date", "issue__edition", F("number").asc(nulls_last=True), "pk")


class PageQuerySet(models.QuerySet["Page"]):
    def visible(self) -> PageQuerySet:
        """Return the pages that readers may see: those with an issue, and hence a date. Neither is withdrawn."""
        return self.filter(shown_page())

    def hidden(self) -> PageQuerySet:
        """Return the pages that `visible` leaves out. They are few, and indexes find them without a table scan."""
        every = Page.objects.order_by()
        issues = Issue.objects.order_by().filter(withdrawn=True).values("pk")
        undated, withdrawn = every.filter(issue=None).values("pk"), every.filter(withdrawn=True).values("pk")
        return self.filter(
            Q(pk__in=undated) | Q(pk__in=withdrawn) | Q(pk__in=every.filter(issue__in=issues).values("pk"))
        )

    def withdrawn(self) -> PageQuerySet:
        """Return the pages that readers can no longer see: dated ones that are withdrawn, or whose issue is."""
        return self.filter(Q(withdrawn=True) | Q(issue__withdrawn=True), issue__isnull=False)

    def in_section(self, name: str) -> PageQuerySet:
        """Return the pages whose section name is `name`."""
        return self.filter(section=name)

    def sections_called(self, names: Collection[str]) -> dict[str, list[str]]:
        """Return {name: section names of visible pages that it may mean, as `meant_by` finds them}."""
        held = self.visible().exclude(section="").order_by().values_list("section", flat=True).distinct()
        known = [(section, section) for section in held]
        return {name: meant_by(name, known) for name in names}

    def published_in(self, year: int, month: int | None = None) -> PageQuerySet:
        pages = self.filter(issue__date__year=year)
        return pages.filter(issue__date__month=month) if month else pages

    def by_day(self) -> GroupCount:
        """Count these pages by day."""
        return GroupCount.of(self, "issue__date", datetime.date.fromisoformat)

    def edited_by(self, contributor: Contributor) -> PageQuerySet:
        """Return the pages with `contributor` in their staff line."""
        return self.filter(pk__in=PageCredit.objects.filter(contributor=contributor).values("page"))

    def by_sample(self) -> GroupCount:
        """Count these pages by whether they are invented samples. Keys are True and False."""
        return GroupCount.of(self, Cast("is_sample", models.IntegerField()), lambda key: key == "1")

    def of_newest_issue(self) -> PageQuerySet:
        """Return the pages of the newest issue as printed, with the issue."""
        newest = Issue.objects.visible().newest_first().values("pk")[:1]
        return self.filter(issue__in=newest).select_related("issue").as_printed()

    def newest_first(self) -> PageQuerySet:
        return self.order_by(*NEWEST_FIRST)

    def with_file_path(self) -> PageQuerySet:
        """Annotate `file_path`: the path of the file with the page's current text, or None."""
        current = SourceText.objects.filter(page=OuterRef("pk"), standing=SourceText.Standing.CURRENT)
        return self.annotate(file_path=Subquery(current.values("path")[:1]))

    def as_printed(self) -> PageQuerySet:
        """Order by page number. Pages without number come last, in the order of their arrival."""
        return self.order_by(F("number").asc(nulls_last=True), "pk")


class Page(Editable):
    """One page (版). `number` is null if none was printed or given. No two pages of an issue share a number.

    A page without an issue could not be dated; it is kept, queued and hidden from readers. `structure_edited`: a
    person has merged, split, moved, joined, deleted or re-sorted articles, and imports leave the set of articles and
    their order alone. `cuts` are the anchors of articles that a person has deleted: imports go on cutting there, so
    that the deleted text does not return to another article. `placed` are the left-over lines that a person has given
    to an article or to the furniture: [[folded text, offset then, id of the article or null]]. `segments` are the
    stretches of the text outside the articles, in the form of `Article.segments`.
    """

    UNTRACKED = (*Editable.UNTRACKED, "segments")

    #: Set by `with_file_path`.
    file_path: str | None

    issue = models.ForeignKey(Issue, models.PROTECT, null=True, blank=True, related_name="pages", verbose_name="期次")
    number = models.PositiveSmallIntegerField("版次", null=True, blank=True)
    section = models.TextField("版名", blank=True, validators=[MaxLengthValidator(SECTION_LENGTH)])
    is_sample = models.BooleanField(SAMPLE_MARK, default=False, editable=False)
    structure_edited = models.BooleanField("结构经人工调整", default=False, editable=False)
    withdrawn = models.BooleanField("撤下", default=False, help_text="读者不再看到这一版，网址答复“已撤下”")
    cuts = models.JSONField("删去的分篇处", encoder=PlainJSONEncoder, default=list, blank=True, editable=False)
    placed = models.JSONField("未归入文字的归属", encoder=PlainJSONEncoder, default=list, blank=True, editable=False)
    segments = models.JSONField("版面其他文字", encoder=PlainJSONEncoder, default=list, blank=True, editable=False)

    objects = PageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "版面"
        ordering = NEWEST_FIRST  # for the desk, which sorts articles by their page
        # With the issue, so that the newest pages of a name are found in order of issues, without sorting.
        indexes = [
            models.Index(fields=["section", "issue"], name="page_by_section"),
            models.Index(fields=["withdrawn"], name="page_withdrawn", condition=Q(withdrawn=True)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["issue", "number"], name="page_number_once_an_issue"),
            models.CheckConstraint(
                condition=Q(number__isnull=True) | Q(number__gte=1, number__lte=999),
                name="page_number_up_to_999",
                violation_error_message="版次须为 1 至 999。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issue or '日期待考'} {self.label}"

    @classmethod
    def protectable(cls) -> tuple[str, ...]:
        return ("issue", "number", "section", "credits")

    def anchors(self) -> list[str]:
        """Return the anchors at which readings of the page are cut: those of articles read from it, then its cuts."""
        read = apps.get_model("articles", "Article")._default_manager.read_from(self.pk)
        parted = read.as_printed().exclude(anchor="")
        return [*parted.values_list("anchor", flat=True), *self.cuts]

    def next_position(self) -> int:
        """Return the position behind the last article of the page."""
        last = self.articles.aggregate(last=models.Max("position"))["last"]
        return 0 if last is None else last + 1

    def is_beside(self, other: Page) -> bool:
        """Return whether `other` is this page, or a page of the same issue. Undated pages lie beside no other."""
        return self.pk == other.pk or (self.issue_id is not None and self.issue_id == other.issue_id)

    @property
    def dated_issue(self) -> Issue:
        """The issue of a page that readers may see. Each such page has one."""
        assert self.issue is not None
        return self.issue

    def get_absolute_url(self) -> str:
        """Return the page's one URL: by issue and number if it has both, otherwise by id."""
        if self.issue and self.number:
            return path_to("page", self.issue.key, self.number)
        return path_to("unnumbered-page", self.pk)

    @property
    def is_dated_by_editor(self) -> bool:
        """Return whether a person has set the page's issue."""
        issue = self.issue
        if self.is_protected("issue") or issue is None:
            return self.is_protected("issue")
        return issue.date_basis == issue.DateBasis.EDITOR or issue.is_protected("date") or issue.is_protected("edition")

    def sets(self) -> dict[str, list[list[Any]]]:
        """Return the staff line as {"credits": [[role, name as printed], …]}."""
        return {"credits": [[row.role, row.name_as_printed] for row in self.credits.all()]}

    def proposals_for(self, fields: Collection[str]) -> models.QuerySet:
        return self.proposals.filter(article=None, field__in=fields)

    def state(self) -> list[Any]:
        """Return everything that a form of the page shows. The issue's date may change in the issue's own form."""
        return [*super().state(), self.issue and (self.issue.date, self.issue.edition)]

    @property
    def number_text(self) -> str:
        return f"第{self.number}版" if self.number else "版次待考"

    @property
    def label(self) -> str:
        return f"{self.number_text}：{self.section}" if self.section else self.number_text

    @property
    def short_label(self) -> str:
        """The page as contents of an issue list it: 01版：要闻."""
        number = f"{self.number:02d}版" if self.number else self.number_text
        return f"{number}：{self.section}" if self.section else number


class PageCredit(models.Model):
    """A name in a page's staff line, as printed: 责编, 美编, 校对, 首席编辑 …"""

    page = models.ForeignKey(Page, models.CASCADE, related_name="credits", verbose_name="版面")
    contributor = models.ForeignKey(Contributor, models.PROTECT, related_name="page_credits", verbose_name="人员")
    role = models.TextField("职务", blank=True)
    name_as_printed = models.TextField("署名")
    position = models.PositiveIntegerField("次序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "版面人员"
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.role} {self.name_as_printed}".strip()
