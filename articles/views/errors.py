"""The page for an address without content."""

from __future__ import annotations

import calendar
import datetime
import re
from typing import NamedTuple

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from articles.models import Issue
from articles.web.responses import moved_along

#: A year that an issue can have, with a month or a day as people write them: 2024-11-22, 2024-2-3, 2024/02/03, 2024-2.
_TIME = re.compile(
    r"/issues/(19[0-9]{2}|20[0-9]{2}|2100)"
    r"(?:[-/]([0-9]{1,2})(?:[-/]([0-9]{1,2})(?:-([1-9]))?(?:/pages/0*([1-9][0-9]{0,2}))?)?)?/?"
)


class RequestedDay(NamedTuple):
    """The time in an address: `day` is the first day of a month or year, or the day after an impossible day.

    `path` is the canonical path of that day, month or year, or "" for an impossible day.
    """

    day: datetime.date
    path: str


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Offer a search, and the nearest issues to a day that is not held. Redirect a day in another notation to its
    path.
    """
    asked = requested_day(request.path_info)
    if asked and asked.path not in ("", request.path):
        return moved_along(request, asked.path)
    return render(request, "404.html", {"nearest": _nearest(asked) if asked else []}, status=404)


def requested_day(path: str) -> RequestedDay | None:
    """Return the day, month or year that `path` names in any notation, or None."""
    match = _TIME.fullmatch(path)
    if match is None:
        return None
    month, day, edition, page = (int(number) if number else None for number in match.groups()[1:])
    year = int(match[1])
    try:
        date = datetime.date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        return RequestedDay(_day_after(year, month or 0, day or 0), "")
    if month is None:
        return RequestedDay(date, reverse("issue-year", args=[year]))
    if day is None:
        return RequestedDay(date, reverse("issue-month", args=[year, month]))
    issue = Issue(date=date, edition=edition or 1)
    return RequestedDay(date, reverse("page", args=[issue, page]) if page else reverse("issue", args=[issue]))


def _day_after(year: int, month: int, day: int) -> datetime.date:
    """Return the first possible day after an impossible one: 2024-03-01 after 2024-02-30."""
    if month < 1:
        return datetime.date(year, 1, 1)
    if month > 12:
        return datetime.date(year + 1, 1, 1)
    if day < 1:
        return datetime.date(year, month, 1)
    return datetime.date(year, month, calendar.monthrange(year, month)[1]) + datetime.timedelta(1)


def _nearest(asked: RequestedDay) -> list[tuple[str, Issue]]:
    """Return the issues nearest to the requested day, each with its relation to it in words."""
    try:
        around = Issue.objects.visible().around(asked.day)
    except Error:  # a statement took too long, and this page can do without neighbours
        return []
    return [(_said(issue, asked), issue) for issue in around]


def _said(issue: Issue, asked: RequestedDay) -> str:
    if issue.date < asked.day:
        return "此前最近一期"
    return "当日" if issue.date == asked.day and asked.path else "此后最近一期"
