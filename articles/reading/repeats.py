"""Text that a slip of column cutting or of OCR gives twice: a line or a few, printed again right below themselves.

A repeat is known only where it stands: below its own text, with nothing between, so that both are in one item. Two
stories may well share a signature, a credit, a headline or a closing sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .lines import squeeze
from .openings import WIDE_GAP
from .pieces import Piece
from .shapes import shape

Words = Callable[[str], list[str]]

#: Most lines that are printed again as one.
REPEATED_LINES = 12

#: Characters that a repeat has: a shorter one may be meant ("“好。”" twice, a refrain). Lines that run over the end of
#: their column and lines of a title are never meant to stand twice.
PROSE_LENGTH, BROKEN_LENGTH = 12, 5


def shape_once(pieces: list[Piece], words: Words) -> tuple[list[Piece], list[Piece]]:
    """Shape the pieces of a page without what is printed twice; return them, and the repeats with kind "duplicate".

    What a line is must be known before it can be called a repeat; once it is out, the lines around it are shaped anew.
    """
    kinds = [piece.kind for piece in pieces]
    shaped = shape(pieces, words)
    starts = find_repeats(shaped)
    if not starts:
        return shaped, []
    for piece, kind in zip(pieces, kinds, strict=True):
        piece.kind, piece.row, piece.wraps = "duplicate" if piece.start in starts else kind, "", False
    repeats = [piece for piece in pieces if piece.start in starts]
    return shape([piece for piece in pieces if piece.start not in starts], words), repeats


def find_repeats(pieces: list[Piece]) -> set[int]:
    """Return the starts of shaped pieces that are printed a second time.

    "……为山里的老人送医上门。" and the same right below it: the second is a slip. Lines of names, credits, jump lines,
    rows of lists and verse are never one, nor is text that a title parts from its like.
    """
    lines = _printed(pieces)
    texts = [line.text for line in lines]
    starts: set[int] = set()
    at = 0
    while at < len(lines):
        count = _repeated_below(lines, texts, at)
        starts.update(piece.start for line in lines[at + count : at + 2 * count] for piece in line.pieces)
        at += count or 1
    return starts


@dataclass(slots=True)
class _Printed:
    """A printed line: its pieces, and its text where a repeat of it could be a slip."""

    pieces: Sequence[Piece]
    text: str = ""
    title: bool = False
    broken: bool = False


def _printed(pieces: list[Piece]) -> list[_Printed]:
    lines: list[_Printed] = []
    start = 0
    for end in range(1, len(pieces) + 1):
        if end == len(pieces) or pieces[end].gap >= 0:
            wraps = pieces[end - 1].wraps or (start > 0 and pieces[start].gap == 0 and pieces[start - 1].wraps)
            lines.append(_print(pieces[start:end], wraps))
            start = end
    return lines


def _print(pieces: list[Piece], wraps: bool) -> _Printed:
    kinds = {piece.kind for piece in pieces}
    title = "title" in kinds and kinds <= {"title", "mark"}
    if not (title or "para" in kinds) or any(piece.row for piece in pieces):
        return _Printed(pieces)
    return _Printed(pieces, squeeze("".join([piece.text for piece in pieces if piece.kind != "mark"])), title, wraps)


def _repeated_below(lines: list[_Printed], texts: list[str], at: int) -> int:
    """Return how many lines from `at` on are printed again right below them; 0 where none are."""
    if not texts[at] or texts[at] not in texts[at + 1 : at + 1 + REPEATED_LINES]:
        return 0
    if texts[at] == texts[at + 1] and lines[at].title and lines[at + 1].title:
        # Two lines of one head. A headline with its text is an item, though it be printed before.
        return 1 if len(texts[at]) >= BROKEN_LENGTH else 0
    length, broken = 0, True
    for count in range(1, REPEATED_LINES + 1):
        below = at + count
        if below + count > len(lines) or not texts[below - 1]:
            return 0
        if count > 1 and (lines[at].title or lines[below - 1].title):
            return 0
        length += len(texts[below - 1])
        broken = broken and lines[below - 1].broken
        if length < (BROKEN_LENGTH if broken else PROSE_LENGTH) or lines[below].pieces[0].gap >= WIDE_GAP:
            continue
        if texts[at:below] == texts[below : below + count]:
            return count
    return 0
