"""Readings into rows: one page, one transaction, nothing lost and nothing of a person's overwritten."""

from __future__ import annotations

import dataclasses
import datetime
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from articles.ingest.identity import Identity, identify, places_held
from articles.ingest.items import store_items
from articles.ingest.proposals import propose
from articles.ingest.reference import Reader
from articles.ingest.sources import PageFile, Refusal
from articles.models import (
    Article,
    Contributor,
    ImportItem,
    ImportRun,
    Issue,
    Page,
    PageCredit,
    Redirect,
    SourceText,
    archive,
)
from articles.models.editing import machine_writes
from articles.reading import Clues, PageReading, read_page

#: What a reading says of a page itself and a person may correct.
PAGE_FIELDS = ("number", "section")

#: The pages shipped with the archive to look at; whatever lies here is invented and marked so wherever it is shown.
SAMPLES_DIR = settings.FIXTURES_DIR / "pages"

#: A broadsheet page holds some 5 to 60 items; a text that splits into more than this is no page of a newspaper.
MAX_ITEMS = 1000

Outcome = ImportItem.Outcome


@dataclass
class Report:
    """What importing one file came to. `articles` tells of each: (add | change | same | protected | remove, title)."""

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
) -> Report:
    """Read one page file into the archive, whole or not at all, and note it in the ledger of `run`.

    The same file, read by the same reader with the same clues, changes nothing. What was given of a file once, by
    option or manifest, stays given. With `dry_run` all is done and undone. Raises Refusal for a text that is no page.
    """
    known = SourceText.objects.select_related("page__issue").filter(sha256=file.sha256).first()
    clues = _with_earlier(clues, known or SourceText.objects.filter(path=str(file.path)).order_by("-pk").first())
    if known and known.page and known.standing != SourceText.Standing.CONFLICT:
        if known.standing == SourceText.Standing.SUPERSEDED:
            return Report(Outcome.SAME, "该文本已被后来的文本取代", known.page, known)
        if known.reader_version == reader.version and known.clues == _as_json(clues):
            titles = [("same", article.title) for article in known.page.articles.as_printed()]
            return Report(Outcome.SAME, "", known.page, known, titles)

    reading = read_page(file.text, reference=reader.reference, clues=clues, today=today)
    if len(reading.items) > MAX_ITEMS:
        raise Refusal(f"{file.path}：文本分出 {len(reading.items)} 条内容，不像一个版面，请检查或拆成每版一个文件。")
    with suppress(_Undo), machine_writes(), archive.change() as change:
        report = _Loading(file, clues, reader, reading, change).load(identify(file, reading))
        if dry_run:
            raise _Undo
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


class _Undo(Exception):
    """Leaves the transaction of a dry run."""


def adopt(source: SourceText, reader: Reader, *, today: datetime.date) -> Report:
    """Make a text that is queued as a conflict the one that its page shows: a person has settled that it is.

    Articles are paired by likeness as ever, and what a person corrected stays. Raises Refusal where the text's own
    date and number are another page's.
    """
    file = PageFile(Path(source.path), source.text, source.sha256, source.encoding)
    clues = clues_from_json(source.clues)
    reading = read_page(source.text, reference=reader.reference, clues=clues, today=today)
    with machine_writes(), archive.change() as change:
        rivals = [page for page in places_held(source.page, reading) if page != source.page]
        if rivals:
            raise Refusal(f"{source}：文中的日期和版次属于 {rivals[0]}，不能取代 {source.page}，请先改正版次。")
        return _Loading(file, clues, reader, reading, change).load(Identity(source, page=source.page))


def _as_json(clues: Clues) -> dict[str, Any]:
    values = dataclasses.asdict(clues)
    return {
        name: value.isoformat() if isinstance(value, datetime.date) else value
        for name, value in values.items()
        if value is not None
    }


def _with_earlier(clues: Clues, source: SourceText | None) -> Clues:
    """Return `clues` with what was given when this file was loaded before and is not given now."""
    if source is None:
        return clues
    earlier = dataclasses.asdict(clues_from_json(source.clues))
    missing = {
        name: value for name, value in earlier.items() if name.startswith("given_") and getattr(clues, name) is None
    }
    return dataclasses.replace(clues, **missing)


def clues_from_json(values: dict[str, Any]) -> Clues:
    """Return the clues that `SourceText.clues` keeps."""
    dates = {name: datetime.date.fromisoformat(values[name]) for name in ("given_date", "named_date") if name in values}
    return Clues(**{**values, **dates})


class _Loading:
    """One page on its way into the archive, inside one `archive.change()`."""

    def __init__(
        self, file: PageFile, clues: Clues, reader: Reader, reading: PageReading, change: archive.Change
    ) -> None:
        self.file = file
        self.clues = clues
        self.reader = reader
        self.reading = reading
        self.change = change
        self.withheld: dict[str, Any] = {}

    def load(self, identity: Identity) -> Report:
        if identity.rival:
            return self._queue(identity, identity.rival)
        page = identity.page or Page(is_sample=SAMPLES_DIR in self.file.path.parents)
        is_new = page.pk is None
        page_changed = self._place(page) if is_new else self._move(page)
        source = self._keep_source(identity.source, page)
        propose(page, None, source, self.withheld, PAGE_FIELDS)
        credits_changed = self._store_credits(page)
        entries = store_items(page, source, self.reading, self.change)
        if page_changed or credits_changed:
            self.change.other()
        if is_new:
            outcome = Outcome.ADDED
        elif self.change.has_effect:
            outcome = Outcome.CHANGED
        else:
            outcome = Outcome.SAME
        undated = "" if page.issue else "日期待考，读者暂不可见，请在后台“版面”中填写日期"
        return Report(outcome, undated, page, source, entries)

    def _queue(self, identity: Identity, rival: Page) -> Report:
        """Keep a text that claims the place of an unlike page; it replaces nothing."""
        source = identity.source
        if source is None:
            source = SourceText(sha256=self.file.sha256, page=rival, standing=SourceText.Standing.CONFLICT)
            self._describe(source)
            source.save()
        message = f"与已有的 {rival} 文字不符，未替换；已存入“原始文本”的版面冲突，请核对日期和版次"
        return Report(Outcome.CONFLICT, message, rival, source)

    def _describe(self, source: SourceText) -> None:
        source.path = str(self.file.path)
        source.encoding = self.file.encoding
        source.text = self.file.text
        source.reader_version = self.reader.version
        source.clues = _as_json(self.clues)

    def _keep_source(self, source: SourceText | None, page: Page) -> SourceText:
        """Make this file the text that `page` shows; the one before stays, superseded."""
        source = source or SourceText(sha256=self.file.sha256)
        page.sources.filter(standing=SourceText.Standing.CURRENT).exclude(pk=source.pk).update(
            standing=SourceText.Standing.SUPERSEDED
        )
        self._describe(source)
        source.page = page
        source.standing = SourceText.Standing.CURRENT
        source.save()
        return source

    def _move(self, page: Page) -> bool:
        """Update a stored page, leaving a redirect where its URL changes. Returns whether anything changed."""
        shown = (page.issue_id, page.number, page.section)
        with Redirect.objects.following_page(page):
            changed = self._place(page)
        if shown != (page.issue_id, page.number, page.section):
            self.change.articles(page.articles.all())
        return changed

    def _place(self, page: Page) -> bool:
        """Put `page` where its reading says, unless a person said otherwise, and save it if that changed anything."""
        reading = self.reading
        values = {
            "number": reading.page_number,
            "section": reading.section,
            "doubts": [dataclasses.asdict(doubt) for doubt in reading.doubts],
            "segments": [[part.start, part.end, part.label] for part in reading.segments if part.item is None],
        }
        issue_changed = False
        dated_by_editor = page.issue is not None and page.issue.date_basis == Issue.DateBasis.EDITOR
        if reading.date and not dated_by_editor and not page.is_protected("issue"):
            values["issue"], issue_changed = self._issue(page)
        changed, self.withheld = page.set_unprotected(values)
        if page.pk is None or changed:
            page.save()
        return issue_changed or bool(changed)

    def _issue(self, page: Page) -> tuple[Issue, bool]:
        """Return the issue of the reading's date, and whether it was made or changed by what this page says of it."""
        reading = self.reading
        if page.issue and page.issue.date == reading.date:
            issue, changed = page.issue, False
        else:
            issue = Issue.objects.for_page(page, reading.date)
            changed = issue.pk is None or issue is page.issue
        if issue.date_basis != reading.date_basis:
            alone = issue.pk is None or not issue.pages.exclude(pk=page.pk).exists()
            changed |= issue.rest_date_on(reading.date_basis, alone=alone)
        if reading.issue_number and issue.number is None and not issue.is_protected("number"):
            issue.number = reading.issue_number
            changed = True
        if changed:
            self.change.articles(Article.objects.showing(issue) if issue.pk else [])
            issue.save()
        return issue, changed

    def _store_credits(self, page: Page) -> bool:
        if "credits" in page.edited_fields:
            return False
        read = [(person.role, person.name) for person in self.reading.editors]
        stored = [(credit.role, credit.name_as_printed) for credit in page.credits.all()]
        if read == stored:
            return False
        people = Contributor.objects.named(name for _, name in read)
        page.credits.all().delete()
        PageCredit.objects.bulk_create(
            PageCredit(page=page, contributor=people[name], role=role, name_as_printed=name, position=position)
            for position, (role, name) in enumerate(read)
        )
        return True
