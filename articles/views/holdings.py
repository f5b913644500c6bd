"""The numbers of issues, pages and stories of each month."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from articles.models import Issue, Page
from articles.models.statements import Statement
from articles.views.counts import counted
from articles.views.facets import BY_DAY, BY_PROVINCE, BY_YEAR, counts
from articles.views.story_sets import StorySet


@dataclass
class Holding:
    """Numbers of visible issues, pages and stories."""

    issues: int = 0
    pages: int = 0
    stories: int = 0

    @property
    def total(self) -> int:
        return self.issues + self.pages + self.stories


def by_month() -> dict[tuple[int, int], Holding]:
    """Return {(year, month): holding}, the newest first. It is counted once for each revision."""
    return counted("months", _count)


def by_year() -> dict[int, Holding]:
    """Return {year: holding}, the newest first."""
    years: dict[int, Holding] = defaultdict(Holding)
    for (year, _), holding in by_month().items():
        years[year].issues += holding.issues
        years[year].pages += holding.pages
        years[year].stories += holding.stories
    return dict(years)


def totals() -> dict[str, Any]:
    """Return the context of the archive's extent, counted once for each revision.

    "years" are those with an issue, the newest first, "provinces" {code: stories}. "issues", "pages", "articles" and
    "samples" are numbers.
    """
    return counted("holdings", _totals)


def _totals() -> dict[str, Any]:
    stories = StorySet(editorial=True)
    held = counts(
        {"provinces": (stories, BY_PROVINCE), "articles": (stories, BY_YEAR)},
        {"issues": Issue.objects.visible().by_year(), "pages": Page.objects.visible().by_sample()},
    )
    sums = {name: sum(held[name].values()) for name in ("issues", "pages", "articles")}
    years = sorted(held["issues"], reverse=True)
    return {"provinces": held["provinces"], "years": years, "samples": held["pages"].get(True, 0), **sums}


def first_and_last_year() -> tuple[int, int] | None:
    """Return the years of the first and the last visible issue, or None without any, once for each revision."""

    def find() -> tuple[int, int] | None:
        days = [day for (day,) in (*_FIRST_DAY.rows(), *_LAST_DAY.rows())]
        return (days[0].year, days[-1].year) if days else None

    return counted("first-and-last-year", find)


_FIRST_DAY = Statement(lambda: Issue.objects.visible().order_by("date").values_list("date")[:1])
_LAST_DAY = Statement(lambda: Issue.objects.visible().order_by("-date").values_list("date")[:1])


def _count() -> dict[tuple[int, int], Holding]:
    also = {"issues": Issue.objects.visible().by_day(), "pages": Page.objects.visible().by_day()}
    months: dict[tuple[int, int], Holding] = defaultdict(Holding)
    for name, days in counts({"stories": (StorySet(), BY_DAY)}, also).items():
        for day, number in days.items():
            holding = months[day.year, day.month]
            setattr(holding, name, getattr(holding, name) + number)
    return dict(sorted(months.items(), reverse=True))
