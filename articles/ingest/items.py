"""The items of a reading into the articles of a page: paired by likeness, updated in place, never made anew."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models

from articles.ingest.doubts import NOT_IN_READING
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
from articles.reading import FIELD_LABELS, ItemReading, PageReading

#: Fields that follow the text's offsets; an article that differs in these alone reads the same.
BOOKKEEPING = {"source_id", "segments", "doubts"}

SET_MODELS: dict[str, type[models.Model]] = {"bylines": Byline, "regions": ArticleRegion, "topics": ArticleTopic}


@dataclass(frozen=True)
class _Known:
    """What names of a reading stand for in the database."""

    contributors: dict[str, Contributor]
    columns: dict[str, int]
    regions: set[str]
    topics: dict[str, int]


def store_items(
    page: Page, source: SourceText, reading: PageReading, change: Change
) -> tuple[list[tuple[str, str]], list[list[Any]]]:
    """Bring the articles of `page` to what `reading` found, and name in `change` what that changed.

    Returns for each article (add | change | same | protected | remove, title); protected: a person's word stands. And
    the segments of items that have no article, because a person has settled which articles the page has.
    """
    sets = ("bylines", "article_regions", "article_topics__topic", "proposals")
    stored = list(page.articles.as_printed().prefetch_related(*sets))
    texts = SourceText.objects.in_bulk({article.source_id for article in stored if article.source_id})
    pairs = pair(
        [(article.headline, _versions(article, texts)) for article in stored],
        [(item.headline, _text(item)) for item in reading.items],
    )
    known = _look_up(reading)
    segments = _segments_by_item(reading)
    entries: dict[int, tuple[str, str]] = {}
    added: list[tuple[Article, ItemReading]] = []
    unplaced: list[dict[str, str]] = []
    unplaced_segments: list[list[Any]] = []
    for index, item in enumerate(reading.items):
        if index in pairs:
            article = stored[pairs[index]]
            if not page.structure_edited:
                article.position, moved = index, article.position != index
            else:
                moved = False
            entries[index] = _update(article, item, moved, segments[index], source, known, change)
        elif page.structure_edited:
            unplaced.append({"kind": item.kind, "headline": item.headline, "text": "\n".join(item.paragraphs)})
            unplaced_segments += segments[index]
        else:
            added.append((_new(item, index, segments[index], page, source, known), item))
    _add(added, known, change)
    entries |= {article.position: ("add", article.title) for article, _ in added}
    propose(page, None, source, {"items": unplaced} if unplaced else {}, ["items"])
    told = [entries[index] for index in sorted(entries)]
    if not page.structure_edited:
        left = set(range(len(stored))) - set(pairs.values())
        told += [_drop(stored[index], page, change) for index in sorted(left)]
    return told, unplaced_segments


def _versions(article: Article, texts: dict[int, SourceText]) -> list[str]:
    """Return an article's texts: as the machine read it, and as it stands if a person has changed it since."""
    if article.source_id is None:
        return [article.text]
    text = texts[article.source_id].text
    read = "\n".join(text[start:end] for start, end, label in article.segments if label in FIELD_LABELS)
    return [read, article.text] if article.edited_fields else [read]


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


def _new(
    item: ItemReading, position: int, segments: list[list[Any]], page: Page, source: SourceText, known: _Known
) -> Article:
    doubts = [dataclasses.asdict(doubt) for doubt in item.doubts]
    return Article(
        page=page, position=position, source=source, segments=segments, doubts=doubts, **_fields(item, known)
    )


def _add(added: list[tuple[Article, ItemReading]], known: _Known, change: Change) -> None:
    Article.objects.bulk_create(article for article, _ in added)
    sets = [(article, _sets(item, known)) for article, item in added]
    for name in Article.READ_SETS:
        SET_MODELS[name].objects.bulk_create(
            row for article, rows in sets for row in _rows(article, name, rows[name], known)
        )
    change.articles(article.pk for article, _ in added)


def _update(
    article: Article,
    item: ItemReading,
    moved: bool,
    segments: list[list[Any]],
    source: SourceText,
    known: _Known,
    change: Change,
) -> tuple[str, str]:
    doubts = [dataclasses.asdict(doubt) for doubt in item.doubts]
    values = {**_fields(item, known), "doubts": doubts, "segments": segments, "source_id": source.pk}
    changed, withheld = article.set_unprotected(values)
    read, stored = _sets(item, known), article.sets()
    for name in Article.READ_SETS:
        if _same_set(name, read[name], stored[name], is_persons=name in article.edited_fields):
            continue
        if name in article.edited_fields:
            withheld[name] = read[name]
        else:
            SET_MODELS[name].objects.filter(article=article).delete()
            SET_MODELS[name].objects.bulk_create(_rows(article, name, read[name], known))
            changed[name] = read[name]
    if "column_id" in withheld:
        withheld["column"] = item.kicker
        del withheld["column_id"]
    propose(article.page, article, source, withheld, (*Article.READ_FIELDS, *Article.READ_SETS))
    if changed or moved:
        article.save()
        change.articles([article.pk])
    if changed.keys() - BOOKKEEPING:
        return "change", article.title
    return "protected" if withheld else "same", article.title


def _same_set(name: str, read: list[list[Any]], stored: list[list[Any]], *, is_persons: bool) -> bool:
    """Compare a set as read with the stored one; a person's rows have neither score nor evidence to compare."""
    if is_persons and name != "bylines":
        told = 2 if name == "regions" else 1  # code and main, or slug
        read, stored = [row[:told] for row in read], [row[:told] for row in stored]
    if name == "regions":  # main first, then by score: the stored order; a reading may order ties otherwise
        return sorted(read, key=lambda row: row[0]) == sorted(stored, key=lambda row: row[0])
    return read == stored


def _rows(article: Article, name: str, rows: list[list[Any]], known: _Known) -> Iterator[models.Model]:
    """Yield the rows of one set of an article, not saved."""
    for position, row in enumerate(rows):
        if name == "bylines":
            of, role, printed = row
            yield Byline(
                article=article,
                contributor=known.contributors[printed],
                of=of,
                role=role,
                name_as_printed=printed,
                position=position,
            )
        elif name == "regions":
            code, main, score, evidence = row
            yield ArticleRegion(article=article, region_id=code, main=main, score=score, evidence=evidence)
        else:
            slug, score, evidence = row
            topic = known.topics[slug]
            yield ArticleTopic(article=article, topic_id=topic, score=score, evidence=evidence, position=position)


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
    change.articles(filter(None, [article.continuation_of_id]))
    change.vanished([article.pk])
    article.delete()
    return "remove", title
