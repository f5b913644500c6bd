"""The effect of a reading on the articles of a page, worked out from the stored rows. Nothing is written."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from articles.ingest.anchors import outside
from articles.ingest.classification import JUDGED, is_judged_apart
from articles.ingest.fitting import pair_items, texts_of
from articles.ingest.placements import (
    LEFT_OVER,
    NOTHING_GIVEN,
    Given,
    placed_in,
    with_given,
)
from articles.ingest.sets import Differing, Known, Rows, byline_rows, compare, region_rows, topic_rows
from articles.models import Article, Column, Page
from articles.models.block_keys import carry_keys
from articles.models.fields import read_fields
from articles.reading import ItemReading, PageReading

#: Fields that follow the text's offsets. An article that differs only in these counts as the same.
BOOKKEEPING = {"source_id", "segments"}


@dataclass(frozen=True)
class Tables:
    """The rows that the names of a reading stand for: those of its sets, and {kicker: column}."""

    known: Known
    columns: dict[str, Column]


@dataclass(frozen=True)
class ReadItem:
    """An item of a reading on its way into an article. `segments` are its own, `source` is the id of the text."""

    item: ItemReading
    segments: list[list[Any]]
    source: int
    tables: Tables

    def values(self) -> dict[str, Any]:
        """Return the values of Article.READ_FIELDS and of the BOOKKEEPING fields."""
        item = self.item
        column = self.tables.columns.get(item.kicker)
        values = {name: getattr(item, name) for name in read_fields() if name not in ("column", "blocks")}
        return {
            **values,
            "column_id": column.pk if column else None,
            "blocks": [block.as_json() for block in item.blocks],
            "segments": self.segments,
            "source_id": self.source,
        }

    def sets(self) -> dict[str, Rows]:
        """Return the rows of Article.READ_SETS."""
        return {
            "bylines": byline_rows(self.item),
            "regions": region_rows(self.item.regions, self.tables.known),
            "topics": topic_rows(self.item.topics, self.tables.known),
        }


@dataclass
class ItemPlan:
    """The effect of a reading on one article, which has its new values already and is not saved.

    * `action`: add | change | same | protected | remove; protected means that a person's value stays
    * `read`: the item that the article is made from, or None if the reading has none
    * `old`: the values of the changed fields before; `changed` and `withheld`: as `Editable.set_unprotected` tells
    * `is_moved`: the article has another position, or comes back from another page
    * `is_apart`: its sets in JUDGED follow when the page is stored
    """

    action: str
    article: Article
    read: ReadItem | None = None
    old: dict[str, Any] = field(default_factory=dict)
    changed: dict[str, Any] = field(default_factory=dict)
    withheld: dict[str, Any] = field(default_factory=dict)
    sets: Differing | None = None
    is_moved: bool = False
    is_apart: bool = False

    @property
    def differs(self) -> bool:
        """Whether storing the plan changes the article."""
        return bool(self.changed or self.is_moved or (self.sets and self.sets.changed))


@dataclass(frozen=True)
class PagePlan:
    """The effect of a reading on the articles of a page.

    * `items`: {index of an item: the plan of its article}; an item without an article is among the `unplaced`
    * `left`: the plans of the articles that the reading lacks, if the page follows the reading
    * `kept`: the plans of those that the reading of this very text lacks and that stay; their text stays theirs as far
      as the reading gives it to no other article
    * `stored`: the articles that the page had before
    * `given`: the left-over text that a person has given to articles (ids), and `left_over` of it the segments whose
      article the reading lacks
    """

    items: dict[int, ItemPlan]
    unplaced: list[ReadItem]
    left: list[ItemPlan]
    kept: list[ItemPlan]
    stored: list[Article]
    given: Given
    left_over: list[list[Any]]

    def changed_ids(self) -> set[int]:
        """Return the ids of the stored articles whose text, kind or jumps change, and of the parts of those that go."""
        told = [each for each in self.items.values() if each.action != "add"]
        changed = {each.article.pk for each in told if each.changed.keys() - BOOKKEEPING}
        return changed.union(*(each.article.ids_beside() for each in self.left if each.action == "remove"))


def plan_items(
    stored: list[Article],
    page: Page,
    source: int,
    reading: PageReading,
    tables: Tables,
    pieces: Collection[int] = (),
    given: Given = NOTHING_GIVEN,
    pairs: Mapping[int, int] | None = None,
) -> PagePlan:
    """Return the effect of `reading`, of the text with the id `source`, on the articles of `page`.

    `stored` are these articles as `stored_articles` fetches them. The items with the indices `pieces` were cut at
    anchors. `given` is the left-over text that a person has given to articles: see `place_left_over`. `pairs` are those
    of `fitted`, for a reading that was fitted.
    """
    if pairs is None:
        pairs = pair_items(stored, reading, placed_in(page.placed), texts_of(stored))
    segments = segments_by_item(reading)
    items: dict[int, ItemPlan] = {}
    unplaced: list[ReadItem] = []
    for index, item in enumerate(reading.items):
        read = ReadItem(item, segments[index], source, tables)
        if index in pairs:
            article = stored[pairs[index]]
            is_moved = not page.structure_edited and (article.page_id, article.position) != (page.pk, index)
            if is_moved:
                article.page, article.position = page, index
            if article.pk in given:
                item, own = with_given(reading.text, item, segments[index], given[article.pk])
                read = ReadItem(item, own, source, tables)
            is_apart = index in pieces or article.pk in given or is_judged_apart(article)
            items[index] = _update(article, read, is_moved=is_moved, is_apart=is_apart)
        elif page.structure_edited:
            unplaced.append(read)
        else:
            items[index] = ItemPlan("add", Article(page=page, position=index, **read.values()), read)
    left: list[ItemPlan] = []
    kept: list[ItemPlan] = []
    claimed = [segment for each in items.values() if each.read for segment in each.read.segments]
    for at in sorted(set(range(len(stored))) - set(pairs.values())):
        article = stored[at]
        # A person has worked on some of them, or on the structure of the page, so that they stay.
        stays = page.structure_edited or article.is_touched or article.pk in given
        lacked = ItemPlan("protected" if stays else "remove", article)
        if stays and article.source_id == source:
            kept.append(_without_claimed(lacked, claimed))
        if not page.structure_edited:
            left.append(lacked)
    lacking = given.keys() - {stored[at].pk for at in pairs.values()}
    held = {article.pk: article.segments for article in stored if article.source_id == source}
    left_over = [
        [start, end, LEFT_OVER]
        for pk in sorted(lacking)
        for start, end, label in given[pk]
        if [start, end, label] not in held.get(pk, [])
    ]
    return PagePlan(items, unplaced, left, kept, stored, given, left_over)


def stored_articles(page: Page) -> list[Article]:
    """Return the articles that readings of a page are paired with, with everything that `plan_items` compares."""
    sets = ("bylines", "article_regions", "article_topics__topic", "proposals")
    rows = list(Article.objects.read_from(page.pk).as_printed().prefetch_related("continuations", *sets))
    for article in rows:
        if article.page_id == page.pk:
            article.page = page
    return rows


def _without_claimed(plan: ItemPlan, claimed: Sequence[Sequence[Any]]) -> ItemPlan:
    """Return the plan of an article that stays without the segments that the reading gives to other articles."""
    own = outside(plan.article.segments, claimed)
    if own != plan.article.segments:
        plan.old["segments"], plan.changed["segments"] = plan.article.segments, own
        plan.article.segments = own
    return plan


def segments_by_item(reading: PageReading) -> list[list[list[Any]]]:
    """Return the segments of each item, as an article holds them."""
    parts: list[list[list[Any]]] = [[] for _ in reading.items]
    for part in reading.segments:
        if part.item is not None:
            parts[part.item].append([part.start, part.end, part.label])
    return parts


def _update(article: Article, read: ReadItem, *, is_moved: bool, is_apart: bool) -> ItemPlan:
    """Return the plan of a stored article. The sets of one that is judged apart follow when its page is stored."""
    values = read.values()
    values["blocks"] = carry_keys(article.blocks, values["blocks"])
    old = {name: getattr(article, name) for name in values}
    changed, withheld = article.set_unprotected(values)
    sets = compare(article, {name: rows for name, rows in read.sets().items() if not (is_apart and name in JUDGED)})
    if (changed.keys() - BOOKKEEPING) or sets.changed:
        action = "change"
    else:
        action = "protected" if withheld or sets.withheld else "same"
    before = {name: old[name] for name in changed}
    return ItemPlan(action, article, read, before, changed, withheld, sets, is_moved, is_apart)
