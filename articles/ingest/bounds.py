"""Reading one page text within bounds. A page that breaks a bound, or breaks the reader, stops alone."""

from __future__ import annotations

import datetime
import logging
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from articles.ingest.sources import Refusal, shown
from articles.reading import Clues, PageReading, Reference, read_page

logger = logging.getLogger(__name__)

#: A broadsheet page has some 200 to 1,500 printed lines, twice as many if a blank line follows each.
MAX_LINES = 10_000

#: A broadsheet page holds some 5 to 60 items. A text that splits into more than this is no page of a newspaper.
MAX_ITEMS = 1000

#: Seconds of this thread's processor time that a page may take. A broadsheet page takes a twentieth of a second.
MAX_SECONDS = 20.0


def read_within_bounds(
    text: str, path: Path | str, *, reference: Reference, clues: Clues, today: datetime.date
) -> PageReading:
    """Return the reading of one page text that came from `path`.

    Raises Refusal if the text has more lines or items than a page can have, if the reading takes too long, or if the
    reader fails. The log has the traceback of a failed reader.
    """
    lines = len(text.splitlines())
    if lines > MAX_LINES:
        raise _no_page(path, f"文本有 {lines} 行，超过 {MAX_LINES} 行")
    try:
        reading = read_page(text, reference=reference, clues=clues, today=today, check=_deadline())
    except _TooLongError:
        raise _no_page(path, f"{len(text)} 个字、{lines} 行，读了 {MAX_SECONDS:g} 秒还没有读完") from None
    except BaseException as error:
        # The error is our own, or a panic in the word splitter, which is no Exception. The other pages must still be
        # read.
        if not isinstance(error, Exception) and type(error).__module__ != "pyo3_runtime":
            raise
        logger.exception("reading of %s", shown(path))
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{type(error).__name__}，{Path(place.filename).name} 第 {place.lineno} 行"
        raise Refusal(f"{shown(path)}：读取器出错（{where}），该版未载入，请把此文件交给维护者。") from error
    if len(reading.items) > MAX_ITEMS:
        raise _no_page(path, f"文本分出 {len(reading.items)} 条内容，超过 {MAX_ITEMS} 条")
    return reading


class _TooLongError(Exception):
    """The reading's time is up."""


def _deadline() -> Callable[[], None]:
    """Return a function that raises _TooLongError once this thread has worked for MAX_SECONDS.

    Time spent waiting does not count.
    """
    end = time.thread_time() + MAX_SECONDS

    def check() -> None:
        if time.thread_time() > end:
            raise _TooLongError

    return check


def _no_page(path: Path | str, fact: str) -> Refusal:
    return Refusal(f"{shown(path)}：{fact}，不像一个版面，请检查或拆成每版一个文件。")
