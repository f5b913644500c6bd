"""The front door."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.models import Article, Issue, Page, PublicationSchedule
from articles.today import today
from articles.views.calendars import Month, months_of
from articles.views.counts import all_provinces, counted, shown_topics
from articles.views.layout import lay_out
from articles.views.regions import province_counts
from articles.views.tiles import tile_map


def home(request: HttpRequest) -> HttpResponse:
    """Show the front page of the newest issue and the ways into the archive."""
    latest = Issue.objects.visible().newest_first().with_holdings().first()
    pages = list(latest.pages.visible().select_related("issue").as_printed()) if latest else []
    front = pages[0] if pages else None
    year = latest.date.year if latest else None
    holdings = counted("holdings", _holdings)
    context = {
        "latest": latest,
        "year": year,
        "months": _months(year) if year else [],
        "front": front,
        "pages": pages[1:],
        "cells": lay_out(front.articles.visible().as_read().as_printed().with_names()) if front else [],
        "tile_map": tile_map(all_provinces(), holdings["provinces"]),
        "topics": shown_topics(),
        "holdings": holdings,
    }
    return render(request, "articles/home.html", context)


def _months(year: int) -> list[Month]:
    issues = Issue.objects.visible().published_in(year).with_holdings()
    rows = PublicationSchedule.objects.covering(datetime.date(year, 1, 1), datetime.date(year, 12, 31))
    return months_of(year, range(1, 13), issues, rows, today())


def _holdings() -> dict[str, Any]:
    pages = Page.objects.visible().aggregate(all=Count("pk"), samples=Count("pk", filter=Q(is_sample=True)))
    return {
        "years": list(Issue.objects.visible().dates("date", "year", order="DESC")),
        "issues": Issue.objects.visible().count(),
        "pages": pages["all"],
        "samples": pages["samples"],
        "provinces": province_counts(),
        "articles": Article.objects.visible().stories().editorial().count(),
    }
