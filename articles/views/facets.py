"""Numbers of stories by year, topic, place and so on: from the search index, but for the stories that changed since its
commit. Without such an index the database gives them. The numbers are equal.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from articles.models import Region
from articles.models.articles import ArticleQuerySet
from articles.models.group_count import GroupCount, fetch_counts
from articles.search.documents import day_of
from articles.views.story_sets import CurrentIndex, StorySet, from_index

FacetCounts = dict[Any, int]


@dataclass(frozen=True)
class Facet:
    """A way to count stories: the question to the database, and the field of the index with the same answer.

    `key` turns a value of that field into the database's key, or into None if the value is not counted.
    """

    group_count: Callable[[ArticleQuerySet], GroupCount]
    field: str
    key: Callable[[Any], Any] = lambda value: value


BY_YEAR = Facet(ArticleQuerySet.by_year, "year")
BY_DAY = Facet(ArticleQuerySet.by_day, "day", day_of)
BY_TOPIC = Facet(ArticleQuerySet.by_topic, "topic")
BY_COLUMN = Facet(ArticleQuerySet.by_column, "column")
BY_CONTRIBUTOR = Facet(ArticleQuerySet.by_contributor, "contributor")
BY_SECTION = Facet(ArticleQuerySet.by_section, "section")
BY_PROVINCE = Facet(ArticleQuerySet.by_province, "region", lambda code: None if code % 10_000 else f"{code:06}")


def by_part(region: Region, parts: Iterable[Region]) -> Facet:
    """Return the facet that counts stories by `parts`, the regions right below `region`. Its keys are codes."""
    codes = {int(part.code): part.code for part in parts}
    return Facet(lambda stories: stories.by_part(region), "region", codes.get)


def count(stories: StorySet, facet: Facet) -> FacetCounts:
    """Return the number of `stories` for each key."""
    return counts({"": (stories, facet)})[""]


def counts(
    asked: Mapping[str, tuple[StorySet, Facet]], also: Mapping[str, GroupCount] | None = None
) -> dict[str, FacetCounts]:
    """Return the counts `asked` for, by name, and those of `also`, which only the database can answer."""
    found = from_index(lambda current: _of_index(current, asked))
    if found is not None:
        return found | fetch_counts(also or {})
    return fetch_counts(
        {name: facet.group_count(stories.rows()) for name, (stories, facet) in asked.items()} | dict(also or {})
    )


def _of_index(current: CurrentIndex, asked: Mapping[str, tuple[StorySet, Facet]]) -> dict[str, FacetCounts]:
    fields: dict[StorySet, list[str]] = defaultdict(list)
    for stories, facet in asked.values():
        fields[stories].append(facet.field)
    found = {stories: _values(current, stories, names) for stories, names in fields.items()}
    return {name: _keyed(facet, found[stories][facet.field]) for name, (stories, facet) in asked.items()}


def _values(current: CurrentIndex, stories: StorySet, names: Sequence[str]) -> dict[str, FacetCounts]:
    """Return, for each of the fields `names`, the number of `stories` for each value."""
    found = current.index.values(current.query(stories), *names)
    changed = current.changed_of(stories)
    if not changed:
        return found
    return {
        name: Counter(counts) + Counter(value for story in changed for value in story.values(name))
        for name, counts in found.items()
    }


def _keyed(facet: Facet, values: FacetCounts) -> FacetCounts:
    keyed = ((facet.key(value), number) for value, number in values.items())
    return dict(sorted((key, number) for key, number in keyed if key is not None))
