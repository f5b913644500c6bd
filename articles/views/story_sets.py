"""A set of stories that a screen lists or counts: as rows of the database, and as a query of the search index."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from articles.models import Article, Column, Contributor, Region, Topic, archive
from articles.models.articles import ArticleQuerySet
from articles.search.current import ask_index as ask_index
from articles.search.files import IndexUnavailable
from articles.search.index import EngineQuery, Hits, StoryIndex
from articles.search.run import SIDE_KINDS

#: What stories have in common: a string is the name of their pages, a number their year.
Subject = Region | Topic | Column | Contributor | str | int

T = TypeVar("T")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class StorySet:
    """The stories that readers may see and that all of `subjects` are said of.

    `editorial` leaves out teasers and notices, which are no reading matter of their own.
    """

    subjects: tuple[Subject, ...] = ()
    editorial: bool = False

    def rows(self, *, walking: bool = False) -> ArticleQuerySet:
        """Return them as rows; `walking` as `StoryQuerySet.having` has it."""
        stories = Article.objects.visible().stories()
        if self.editorial:
            stories = stories.editorial()
        for subject in self.subjects:
            stories = _narrowed(stories, subject, walking)
        return stories

    def query(self, index: StoryIndex) -> EngineQuery:
        """Return them as a query of an index that holds the archive as it is now."""
        query = index.both(*(_among(index, subject) for subject in self.subjects))
        return index.but_not(query, index.among("kind", SIDE_KINDS)) if self.editorial else query

    def first(self, most: int, order: str) -> Hits | None:
        """Return the first `most` of them, up to 10,000, "oldest" or "newest" first, where an index can tell."""
        return from_index(lambda index: index.first(self.query(index), most, order))

    def recently_added(self, most: int) -> Hits | None:
        """Return those of them that came last into the archive, up to `most`, the latest first, where an index can."""
        return from_index(lambda index: index.search(self.query(index), most, order="id", backwards=True))


def from_index(ask: Callable[[StoryIndex], T]) -> T | None:
    """Return what `ask` asks of the search index; None where none is in step with the page being served, or can tell.

    It takes milliseconds where the database takes seconds, at a million articles, and says the same.
    """
    now = archive.served_state()
    try:
        return ask_index(lambda opened: ask(opened.index) if opened.holds(now) else None)
    except IndexUnavailable:  # noted; the database can tell
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
            return stories.in_column(subject)  # one index leads there
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
