"""The layout of a page: items in printed order, as wide as their weight, in full rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from articles.models import Article

#: The number of columns of the grid.
COLUMNS = 12

#: The rank of an item by its weight as a share of the page's mean: (least share, rank).
RANKS = ((1.6, "major"), (0.5, "medium"), (0.0, "brief"))

#: Columns of an item, by rank.
SPANS = {"lead": 8, "major": 6, "medium": 4, "photo": 4, "brief": 3}

#: The number of body characters shown below the headline, by rank.
SHOWN = {"lead": 220, "major": 110, "medium": 60, "photo": 60, "brief": 0}

#: The weight of a character of a title in characters of text: titles are set some five times as large.
HEADLINE = 5


@dataclass(frozen=True)
class Cell:
    """An item in its place: its number of columns and its rank (lead, major, medium, brief, photo)."""

    article: Article
    span: int
    rank: str
    excerpt: str

    @property
    def classes(self) -> str:
        """The CSS classes as a string: a template would look up the reader's language before it writes a number."""
        return f"cell {self.rank} span-{self.span}"


def lay_out(articles: Iterable[Article], *, with_text: bool = True) -> list[Cell]:
    """Return the cells of a page's articles in the given order. The first item of kind article leads.

    Rows are filled in order, so that the reading order stays. The columns that a row lacks go to its narrowest items.
    Without `with_text` only headlines are shown.
    """
    items = list(articles)
    lead = next((item for item in items if item.kind == Article.Kind.ARTICLE), None)
    weights = {item.pk: _weight(item) for item in items}
    mean = sum(weights.values()) / len(items) if items else 0
    ranks = ["lead" if item is lead else _rank(item, weights[item.pk] / mean) for item in items]
    shown = SHOWN if with_text else dict.fromkeys(SHOWN, 0)
    return [
        Cell(item, span, rank, _excerpt(item, shown[rank]))
        for item, rank, span in zip(items, ranks, _fill([SPANS[rank] for rank in ranks]), strict=True)
    ]


def _weight(item: Article) -> int:
    titles = len(item.kicker) + len(item.headline) + len(item.deck)
    return HEADLINE * titles + sum(len(block["text"]) for block in item.blocks) + 1


def _rank(item: Article, share: float) -> str:
    if item.kind == Article.Kind.PHOTO:
        return "photo"
    if item.kind != Article.Kind.ARTICLE:
        return "brief"
    return next(rank for least, rank in RANKS if share >= least)


def _fill(spans: Sequence[int]) -> list[int]:
    """Return `spans`, cut in order into rows of COLUMNS and widened until each row is full.

    >>> _fill([8, 4, 4, 3, 6, 3])
    [8, 4, 6, 6, 6, 6]
    """
    filled: list[int] = []
    row: list[int] = []
    for span in [*spans, COLUMNS]:  # the last span closes the last row
        if sum(row) + span > COLUMNS:
            row = _stretch(row)
            filled += row
            row = []
        row.append(span)
    return filled


def _stretch(row: Sequence[int]) -> list[int]:
    """Give the missing columns of a row to its narrowest item, one by one, so that equal items stay nearly equal."""
    wide = list(row)
    while wide and sum(wide) < COLUMNS:
        wide[wide.index(min(wide))] += 1
    return wide


def _excerpt(item: Article, length: int) -> str:
    text = "".join(item.paragraphs)
    if not item.headline:  # the title consists of its first words
        text = text[len(item.title.rstrip("…")) :].lstrip("，。；：、！？")
    if not length or len(text) <= length:
        return text if length else ""
    return text[:length].rstrip("，、；：。！？“‘（《") + "……"
