"""The filter of a search within the stories of a list or an issue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from articles.models import Column, Contributor, Issue, Region, Topic
from articles.search.query_tree import (
    ColumnFilter,
    DateFilter,
    Leaf,
    RegionFilter,
    RoleFilter,
    SectionFilter,
    TopicFilter,
    quotable,
    serialise,
)
from articles.search.roles import ANYONE
from articles.views.counts import reference
from articles.views.story_sets import Subject


class Within(NamedTuple):
    """A place to search within: its name, and the query that keeps to it."""

    name: str
    query: str


def within(subject: Subject | Issue) -> Within | None:
    """Return the place to search within of a list of stories or of an issue, or None if no query keeps to it."""
    leaf = _leaf(subject)
    if leaf is None or getattr(leaf, "text", "") != quotable(getattr(leaf, "text", "")):
        return None
    return Within(str(subject), serialise(leaf))


def region_filters(name: str, regions: Mapping[int, Region]) -> dict[int, tuple[str, RegionFilter]]:
    """Return {code: (name, filter that means this region alone)}. `name` is the name under which they are kept.

    A name that another region has or had stands for both. The code then takes its place in the query.
    """

    def take() -> dict[int, tuple[str, RegionFilter]]:
        meant = Region.objects.called([region.name for region in regions.values()])
        return {
            code: (region.name, RegionFilter(region.name if meant[region.name] == [region.code] else region.code))
            for code, region in regions.items()
        }

    return reference(f"region-filters-{name}", take)


def _leaf(subject: Subject | Issue) -> Leaf | None:
    match subject:
        case Region():
            return region_filters(subject.code, {int(subject.code): subject})[int(subject.code)][1]
        case Topic():
            return TopicFilter(subject.name)
        case Column():
            return ColumnFilter(subject.name)
        case Contributor():
            return RoleFilter(ANYONE, subject.name)
        case Issue():
            return DateFilter(subject.date, subject.date)
        case str():
            return SectionFilter(subject)
    return None
