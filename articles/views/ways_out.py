"""What the page of a search without hits says about the archive: the day that was asked for, and what is missing."""

from __future__ import annotations

import datetime
from typing import Any

from articles.models import Article, Issue, PublicationSchedule
from articles.models.issues import WEEKDAYS
from articles.models.schedule import DayState, state_of
from articles.search.query_terms import read_dates
from articles.search.query_tree import Node, period_of
from articles.views.holdings import totals
from articles.views.missing import missing_issues
from articles.web.today import today

#: What a reader is told of a day by its state in the calendar.
SAID = {
    DayState.HELD: "这一天有报，报上没有您要找的。",
    DayState.MISSING: "按出版安排应出报，档案未收。",
    DayState.DUE: "还没有出报，或者还没有收进档案。",
    DayState.NO_PUBLICATION: "按出版安排不出报，这一天没有报纸。",
    DayState.SUSPENDED: "停刊，这一天没有报纸。",
    DayState.UNKNOWN: "档案里没有这一天的报纸，是缺期还是不出报不能断定。",
}

#: The missing days of a year that are named at most.
MOST_NAMED = 6


def day_asked(typed: str) -> dict[str, Any]:
    """Return the context of a date that is all that a reader typed: 2019-05-01, 2019年5月1日; empty for other text.

    "issue_asked" is the issue of that day. Without one, "day_asked" is a sentence on the day.
    """
    period = read_dates("".join(typed.split()))
    if period is None or period.first != period.last:
        return {}
    issue = Issue.objects.visible().filter(date=period.first).order_by("edition").first()
    return {"issue_asked": issue} if issue else {"day_asked": _day(period.first)[0]}


def what_is_held(tree: Node | None) -> dict[str, Any]:
    """Return the context of the archive's extent, and of the day and the year that a query asks for.

    "day_said" is a sentence on the day, "" if the query asks for no single day. "nearby" holds the nearest issues, each
    with its number of stories. "missing" holds the missing days of the year, and "missing_total" their number.
    """
    period = period_of(tree)
    context: dict[str, Any] = {"holdings": totals(), "day_said": "", "nearby": [], "missing": [], "missing_total": 0}
    if period is None:
        return context
    if period.first == period.last:
        context["day_said"], context["nearby"] = _day(period.first)
    if period.first.year == period.last.year:
        days = [day for day, _ in missing_issues(today()) if period.first <= day <= period.last]
        context |= {"missing": days[::-1][:MOST_NAMED], "missing_total": len(days), "year": period.first.year}
    return context


def _day(day: datetime.date) -> tuple[str, list[tuple[Issue, int]]]:
    rows = PublicationSchedule.objects.covering(day, day)
    issues = Issue.objects.visible()
    state, row = state_of(day, issues.filter(date=day).exists(), rows, today())
    explained = row and row.reason and state in {DayState.NO_PUBLICATION, DayState.SUSPENDED}
    reason = f"（{row.reason}）" if row and explained else ""
    said = f"{day.year}年{day.month}月{day.day}日 星期{WEEKDAYS[day.weekday()]}：{SAID[state]}{reason}"
    stories = Article.objects.visible().stories()
    return said, [(issue, stories.in_issue(issue).count()) for issue in issues.around(day)]
