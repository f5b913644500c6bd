"""The filters of a list of articles, and the links that add or remove one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.http import urlencode

from articles.models import Column, Contributor, Region, Topic
from articles.models.articles import ArticleQuerySet
from articles.views.story_sets import StorySet, Subject

#: Lists narrowed by so many filters link to no narrower lists. A crawler that follows each link then comes to an end,
#: and what three filters leave is soon read.
MOST_LINKED = 2

Filter = int | Topic | Region

#: The list of a region has no filter by region (its parts have lists of their own), that of a topic none by topic.
OWN: dict[str, type] = {"topic": Topic, "region": Region}

#: Lists of these include teasers and notices: everything that was printed in a column, or that somebody signed.
WHOLE = (Column, Contributor)


@dataclass(frozen=True)
class Link:
    """A link that narrows a list: its text, its URL, the number of stories behind it, whether it is the present
    page.
    """

    text: str
    url: str
    count: int = 0
    is_current: bool = False


@dataclass(frozen=True)
class Narrowing:
    """The checked filters of a list of stories of `subject`, at `path`: {"year" | "topic" | "region": value}."""

    path: str
    subject: Subject
    filters: dict[str, Filter]
    sort: str = "newest"

    def stories(self, *, without: str = "") -> StorySet:
        """Return the stories of the list, or of the list `without` one filter."""
        values = (value for name, value in self.filters.items() if name != without)
        return StorySet((self.subject, *values), self.all_stories.editorial)

    @property
    def all_stories(self) -> StorySet:
        """All stories that such a list could hold."""
        return StorySet(editorial=not isinstance(self.subject, WHOLE))

    def in_order(self, stories: ArticleQuerySet) -> ArticleQuerySet:
        """Return `stories` in the order of the list."""
        return stories.oldest_first() if self.sort == "oldest" else stories.newest_first()

    def offers(self, name: str) -> bool:
        """Return whether the page links to lists with another value of filter `name`."""
        if isinstance(self.subject, OWN.get(name, ())):
            return False
        return len(self.filters.keys() - {name}) < MOST_LINKED

    def link(self, name: str, value: Filter, count: int) -> Link:
        """Return the link to the list with filter `name` set to `value`. `count` is its number of stories."""
        narrower = replace(self, filters={**self.filters, name: value})
        return Link(_text(value), narrower.url, count, self.filters.get(name) == value)

    def part_link(self, part: Region, count: int) -> Link:
        """Return the link to the list of `part`, a part of this list's region, with the same filters and order."""
        return Link(part.name, replace(self, path=part.get_absolute_url(), subject=part).url, count)

    @property
    def year(self) -> int | None:
        """The year of the list's filter, or None."""
        year = self.filters.get("year")
        return year if isinstance(year, int) else None

    @property
    def chips(self) -> list[Link]:
        """The active filters, each with the link to the list without it."""
        return [Link(_text(value), self._without(name).url) for name, value in self.filters.items()]

    @property
    def bare(self) -> Narrowing:
        """The list without filters."""
        return replace(self, filters={})

    @property
    def bare_url(self) -> str:
        """The URL of the list without filters, in the same order."""
        return self.bare.url

    def _without(self, name: str) -> Narrowing:
        return replace(self, filters={key: value for key, value in self.filters.items() if key != name})

    def sorted_url(self, sort: str) -> str:
        """Return the URL of the list in the order `sort`."""
        return replace(self, sort=sort).url

    @property
    def url(self) -> str:
        """The URL of the list with its filters and its order."""
        return f"{self.path}?{urlencode(self.parameters)}" if self.parameters else self.path

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters in the URL of the list."""
        parameters = {name: _key(value) for name, value in self.filters.items()}
        return parameters if self.sort == "newest" else {**parameters, "sort": self.sort}

    @property
    def name(self) -> str:
        """The key under which the counts of this list are kept. The order of the list doesn't matter."""
        return replace(self, sort="newest").url


def _text(value: Filter) -> str:
    return f"{value}年" if isinstance(value, int) else value.name


def _key(value: Filter) -> str:
    match value:
        case Topic():
            return value.slug
        case Region():
            return value.code
    return str(value)
