"""One page of an issue, its articles in printed order."""

from __future__ import annotations

import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from articles.models import Page
from articles.responses import moved_to


def page(request: HttpRequest, key: tuple[datetime.date, int], number: int) -> HttpResponse:
    """Show a page by issue and page number."""
    date, edition = key
    pages = Page.objects.visible().select_related("issue")
    found = get_object_or_404(pages, issue__date=date, issue__edition=edition, number=number)
    return _show(request, found)


def unnumbered_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a page that has no number; one that has got its number since is shown under that."""
    found = get_object_or_404(Page.objects.visible().select_related("issue"), pk=pk)
    if found.number:
        return moved_to(found.get_absolute_url())
    return _show(request, found)


def _show(request: HttpRequest, found: Page) -> HttpResponse:
    context = {
        "page": found,
        "issue": found.issue,
        "articles": found.articles.visible().as_printed().with_names(),
        "credits": found.credits.select_related("contributor"),
        "siblings": found.issue.pages.visible().as_printed(),
    }
    return render(request, "articles/page.html", context)
