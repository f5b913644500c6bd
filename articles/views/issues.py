"""Issues by year and month, and one issue with its pages."""

from __future__ import annotations

import datetime

from django.db.models import Count
from django.db.models.functions import ExtractMonth, ExtractYear
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from articles.models import Article, Issue
from articles.views.exports import list_file


def years(request: HttpRequest) -> HttpResponse:
    """List the years that the archive holds issues of."""
    issues = Issue.objects.visible().annotate(year=ExtractYear("date")).order_by()
    counts = issues.values("year").annotate(count=Count("pk")).order_by("-year")
    return render(request, "articles/issue_years.html", {"years": counts})


def year(request: HttpRequest, year: int) -> HttpResponse:
    """List the months of a year that the archive holds issues of."""
    issues = Issue.objects.visible().published_in(year).annotate(month=ExtractMonth("date")).order_by()
    counts = list(issues.values("month").annotate(count=Count("pk")).order_by("month"))
    if not counts:
        raise Http404(f"没有 {year} 年的报纸")
    return render(request, "articles/issue_year.html", {"year": year, "months": counts})


def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """List the issues of a month."""
    issues = Issue.objects.visible().published_in(year, month).with_holdings().order_by("date", "edition")
    if not issues:
        raise Http404(f"没有 {year} 年 {month} 月的报纸")
    return render(request, "articles/issue_month.html", {"year": year, "month": month, "issues": issues})


def issue(request: HttpRequest, key: tuple[datetime.date, int]) -> HttpResponse:
    """Show the pages of an issue, each with its articles as printed."""
    date, edition = key
    found = get_object_or_404(Issue.objects.visible().with_holdings(), date=date, edition=edition)
    stories = Article.objects.visible().stories().in_issue(found)
    if file := list_file(request, str(found), stories.newest_first()):
        return file
    pages = found.pages.visible().as_printed().with_contents()
    return render(request, "articles/issue.html", {"issue": found, "pages": pages})
