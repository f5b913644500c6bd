"""Pieces of text -> paragraphs and subheads, joined over column breaks."""

from __future__ import annotations

import re
from itertools import groupby, pairwise

from . import marks
from .lines import is_complete
from .model import Block
from .pieces import Piece
from .shapes import Words, spans_word
from .tables import table_text


def continues(before: Piece, after: Piece, words: Words) -> bool:
    """Tell whether `after` goes on with the paragraph that `before` belongs to."""
    if after.row or before.row:
        return before.row == after.row == "names" and after.gap <= 0
    if marks.CONTACT.match(after.text) or re.match(r"(?:[问答]|记者|主持人)[：:]", after.text) or after.bullet:
        return False
    text = before.text
    if text[-1] in "：:；;":
        listed = (
            marks.LIST_ROW.match(after.text)
            or marks.SECTION_NUMBER.match(after.text)
            or re.match(r"[一二三四五六七八九十]是|——", after.text)
        )
        return not listed and not (text[-1] in "：:" and after.gap > 0 and after.text[0] not in '“‘"《')
    if after.text[0] in "，。、；：！？）”’》":
        return True
    if marks.CONTACT.search(text) and len(text) < 60:
        return False
    if is_complete(text) and marks.NOTICE_BODY.search(text):
        return False  # one lost certificate, one paragraph
    if is_complete(text):
        return before.wraps and after.gap == 0 and after.indent == 0
    return True


def is_open(piece: Piece) -> bool:
    """Tell whether a paragraph still waits for its end."""
    return (
        not piece.row
        and not is_complete(piece.text)
        and piece.text[-1] not in "：:"
        and not (marks.CONTACT.search(piece.text) and len(piece.text) < 60)
    )


def space_between(left: str, right: str, text: str, end: int) -> str:
    """Return what joins two lines of a paragraph: a space between words that had one, else nothing."""
    spaced = left[-1].isascii() and left[-1].isalnum() and right[0].isascii() and right[0].isalnum()
    return " " if spaced and end < len(text) and text[end] in " \t" else ""


def build_blocks(body: list[tuple[str, list[Piece]]], text: str) -> tuple[Block, ...]:
    """Blocks of a body: (type, pieces) in order, the pieces of one block joined."""
    blocks: list[Block] = []
    for is_table, group in groupby(body, key=lambda each: each[1][0].marks.table):
        if is_table:
            blocks.append(_table([pieces for _, pieces in group], text))
        else:
            blocks += [_block(kind, pieces, text) for kind, pieces in group]
    return tuple(blocks)


def _table(rows: list[list[Piece]], text: str) -> Block:
    """Return the block of a table: its caption, where it has one, and its rows, cells below each other by column."""
    captions = [pieces for pieces in rows if not pieces[0].marks.cells]
    cells = [pieces[0].marks.cells for pieces in rows if pieces[0].marks.cells]
    columns = sorted({column for row in cells for column, _, _ in row})
    filled = [{column: text[start:end] for column, start, end in row} for row in cells]
    caption = "".join(text[piece.start : piece.end] for pieces in captions for piece in pieces)
    return Block("table", table_text([[row.get(column, "") for column in columns] for row in filled]), caption)


def _block(kind: str, pieces: list[Piece], text: str) -> Block:
    parts = [text[pieces[0].start : pieces[0].end]]
    for last, piece in pairwise(pieces):
        space = " " if piece.row == "names" else space_between(last.text, piece.text, text, last.end)
        parts += [space, text[piece.start : piece.end]]
    return Block(kind, "".join(parts))


def is_mid_word(before: Piece, after: Piece, words: Words) -> bool:
    """Tell whether `after` surely goes on where `before` breaks off."""
    return after.text[0] in "，。、；：！？）”’》" or spans_word(before.text, after.text, words)
