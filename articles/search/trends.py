"""Searches over time: the stories of each list by year or month, beside all stories of the archive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from articles.search.current import OpenIndex, ask_index
from articles.search.documents import day_of
from articles.search.engine_queries import EngineQuery
from articles.search.facets import YEAR
from articles.search.find import as_answered, is_behind
from articles.search.index import StoryIndex
from articles.search.query_tree import Query, all_of
from articles.search.run import SearchRun, read_query


class Unit(StrEnum):
    """The length of a period."""

    YEAR = "year"
    MONTH = "month"


#: The number of stories in each period that has any, by the period's first day.
ByPeriod = dict[date, int]


@dataclass(frozen=True)
class SearchOverTime:
    """One search: as it was typed, its query as it was answered, the `notices` on its reading, and its stories.

    `held` counts all stories among which they are: within the search's dates, and with teasers and notices only if it
    lists them.
    """

    typed: str
    query: Query
    notices: tuple[str, ...]
    stories: ByPeriod
    held: ByPeriod


@dataclass(frozen=True)
class Trends:
    """Searches over time. `held` counts all stories of the archive, without teasers and notices."""

    searches: tuple[SearchOverTime, ...]
    held: ByPeriod
    is_behind: bool

    @property
    def by_year(self) -> Trends:
        """The same by year."""
        searches = [
            replace(search, stories=_by_year(search.stories), held=_by_year(search.held)) for search in self.searches
        ]
        return replace(self, searches=tuple(searches), held=_by_year(self.held))


def _by_year(stories: ByPeriod) -> ByPeriod:
    years: Counter[date] = Counter()
    for first, count in stories.items():
        years[first.replace(month=1)] += count
    return dict(years)


def count_over_time(typed: Sequence[str], unit: Unit, year: int | None = None) -> Trends:
    """Return the number of stories in the list of each query of `typed`, for each period; with `year`, within it.

    The numbers of a query add up to its list, and each is that of the list of the same query within the period.
    Raises IndexUnavailable if the index can't answer.
    """
    queries = {text: read_query(text) for text in typed}
    return ask_index(lambda opened: _count(opened, queries, unit, year))


def _count(opened: OpenIndex, queries: Mapping[str, Query], unit: Unit, year: int | None) -> Trends:
    whole = SearchRun.of(opened, Query(None), all_kinds=False)
    held = _by_period(opened.index, whole.listed, unit, year)
    searches = []
    for typed, query in queries.items():
        if query.tree is None:
            notice = f"“{typed}”里没有可以检索的字句。"
            searches.append(SearchOverTime(typed, query, (notice, *query.notices), {}, held))
            continue
        run = SearchRun.of(opened, query, all_kinds=False)
        asked, _ = as_answered(run, run.count())
        stories = _by_period(opened.index, asked.listed, unit, year)
        searches.append(SearchOverTime(typed, asked.query, asked.notices, stories, _held(asked, held, unit, year)))
    return Trends(tuple(searches), held, is_behind(opened))


def _held(run: SearchRun, held: ByPeriod, unit: Unit, year: int | None) -> ByPeriod:
    """Return the stories among which those of a search are. `held` are those of the archive."""
    dates = YEAR.own(run.tree)
    if not dates and not run.everything:
        return held
    return _by_period(run.opened.index, run.editorial(run.matching(all_of(dates))), unit, year)


def _by_period(index: StoryIndex, query: EngineQuery, unit: Unit, year: int | None) -> ByPeriod:
    if year is not None:
        query = index.both(query, index.among("year", [year]))
    if unit == Unit.YEAR:
        return {date(each, 1, 1): count for each, count in index.values(query, "year")["year"].items()}
    if year is not None:
        return {date(year, month, 1): count for month, count in index.values(query, "month")["month"].items()}
    months: Counter[date] = Counter()
    for number, count in index.values(query, "day")["day"].items():
        months[day_of(number).replace(day=1)] += count
    return dict(months)
