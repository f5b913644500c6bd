"""The page for an address at which there is nothing."""

from __future__ import annotations

import datetime

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import ResolverMatch

from articles.models import Issue


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Offer a search, and for the address of a day that is not held, the issues nearest to it."""
    day = _day_asked_for(request.resolver_match)
    return render(request, "404.html", {"day": day, "nearest": _nearest(day) if day else []}, status=404)


def _day_asked_for(match: ResolverMatch | None) -> datetime.date | None:
    """Return the day that an address names, the first of a month or year; None for one that names none."""
    if match is None:
        return None
    match match.view_name, match.kwargs:
        case ("issue" | "page"), {"key": (day, _)}:
            return day
        case ("issue-year" | "issue-month"), {"year": year, **rest}:
            return datetime.date(year, rest.get("month", 1), 1)
    return None


def _nearest(day: datetime.date) -> list[Issue]:
    try:
        return Issue.objects.visible().around(day)
    except Error:  # a statement that took too long: this page needs no neighbours to say that something is not here
        return []
