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
    shaped = shape(pieces, words)
    starts = find_repeats(shaped)
    if not starts:
        return shaped, []
    repeats = [piece for piece in pieces if piece.start in starts]
    for piece in repeats:
        piece.kind = "duplicate"
    return shape([piece for piece in pieces if piece.start not in starts], words), repeats


def find_repeats(pieces: list[Piece]) -> set[int]:
    """Return the starts of shaped pieces that are printed a second time.

    "……为山里的老人送医上门。" and the same right below it: the second is a slip. Lines of names, credits, jump lines,
    rows of lists and verse are never one, nor is text that a title parts from its like.
    """
    lines = _printed(pieces)
    starts: set[int] = set()
    at = 0
    while at < len(lines):
        count = next((n for n in range(1, REPEATED_LINES + 1) if _is_repeated(lines, at, n)), 0)
        starts.update(piece.start for line in lines[at + count : at + 2 * count] for piece in line.pieces)
        at += count or 1
    return starts


@dataclass(frozen=True, slots=True)
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
            above = pieces[start - 1] if start and pieces[start].gap == 0 else None
            lines.append(_print(pieces[start:end], above))
            start = end
    return lines


def _print(pieces: list[Piece], above: Piece | None) -> _Printed:
    kinds = {piece.kind for piece in pieces} - {"mark"}
    title = kinds == {"title"}
    if not (title or "para" in kinds) or any(piece.row for piece in pieces):
        return _Printed(pieces)
    text = squeeze("".join(piece.text for piece in pieces if piece.kind != "mark"))
    return _Printed(pieces, text, title, pieces[-1].wraps or bool(above and above.wraps))


def _is_repeated(lines: list[_Printed], at: int, count: int) -> bool:
    """Tell whether the lines [at, at + count) are printed again right below."""
    below = at + count
    if below + count > len(lines) or not lines[at].text or lines[at].text != lines[below].text:
        return False
    pairs = [(lines[at + n], lines[below + n]) for n in range(count)]
    if any(not one.text or one.text != again.text for one, again in pairs):
        return False
    titles = sum(one.title and again.title for one, again in pairs)
    if (titles and count > 1) or lines[below].pieces[0].gap >= WIDE_GAP:
        return False  # a headline with its text is an item, though it be printed before
    is_broken = bool(titles) or all(one.broken and again.broken for one, again in pairs)
    return sum(len(one.text) for one, _ in pairs) >= (BROKEN_LENGTH if is_broken else PROSE_LENGTH)
