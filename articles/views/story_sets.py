"""A set of stories that a page lists or counts, as rows of the database and as a query of the search index."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, Unpack

from articles.models import Article, Column, Contributor, Region, Topic
from articles.models.articles import ArticleQuerySet
from articles.models.counting import Plan
from articles.search.current import OpenIndex, ask_index
from articles.search.documents import order_keys
from articles.search.engine_queries import EngineQuery
from articles.search.files import IndexUnavailable
from articles.search.index import Hits, StoryIndex
from articles.search.lag import changed_since
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

    def rows(self, **plan: Unpack[Plan]) -> ArticleQuerySet:
        """Return the stories as rows of the database. See `Plan`."""
        stories = Article.objects.visible().stories()
        if self.editorial:
            stories = stories.editorial()
        for subject in self.subjects:
            stories = _narrowed(stories, subject, plan)
        return stories

    def query(self, index: StoryIndex) -> EngineQuery:
        """Return the stories as a query of an index, as of its commit."""
        query = index.both(*(_among(index, subject) for subject in self.subjects))
        return index.but_not(query, index.among("kind", SIDE_KINDS)) if self.editorial else query

    def first(self, most: int, order: str) -> Hits | None:
        """Return the first `most` stories, up to 10,000, in the order "oldest" or "newest"; None as in `from_index`."""
        return from_index(lambda current: current.first(self, most, order))

    def recently_added(self, most: int) -> Hits | None:
        """Return up to `most` stories added last to the archive, the latest first; None as in `from_index`."""
        return from_index(lambda current: current.first(self, most, "id", backwards=True))


@dataclass(frozen=True)
class CurrentIndex:
    """The search index, and the `changed` articles (ids) for which the database answers in its place."""

    index: StoryIndex
    changed: frozenset[int]

    def query(self, stories: StorySet) -> EngineQuery:
        """Return the unchanged ones of `stories` as a query of the index."""
        index, query = self.index, stories.query(self.index)
        return index.but_not(query, index.among("id", sorted(self.changed))) if self.changed else query

    def changed_of(self, stories: StorySet) -> ArticleQuerySet:
        """Return the changed ones of `stories` as rows of the database."""
        if not self.changed:
            return Article.objects.none()
        return stories.rows(among=self.changed).filter(pk__among=self.changed)

    def first(self, stories: StorySet, most: int, order: str, *, backwards: bool = False) -> Hits:
        """Return the first `most` of `stories` in an order of the index, see `StoryIndex.search`."""
        unchanged, total = self.index.keyed(self.query(stories), most, order, backwards=backwards)
        changed = [(key, pk) for pk, key in order_keys(self.changed_of(stories), order).items()]
        listed = sorted(unchanged + changed, reverse=backwards) if changed else unchanged
        return Hits([pk for _, pk in listed[:most]], total + len(changed))


def from_index(ask: Callable[[CurrentIndex], T]) -> T | None:
    """Return the answer of `ask` to the search index.

    Return None if no index is available, if it is too far behind the page being served, or if it can't answer.
    With a million articles the index takes milliseconds where the database takes seconds. Both give the same answer.
    """

    def question(opened: OpenIndex) -> T | None:
        changed = changed_since(opened)
        return None if changed is None else ask(CurrentIndex(opened.index, changed))

    try:
        return ask_index(question)
    except IndexUnavailable:  # noted already; the database answers
        return None
    except ValueError:
        logger.exception("the search index counts no more values; the database does")
        return None


def _narrowed(stories: ArticleQuerySet, subject: Subject, plan: Plan) -> ArticleQuerySet:
    match subject:
        case Region():
            return stories.about(subject, **plan)
        case Topic():
            return stories.on(subject, **plan)
        case Column():
            return stories.in_column(subject)  # one index of the database finds them
        case Contributor():
            return stories.by(subject, **plan)
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
