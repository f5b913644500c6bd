"""The items of a reading into the articles of a page: paired by likeness, updated in place, never recreated."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from articles.ingest.classification import JUDGED, is_judged_apart
from articles.ingest.doubts import Raised, Target, doubt, raised_by, with_answers
from articles.ingest.matching import pair
from articles.ingest.proposals import propose
from articles.ingest.sets import (
    SET_MODELS,
    Known,
    Rows,
    byline_rows,
    compare,
    known_topics,
    make_rows,
    region_rows,
    store,
    topic_rows,
)
from articles.models import Article, Column, Contributor, Page, Redirect, Region, SourceText
from articles.models.archive import Change
from articles.models.block_keys import carry_keys, without_keys
from articles.models.doubt_kinds import ANCHOR_LOST, NOT_IN_READING
from articles.models.fields import printed_text, read_fields
from articles.models.statements import Statement
from articles.reading import FIELD_LABELS, ItemReading, PageReading

#: Fields that follow the text's offsets. An article that differs only in these counts as the same.
BOOKKEEPING = {"source_id", "segments"}


@dataclass
class StoredItems:
    """The effects of storing the items of a page.

    * `entries`: for each article (add | change | same | protected | remove, title); protected means that a person's
      value stays
    * `unplaced`: the segments of the items without an article, which exist if a person has settled the articles
    * `parted`: the ids of the articles that were one story with a removed article, or one item with another article
    * `added`: the new articles, and `topical` the ids of those with topics
    * `read`: the ids of the articles that the reading has, and `left` of those that it does not have and that stay
    * `raised`: the doubts about each article
    """

    entries: list[tuple[str, str]] = field(default_factory=list)
    unplaced: list[list[Any]] = field(default_factory=list)
    parted: set[int] = field(default_factory=set)
    added: list[Article] = field(default_factory=list)
    topical: set[int] = field(default_factory=set)
    read: set[int] = field(default_factory=set)
    left: set[int] = field(default_factory=set)
    raised: dict[Target, list[Raised]] = field(default_factory=dict)


def store_items(
    page: Page,
    source: SourceText,
    reading: PageReading,
    contributors: dict[str, Contributor],
    change: Change,
    pieces: frozenset[int] = frozenset(),
    lost: Collection[str] = (),
    *,
    is_new: bool,
) -> StoredItems:
    """Bring the articles of `page` to the items of `reading`, and name the effects in `change`. Return them.

    `contributors` are {name: contributor} for the names of the items. The items with the indices `pieces` were cut at
    anchors, and the anchors `lost` are not in the text. A new page (`is_new`) has no articles yet.
    """
    sets = ("bylines", "article_regions", "article_topics__topic", "proposals")
    stored = [] if is_new else list(page.articles.as_printed().prefetch_related("continuations", *sets))
    texts = SourceText.objects.in_bulk({article.source_id for article in stored if article.source_id})
    pairs = pair(
        [(article.headline, _versions(article, texts)) for article in stored],
        [(item.headline, printed_text(item, (block.text for block in item.blocks))) for item in reading.items],
    )
    known, columns = _look_up(reading, contributors)
    segments = segments_by_item(reading)
    entries: dict[int, tuple[str, str]] = {}
    added: list[tuple[Article, _Item]] = []
    unplaced: list[dict[str, str]] = []
    done = StoredItems()
    for index, item in enumerate(reading.items):
        if index in pairs:
            article = stored[pairs[index]]
            if not page.structure_edited:
                article.position, moved = index, article.position != index
            else:
                moved = False
            item_of = _Item(item, segments[index], source, known, columns)
            is_apart = index in pieces or is_judged_apart(article)
            entries[index] = _update(article, item_of, moved, change, is_apart=is_apart)
            done.read.add(article.pk)
            if index in pieces:  # the item was judged by its whole text
                done.parted.add(article.pk)
            done.raised[Target(page.pk, article.pk)] = with_answers(raised_by(item.doubts), article.edited_fields)
        elif page.structure_edited:
            unplaced.append({"kind": item.kind, "headline": item.headline, "text": "\n".join(item.paragraphs)})
            done.unplaced += segments[index]
        else:
            item_of = _Item(item, segments[index], source, known, columns)
            added.append((Article(page=page, position=index, **item_of.values(), **change.stamp()), item_of))
    for article in stored:
        if article.anchor:
            told = done.raised.setdefault(Target(page.pk, article.pk), [])
            told += [doubt(ANCHOR_LOST)] if article.anchor in lost else []
    _add(added, known)
    for article, item_of in added:
        done.added.append(article)
        if topic_rows(item_of.item.topics, known):
            done.topical.add(article.pk)
        done.raised[Target(page.pk, article.pk)] = raised_by(item_of.item.doubts)
        entries[article.position] = ("add", article.title)
    if not is_new:
        propose(page, None, source.pk, {"items": unplaced} if unplaced else {}, ["items"])
    done.entries = [entries[index] for index in sorted(entries)]
    if not page.structure_edited:
        left = [stored[index] for index in sorted(set(range(len(stored))) - set(pairs.values()))]
        done.parted.update(*(article.ids_beside() for article in left))
        for article in left:
            if article.is_touched:  # a person has worked on it, so that it stays
                done.left.add(article.pk)
                done.raised[Target(page.pk, article.pk)] = [doubt(NOT_IN_READING)]
                done.entries.append(("protected", article.title))
            else:
                done.entries.append(_drop(article, page, change))
    return done


def _versions(article: Article, texts: dict[int, SourceText]) -> list[str]:
    """Return the texts of an article: as the machine read it, and as it stands if a person has changed or cut it.

    A piece of an article may be a line whose print, with its formulas, is unlike the text.
    """
    if article.source_id is None:
        return [article.text]
    text = texts[article.source_id].text
    read = "\n".join(text[start:end] for start, end, label in article.segments if label in FIELD_LABELS)
    return [read, article.text] if article.edited_fields or article.anchor else [read]


def segments_by_item(reading: PageReading) -> list[list[list[Any]]]:
    """Return the segments of each item, as an article holds them."""
    parts: list[list[list[Any]]] = [[] for _ in reading.items]
    for part in reading.segments:
        if part.item is not None:
            parts[part.item].append([part.start, part.end, part.label])
    return parts


def _look_up(reading: PageReading, contributors: dict[str, Contributor]) -> tuple[Known, dict[str, Column]]:
    codes = frozenset(hit.code for item in reading.items for hit in item.regions)
    kickers = {item.kicker: bool(item.column) for item in reading.items if item.kicker}
    known = Known(
        contributors=contributors,
        regions=frozenset(code for (code,) in _REGIONS.rows(codes)),
        topics=known_topics(),
    )
    return known, Column.objects.behind(kickers)


#: Those of some codes of regions that the archive has.
_REGIONS = Statement(lambda codes: Region.objects.filter(pk__among=codes).values_list("pk"), frozenset)


@dataclass(frozen=True)
class _Item:
    """An item of a reading on its way into an article, with the rows that its names stand for."""

    item: ItemReading
    segments: list[list[Any]]
    source: SourceText
    known: Known
    columns: dict[str, Column]

    def values(self) -> dict[str, Any]:
        """Return the values of Article.READ_FIELDS and of the BOOKKEEPING fields."""
        item = self.item
        column = self.columns.get(item.kicker)
        values = {name: getattr(item, name) for name in read_fields() if name not in ("column", "blocks")}
        return {
            **values,
            "column_id": column.pk if column else None,
            "blocks": [block.as_json() for block in item.blocks],
            "segments": self.segments,
            "source_id": self.source.pk,
        }

    def sets(self) -> dict[str, Rows]:
        """Return the rows of Article.READ_SETS."""
        return {
            "bylines": byline_rows(self.item),
            "regions": region_rows(self.item.regions, self.known),
            "topics": topic_rows(self.item.topics, self.known),
        }


def _add(added: list[tuple[Article, _Item]], known: Known) -> None:
    Article.objects.bulk_create(article for article, _ in added)
    sets = [(article, item.sets()) for article, item in added]
    for name in Article.READ_SETS:
        SET_MODELS[name]._default_manager.bulk_create(
            row for article, rows in sets for row in make_rows(article, name, rows[name], known)
        )


def _update(article: Article, item: _Item, moved: bool, change: Change, *, is_apart: bool) -> tuple[str, str]:
    values = item.values()
    values["blocks"] = carry_keys(article.blocks, values["blocks"])
    changed, withheld = article.set_unprotected(values)
    # The sets of an article that is judged apart follow when its whole page is stored.
    read = {name: rows for name, rows in item.sets().items() if not (is_apart and name in JUDGED)}
    sets = compare(article, read)
    store([sets], item.known)
    changed |= sets.changed
    withheld |= sets.withheld
    if "blocks" in withheld:
        withheld["blocks"] = without_keys(withheld["blocks"])  # the keys are those of the person's body
    if "column_id" in withheld:
        withheld["column"] = item.item.kicker
        del withheld["column_id"]
    propose(article.page, article, item.source.pk, withheld, (*Article.READ_FIELDS, *read))
    if changed or moved:
        article.save()
        change.articles([article.pk])
    if changed.keys() - BOOKKEEPING:
        return "change", article.title
    return "protected" if withheld else "same", article.title


def _drop(article: Article, page: Page, change: Change) -> tuple[str, str]:
    """Remove an article that the reading no longer has. Return its entry for the report."""
    title = article.title
    Redirect.objects.moved(article.get_absolute_url(), page.get_absolute_url())
    change.articles(article.ids_beside())
    change.vanished([article.pk])
    article.delete()
    return "remove", title
