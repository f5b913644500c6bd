"""A new reading of the pages of the archive, by today's reader, from the texts that the archive keeps."""

from __future__ import annotations

import datetime
import logging
import time
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial

from django.db import DatabaseError
from django.utils import timezone

from articles.ingest.forecast import forecast
from articles.ingest.identity import identify
from articles.ingest.loading import Loading, Outcome, Standing
from articles.ingest.readers import Reader, reader_from_database
from articles.ingest.runs import TICK, cause_of, close_run, store_counts
from articles.ingest.sources import Refusal
from articles.ingest.stored_texts import StoredReading, file_of, read_stored
from articles.models import ImportItem, ImportRun, Page, SourceText, archive
from articles.models.precedence import let_people_go_first
from articles.reading import PageReading
from articles.search.sync import paused, sync_and_log, sync_meanwhile
from articles.text.likeness import Likeness
from articles.workers import from_workers, worker_count

logger = logging.getLogger(__name__)

#: Texts that a worker reads at once.
PARCEL = 8

#: The number of texts from which starting workers pays off.
WORTH_WHILE = 100


@dataclass(frozen=True)
class PageReport:
    """The result for one page: the outcome of the import, a sentence, and the number of articles by action.

    For the actions see `ItemPlan`. `page` is None if the page went meanwhile.
    """

    outcome: str
    page: Page | None
    message: str = ""
    articles: Counter[str] = field(default_factory=Counter)


@dataclass
class Totals:
    """The number of pages by outcome, and of articles by action."""

    pages: Counter[str] = field(default_factory=Counter)
    articles: Counter[str] = field(default_factory=Counter)

    def add(self, report: PageReport) -> None:
        """Count the report of one page."""
        self.pages[report.outcome] += 1
        self.articles += report.articles


def reread(
    pages: Sequence[int] | None = None,
    *,
    dry_run: bool,
    tell: Callable[[PageReport], object],
    progress: Callable[[int, int, float], object] = lambda done, of, rate: None,
    arguments: Sequence[str] = (),
    workers: int | None = None,
) -> Totals:
    """Read the current texts of `pages` (ids) once more, or, for None, of all pages that another reader has read.

    Each page is one change, as in an import; a page that fails stops only itself. With `dry_run` nothing is locked or
    written, and the same is told. `tell` gets the report of each page that is not the same, `progress` the pages done,
    their number and the pages a second. The ledger of imports gets a run with `arguments`.
    """
    reader, today = reader_from_database(), timezone.localdate()
    rows = SourceText.objects.filter(standing=Standing.CURRENT, page__isnull=False).order_by("page")
    rows = rows.exclude(reader_version=reader.version) if pages is None else rows.filter(page__in=pages)
    ids = list(rows.values_list("pk", flat=True))
    run = None if dry_run else ImportRun.objects.create(arguments=list(arguments), reader_version=reader.version)
    totals = Totals()
    started = ticked = time.monotonic()
    ending = ""
    try:
        make_task = page_forecaster if dry_run else text_reader
        with paused(), closing(_read_ahead(ids, partial(make_task, reader, today), workers)) as answers:
            for done, (pk, early) in enumerate(answers, start=1):
                if isinstance(early, PageReport):
                    report = early
                else:
                    report = _attempt(pk, early, reader, today, run, dry_run=dry_run)
                totals.add(report)
                if report.outcome != Outcome.SAME:
                    tell(report)
                now = time.monotonic()
                if now - ticked >= TICK and done < len(ids):
                    ticked = now
                    progress(done, len(ids), done / (now - started))
                    store_counts(run, totals.pages)
                    if not dry_run:
                        sync_meanwhile()
    except BaseException as error:  # whatever ends the run, the ledger records it
        ending = f"{cause_of(error)}，共 {len(ids)} 版，重读了 {totals.pages.total()} 版"
        raise
    finally:
        if run:
            close_run(run, totals.pages, ending)
    if not dry_run:
        sync_and_log()
    return totals


#: A text that a worker has read: the digest of its file, its clues, and the reading or the refusal.
Early = tuple[str, dict, PageReading | Refusal]

#: What a worker gives for some texts, by their ids: their readings, or, in a dry run, the reports of their pages.
Answers = dict[int, Early] | dict[int, PageReport]


def _read_ahead(
    ids: Sequence[int], task: Callable[[], Callable[[Sequence[int]], Answers]], workers: int | None
) -> Generator[tuple[int, Early | PageReport | None]]:
    """Yield each of the texts (ids), with the answer of a worker if there are enough of them for workers."""
    if workers is None:
        workers = worker_count() if len(ids) >= WORTH_WHILE else 0
    if not workers:
        yield from ((pk, None) for pk in ids)
        return
    parcels = [ids[start : start + PARCEL] for start in range(0, len(ids), PARCEL)]
    with closing(from_workers(task, iter(parcels), workers, _lost)) as answers:
        for parcel, answer in zip(parcels, answers, strict=True):
            yield from ((pk, answer.get(pk)) for pk in parcel)


def _lost(parcel: Sequence[int]) -> Answers:
    """Return no answer: the main process reads the texts of a lost worker itself."""
    return {}


def page_forecaster(reader: Reader, today: datetime.date) -> Callable[[Sequence[int]], dict[int, PageReport]]:
    """Return a function that reports what new readings of texts (ids) would do. It is a task for workers.

    A forecast locks nothing, so that all of them work at once.
    """

    def report(ids: Sequence[int]) -> dict[int, PageReport]:
        return {pk: _attempt(pk, None, reader, today, None, dry_run=True) for pk in ids}

    return report


def text_reader(reader: Reader, today: datetime.date) -> Callable[[Sequence[int]], dict[int, Early]]:
    """Return a function that reads texts by their ids. `text_reader` with its arguments is a task for workers."""

    def read(ids: Sequence[int]) -> dict[int, Early]:
        rows = SourceText.objects.filter(pk__in=ids).select_related("page")
        return {row.pk: (row.sha256, row.clues, _try(row, reader, today)) for row in rows}

    return read


def _try(source: SourceText, reader: Reader, today: datetime.date) -> PageReading | Refusal:
    try:
        return read_stored(source, reader, today=today).reading
    except Refusal as refusal:
        return refusal


def _attempt(
    pk: int, early: Early | None, reader: Reader, today: datetime.date, run: ImportRun | None, *, dry_run: bool
) -> PageReport:
    """Return the report of one page, or of its failure."""
    source = SourceText.objects.select_related("page__issue").filter(pk=pk, standing=Standing.CURRENT).first()
    if source is None or source.page is None:
        return PageReport(Outcome.SAME, None)  # another text has taken its place meanwhile, or a sample has gone
    try:
        read = _reading(source, early, reader, today)
        return _forecast(read) if dry_run else _load(read, run)
    except Refusal as refusal:
        report = PageReport(Outcome.FAILED, source.page, str(refusal))
    except DatabaseError as error:
        logger.exception("reading of %s", source.page)
        said = f"{source.page}：数据库出错（{type(error).__name__}），该版未重读，请稍后再运行。"
        report = PageReport(Outcome.FAILED, source.page, said)
    except Exception as error:  # an error of our own in one page must not stop the others; the log has the traceback
        logger.exception("reading of %s", source.page)
        said = f"{source.page}：处理时出错（{type(error).__name__}），该版未重读，请把此文件交给维护者。"
        report = PageReport(Outcome.FAILED, source.page, said)
    if run:
        values = {"path": source.path, "outcome": report.outcome, "message": report.message}
        ImportItem.objects.create(run=run, source=source, page=source.page, **values)
    return report


def _reading(source: SourceText, early: Early | None, reader: Reader, today: datetime.date) -> StoredReading:
    """Return the reading of a text: that of a worker if the text is the same since. Raises the refusal."""
    if early is None or early[:2] != (source.sha256, source.clues):
        return read_stored(source, reader, today=today)
    if isinstance(early[2], Refusal):
        raise early[2]
    return StoredReading.of(source, reader, early[2])


def _forecast(read: StoredReading) -> PageReport:
    found = forecast(read)
    return PageReport(
        found.outcome, read.page, found.refusal or found.message, found.counts - Counter(unplaced=len(found.items))
    )


def _load(read: StoredReading, run: ImportRun | None) -> PageReport:
    source, file = read.source, file_of(read.source)
    let_people_go_first()
    with archive.change(keeps_reference=True) as change:
        loading = Loading(file, read.clues, read.reader, read.reading, change, samples_give_way=False)
        report = loading.load(identify(file, read.reading, Likeness()))
        if run and report.outcome != Outcome.SAME:
            values = {"outcome": report.outcome, "message": report.message, "source": report.source}
            ImportItem.objects.create(run=run, path=source.path, page=report.page, **values)
    return PageReport(report.outcome, report.page, report.message, Counter(action for action, _ in report.articles))
