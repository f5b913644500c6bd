"""Two texts of a page side by side: the lines in which they differ, each with a line before and after."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from articles.admin.screens.article.merging import marks
from articles.text.cleaning import visible
from articles.text.likeness import overlap, trigrams

#: The most rows that a comparison shows.
ROWS_SHOWN = 400

#: The likeness from which two lines are one line that was read in two ways.
ALIKE = 0.3

#: A text in pieces, each with its tag: see `merging.marks`.
Pieces = list[tuple[str, str]]


@dataclass(frozen=True)
class LinePair:
    """A line of each text, or of one of them. A number counts lines from 1; None means no line."""

    old_number: int | None
    old: Pieces
    new_number: int | None
    new: Pieces
    is_same: bool = False


@dataclass(frozen=True)
class Comparison:
    """The rows of a comparison, whether there are more than ROWS_SHOWN, and the number of lines of each text."""

    rows: list[LinePair]
    is_cut: bool
    old_count: int
    new_count: int


def compare_texts(old: str, new: str) -> Comparison:
    """Return the comparison of two texts. Lines that differ in white space at their ends alone are the same."""
    was, now = old.splitlines(), new.splitlines()
    rows: list[LinePair] = []
    for row in _rows([line.strip() for line in was], [line.strip() for line in now]):
        if len(rows) == ROWS_SHOWN:
            return Comparison(rows, True, len(was), len(now))
        rows.append(row)
    return Comparison(rows, False, len(was), len(now))


def _rows(was: list[str], now: list[str]) -> Iterator[LinePair]:
    # A page repeats hardly a line but the empty one, which difflib passes over in long texts.
    for group in difflib.SequenceMatcher(None, was, now).get_grouped_opcodes(1):
        for op, first, last, a, b in group:
            if op == "equal":
                for at in range(last - first):
                    if was[first + at]:
                        line: Pieces = [("", visible(was[first + at]))]
                        yield LinePair(first + at + 1, line, a + at + 1, line, is_same=True)
                continue
            for at in range(max(last - first, b - a)):
                old = was[first + at] if first + at < last else None
                new = now[a + at] if a + at < b else None
                if old or new:
                    yield _pair(old, first + at + 1, new, a + at + 1)


def _pair(old: str | None, old_number: int, new: str | None, new_number: int) -> LinePair:
    if not old:
        return LinePair(None, [], new_number, [("ins", visible(new or ""))])
    if not new:
        return LinePair(old_number, [("del", visible(old))], None, [])
    was, now = visible(old), visible(new)
    if overlap(trigrams(was), trigrams(now)) < ALIKE:  # marks of single characters would tell nothing
        return LinePair(old_number, [("del", was)], new_number, [("ins", now)])
    gone: Pieces = [("del" if tag else "", text) for tag, text in marks(now, was)]
    return LinePair(old_number, gone, new_number, marks(was, now))
