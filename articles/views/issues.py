"""Issues by year and month, with the calendar of gaps, and one issue with its pages."""

from __future__ import annotations

import calendar
import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from articles.citing import Cell
from articles.forms import ExportForm
from articles.models import Article, Issue, PublicationSchedule
from articles.models.contents import issue_of, pages_of
from articles.models.issue_days import days_around, withdrawn_days
from articles.models.issues import IssueQuerySet
from articles.models.schedule import covered_years
from articles.views.calendars import legend_of, months_of
from articles.views.counts import counted, neighbour_issues
from articles.views.exports import file_of, first_of, list_file, table_file
from articles.views.gone import gone
from articles.views.holdings import Holding, by_year
from articles.views.layout import lay_out
from articles.views.missing import missing_issues
from articles.views.within import within
from articles.web.parameters import takes
from articles.web.today import today

#: The columns of a file of the years.
YEARS_TABLE = {
    "year": "年份", "url": "网址", "issues": "收有期数", "missing": "缺期数", "pages": "版数", "stories": "篇数",
}  # fmt: skip


@takes(ExportForm)
def years(request: HttpRequest) -> HttpResponseBase:
    """List the years with issues, and those that the publication schedule covers."""
    day = today()
    rows = counted(f"years-{day}", lambda: _years(day))
    if file := table_file(request, "期次", YEARS_TABLE, rows, _table_rows):
        return file
    totals = {"held": sum(held for _, held, _ in rows), "missing": sum(missing for *_, missing in rows)}
    return render(request, "articles/issue_years.html", {"years": rows, **totals})


def _years(day: datetime.date) -> list[tuple[int, int, int]]:
    """Return (year, issues held, issues missing) for each year, the newest first."""
    held = Issue.objects.visible().by_year().fetch()
    missing = Counter(date.year for date, _ in missing_issues(day))
    known = {*held, *covered_years(PublicationSchedule.objects.in_force(), day)}
    return [(year, held.get(year, 0), missing[year]) for year in sorted(known, reverse=True)]


def _table_rows(rows: Sequence[tuple[int, int, int]]) -> Iterator[tuple[Cell, ...]]:
    holdings = by_year()
    for year, held, missing in rows:
        holding = holdings.get(year, Holding())
        yield year, reverse("issue-year", args=[year]), held, missing, holding.pages, holding.stories


@takes(ExportForm)
def year(request: HttpRequest, year: int) -> HttpResponseBase:
    """Show a year as a calendar of its months."""
    issues = Issue.objects.visible().published_in(year).with_holdings().order_by("date", "edition")
    context = _calendar(issues, year, range(1, 13))
    stories = Article.objects.visible().stories().published_in(year).oldest_first()
    if file := list_file(request, f"{year}年", stories):
        return file
    context["total"] = counted(f"stories-{year}", stories.count)
    return render(request, "articles/issue_year.html", context)


@takes(ExportForm)
def month(request: HttpRequest, year: int, month: int) -> HttpResponseBase:
    """List the issues of a month, with its calendar."""
    issues = Issue.objects.visible().published_in(year, month).with_holdings().order_by("date", "edition")
    context = {"month": month, "issues": issues, **_calendar(issues, year, [month])}
    stories = Article.objects.visible().stories().published_in(year, month).oldest_first()
    if file := list_file(request, f"{year}年{month}月", stories):
        return file
    context["total"] = counted(f"stories-{year}-{month}", stories.count)
    return render(request, "articles/issue_month.html", context)


def _calendar(issues: IssueQuerySet, year: int, numbers: Sequence[int]) -> dict[str, Any]:
    """Return the context of a calendar of months of a year. Raises Http404 if there is nothing to show."""
    first = datetime.date(year, numbers[0], 1)
    last = datetime.date(year, numbers[-1], calendar.monthrange(year, numbers[-1])[1])
    rows = list(PublicationSchedule.objects.covering(first, last))
    months = months_of(year, numbers, issues, rows, today(), withdrawn_days())
    if not any(month.is_shown for month in months):
        raise Http404(f"没有 {year} 年的报纸，也不知那时是否出报")
    before, after = days_around(first, last)
    marks = legend_of(months)
    return {"year": year, "months": months, "legend": marks, "schedules": rows, "before": before, "after": after}


@takes(ExportForm)
def issue(request: HttpRequest, key: tuple[datetime.date, int]) -> HttpResponseBase:
    """Show the pages of an issue, each with its articles as printed."""
    found = issue_of(*key)
    if found is None:
        date, edition = key
        withdrawn = next(iter(Issue.objects.withdrawn().filter(date=date, edition=edition).order_by()), None)
        if withdrawn is None:
            raise Http404("没有这一期")
        return gone(request, withdrawn)

    def find(most: int) -> tuple[Sequence[int], int]:
        return first_of(Article.objects.visible().stories().in_issue(found))(most)

    if file := file_of(request, str(found), find):
        return file
    sheets = [(page, lay_out(articles, with_text=False)) for page, articles in pages_of(found)]
    context = {
        "issue": found,
        "sheets": sheets,
        "page_labels": [page.short_label for page, _ in sheets],
        "within": within(found),
        **neighbour_issues(found),
    }
    return render(request, "articles/issue.html", context)
