"""Today, as the paper counts days."""

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
    """Whether a page asked what day it is: it then differs from one day to the next."""

    has_asked: bool = False


_asking: ContextVar[Asking | None] = ContextVar("asking_for_today", default=None)


def today() -> datetime.date:
    """Return the date where the paper comes out, whatever zone the server or the request is set to."""
    asking = _asking.get()
    if asking:
        asking.has_asked = True
    return date_of_paper()


def date_of_paper() -> datetime.date:
    """Return the same date to who shows it on no page."""
    return timezone.localdate(timezone=PAPER_ZONE)


@contextmanager
def asking_for_today() -> Iterator[Asking]:
    """Note whether anything in this block asks for `today`."""
    asking = Asking()
    token = _asking.set(asking)
    try:
        yield asking
    finally:
        _asking.reset(token)
