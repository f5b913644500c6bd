"""Readings into rows. One page is one transaction. Nothing is lost, and no correction of a person is overwritten."""

from __future__ import annotations

import datetime
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from django.db.models import QuerySet

from articles.ingest.bounds import read_within_bounds
from articles.ingest.clues import clues_from_json, given, given_before, with_earlier
from articles.ingest.identity import identify, source_with
from articles.ingest.loading import Loading, Outcome, Report, Standing
from articles.ingest.read_ahead import EarlyReading
from articles.ingest.readers import Reader
from articles.ingest.sources import PageFile
from articles.ingest.stored_texts import file_of
from articles.models import Article, ImportItem, ImportRun, SourceText, archive
from articles.models.precedence import let_people_go_first
from articles.models.statements import Statement
from articles.reading import Clues
from articles.text.likeness import LIKE, Likeness


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
    if known and known.erased is not None:
        # The law has taken text out of this file, which the file on the disk still has.
        file, early = replace(file_of(known), path=file.path), None
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
            titles = [("same", article.title) for article in Article.objects.read_from(known.page.pk).as_printed()]
            return Report(Outcome.SAME, "", known.page, known, titles)

    if early and (early.clues, early.today) == (clues, today):
        reading = early.reading()
    else:
        reading = read_within_bounds(file.text, file.path, reference=reader.reference, clues=clues, today=today)
    let_people_go_first()
    with suppress(_DryRunOver), archive.change(keeps_reference=True) as change:
        report = Loading(file, clues, reader, reading, change).load(identify(file, reading, likeness))
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
