"""The sets of an article (bylines, regions, topics) as a machine reads them, beside those that are stored."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models

from articles.models import Article, ArticleRegion, ArticleTopic, Byline, Contributor, Region, Topic
from articles.reading import ItemReading, RegionHit, TopicHit

#: A set as a list of rows, each a list that JSON can hold; what the columns are, `Article.sets` says.
Rows = list[list[Any]]

SET_MODELS: dict[str, type[models.Model]] = {"bylines": Byline, "regions": ArticleRegion, "topics": ArticleTopic}


@dataclass(frozen=True)
class Known:
    """What names of a reading stand for in the database: {name: contributor}, codes of regions, {slug: topic id}."""

    contributors: dict[str, Contributor]
    regions: frozenset[str]
    topics: dict[str, int]

    @classmethod
    def subjects(cls) -> Known:
        """Return all regions and topics, and no contributors."""
        return cls({}, frozenset(Region.objects.values_list("pk", flat=True)), known_topics())


def known_topics() -> dict[str, int]:
    return dict(Topic.objects.values_list("slug", "pk"))


def byline_rows(item: ItemReading) -> Rows:
    """Return the signatures that an item prints."""
    signed = [("text", person) for person in item.bylines] + [("photo", person) for person in item.credits]
    return [[of, person.role, person.name] for of, person in signed]


def region_rows(hits: Iterable[RegionHit], known: Known) -> Rows:
    """Return the regions that the reader found, with their evidence."""
    return [
        [hit.code, hit.main, hit.score, [list(dataclasses.astuple(each)) for each in hit.evidence]]
        for hit in hits
        if hit.code in known.regions
    ]


def topic_rows(hits: Iterable[TopicHit], known: Known) -> Rows:
    """Return the topics that the reader found, best first, with the words that decided."""
    return [[hit.slug, hit.score, list(hit.evidence)] for hit in hits if hit.slug in known.topics]


def settle(
    article: Article, read: dict[str, Rows], known: Known, *, write: bool = True
) -> tuple[dict[str, Rows], dict[str, Rows]]:
    """Bring the sets of an article to what was read, but for those that a person has set.

    Returns what differed and was changed, and what a person's word withheld, each as {set: rows as read}. Without
    `write` nothing is written.
    """
    changed: dict[str, Rows] = {}
    withheld: dict[str, Rows] = {}
    for name, rows in read.items():
        is_persons = name in article.edited_fields
        if _is_same(name, rows, article.rows_of(name), is_persons=is_persons):
            continue
        (withheld if is_persons else changed)[name] = rows
    if write:
        for name, rows in changed.items():
            SET_MODELS[name].objects.filter(article=article).delete()
            SET_MODELS[name].objects.bulk_create(make_rows(article, name, rows, known))
    return changed, withheld


def _is_same(name: str, read: Rows, stored: Rows, *, is_persons: bool) -> bool:
    """Compare a set as read with the stored one; a person's rows have neither score nor evidence to compare."""
    if is_persons and name != "bylines":
        told = 2 if name == "regions" else 1  # code and main, or slug
        read, stored = [row[:told] for row in read], [row[:told] for row in stored]
    if name == "regions":  # main first, then by score: the stored order; a reading may order ties otherwise
        return sorted(read, key=lambda row: row[0]) == sorted(stored, key=lambda row: row[0])
    return read == stored


def make_rows(article: Article, name: str, rows: Rows, known: Known) -> Iterator[models.Model]:
    """Yield the rows of one set of an article, not saved."""
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
