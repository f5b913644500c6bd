"""One page of an issue, with its articles in printed order."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.static import serve

from articles.forms import ExportForm
from articles.models import Page
from articles.models.contents import articles_on
from articles.models.issues import PageCredit, PageQuerySet
from articles.models.statements import Statement
from articles.scans.finding import find_scan, may_lie_deeper
from articles.views.counts import neighbour_issues
from articles.views.exports import file_of
from articles.views.gone import gone
from articles.views.layout import lay_out
from articles.web.parameters import takes
from articles.web.responses import moved_along


def _in_issue(date: datetime.date, edition: int) -> PageQuerySet:
    pages = Page.objects.visible().filter(issue__date=date, issue__edition=edition)
    return pages.select_related("issue").as_printed().with_file_path()


#: The pages of an issue, and the credits of a page.
_IN_ISSUE = Statement(_in_issue, datetime.date, int)
_CREDITS = Statement(lambda page: PageCredit.objects.filter(page=page).select_related("contributor"), int)


@takes(ExportForm)
def page(request: HttpRequest, key: tuple[datetime.date, int], number: int) -> HttpResponseBase:
    """Show a page by issue and page number."""
    siblings = _IN_ISSUE.rows(*key)
    found = next((each for each in siblings if each.number == number), None)
    if found is None:
        date, edition = key
        return _left(request, Page.objects.filter(issue__date=date, issue__edition=edition, number=number))
    return _show(request, found, siblings)


@takes(ExportForm)
def unnumbered_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show a page without number. A page that has a number by now redirects."""
    found = Page.objects.visible().select_related("issue").with_file_path().filter(pk=pk).first()
    if found is None:
        return _left(request, Page.objects.filter(pk=pk))
    if found.number:
        return moved_along(request, found.get_absolute_url())
    siblings = list(found.dated_issue.pages.visible().select_related("issue").as_printed())
    if found not in siblings:
        raise Http404("这一版刚刚移到别的期次")
    return _show(request, found, siblings)


def _left(request: HttpRequest, rows: PageQuerySet) -> HttpResponse:
    """Return the answer for a page that readers can't see: 410 for a withdrawn one. Raises Http404 for any other."""
    withdrawn = rows.withdrawn().select_related("issue").first()
    if withdrawn is None:
        raise Http404("没有这一版")
    return gone(request, withdrawn)


def _show(request: HttpRequest, found: Page, siblings: Sequence[Page]) -> HttpResponseBase:
    def find(most: int) -> tuple[list[int], int]:
        ids = found.articles.visible().as_printed().story_ids()
        return ids[:most], len(ids)

    if file := file_of(request, str(found), find):
        return file
    context = {
        "page": found,
        "issue": found.issue,
        "cells": lay_out(articles_on(found)),
        "credits": _CREDITS.rows(found.pk),
        "siblings": siblings,
        "scan": find_scan(found.file_path),
        **_beside(found, siblings),
    }
    response = render(request, "articles/page.html", context)
    if may_lie_deeper(found.file_path):
        add_never_cache_headers(response)
    return response


def _beside(found: Page, siblings: Sequence[Page]) -> dict[str, Any]:
    """Return the neighbouring pages and issues. Behind the last page comes the next issue."""
    at = siblings.index(found)
    return {
        "previous_page": siblings[at - 1] if at else None,
        "next_page": siblings[at + 1] if at + 1 < len(siblings) else None,
        **neighbour_issues(found.dated_issue),
    }


def scan(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the scan of a visible page."""
    page = Page.objects.visible().with_file_path().filter(pk=pk).first()
    if page is None:
        return _left(request, Page.objects.filter(pk=pk))
    found = find_scan(page.file_path)
    if found is None:
        raise Http404("这一版没有扫描件")
    response = serve(request, found.name, str(found.parent))
    response["Cache-Control"] = "no-cache"  # a better scan may replace it
    return response
