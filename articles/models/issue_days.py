"""The days of issues that calendars ask for, by queries that are compiled once."""

from __future__ import annotations

import datetime

from django.db.models import QuerySet

from articles.models.issues import Issue
from articles.models.statements import Statement


def _days() -> QuerySet[Issue, tuple[datetime.date]]:
    return Issue.objects.visible().values_list("date")


_LAST_BEFORE = Statement(lambda day: _days().filter(date__lt=day).order_by("-date")[:1], datetime.date)
_FIRST_AFTER = Statement(lambda day: _days().filter(date__gt=day).order_by("date")[:1], datetime.date)
_WITHDRAWN = Statement(lambda: Issue.objects.held().withdrawn().order_by().values_list("date"))


def days_around(first: datetime.date, last: datetime.date) -> tuple[datetime.date | None, ...]:
    """Return the last day with a visible issue before `first` and the first such day after `last`; None if there is
    none.
    """
    found = _LAST_BEFORE.rows(first), _FIRST_AFTER.rows(last)
    return tuple(rows[0][0] if rows else None for rows in found)


def withdrawn_days() -> frozenset[datetime.date]:
    """Return the days with issues that the archive holds and readers can no longer see."""
    return frozenset(day for (day,) in _WITHDRAWN.rows())
