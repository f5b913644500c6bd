"""A set of stories that a page lists or counts, as rows of the database and as a query of the search index."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from articles.models import Article, Column, Contributor, Region, Topic
from articles.models.articles import ArticleQuerySet
from articles.search.current import OpenIndex, ask_index
from articles.search.engine_queries import EngineQuery
from articles.search.files import IndexUnavailable
from articles.search.index import Hits, StoryIndex
from articles.search.index_rows import StoryDocument
from articles.search.lag import Lag, lag_of
from articles.search.run import SIDE_KINDS

#: The thing that the stories of a list have in common. A string is the name of their pages, a number is their year.
Subject = Region | Topic | Column | Contributor | str | int

T = TypeVar("T")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class StorySet:
    """The visible stories that belong to all of `subjects`.

    `editorial` leaves out teasers and notices, which are not reading matter in themselves.
    """

    subjects: tuple[Subject, ...] = ()
    editorial: bool = False

    def rows(self, *, walking: bool = False) -> ArticleQuerySet:
        """Return the stories as rows of the database. For `walking` see `StoryQuerySet.having`."""
        stories = Article.objects.visible().stories()
        if self.editorial:
            stories = stories.editorial()
        for subject in self.subjects:
            stories = _narrowed(stories, subject, walking)
        return stories

    def query(self, index: StoryIndex) -> EngineQuery:
        """Return the stories as a query of an index, as of its commit."""
        query = index.both(*(_among(index, subject) for subject in self.subjects))
        return index.but_not(query, index.among("kind", SIDE_KINDS)) if self.editorial else query

    def holds(self, story: StoryDocument) -> bool:
        """Tell whether a visible story is one of these. The answer is that of `query`."""
        is_side = story.facets["kind"][0] in SIDE_KINDS
        return not (self.editorial and is_side) and all(_is_in(story, subject) for subject in self.subjects)

    def first(self, most: int, order: str) -> Hits | None:
        """Return the first `most` stories, up to 10,000, in the order "oldest" or "newest"; None as in `from_index`."""
        return from_index(lambda current: current.first(self, most, order))

    def recently_added(self, most: int) -> Hits | None:
        """Return up to `most` stories added last to the archive, the latest first; None as in `from_index`."""
        return from_index(lambda current: current.first(self, most, "id", backwards=True))


@dataclass(frozen=True)
class CurrentIndex:
    """The search index with its lag. Stories in the lag are counted and listed as they are now."""

    index: StoryIndex
    lag: Lag

    def query(self, stories: StorySet) -> EngineQuery:
        """Return the unchanged ones of `stories` as a query of the index."""
        index, query = self.index, stories.query(self.index)
        return index.but_not(query, index.among("id", sorted(self.lag.ids))) if self.lag.ids else query

    def changed_of(self, stories: StorySet) -> list[StoryDocument]:
        """Return the changed ones of `stories`."""
        return [story for story in self.lag.stories if stories.holds(story)]

    def first(self, stories: StorySet, most: int, order: str, *, backwards: bool = False) -> Hits:
        """Return the first `most` of `stories` in an order of the index, see `StoryIndex.search`."""
        unchanged, total = self.index.keyed(self.query(stories), most, order, backwards=backwards)
        changed = [(getattr(story, order), story.id) for story in self.changed_of(stories)]
        listed = sorted(unchanged + changed, reverse=backwards) if changed else unchanged
        return Hits([pk for _, pk in listed[:most]], total + len(changed))


def from_index(ask: Callable[[CurrentIndex], T]) -> T | None:
    """Return the answer of `ask` to the search index.

    Return None if no index is available, if it is too far behind the page being served, or if it can't answer.
    With a million articles the index takes milliseconds where the database takes seconds. Both give the same answer.
    """

    def question(opened: OpenIndex) -> T | None:
        lag = lag_of(opened)
        return None if lag is None else ask(CurrentIndex(opened.index, lag))

    try:
        return ask_index(question)
    except IndexUnavailable:  # noted already; the database answers
        return None
    except ValueError:
        logger.exception("the search index counts no more values; the database does")
        return None


def _narrowed(stories: ArticleQuerySet, subject: Subject, walking: bool) -> ArticleQuerySet:
    match subject:
        case Region():
            return stories.about(subject, walking=walking)
        case Topic():
            return stories.on(subject, walking=walking)
        case Column():
            return stories.in_column(subject)  # one index of the database finds them
        case Contributor():
            return stories.by(subject, walking=walking)
        case str():
            return stories.in_section(subject)
        case int():
            return stories.published_in(subject)


def _among(index: StoryIndex, subject: Subject) -> EngineQuery:
    match subject:
        case Region():
            return index.among("region", [int(subject.code)])
        case str():
            return index.among("section", [subject])
        case int():
            return index.among("year", [subject])
    return index.among(type(subject).__name__.lower(), [subject.pk])


def _is_in(story: StoryDocument, subject: Subject) -> bool:
    match subject:
        case Region():
            return int(subject.code) in story.facets["region"]
        case str():
            return subject == story.section
        case int():
            return subject in story.facets["year"]
    return subject.pk in story.facets[type(subject).__name__.lower()]
