"""The places in a text that are nearly a given string: with a wrong, missing, added or swapped character. Pure.

The distance is that of optimal string alignment (Damerau 1964; Levenshtein's distance in which two neighbours that
changed places are one edit). The place is found by its bigrams first: each bigram that text and string share votes for
the offset between the two. Only around the offsets with most votes is the distance computed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

#: The shortest string that is looked for nearly. The edits allowed in strings up to a length: 1 in 5 to 7 characters,
#: 2 in 8 to 20. A longer string is as many parts of 20 characters.
SHORTEST = 5
_ALLOWED = ((7, 1), (20, 2))

#: The offsets around which the distance is computed, those with most votes first.
OFFSETS = 3


class Piece(NamedTuple):
    """A piece of the alignment: what was typed, and what is printed in its place. They are equal or differ wholly."""

    typed: str
    printed: str

    @property
    def is_same(self) -> bool:
        return self.typed == self.printed


class Place(NamedTuple):
    """A place in a text: its first character and the one after its last, and its distance from the string."""

    start: int
    end: int
    distance: int


def allowed_edits(length: int) -> int:
    """Return the number of edits at which a string of this length is still nearly found; 0 for a short one.

    >>> [allowed_edits(length) for length in (4, 5, 7, 8, 20, 21, 45)]
    [0, 1, 1, 2, 2, 2, 4]
    """
    if length < SHORTEST:
        return 0
    return next((edits for most, edits in _ALLOWED if length <= most), length // 10)


def votes(needle: str, text: str) -> Counter[int]:
    """Return the votes for each offset of `needle` in `text`: {place in the text - place in the string: bigrams}."""
    wanted: dict[str, list[int]] = defaultdict(list)
    for place in range(len(needle) - 1):
        wanted[needle[place : place + 2]].append(place)
    found: Counter[int] = Counter()
    for bigram, places in wanted.items():
        at = text.find(bigram)
        while at >= 0:
            for place in places:
                found[at - place] += 1
            at = text.find(bigram, at + 1)
    return found


def nearest(needle: str, text: str, most: int) -> Place | None:
    """Return the first place of `text` with the least distance from `needle`, or None if that is more than `most`.

    >>> nearest("挤干药价水份", "要把药价的水分挤干，挤干药价水分。", 1)
    Place(start=10, end=16, distance=1)
    """
    summed = _summed(votes(needle, text), most)
    best: Place | None = None
    for offset in sorted(summed, key=lambda offset: (-summed[offset], offset))[:OFFSETS]:
        low, high = max(0, offset - most), min(len(text), offset + len(needle) + most)
        found = _within(needle, text, low, high)
        if found and found.distance <= most and (best is None or found.distance < best.distance):
            best = found
    return best


def most_votes(needle: str, text: str, most: int) -> int:
    """Return the number of bigrams that the best offset of `needle` in `text` has, with up to `most` edits."""
    return max(_summed(votes(needle, text), most).values(), default=0)


def _summed(offsets: Counter[int], most: int) -> dict[int, int]:
    """Return the votes of each offset with those of its neighbours.

    They belong together: after a missing character the rest of a string votes for the next offset.
    """
    return {offset: sum(offsets[offset + shift] for shift in range(-most, most + 1)) for offset in offsets}


def _within(needle: str, text: str, low: int, high: int) -> Place | None:
    """Return the first place in text[low:high] with the least distance. A wrong last character belongs to it."""
    rows = _distances(needle, text[low:high], free=True)
    last = [row[-1] for row in rows]
    end = min(range(len(last)), key=last.__getitem__)
    while last[end + 1 : end + 2] == [last[end]]:
        end += 1
    if last[end] >= len(needle):
        return None
    start = end
    for _, at in _steps(needle, text[low:high], rows, len(needle), end):
        start = at
    return Place(low + start, low + end, last[end])


def _distances(needle: str, text: str, *, free: bool) -> list[list[int]]:
    """Return the distances between the beginnings of both: [length of the text's][length of the string's].

    With `free`, the text's beginning costs nothing, as if the string could begin anywhere (Sellers 1980).
    """
    rows = [list(range(len(needle) + 1))]
    for j, printed in enumerate(text, start=1):
        before, row = rows[-1], [0 if free else j]
        for i, typed in enumerate(needle, start=1):
            cost = min(before[i] + 1, row[i - 1] + 1, before[i - 1] + (typed != printed))
            if i > 1 and j > 1 and typed == text[j - 2] and needle[i - 2] == printed and typed != printed:
                cost = min(cost, rows[-2][i - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows


def _steps(needle: str, text: str, rows: list[list[int]], i: int, j: int) -> Iterator[tuple[Piece, int]]:
    """Yield the steps of the alignment from its end: the piece, and the place in the text where it begins."""
    while i > 0 or (j > 0 and rows[j][i] > 0):
        here = rows[j][i]
        if i and j and needle[i - 1] == text[j - 1] and here == rows[j - 1][i - 1]:
            i, j = i - 1, j - 1
            yield Piece(needle[i], text[j]), j
        elif i > 1 and j > 1 and needle[i - 2 : i] == text[j - 2 : j][::-1] and here == rows[j - 2][i - 2] + 1:
            i, j = i - 2, j - 2
            yield Piece(needle[i : i + 2], text[j : j + 2]), j
        elif i and j and here == rows[j - 1][i - 1] + 1:
            i, j = i - 1, j - 1
            yield Piece(needle[i], text[j]), j
        elif i and here == rows[j][i - 1] + 1:
            i -= 1
            yield Piece(needle[i], ""), j
        else:
            j -= 1
            yield Piece("", text[j]), j


def aligned(needle: str, printed: str) -> list[Piece]:
    """Return the pieces of both strings side by side. Neighbouring pieces of a kind are one.

    >>> [tuple(piece) for piece in aligned("让医生靠本事吃饭", "让医生凭本事吃饭")]
    [('让医生', '让医生'), ('靠', '凭'), ('本事吃饭', '本事吃饭')]
    """
    rows = _distances(needle, printed, free=False)
    steps = [piece for piece, _ in _steps(needle, printed, rows, len(needle), len(printed))][::-1]
    pieces: list[Piece] = []
    for step in steps:
        if pieces and pieces[-1].is_same == step.is_same:
            pieces[-1] = Piece(pieces[-1].typed + step.typed, pieces[-1].printed + step.printed)
        else:
            pieces.append(step)
    return pieces
