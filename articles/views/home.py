"""The front door."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.models import Article, Issue, Page, Region, Topic
from articles.views.counts import counted
from articles.views.regions import province_counts
from articles.views.tiles import tile_map


def home(request: HttpRequest) -> HttpResponse:
    """Show the newest issue and the ways into the archive."""
    latest = Issue.objects.visible().newest_first().with_holdings().first()
    pages = latest.pages.visible().as_printed().with_contents() if latest else []
    holdings = counted("holdings", _holdings)
    context = {
        "latest": latest,
        "pages": pages,
        "tile_map": tile_map(Region.objects.provinces(), holdings["provinces"]),
        "topics": Topic.objects.shown(),
        "holdings": holdings,
    }
    return render(request, "articles/home.html", context)


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
