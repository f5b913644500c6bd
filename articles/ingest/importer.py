"""Readings into rows. One page is one transaction. Nothing is lost, and no correction of a person is overwritten."""

from __future__ import annotations

import dataclasses
import datetime
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from articles.ingest.anchors import cut_at_anchors
from articles.ingest.bounds import read_within_bounds
from articles.ingest.classification import heads_of, is_judged_apart, settle_stories
from articles.ingest.clues import clues_from_json, clues_to_json, given, given_before, with_earlier
from articles.ingest.derived_doubts import derive
from articles.ingest.doubts import Target, bring, doubt, persons_fields, raised_by, with_answers
from articles.ingest.identity import Identity, identify, pages_like, places_held, source_with
from articles.ingest.items import store_items
from articles.ingest.page_doubts import store_doubts
from articles.ingest.proposals import propose
from articles.ingest.read_ahead import EarlyReading
from articles.ingest.readers import Reader
from articles.ingest.removal import Removal, remove_pages
from articles.ingest.sets import Known
from articles.ingest.sources import PageFile, Refusal
from articles.ingest.stitching import stitch
from articles.models import (
    Article,
    Contributor,
    Doubt,
    ImportItem,
    ImportRun,
    Issue,
    Page,
    PageCredit,
    Redirect,
    SourceText,
    archive,
)
from articles.models.doubt_kinds import OTHER_ISSUE_NUMBER, PLACE_TAKEN
from articles.models.statements import Statement
from articles.reading import Clues, PageReading
from articles.text.likeness import LIKE, Likeness

#: The fields of a page that a reading gives and a person may correct.
PAGE_FIELDS = ("issue", "number", "section", "credits")

#: The sample pages shipped with the archive. They are invented, and marked as samples wherever they are shown.
SAMPLES_DIR = settings.FIXTURES_DIR / "pages"

Outcome = ImportItem.Outcome
Standing = SourceText.Standing


@dataclass
class Report:
    """The result of importing one file.

    `articles` has (add | change | same | protected | remove, title) for each article.
    """

    outcome: str
    message: str = ""
    page: Page | None = None
    source: SourceText | None = None
    articles: list[tuple[str, str]] = field(default_factory=list)


def import_page(
    file: PageFile,
    clues: Clues,
    reader: Reader,
    *,
    today: datetime.date,
    dry_run: bool = False,
    run: ImportRun | None = None,
    early: EarlyReading | None = None,
) -> Report:
    """Import one page file, whole or not at all, and enter it into the ledger of `run`. Return the report.

    The same file with the same reader and clues changes nothing. A clue once given by option or manifest stays given.
    With `dry_run` everything is done and rolled back. `early` is a reading of the same text; it serves if it was made
    with the same clues on the same day. Raises Refusal if the text is no page or can't be read.
    """
    known = source_with(file.sha256, file.part)
    settled = _settled(file, clues, known) if known and known.page else None
    if settled:
        return settled
    likeness = Likeness()
    clues = with_earlier(clues, known or _same_path(file, likeness))
    if known and known.standing == Standing.CURRENT and known.page:
        if known.path != str(file.path) and not dry_run:
            SourceText.objects.filter(pk=known.pk).update(path=str(file.path))  # the file was moved
        # A text that an older version extracted, and that a person adopted since, has boxes without an extent.
        is_whole = known.extent is not None or not known.boxes
        if is_whole and known.reader_version == reader.version and clues_from_json(known.clues) == clues:
            titles = [("same", article.title) for article in known.page.articles.as_printed()]
            return Report(Outcome.SAME, "", known.page, known, titles)

    if early and (early.clues, early.today) == (clues, today):
        reading = early.reading()
    else:
        reading = read_within_bounds(file.text, file.path, reference=reader.reference, clues=clues, today=today)
    with suppress(_DryRunOver), archive.change() as change:
        report = _Loading(file, clues, reader, reading, change).load(identify(file, reading, likeness))
        if dry_run:
            raise _DryRunOver
        if run and report.outcome != Outcome.SAME:
            ImportItem.objects.create(
                run=run,
                path=str(file.path),
                outcome=report.outcome,
                message=report.message,
                source=report.source,
                page=report.page,
            )
    return report


class _DryRunOver(Exception):
    """An exception that leaves the transaction of a dry run."""


def adopt(source: SourceText, reader: Reader, *, today: datetime.date, structure_gives_way: bool = False) -> Report:
    """Make the text of a queued conflict the current text of its page, as a person has decided. Return the report.

    Articles are paired by likeness, as in any import, and corrections stay. With `structure_gives_way` the page gets
    the articles of the text even if a person had settled its articles.

    Raises Refusal if a person had settled the articles and `structure_gives_way` is False, because readers would go on
    seeing the old articles; if the date and number in the text are another page's; if the text is that of another page
    of the issue, or of another page from the same path, read again; or if the text can't be read.
    """
    file = PageFile(
        *(Path(source.path), source.text, source.sha256, source.encoding, source.part, source.original),
        tuple(map(tuple, source.boxes)),
        None if source.extent is None else tuple(source.extent),
    )
    clues = clues_from_json(source.clues)
    reading = read_within_bounds(source.text, source.path, reference=reader.reference, clues=clues, today=today)
    with archive.change() as change:
        page = source.page
        assert page is not None  # each conflict has a page
        others = Page.objects.filter(issue=page.issue).exclude(pk=page.pk)
        same_file = {"sources__path": source.path, "sources__part": source.part}
        others |= Page.objects.filter(**same_file, sources__standing=Standing.CURRENT)
        twins = pages_like(source.text, others.exclude(pk=page.pk).distinct())
        if twins:
            raise Refusal(f"{source} 的文字和 {twins[0]} 相同，不能取代 {page}，请先改正那一版的日期和版次。")
        rivals = [held for held in places_held(page, reading) if held != page]
        if rivals:
            raise Refusal(f"{source} 文中的日期和版次属于 {rivals[0]}，不能取代 {page}，请先改正版次。")
        if page.structure_edited and not structure_gives_way:
            raise Refusal(
                f"{page} 有哪些文章是人工定下的，换用 {source} 不会改变读者所见，未取代。"
                "要以新文本为准，请选“用此文本取代原版面，人工定下的分篇作废”；要以人工分篇为准，请选“保留原版面”。"
            )
        if page.structure_edited:
            page.structure_edited = False
            page.save(update_fields=["structure_edited"])
        return _Loading(file, clues, reader, reading, change).load(Identity(source, page=page))


def _settled(file: PageFile, clues: Clues, known: SourceText) -> Report | None:
    """Return the report on a stored text that stays as it is, or None if the import goes on."""
    if known.standing == Standing.SUPERSEDED:
        return Report(Outcome.SAME, "该文本已被后来的文本取代", known.page, known)
    told = given(clues)
    disagrees = any(value is not None and value != given_before(known)[name] for name, value in told.items())
    if known.standing == Standing.ASIDE and not disagrees:
        return Report(Outcome.SAME, "该文本已存档，未采用", known.page, known)
    if known.standing == Standing.CURRENT and known.path != str(file.path) and Path(known.path).exists():
        # One text has two names. If the import followed both, each run would move the page there and back.
        if disagrees:
            message = f"与 {known.path} 内容相同，而给定的日期、版次或版名不同，未改动；请只留一个文件"
            return Report(Outcome.CONFLICT, message, known.page, known)
        return Report(Outcome.SAME, f"与 {known.path} 内容相同", known.page, known)
    return None


def _same_path(file: PageFile, likeness: Likeness) -> SourceText | None:
    """Return the current text from this path if it is the same page, else None. Paths are reused for other pages."""
    source = next(iter(_LAST_TEXT_AT.rows(str(file.path), file.part)), None)
    return source if source and likeness.of(source.text, file.text) >= LIKE else None


def _last_text_at(path: str, part: int) -> QuerySet[SourceText]:
    """Return the last current text from a path. A scanner may have used the path for thousands."""
    return SourceText.objects.filter(path=path, part=part, standing=Standing.CURRENT).order_by("-pk")[:1]


_LAST_TEXT_AT = Statement(_last_text_at, str, int)


class _Loading:
    """The load of one page, inside one `archive.change()`."""

    def __init__(
        self, file: PageFile, clues: Clues, reader: Reader, reading: PageReading, change: archive.Change
    ) -> None:
        self.file = file
        self.clues = clues
        self.reader = reader
        self.reading = reading
        self.change = change
        self.doubts = raised_by(reading.doubts)
        self.withheld: dict[str, Any] = {}
        #: The ids of the pages whose derived doubts may change beside those of the page itself.
        self.pages_beside: set[int] = set()
        #: The indices of the items that were cut at an anchor, and the anchors that the text does not have.
        self.pieces: frozenset[int] = frozenset()
        self.lost: tuple[str, ...] = ()

    def load(self, identity: Identity) -> Report:
        is_sample = SAMPLES_DIR in self.file.path.parents
        removal = Removal(pages=0)
        if identity.rival and identity.rival.is_sample and not is_sample:
            # A sample gives way to a real page.
            removal = remove_pages(Page.objects.filter(pk=identity.rival.pk), self.change)
            identity = dataclasses.replace(identity, rival=None)
        if identity.rival and identity.page:
            return self._leave(identity.page, identity.rival)
        if identity.rival:
            return self._queue(identity.source, identity.rival)
        page = identity.page or Page(is_sample=is_sample)
        is_new, left = page.pk is None, page.issue
        if identity.source and identity.source.page_id:  # a text in conflict names the page of its rival
            self.pages_beside.add(identity.source.page_id)
        page_changed = self._place(page) if is_new else self._move(page)
        source = self._keep_source(identity.source, page, is_new=is_new)
        if page.structure_edited:
            self._cut(page)
        signed = [person for item in self.reading.items for person in (*item.bylines, *item.credits)]
        names = [sorted({person.name for person in people}) for people in (self.reading.editors, signed)]
        wanted = [*names[0], *names[1]] if is_new else names[1]  # one query for both
        contributors = Contributor.objects.named(wanted) if wanted else {}
        credits_changed = self._store_credits(page, contributors if is_new else None)
        if not is_new:
            propose(page, None, source.pk, self.withheld, PAGE_FIELDS)
        stored = store_items(
            *(page, source, self.reading, contributors, self.change, self.pieces, self.lost), is_new=is_new
        )
        parted = removal.parted | stored.parted
        parted = parted.union(*(stitch(issue, self.change) for issue in {left, page.issue} if issue))
        apart = self._judge_apart(page, parted, is_new=is_new)
        text_changed = self._describe_page(page, stored.unplaced)
        store_doubts(page, self.doubts, stored, apart, self.pages_beside, self.change, is_new=is_new)
        if page_changed or credits_changed or text_changed:
            self.change.other()
        outcome = Outcome.ADDED if is_new else Outcome.CHANGED if self.change.has_effect else Outcome.SAME
        told = [] if page.issue else ["日期待考，读者暂不可见，请在后台“版面”中填写日期"]
        if removal.pages:
            told.append("取代同一版的示例（虚构）版面" + (f"，{removal.losses}" if removal.losses else ""))
            stored.entries += [("remove", f"{title}（示例）") for title in removal.titles]
        return Report(outcome, "；".join(told), page, source, stored.entries)

    def _cut(self, page: Page) -> None:
        """Cut the items of the reading where a person has parted articles of the page."""
        cut = cut_at_anchors(self.reading, page.anchors())
        self.reading, self.pieces, self.lost = cut.reading, cut.pieces, cut.lost

    def _judge_apart(self, page: Page, parted: set[int], *, is_new: bool) -> set[int]:
        """Judge by their whole text the stories that the reading of one page can't tell.

        They are the stories of several parts, the stories with corrections, and the stories of other pages that gained
        or lost a part (`parted`). A new page has no corrections, and its stories of several parts are among `parted`.
        Return the ids of their articles that are named so.
        """
        rows = Article.objects.none() if is_new else page.articles.prefetch_related("continuations")
        apart = parted | {article.pk for article in rows if is_judged_apart(article)}
        if apart:
            settle_stories(heads_of(apart), self.reader.reference, Known.subjects(), self.change)
        return apart

    def _leave(self, page: Page, rival: Page) -> Report:
        """Leave a known page where it is although its text claims the place of `rival`. Add a doubt to the page."""
        raised = {Target(page.pk): with_answers([doubt(PLACE_TAKEN, str(rival))], persons_fields(page))}
        bring(raised, Doubt.objects.of(page).filter(kind=PLACE_TAKEN), self.change)
        message = f"应移到 {rival} 的位置，那里已有另一版，未移动；请核对两版的日期和版次"
        return Report(Outcome.CONFLICT, message, page)

    def _queue(self, source: SourceText | None, rival: Page) -> Report:
        """Keep a text that claims the place of an unlike page, as a conflict. The text replaces nothing."""
        source = source or SourceText(sha256=self.file.sha256, part=self.file.part)
        source.standing = Standing.CONFLICT
        source.page = rival
        self._describe(source)
        source.save()
        derive(self.change, pages=[rival.pk])
        message = f"与已有的 {rival} 文字不符，未替换；已存入“原始文本”的版面冲突，请核对日期和版次"
        return Report(Outcome.CONFLICT, message, rival, source)

    def _describe(self, source: SourceText) -> None:
        source.path = str(self.file.path)
        source.encoding = self.file.encoding
        source.text = self.file.text
        source.original = self.file.original
        source.boxes = list(self.file.boxes)
        source.extent = None if self.file.extent is None else list(self.file.extent)
        source.reader_version = self.reader.version
        source.clues = clues_to_json(self.clues)
        source.claimed_date = self.reading.date
        source.claimed_number = self.reading.page_number

    def _keep_source(self, source: SourceText | None, page: Page, *, is_new: bool) -> SourceText:
        """Make this file the current text of `page`. The earlier text stays, marked as superseded."""
        source = source or SourceText(sha256=self.file.sha256, part=self.file.part)
        if not is_new:
            page.sources.filter(standing=Standing.CURRENT).exclude(pk=source.pk).update(standing=Standing.SUPERSEDED)
        self._describe(source)
        source.page = page
        source.standing = Standing.CURRENT
        source.save()
        return source

    def _move(self, page: Page) -> bool:
        """Update a stored page, with a redirect if its URL changes. Return whether anything changed."""
        before = (page.issue_id, page.number, page.section)
        with Redirect.objects.following_page(page):
            changed = self._place(page)
        if before != (page.issue_id, page.number, page.section):
            self.change.articles(page.articles.all())
        return changed

    def _place(self, page: Page) -> bool:
        """Put `page` where its reading says, and save it if anything changed. Return whether anything changed.

        Values that a person has set stay. A reading without a number or section removes neither: a folio line that OCR
        lost is no evidence.
        """
        reading = self.reading
        values: dict[str, Any] = {
            "number": reading.page_number or page.number,
            "section": reading.section or page.section,
        }
        issue_changed = False
        if reading.date and not page.is_dated_by_editor:
            values["issue"], issue_changed = self._issue(page)
        elif reading.date and page.issue and page.issue.date != reading.date:
            self.withheld["issue"] = reading.date.isoformat()
        changed, withheld = page.set_unprotected(values)
        self.withheld |= withheld
        if page.pk is None:
            page.segments = self._segments_outside([])
        if page.pk is None or changed:
            page.save()
        return issue_changed or bool(changed)

    def _issue(self, page: Page) -> tuple[Issue, bool]:
        """Return the issue of the reading's date, and whether this page made or changed the issue."""
        reading = self.reading
        assert reading.date is not None and reading.date_basis is not None  # the caller has asked
        if page.issue and page.issue.date == reading.date:
            issue, changed = page.issue, False
        else:
            issue = Issue.objects.for_page(page, reading.date)
            changed = issue.pk is None or issue is page.issue
        alone = issue.pk is None or not issue.pages.exclude(pk=page.pk).exists()
        changed |= issue.rest_date_on(reading.date_basis, alone=alone)
        if reading.issue_number and reading.issue_number != issue.number and not issue.is_protected("number"):
            if issue.number is None or alone:
                issue.number = reading.issue_number
                changed = True
            else:
                self.doubts.append(doubt(OTHER_ISSUE_NUMBER, f"{reading.issue_number}，本期为 {issue.number}"))
        if changed:
            if issue.pk:
                self.change.articles(Article.objects.showing(issue))
                self.pages_beside.update(issue.pages.values_list("pk", flat=True))
            issue.save()
        return issue, changed

    def _describe_page(self, page: Page, unplaced: list[list[Any]]) -> bool:
        """Store the segments outside the articles. Return whether anything changed."""
        changed, _ = page.set_unprotected({"segments": self._segments_outside(unplaced)})
        if changed:
            page.save(update_fields=list(changed))
        return bool(changed)

    def _segments_outside(self, unplaced: list[list[Any]]) -> list[list[Any]]:
        """Return the segments outside the articles: those outside all items, and those of the `unplaced` items."""
        own = [[part.start, part.end, part.label] for part in self.reading.segments if part.item is None]
        return sorted([*own, *unplaced])

    def _store_credits(self, page: Page, contributors: dict[str, Contributor] | None) -> bool:
        """Bring the credits of `page` to those of the reading. Return whether anything changed.

        For a new page, which has no credits, `contributors` are {name: contributor} for the names.
        """
        read = [[person.role, person.name] for person in self.reading.editors]
        stored = [] if contributors is not None else page.sets()["credits"]
        if read == stored:
            return False
        if "credits" in page.edited_fields:
            self.withheld["credits"] = read
            return False
        if contributors is None:
            contributors = Contributor.objects.named(sorted({name for _, name in read}))
            page.credits.all().delete()
        PageCredit.objects.bulk_create(
            PageCredit(page=page, contributor=contributors[name], role=role, name_as_printed=name, position=position)
            for position, (role, name) in enumerate(read)
        )
        return True
