"""The issues that the archive lacks, as far as somebody knows that they came out."""

from __future__ import annotations

import datetime
from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.forms import YearForm
from articles.models import Issue, PublicationSchedule
from articles.models.issues import WEEKDAYS
from articles.models.schedule import missing_days
from articles.today import today
from articles.views.counts import counted
from articles.views.exports import csv_line
from articles.views.lists import paged

Gap = tuple[datetime.date, PublicationSchedule]


def missing(request: HttpRequest) -> HttpResponse:
    """List the missing issues, the newest first, of one year if one is asked for."""
    form, all_gaps, gaps = _asked_for(request)
    context = {
        "year": form.year_chosen,
        "years": sorted(Counter(date.year for date, _ in all_gaps).items(), reverse=True),
        **paged(form, gaps),
    }
    return render(request, "articles/missing.html", context)


def missing_csv(request: HttpRequest) -> HttpResponse:
    """Give the same list as a table, whole."""
    form, _, gaps = _asked_for(request)
    head = csv_line(["日期", "星期", "出版安排", "理由", "出处", "编辑已核实"])
    # Without the mark Excel reads no UTF-8.
    response = HttpResponse("\ufeff" + head, content_type="text/csv; charset=utf-8")
    year = f"-{form.year_chosen}" if form.year_chosen else ""
    response["Content-Disposition"] = f'attachment; filename="missing-issues{year}.csv"'
    for date, row in gaps:
        checked = "是" if row.confirmed else "否"
        response.write(
            csv_line([str(date), f"星期{WEEKDAYS[date.weekday()]}", str(row), row.reason, row.source, checked])
        )
    return response


def missing_issues(day: datetime.date) -> list[Gap]:
    """Return the days before `day`, today, on which an issue is missing, with what says so; the newest first."""

    def find() -> list[Gap]:
        held = set(Issue.objects.visible().order_by().values_list("date", flat=True))
        return missing_days(list(PublicationSchedule.objects.in_force()), held, day)

    return counted(f"missing-{day}", find)


def _asked_for(request: HttpRequest) -> tuple[YearForm, list[Gap], list[Gap]]:
    """Return what was asked for, all gaps, and those of the year asked for."""
    form = YearForm(request.GET)
    form.is_valid()
    gaps = missing_issues(today())
    return form, gaps, [gap for gap in gaps if gap[0].year == form.year_chosen] if form.year_chosen else gaps
