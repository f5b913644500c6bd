"""The front page of the archive."""

from __future__ import annotations

import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.models import Issue, Page, PublicationSchedule
from articles.models.contents import articles_on
from articles.models.issue_days import withdrawn_days
from articles.views.calendars import Month, months_of
from articles.views.counts import all_provinces, shown_topics
from articles.views.holdings import totals
from articles.views.layout import lay_out
from articles.views.tiles import tile_map
from articles.web.today import today


def home(request: HttpRequest) -> HttpResponse:
    """Show the front page of the newest issue and the ways into the archive."""
    pages = list(Page.objects.visible().of_newest_issue())
    front = pages[0] if pages else None
    latest = front.issue if front else None
    year = latest.date.year if latest else None
    holdings = totals()
    context = {
        "latest": latest,
        "is_sample": any(page.is_sample for page in pages),
        "year": year,
        "months": _months(year) if year else [],
        "front": front,
        "pages": pages[1:],
        "cells": lay_out(articles_on(front)) if front else [],
        "tile_map": tile_map(all_provinces(), holdings["provinces"]),
        "topics": shown_topics(),
        "holdings": holdings,
        "held": (holdings["years"][-1], holdings["years"][0]) if holdings["years"] else None,
    }
    return render(request, "articles/home.html", context)


def _months(year: int) -> list[Month]:
    issues = Issue.objects.visible().published_in(year).with_holdings()
    rows = PublicationSchedule.objects.covering(datetime.date(year, 1, 1), datetime.date(year, 12, 31))
    return months_of(year, range(1, 13), issues, rows, today(), withdrawn_days())
