"""The sets of an article (bylines, regions, topics): as a machine reads them, compared with the stored sets."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models

from articles.models import Article, ArticleRegion, ArticleTopic, Byline, Contributor, Region, Topic
from articles.models.statements import Statement
from articles.reading import ItemReading, RegionHit, TopicHit

#: The rows of a set, each a list that JSON can hold. `Article.sets` names their columns.
Rows = list[list[Any]]

SET_MODELS: dict[str, type[models.Model]] = {"bylines": Byline, "regions": ArticleRegion, "topics": ArticleTopic}


@dataclass(frozen=True)
class Known:
    """The database rows behind the names of a reading: {name: contributor}, codes of regions, {slug: topic id}."""

    contributors: dict[str, Contributor]
    regions: frozenset[str]
    topics: dict[str, int]

    @classmethod
    def subjects(cls) -> Known:
        """Return all regions and topics, without contributors."""
        return cls({}, frozenset(Region.objects.values_list("pk", flat=True)), known_topics())


def known_topics() -> dict[str, int]:
    return dict(_TOPICS.rows())


_TOPICS = Statement(lambda: Topic.objects.values_list("slug", "pk"))


def byline_rows(item: ItemReading) -> Rows:
    """Return the rows of the bylines and credits of an item."""
    signed = [("text", person) for person in item.bylines] + [("photo", person) for person in item.credits]
    return [[of, person.role, person.name] for of, person in signed]


def region_rows(hits: Iterable[RegionHit], known: Known) -> Rows:
    """Return the rows of the regions that the reader found, with their evidence."""
    return [
        [hit.code, hit.main, hit.score, [list(dataclasses.astuple(each)) for each in hit.evidence]]
        for hit in hits
        if hit.code in known.regions
    ]


def topic_rows(hits: Iterable[TopicHit], known: Known) -> Rows:
    """Return the rows of the topics that the reader found, best first, with the words that decided."""
    return [[hit.slug, hit.score, list(hit.evidence)] for hit in hits if hit.slug in known.topics]


@dataclass(frozen=True)
class Differing:
    """The sets of an article that a reading tells differently, each as {set: rows as read}.

    The `changed` sets follow the reading. The `withheld` sets are a person's and stay.
    """

    article: Article
    changed: dict[str, Rows]
    withheld: dict[str, Rows]


def compare(article: Article, read: dict[str, Rows]) -> Differing:
    """Return the sets of an article that differ from `read`. Nothing is written."""
    differing = Differing(article, {}, {})
    for name, rows in read.items():
        is_persons = name in article.edited_fields
        if not _is_same(name, rows, article.rows_of(name), is_persons=is_persons):
            (differing.withheld if is_persons else differing.changed)[name] = rows
    return differing


def store(differing: Iterable[Differing], known: Known) -> None:
    """Replace the changed sets of these articles, all sets of one kind at once."""
    replaced: dict[str, dict[Article, Rows]] = {}
    for each in differing:
        for name, rows in each.changed.items():
            replaced.setdefault(name, {})[each.article] = rows
    for name, rows_of in replaced.items():
        SET_MODELS[name]._default_manager.filter(article__in=rows_of).delete()
        made = (row for article, rows in rows_of.items() for row in make_rows(article, name, rows, known))
        SET_MODELS[name]._default_manager.bulk_create(made)


def _is_same(name: str, read: Rows, stored: Rows, *, is_persons: bool) -> bool:
    """Tell whether a set as read equals the stored set.

    A person's regions and topics have neither score nor evidence to compare.
    """
    if is_persons and name != "bylines":
        told = 2 if name == "regions" else 1  # code and main, or slug
        read, stored = [row[:told] for row in read], [row[:told] for row in stored]
    if name == "regions":  # stored main region first, then by score; a reading may order ties differently
        return sorted(read, key=lambda row: row[0]) == sorted(stored, key=lambda row: row[0])
    return read == stored


def make_rows(article: Article, name: str, rows: Rows, known: Known) -> Iterator[models.Model]:
    """Yield the unsaved rows of one set of an article."""
    for position, row in enumerate(rows):
        if name == "bylines":
            of, role, printed = row
            person = known.contributors[printed]
            signature = {"of": of, "role": role, "name_as_printed": printed, "position": position}
            yield Byline(article=article, contributor=person, **signature)
        elif name == "regions":
            code, main, score, evidence = row
            yield ArticleRegion(article=article, region_id=code, main=main, score=score, evidence=evidence)
        else:
            slug, score, evidence = row
            topic = known.topics[slug]
            yield ArticleTopic(article=article, topic_id=topic, score=score, evidence=evidence, position=position)
