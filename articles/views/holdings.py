"""How much the archive holds of each month."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from articles.models import Article, Issue, Page
from articles.views.counts import counted


@dataclass
class Holding:
    """Numbers of issues, pages and stories that readers may see."""

    issues: int = 0
    pages: int = 0
    stories: int = 0

    @property
    def total(self) -> int:
        return self.issues + self.pages + self.stories


def by_month() -> dict[tuple[int, int], Holding]:
    """Return what the archive holds of each (year, month), the newest first; counted once a revision."""
    return counted("months", _count)


def by_year() -> dict[int, Holding]:
    """Return what the archive holds of each year, the newest first."""
    years: dict[int, Holding] = defaultdict(Holding)
    for (year, _), holding in by_month().items():
        years[year].issues += holding.issues
        years[year].pages += holding.pages
        years[year].stories += holding.stories
    return dict(years)


def _count() -> dict[tuple[int, int], Holding]:
    months: dict[tuple[int, int], Holding] = defaultdict(Holding)
    for name, rows in (
        ("issues", Issue.objects.visible()),
        ("pages", Page.objects.visible()),
        ("stories", Article.objects.visible().stories()),
    ):
        for day, count in rows.count_by_day().items():
            holding = months[day.year, day.month]
            setattr(holding, name, getattr(holding, name) + count)
    return dict(sorted(months.items(), reverse=True))
