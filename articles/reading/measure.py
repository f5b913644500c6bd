"""The printed width of lines, and the width of the columns in which they stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

#: The widest column of hard-wrapped text, in characters.
COLUMN_WIDTH = 46
#: A line is measured together with NEAR lines above and NEAR lines below it. At least one in SHARE of these lines fills
#: the column. Titles, names and ends of paragraphs are shorter.
NEAR, SHARE = 9, 2.5
#: The difference in width between the full lines of a column, in characters. A stop may hang over the edge of the
#: column or move to the next line.
RAGGED = 1.5

_THIN_SPACE = re.compile(r" +(?![0-9A-Za-z])|(?<![0-9A-Za-z]) +")


def set_width(text: str) -> float:
    """Return the printed width of a text: Latin letters and digits take half the room of a Chinese character.

    Half-width stops were full-width in print. Print has no space between Chinese characters and figures.

    >>> set_width("有 31 人")
    3.0
    """
    if " " in text:
        text = _THIN_SPACE.sub("", text)
    if not any(map(str.isascii, text)):
        return float(len(text))
    return sum(0.5 if char.isascii() and (char.isalnum() or char == " ") else 1.0 for char in text)


def columns_of(widths: Sequence[float]) -> list[float]:
    """Return the width of each line's column, or 0 for a line whose neighbours show no column."""
    found: list[float] = []
    for at in range(len(widths)):
        near = widths[max(0, at - NEAR) : at + NEAR + 1]
        width = _column_width(near)
        full = sum(abs(other - width) <= RAGGED for other in near) if width else 0
        found.append(width if full >= 3 and full * SHARE >= len(near) else 0)
    return found


def _column_width(widths: Sequence[float]) -> float:
    """Return the width that most lines have, or the wider of two that are equally common.

    At most one line in five is wider than the column. The function returns 0 if no width up to COLUMN_WIDTH fits.
    Widths are multiples of a half, so few of them differ.
    """
    if sum([width > COLUMN_WIDTH for width in widths]) * 5 > len(widths):
        return 0
    counts = Counter(min(width, COLUMN_WIDTH + 2 * RAGGED) for width in widths)
    found = [
        (sum(count for other, count in counts.items() if abs(width - other) <= RAGGED), width)
        for width in counts
        if 6 < width <= COLUMN_WIDTH
        and sum(count for other, count in counts.items() if other > width + RAGGED) * 5 <= len(widths)
    ]
    return max(found)[1] if found else 0
