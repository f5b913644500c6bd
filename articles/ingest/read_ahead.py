"""Reading files ahead of the import, in worker processes. Readings are pure; one process stores them.

An early reading never decides anything: the import asks the database first, as always, and takes an early reading only
if it was made with the same clues on the same day.
"""

from __future__ import annotations

import dataclasses
import datetime
import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from django.utils import timezone

from articles.ingest.bounds import read_within_bounds
from articles.ingest.inlet import check_name
from articles.ingest.readers import Reader
from articles.ingest.sources import PageFile, Refusal, read_pages, shown
from articles.models import SourceText
from articles.models.archive import batches
from articles.reading import Clues, PageReading, Reference
from articles.workers import from_workers, worker_count

logger = logging.getLogger(__name__)

#: The number of files that each worker reads while this process is at something long, as a commit of the index.
AHEAD = 8

#: The number of files to read from which starting workers pays off. They take a second or two to start.
WORTH_WHILE = 100


@dataclass(frozen=True)
class EarlyReading:
    """The reading of a page text with these clues on this day, or the refusal of the text."""

    clues: Clues
    today: datetime.date
    result: PageReading | Refusal

    def reading(self) -> PageReading:
        """Return the reading. Raises the refusal."""
        if isinstance(self.result, Refusal):
            raise self.result
        return self.result


#: The pages of a file, each with its early reading, if there is one.
Pages = list[tuple[PageFile, EarlyReading | None]]

#: A file as `read_ahead` gives it: its pages, or its refusal, or None if it was not read ahead.
EarlyFile = Pages | Refusal | None


def read_ahead(
    files: Sequence[tuple[Path, Clues]], reader: Reader, workers: int | None = None
) -> Generator[tuple[Path, Clues, EarlyFile]]:
    """Yield each of `files` in order, with what `workers` processes have read of it.

    Files that the archive holds already, read by the same reader, are not read ahead. None as the number of workers
    means one for each core if there are many files to read, and otherwise none. A worker that is lost costs the file
    that it had in work: it gets a refusal. If no worker can be started, the files are not read ahead.
    """
    held = _held({str(path) for path, _ in files if _is_storable(path)}, reader) if workers != 0 else set()
    ahead = [str(path) not in held for path, _ in files]
    if workers is None:
        workers = worker_count() if sum(ahead) >= WORTH_WHILE else 0
    if not workers or not any(ahead):
        yield from ((path, clues, None) for path, clues in files)
        return
    task = partial(file_reader, reader.reference, timezone.localdate())
    parcels = (file for file, is_ahead in zip(files, ahead, strict=True) if is_ahead)
    with closing(from_workers(task, parcels, workers, _lost, held=AHEAD)) as answers:
        has_workers = True
        for (path, clues), is_ahead in zip(files, ahead, strict=True):
            early: EarlyFile = None
            if is_ahead and has_workers:
                try:
                    early = next(answers)
                except RuntimeError:
                    logger.exception("reading ahead has ended at %s; this process reads the other files", shown(path))
                    has_workers = False
            yield path, clues, early


def pages_of(path: Path, early: EarlyFile) -> Pages:
    """Return the pages of a file, each with its early reading, if there is one. Raises Refusal as `read_pages` does."""
    if isinstance(early, Refusal):
        raise early
    return early if early is not None else [(page, None) for page in read_pages(path)]


def clues_within(pages: Sequence[object], clues: Clues) -> Clues:
    """Return the clues of each page of a file. The page number in the file's name counts only for a single page."""
    return clues if len(pages) == 1 else dataclasses.replace(clues, named_page=None)


def file_reader(reference: Reference, today: datetime.date) -> Callable[[tuple[Path, Clues]], EarlyFile]:
    """Return a function that reads a file and its pages. `file_reader` with its arguments is a task for workers.

    It returns None for a file at which it fails. The importing process then fails at the file as well, and reports it.
    """

    def read_file(file: tuple[Path, Clues]) -> EarlyFile:
        path, clues = file
        try:
            pages = read_pages(path)
            own = clues_within(pages, clues)
            return [(page, EarlyReading(own, today, _read(page, own, reference, today))) for page in pages]
        except Refusal as refusal:
            return refusal
        except Exception:  # noqa: BLE001 - the importing process meets the error again, logs it and reports it
            return None

    return read_file


def _read(page: PageFile, clues: Clues, reference: Reference, today: datetime.date) -> PageReading | Refusal:
    try:
        return read_within_bounds(page.text, page.path, reference=reference, clues=clues, today=today)
    except Refusal as refusal:
        return refusal


def _held(paths: set[str], reader: Reader) -> set[str]:
    """Return those of `paths` whose text is in the archive and was read by this reader."""
    current = SourceText.objects.filter(standing=SourceText.Standing.CURRENT, reader_version=reader.version)
    return {path for batch in batches(paths) for path in current.filter(path__in=batch).values_list("path", flat=True)}


def _is_storable(path: Path) -> bool:
    """Return whether a database takes the path as a text. The reading of a file refuses any other path."""
    try:
        check_name(path)
    except Refusal:
        return False
    return True


def _lost(file: tuple[Path, Clues]) -> EarlyFile:
    path, _ = file
    logger.error("the worker that read %s has ended", shown(path))
    return Refusal(f"{shown(path)}：读这个文件的进程意外终止（也许内存不足），该版未载入，请单独重新导入此文件。")
