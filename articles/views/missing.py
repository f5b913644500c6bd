"""Issues that the archive lacks although the publication schedule says that they came out."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from articles.citing import Cell
from articles.forms import ExportForm, YearForm
from articles.models import Issue, PublicationSchedule
from articles.models.issues import WEEKDAYS
from articles.models.schedule import missing_days
from articles.views.counts import counted
from articles.views.exports import table_file
from articles.views.lists import paged
from articles.web.parameters import takes
from articles.web.responses import moved_to
from articles.web.today import today

Gap = tuple[datetime.date, PublicationSchedule]

#: The columns of a file of the list.
TABLE = {
    "date": "日期", "weekday": "星期", "schedule": "出版安排", "reason": "理由", "source": "出处",
    "confirmed": "编辑已核实",
}  # fmt: skip


@takes(YearForm, ExportForm)
def missing(request: HttpRequest) -> HttpResponseBase:
    """List the missing issues, the newest first, of one year if a year is given."""
    form = YearForm(request.GET)
    form.is_valid()
    gaps = all_gaps = missing_issues(today())
    if form.year_chosen:
        gaps = [gap for gap in all_gaps if gap[0].year == form.year_chosen]
    name = f"缺期清单 {form.year_chosen}年" if form.year_chosen else "缺期清单"
    if file := table_file(request, name, TABLE, gaps, _table_rows):
        return file
    context = {
        "year": form.year_chosen,
        "years": sorted(Counter(date.year for date, _ in all_gaps).items(), reverse=True),
        "list_url": f"{reverse('missing')}?year={form.year_chosen}" if form.year_chosen else "",
        **paged(form, gaps),
    }
    return render(request, "articles/missing.html", context)


def _table_rows(gaps: Sequence[Gap]) -> Iterator[tuple[Cell, ...]]:
    for date, row in gaps:
        yield str(date), f"星期{WEEKDAYS[date.weekday()]}", str(row), row.reason, row.source, row.confirmed


@takes(YearForm)
def missing_csv(request: HttpRequest) -> HttpResponse:
    """Redirect an old address to the list's file."""
    form = YearForm(request.GET)
    form.is_valid()
    year: dict[str, str | int] = {"year": form.year_chosen} if form.year_chosen else {}
    return moved_to(f"{reverse('missing')}?{urlencode(year | {'as': 'csv'})}")


def missing_issues(day: datetime.date) -> list[Gap]:
    """Return the days before `day` (today) on which an issue is missing, with the deciding row, the newest first."""

    def find() -> list[Gap]:
        held = set(Issue.objects.held().order_by().values_list("date", flat=True))
        return missing_days(list(PublicationSchedule.objects.in_force()), held, day)

    return counted(f"missing-{day}", find)
