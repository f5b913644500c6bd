"""Repeats: a line or a few lines that a slip of column cutting or of OCR gives again right below themselves.

A repeat counts only if it stands below its own text with nothing between, so that both are in one item. Two stories
may well share a signature, a credit, a headline or a closing sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .lines import WIDE_GAP, Line, is_complete, squeeze
from .recognize import recognize_whole

Words = Callable[[str], list[str]]

#: The longest title and longest line of verse, in characters, and fewest lines of verse. A refrain in verse is no slip.
TITLE_LENGTH, VERSE_LENGTH, VERSE_LINES = 38, 16, 4

#: The most lines that are printed again together.
REPEATED_LINES = 12

#: The fewest characters of a repeat. A shorter one may be intended ("“好。”" twice, a refrain). BROKEN_LENGTH is for
#: lines that run over the end of their column and for lines of a title: print never repeats those on purpose.
PROSE_LENGTH, BROKEN_LENGTH = 12, 5


def find_repeats(lines: Sequence[Line], words: Words) -> set[int]:
    """Return the indexes of lines that are printed a second time.

    If "……为山里的老人送医上门。" stands again right below itself, the second line is a slip. Lines of names, credits,
    jump lines, rows of tables and verse are never repeats. A text that a title separates from its copy is none either.
    """
    texts = [squeeze(line.text) for line in lines]
    if not any(text in texts[at + 1 : at + 1 + REPEATED_LINES] for at, text in enumerate(texts)):
        return set()
    printed = [_print(lines, at, words) for at in range(len(lines))]
    texts = [line.text for line in printed]
    found: set[int] = set()
    at = 0
    while at < len(printed):
        count = _repeated_below(printed, texts, at)
        found.update(range(at + count, at + 2 * count))
        at += count or 1
    return found


@dataclass(slots=True)
class _Printed:
    """A printed line. `text` is its text if a repeat of the line could be a slip, or else "".

    `title` tells that the line may be a title. `broken` tells that it breaks off, or continues a line that breaks off.
    """

    gap: int
    text: str = ""
    title: bool = False
    broken: bool = False


def _print(lines: Sequence[Line], at: int, words: Words) -> _Printed:
    line = lines[at]
    cells = line.text.split()
    if line.marks.table or len(cells) > 2 or _is_verse(lines, at) or recognize_whole(line.text, words):
        return _Printed(line.gap)
    title = len(line.text) <= TITLE_LENGTH and not is_complete(line.text) and "。" not in line.text
    goes_on = at > 0 and line.gap == 0 and not is_complete(lines[at - 1].text)
    return _Printed(line.gap, squeeze(line.text), title, goes_on or not is_complete(line.text))


def _is_verse(lines: Sequence[Line], at: int) -> bool:
    """Tell whether a line is one of VERSE_LINES or more short lines that follow each other."""
    if len(lines[at].text) > VERSE_LENGTH or "。" in lines[at].text:
        return False
    first = last = at
    while (
        first > 0 and lines[first].gap == 0 and len(lines[first - 1].text) <= VERSE_LENGTH and at - first < VERSE_LINES
    ):
        first -= 1
    for line in lines[at + 1 : at + VERSE_LINES]:
        if line.gap or len(line.text) > VERSE_LENGTH:
            break
        last += 1
    return last - first + 1 >= VERSE_LINES


def _repeated_below(lines: list[_Printed], texts: list[str], at: int) -> int:
    """Return how many lines from `at` on are printed again right below themselves, or 0 if none are."""
    if not texts[at] or texts[at] not in texts[at + 1 : at + 1 + REPEATED_LINES]:
        return 0
    if texts[at] == texts[at + 1] and lines[at].title and lines[at + 1].title:
        # These are two lines of one head. A repeated headline that has a text below it is an item of its own.
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
        if length < (BROKEN_LENGTH if broken else PROSE_LENGTH) or lines[below].gap >= WIDE_GAP:
            continue
        if texts[at:below] == texts[below : below + count]:
            return count
    return 0
