"""One run of an import: many files, a line for each file that matters, a summary, and the ledger."""

from __future__ import annotations

import datetime
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from django.db import DatabaseError, connection
from django.utils import timezone

from articles.ingest.importer import import_page
from articles.ingest.loading import Outcome, Report
from articles.ingest.read_ahead import EarlyFile, EarlyReading, clues_within, pages_of, read_ahead
from articles.ingest.readers import Reader, reader_from_database
from articles.ingest.sources import FoundFiles, PageFile, Refusal, shown
from articles.models import ImportItem, ImportRun
from articles.reading import Clues
from articles.search.sync import paused, sync_and_log, sync_meanwhile

Done = TypeVar("Done")

logger = logging.getLogger(__name__)

#: Seconds between two lines of progress.
TICK = 2.0

ACTIONS = {"add": "新增", "change": "更新", "same": "相同", "protected": "保留人工校改", "remove": "移除"}


def run_import(
    found: FoundFiles,
    *,
    say: Callable[[str], object],
    arguments: Iterable[Path | str],
    dry_run: bool = False,
    workers: int | None = None,
) -> Counter[str]:
    """Import the files of `found`, one transaction for each page. Return {outcome: number of files or pages}.

    `say` gets a line for each page that was not the same, a line of progress with the rate every two seconds, and a
    summary. A file that fails stops only itself. With `dry_run` each article has a line, nothing is stored, and no
    ledger is kept. `workers` processes read ahead, and this process stores; for None see `read_ahead`.
    """
    reader = reader_from_database()
    run = (
        None
        if dry_run
        else ImportRun.objects.create(arguments=[shown(path) for path in arguments], reader_version=reader.version)
    )
    counts: Counter[str] = Counter()
    started = ticked = time.monotonic()
    ending = ""
    try:
        for path, refusal in found.refusals:
            _note(Report(Outcome.FAILED, str(refusal)), path, run, counts, say)
        # The index follows every two seconds: a commit for each page would take as long as the page.
        with paused(), closing(read_ahead(found.files, reader, workers)) as files:
            for done, (path, clues, early) in enumerate(files, start=1):
                for report in _import_file(path, clues, early, reader, run, dry_run=dry_run):
                    _note(report, path, run, counts, say)
                    if dry_run:
                        for action, title in report.articles:
                            say(f"    {ACTIONS[action]}  {title}")
                now = time.monotonic()
                if now - ticked >= TICK and done < len(found.files):
                    ticked = now
                    say(f"进度 {done}/{len(found.files)}，每秒 {done / (now - started):.1f} 版")
                    store_counts(run, counts)
                    sync_meanwhile()
    except BaseException as error:  # whatever ends the run, the ledger records it
        ending = f"{cause_of(error)}，共 {len(found.files) + len(found.refusals)} 个文件，处理了 {counts.total()} 个"
        raise
    finally:
        if run:
            run.passed_over = found.passed_over.total()
            close_run(run, counts, ending)
    if not dry_run:
        sync_and_log()
    elapsed = time.monotonic() - started
    passed_over = f"；{found.passed_over_text}" if found.passed_over else ""
    say(
        f"{'试运行，未写入：' if dry_run else ''}共 {counts.total()} 个文件："
        + "，".join(f"{outcome.label} {counts[outcome]}" for outcome in Outcome)
        + f"{passed_over}；用时 {elapsed:.1f} 秒（每秒 {len(found.files) / max(elapsed, 0.001):.1f} 版）"
    )
    return counts


def _import_file(
    path: Path, clues: Clues, early: EarlyFile, reader: Reader, run: ImportRun | None, *, dry_run: bool
) -> Iterator[Report]:
    """Import the pages of a file and yield their reports. `early` is the file as `read_ahead` gave it.

    If a page number is given for a file of several pages, the import of the file fails.
    """
    pages = _attempt(path, lambda: pages_of(path, early))
    if isinstance(pages, Report):
        yield pages
    elif len(pages) > 1 and clues.given_page:
        message = f"{path}：文件里有 {len(pages)} 个版面，不能都给版次 {clues.given_page}，请去掉给定的版次再导入。"
        yield Report(Outcome.FAILED, message)
    else:
        own = clues_within(pages, clues)
        for page, reading in pages:
            yield _import_one(page, own, reading, reader, run, dry_run=dry_run)


def _import_one(
    file: PageFile, clues: Clues, early: EarlyReading | None, reader: Reader, run: ImportRun | None, *, dry_run: bool
) -> Report:
    today: datetime.date = timezone.localdate()
    return _attempt(
        file.path, lambda: import_page(file, clues, reader, today=today, dry_run=dry_run, run=run, early=early)
    )


def _attempt(path: Path, work: Callable[[], Done]) -> Done | Report:
    """Return the result of `work` for a file, or the report of its failure."""
    try:
        return work()
    except Refusal as refusal:
        return Report(Outcome.FAILED, str(refusal))
    except DatabaseError as error:
        logger.exception("import of %s", path)
        return Report(Outcome.FAILED, f"{path}：数据库出错（{type(error).__name__}），该版未载入，请稍后重新导入。")
    except Exception as error:  # an error of our own in one page must not stop the others; the log has the traceback
        logger.exception("import of %s", path)
        return Report(
            Outcome.FAILED, f"{path}：处理时出错（{type(error).__name__}），该版未载入，请把此文件交给维护者。"
        )


def _note(
    report: Report, path: Path, run: ImportRun | None, counts: Counter[str], say: Callable[[str], object]
) -> None:
    """Count an outcome, and say it unless the file was the same. Enter a failure into the ledger."""
    counts[report.outcome] += 1
    label = Outcome(report.outcome).label
    if report.outcome == Outcome.FAILED:
        say(f"{label}  {report.message}")
        if run:
            ImportItem.objects.create(run=run, path=shown(path), outcome=report.outcome, message=report.message)
    elif report.outcome != Outcome.SAME:
        tail = f"（{report.message}）" if report.message else ""
        count = sum(action != "remove" for action, _ in report.articles)
        say(f"{label}  {report.page} {count} 条 ← {path}{tail}")


def cause_of(error: BaseException) -> str:
    """Return in Chinese why a run ended early.

    An interruption counts, too, if the cancelling of the running statement failed on its way up.
    """
    each: BaseException | None = error
    while each is not None:
        if isinstance(each, (KeyboardInterrupt, SystemExit)):
            return "被中断"
        each = each.__cause__ or each.__context__
    return f"出错中止（{type(error).__name__}）"


def close_run(run: ImportRun, counts: Counter[str], ending: str) -> None:
    """Enter the end of a run into the ledger. `ending` tells why it ended early, "" if it did not.

    If the database fails, the log says so and the run stays open. The error is raised unless the run ended early.
    """
    run.finished_at, run.ending = timezone.now(), ending
    if ending and not connection.in_atomic_block:
        connection.close()  # the connection may be in the middle of a query; the next query opens a new one
    try:
        store_counts(run, counts)
    except DatabaseError:
        logger.exception("end of %s", run)
        if not ending:
            raise


def store_counts(run: ImportRun | None, counts: Counter[str]) -> None:
    """Enter {outcome: number} into the ledger, if the run has one."""
    if run is None:
        return
    for outcome in Outcome:
        setattr(run, outcome.value, counts[outcome])
    run.save()
