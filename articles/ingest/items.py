"""The items of a reading into the articles of a page: paired by likeness, updated in place, never made anew."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from django.db import models

from articles.ingest.matching import pair
from articles.ingest.proposals import propose
from articles.models import (
    Article,
    ArticleRegion,
    ArticleTopic,
    Byline,
    Column,
    Contributor,
    Page,
    Redirect,
    Region,
    SourceText,
    Topic,
)
from articles.models.archive import Change
from articles.reading import ItemReading, PageReading

#: A doubt about a stored article that the newest reading of its page no longer finds, and that a person has worked on.
NOT_IN_READING = {"name": "not-in-reading", "rule": "importer", "detail": ""}


#: Fields that follow the text's offsets and its other items; an article that differs in these alone reads the same.
BOOKKEEPING = {"source_id", "segments", "position", "doubts"}


@dataclass(frozen=True)
class _Known:
    """What names of a reading stand for in the database."""

    contributors: dict[str, Contributor]
    columns: dict[str, int]
    regions: set[str]
    topics: dict[str, int]


def store_items(page: Page, source: SourceText, reading: PageReading, change: Change) -> list[tuple[str, str]]:
    """Bring the articles of `page` to what `reading` found, and name in `change` what that changed.

    Returns for each article (add | change | same | protected | remove, title); protected: a person's word stands.
    """
    stored = list(page.articles.as_printed().prefetch_related("bylines", "article_regions", "article_topics__topic"))
    pairs = pair(
        [(article.headline, article.text) for article in stored],
        [(item.headline, _text(item)) for item in reading.items],
    )
    known = _look_up(reading)
    segments = _segments_by_item(reading)
    entries: list[tuple[str, str]] = []
    unplaced: list[dict[str, str]] = []
    for index, item in enumerate(reading.items):
        if index in pairs:
            entries.append(_update(stored[pairs[index]], item, index, segments[index], page, source, known, change))
        elif page.structure_edited:
            unplaced.append({"kind": item.kind, "headline": item.headline, "text": "\n".join(item.paragraphs)})
        else:
            entries.append(_add(item, index, segments[index], page, source, known, change))
    propose(page, None, source, {"items": unplaced} if unplaced else {}, ["items"])
    for index, article in enumerate(stored):
        if index not in pairs.values() and not page.structure_edited:
            entries.append(_drop(article, page, change))
    return entries


def _text(item: ItemReading) -> str:
    return "\n".join([item.kicker, item.headline, item.deck, *(block.text for block in item.blocks)])


def _segments_by_item(reading: PageReading) -> list[list[list[Any]]]:
    parts: list[list[list[Any]]] = [[] for _ in reading.items]
    for part in reading.segments:
        if part.item is not None:
            parts[part.item].append([part.start, part.end, part.label])
    return parts


def _look_up(reading: PageReading) -> _Known:
    names = [person.name for item in reading.items for person in (*item.bylines, *item.credits)]
    codes = {hit.code for item in reading.items for hit in item.regions}
    kickers = {item.kicker for item in reading.items if item.kicker}
    return _Known(
        contributors=Contributor.objects.named(names) if names else {},
        columns=dict(Column.objects.filter(name__in=kickers).values_list("name", "pk")) if kickers else {},
        regions=set(Region.objects.filter(pk__in=codes).values_list("pk", flat=True)),
        topics=dict(Topic.objects.values_list("slug", "pk")),
    )


def _fields(item: ItemReading, known: _Known) -> dict[str, Any]:
    """Return the values of Article.READ_FIELDS that `item` reads."""
    return {
        "kind": item.kind,
        "kicker": item.kicker,
        "headline": item.headline,
        "deck": item.deck,
        "agency": item.agency,
        "column_id": known.columns.get(item.kicker),
        "blocks": [dataclasses.asdict(block) for block in item.blocks],
        "continued_to": item.continued_to,
        "continued_from": item.continued_from,
    }


def _sets(item: ItemReading, known: _Known) -> dict[str, list[list[Any]]]:
    """Return the rows of Article.READ_SETS that `item` reads, each row as a list that JSON can hold."""
    signed = [("text", person) for person in item.bylines] + [("photo", person) for person in item.credits]
    return {
        "bylines": [[of, person.role, person.name] for of, person in signed],
        "regions": [
            [hit.code, hit.main, hit.score, list(hit.evidence)] for hit in item.regions if hit.code in known.regions
        ],
        "topics": [[hit.slug, hit.score, list(hit.evidence)] for hit in item.topics if hit.slug in known.topics],
    }


def _add(
    item: ItemReading,
    position: int,
    segments: list[list[Any]],
    page: Page,
    source: SourceText,
    known: _Known,
    change: Change,
) -> tuple[str, str]:
    doubts = [dataclasses.asdict(doubt) for doubt in item.doubts]
    article = Article(page=page, position=position, source=source, segments=segments, doubts=doubts)
    for name, value in _fields(item, known).items():
        setattr(article, name, value)
    article.save()
    for name, rows in _sets(item, known).items():
        _write_set(article, name, rows, known)
    change.articles([article.pk])
    return "add", article.title


def _update(
    article: Article,
    item: ItemReading,
    position: int,
    segments: list[list[Any]],
    page: Page,
    source: SourceText,
    known: _Known,
    change: Change,
) -> tuple[str, str]:
    values = _fields(item, known)
    values |= {
        "doubts": [dataclasses.asdict(doubt) for doubt in item.doubts],
        "segments": segments,
        "source_id": source.pk,
    }
    if not page.structure_edited:
        values["position"] = position
    changed, withheld = article.set_unprotected(values)
    read, stored = _sets(item, known), article.sets()
    differing = [name for name in Article.READ_SETS if not _same_set(name, read[name], stored[name])]
    for name in differing:
        if name in article.edited_fields:
            withheld[name] = read[name]
        else:
            _write_set(article, name, read[name], known)
            changed[name] = read[name]
    if "column_id" in withheld:
        withheld["column"] = item.kicker
        del withheld["column_id"]
    propose(page, article, source, withheld, (*Article.READ_FIELDS, *Article.READ_SETS))
    if changed:
        article.save()
        change.articles([article.pk])
    if changed.keys() - BOOKKEEPING:
        return "change", article.title
    return "protected" if withheld else "same", article.title


def _same_set(name: str, read: list[list[Any]], stored: list[list[Any]]) -> bool:
    if name == "regions":  # main first, then by score: the stored order; a reading may order ties otherwise
        return sorted(read, key=lambda row: row[0]) == sorted(stored, key=lambda row: row[0])
    return read == stored


def _write_set(article: Article, name: str, rows: list[list[Any]], known: _Known) -> None:
    """Replace a whole set of an article's rows."""
    replaced: dict[str, type[models.Model]] = {"bylines": Byline, "regions": ArticleRegion, "topics": ArticleTopic}
    replaced[name].objects.filter(article=article).delete()
    if name == "bylines":
        Byline.objects.bulk_create(
            Byline(
                article=article,
                contributor=known.contributors[printed],
                of=of,
                role=role,
                name_as_printed=printed,
                position=position,
            )
            for position, (of, role, printed) in enumerate(rows)
        )
    elif name == "regions":
        ArticleRegion.objects.bulk_create(
            ArticleRegion(article=article, region_id=code, main=main, score=score, evidence=evidence)
            for code, main, score, evidence in rows
        )
    else:
        ArticleTopic.objects.bulk_create(
            ArticleTopic(
                article=article, topic_id=known.topics[slug], score=score, evidence=evidence, position=position
            )
            for position, (slug, score, evidence) in enumerate(rows)
        )


def _drop(article: Article, page: Page, change: Change) -> tuple[str, str]:
    """Let an article go that the reading no longer finds, unless a person has worked on it: then doubt it."""
    if article.is_touched:
        if NOT_IN_READING in article.doubts:
            return "protected", article.title
        article.doubts = [*article.doubts, NOT_IN_READING]
        article.save()
        change.articles([article.pk])
        return "protected", article.title
    title = article.title
    Redirect.objects.moved(article.get_absolute_url(), page.get_absolute_url())
    change.articles(article.continuations.all())
    change.vanished([article.pk])
    article.delete()
    return "remove", title
