"""The front door."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.models import Article, Issue, Page, Region, Topic


def home(request: HttpRequest) -> HttpResponse:
    """Show the newest issue and the ways into the archive."""
    latest = Issue.objects.visible().newest_first().with_holdings().first()
    pages = latest.pages.visible().as_printed().with_contents() if latest else []
    context = {
        "latest": latest,
        "pages": pages,
        "years": Issue.objects.visible().dates("date", "year", order="DESC"),
        "provinces": Region.objects.provinces(),
        "topics": Topic.objects.shown(),
        "issue_count": Issue.objects.visible().count(),
        "page_count": Page.objects.visible().count(),
        "article_count": Article.objects.visible().stories().editorial().count(),
    }
    return render(request, "articles/home.html", context)
