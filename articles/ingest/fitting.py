"""A reading brought to the articles that a page has: its items paired with them, and cut where people have parted them.

A reader of another version, or of a better text, may see one item where a person has settled two articles. The item is
cut where the second one begins. Otherwise the first would get the text of both, and readers would see it twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from articles.ingest.anchors import BODY, SURE, Stretch, cut_at_anchors, item_at, printed_anchor
from articles.ingest.matching import pair
from articles.ingest.placements import Placed, found_again, placed_in
from articles.models import Article, Page, SourceText
from articles.models.fields import printed_text
from articles.reading import FIELD_LABELS, PageReading


@dataclass(frozen=True)
class Fitted:
    """A reading that is cut where people have parted articles.

    * `pieces`: the indices of the items that were cut, `lost`: the anchors of the page that the text does not have
    * `pairs`: {index of an item: index of the stored article that it is}
    """

    reading: PageReading
    pieces: frozenset[int]
    lost: tuple[str, ...]
    pairs: dict[int, int]


def fitted(page: Page, stored: Sequence[Article], reading: PageReading) -> Fitted:
    """Return `reading` fitted to the articles `stored` of `page`, which `item_plan.stored_articles` fetches.

    It is cut at the anchors of a page whose structure is a person's, and where an article that a person has worked on
    begins, or any article of such a page, if the reading has it in another one.
    """
    placed = placed_in(page.placed)
    anchors = page.anchors() if page.structure_edited else []
    cut = cut_at_anchors(reading, anchors)
    texts = texts_of(stored)
    pairs = _with_anchored(pair_items(stored, cut.reading, placed, texts), stored, cut.reading, anchors)
    settled = {at for at, article in enumerate(stored) if page.structure_edited or article.is_touched}
    lacking = settled - set(pairs.values())
    openings = _openings(stored, lacking, texts) if lacking else {}
    while openings:
        again = cut_at_anchors(reading, [*anchors, *(each[0] for each in openings.values())])
        paired = _with_anchored(pair_items(stored, again.reading, placed, texts), stored, again.reading, anchors)
        unfound = openings.keys() - set(paired.values())
        if not unfound:
            return Fitted(again.reading, again.pieces, tuple(each for each in again.lost if each in anchors), paired)
        openings = {at: each[1:] if at in unfound else each for at, each in openings.items()}
        openings = {at: each for at, each in openings.items() if each}
    return Fitted(cut.reading, cut.pieces, cut.lost, pairs)


def _openings(stored: Sequence[Article], places: set[int], texts: Mapping[int, SourceText]) -> dict[int, list[str]]:
    """Return {index of an article: its openings as printed, with its headline and without} of those at `places`.

    The headline may be a subhead of the item. An article with an anchor has been sought already, and short openings are
    printed twice.
    """
    found = {}
    for at in sorted(places):
        article = stored[at]
        source = texts.get(article.source_id) if article.source_id else None
        if source is None or article.anchor:
            continue
        segments: list[Stretch] = [(start, end, label) for start, end, label in article.segments]
        openings = [printed_anchor(source.text, segments, labels) for labels in (("headline", *BODY), BODY)]
        found[at] = [each for each in dict.fromkeys(openings) if len(each) >= SURE]
    return {at: each for at, each in found.items() if each}


def _with_anchored(
    pairs: Mapping[int, int], stored: Sequence[Article], reading: PageReading, anchors: Sequence[str]
) -> dict[int, int]:
    """Return the pairs with each article that no item is like, if an item without an article begins with its anchor.

    A short piece that has changed is like no stored text, but it is known by the place at which it was cut.
    """
    found = dict(pairs)
    for at, article in enumerate(stored):
        if article.anchor in anchors and at not in found.values():
            index = item_at(reading, article.anchor)
            if index is not None and index not in found:
                found[index] = at
    return found


def pair_items(
    stored: Sequence[Article], reading: PageReading, placed: Sequence[Placed], texts: Mapping[int, SourceText]
) -> dict[int, int]:
    """Return {index of an item: index of the stored article that it is}. `texts` are those of `texts_of`."""
    return pair(
        [(article.headline, _versions(article, texts, placed)) for article in stored],
        [(item.headline, printed_text(item, (block.text for block in item.blocks))) for item in reading.items],
    )


def _versions(article: Article, texts: Mapping[int, SourceText], placed: Sequence[Placed]) -> list[str]:
    """Return the texts of an article: as the machine read it, and as it stands if a person has changed or cut it.

    A piece of an article may be a line whose print, with its formulas, is unlike the text. What a person has given to
    the article is not in the item.
    """
    if article.source_id is None:
        return [article.text]
    text = texts[article.source_id].text
    fields = [(start, end, label) for start, end, label in article.segments if label in FIELD_LABELS]
    given = found_again(text, fields, [each for each in placed if each.article == article.pk]) if placed else {}
    read = "\n".join(text[start:end] for start, end, label in fields if (start, end, label) not in given)
    return [read, article.text] if article.edited_fields or article.anchor else [read]


def texts_of(stored: Sequence[Article]) -> dict[int, SourceText]:
    """Return {id: text} of the texts that these articles were read from."""
    return SourceText.objects.in_bulk({article.source_id for article in stored if article.source_id})
