"""Text that a slip of column cutting or of OCR gives twice: a line or a few, printed again right below themselves.

A repeat is known only where it stands: below its own text, with nothing between, so that both are in one item. Two
stories may well share a signature, a credit, a headline or a closing sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .lines import WIDE_GAP, Line, is_complete, squeeze
from .recognize import recognize_whole

Words = Callable[[str], list[str]]

#: Longest title and longest line of verse, in characters, and fewest lines of verse, whose refrains are no slips.
TITLE_LENGTH, VERSE_LENGTH, VERSE_LINES = 38, 16, 4

#: Most lines that are printed again as one.
REPEATED_LINES = 12

#: Characters that a repeat has: a shorter one may be meant ("“好。”" twice, a refrain). Lines that run over the end of
#: their column and lines of a title are never meant to stand twice.
PROSE_LENGTH, BROKEN_LENGTH = 12, 5


def find_repeats(lines: Sequence[Line], words: Words) -> set[int]:
    """Return the indexes of lines that are printed a second time.

    "……为山里的老人送医上门。" and the same right below it: the second is a slip. Lines of names, credits, jump lines,
    rows of tables and verse are never one, nor is text that a title parts from its like.
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
    """A printed line: its text where a repeat of it could be a slip, and whether it may be a title.

    `broken` tells that it breaks off, or goes on with a line that does.
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
    """Tell whether a line stands among short ones that follow each other."""
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
        if length < (BROKEN_LENGTH if broken else PROSE_LENGTH) or lines[below].gap >= WIDE_GAP:
            continue
        if texts[at:below] == texts[below : below + count]:
            return count
    return 0
