"""Functions that turn the passages of an item into its blocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from .drafts import Passage
from .model import Block
from .tables import table_text


def build_blocks(body: Iterable[Passage], text: str) -> tuple[Block, ...]:
    """Return the blocks of the body of an item in the page `text`. The rows of one table become one block."""
    blocks: list[Block] = []
    for table, group in groupby(body, key=lambda passage: passage.marks.table if passage.kind == "table" else 0):
        if table:
            blocks.append(_table(list(group), text))
        else:
            blocks += [Block(passage.kind, passage.printed) for passage in group]
    return tuple(blocks)


def _table(rows: Sequence[Passage], text: str) -> Block:
    """Return the block of a table: its rows with the cells aligned by column, and its caption.

    The caption is the joined text of the rows without cells.
    """
    caption = "".join(row.printed for row in rows if not row.marks.cells)
    cells = [row.marks.cells for row in rows if row.marks.cells]
    columns = sorted({column for row in cells for column, _, _ in row})
    filled = [{column: text[start:end] for column, start, end in row} for row in cells]
    return Block("table", table_text([[row.get(column, "") for column in columns] for row in filled]), caption)
