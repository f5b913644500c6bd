"""Today, as the paper counts days."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

PAPER_ZONE = ZoneInfo("Asia/Shanghai")


def today() -> datetime.date:
    """Return the date where the paper comes out, whatever zone the server or the request is set to.

    Pages that show which days are still to come differ from one of these dates to the next: a cache of pages, or of
    counts, has it in the key.
    """
    return timezone.localdate(timezone=PAPER_ZONE)
