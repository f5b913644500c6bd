"""Today's date at the place where the paper comes out."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils import timezone

PAPER_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass
class Asking:
    """A record of whether a page has asked for the date. Such a page differs from one day to the next."""

    has_asked: bool = False


_asking: ContextVar[Asking | None] = ContextVar("asking_for_today", default=None)


def today() -> datetime.date:
    """Return the date where the paper comes out, whatever the time zone of server or request. Record the question."""
    asking = _asking.get()
    if asking:
        asking.has_asked = True
    return date_of_paper()


def date_of_paper() -> datetime.date:
    """Return the same date for callers that don't show it on a page."""
    return timezone.localdate(timezone=PAPER_ZONE)


@contextmanager
def asking_for_today() -> Iterator[Asking]:
    """Record whether anything in this block asks for `today`."""
    asking = Asking()
    token = _asking.set(asking)
    try:
        yield asking
    finally:
        _asking.reset(token)
