"""Where the strings of a query stand in the original text: marks for the article, excerpts for the list of hits.

Never HTML: pieces of text, which the template escapes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from articles.text.fold import fold, fold_with_offsets

#: Further windows are opened for strings that the first does not hold, up to so many; all together have the length.
MOST_WINDOWS = 3

#: Matches of a story after which those of further texts matter only for strings not met yet: of a story as long as a
#: book an excerpt shows the beginning, as good as any.
ENOUGH = 300

#: Where a reader would begin or end: after a sentence, else after a clause (but not within 1,000 or 12:30).
_CUTS = (re.compile(r"[。！？；!?;\n][”’」』）)]*"), re.compile(r"(?:[，、：—…]+|[,:](?!\d))[”’」』）)]*"))

#: Two characters between which nothing is cut: within a word of letters or a number (1,000).
_WITHIN_WORD = re.compile(r"[0-9A-Za-z\u00c0-\u052f]{2}|[0-9][.,:][0-9]|(?<=[0-9])[.,:][0-9]")


class Piece(NamedTuple):
    """A piece of original text, and whether it is what was searched for."""

    text: str
    is_hit: bool


#: Stands for text left out; the only piece that is not original text.
GAP = Piece("…", False)


class _Match(NamedTuple):
    start: int
    end: int
    needle: int


class _Window(NamedTuple):
    number: int  # of the text
    start: int
    end: int


def marks(text: str, needles: Iterable[str]) -> list[tuple[int, int]]:
    """Return where any of the folded `needles` stand in `text`, in order; what overlaps or touches is one range.

    >>> marks("請到瑞 金醫院，瑞金院區", ["瑞金医院", "金医"])
    [(2, 7)]
    """
    return _merged(_matches(text, list(needles)))


def highlight(text: str, needles: Iterable[str]) -> list[Piece]:
    """Return the whole `text` in pieces, those apart that `needles` match."""
    return _pieces(text, 0, len(text), marks(text, needles))


def excerpt(texts: Sequence[str], needles: Iterable[str], length: int = 120) -> list[Piece]:
    """Return up to `length` characters of `texts` that hold the most different `needles`, GAP where text is left out.

    One window if it can be, the first that holds so many. If others hold strings that it does not, up to three, shorter
    ones, in the order of the texts. Where no needle matches: the beginning of the first text that has any. A window is
    cut at punctuation where that costs less than half of it.
    """
    needles = list(dict.fromkeys(needles))
    if not texts:
        return []
    found = _first_matches(texts, needles)
    windows = [_beginning(texts, found, length)]
    most = 0
    for number in range(1, MOST_WINDOWS + 1):
        held, chosen = _choose(found, length // number, number)
        if held > most:
            most, windows = held, chosen
    ranges = {window.number: marks(texts[window.number], needles) for window in windows}
    share = length // len(windows)
    wide = [_widen(window, texts[window.number], ranges[window.number], share) for window in windows]
    return _joined(texts, ranges, wide)


def _first_matches(texts: Sequence[str], needles: Sequence[str]) -> list[list[_Match]]:
    """Return the matches in each text, up to ENOUGH of them and one at least of each needle that is anywhere."""
    found: list[list[_Match]] = []
    missing, count = set(range(len(needles))), 0
    for text in texts:
        wanted = needles if count < ENOUGH else ["" if number not in missing else n for number, n in enumerate(needles)]
        matches = _matches(text, wanted) if any(wanted) else []
        missing -= {match.needle for match in matches}
        count += len(matches)
        found.append(matches)
    return found


def _beginning(texts: Sequence[str], found: Sequence[Sequence[_Match]], length: int) -> _Window:
    """Return where to begin if no match fits in: at the first match, else at the first text that has any."""
    for number, matches in enumerate(found):
        if matches:
            return _Window(number, matches[0].start, min(matches[0].end, matches[0].start + length))
    return _Window(next((number for number, text in enumerate(texts) if text.strip()), 0), 0, 0)


def _matches(text: str, needles: Sequence[str]) -> list[_Match]:
    """Return each match of each needle, overlapping ones too, by their start."""
    if not needles:
        return []
    folded = fold(text)
    present = [(number, needle) for number, needle in enumerate(needles) if needle and needle in folded]
    if not present:
        return []
    way_back = fold_with_offsets(text)
    found = []
    for number, needle in present:
        start = folded.find(needle)
        while start >= 0:
            found.append(_Match(*way_back.source_range(start, start + len(needle)), number))
            start = folded.find(needle, start + 1)
    return sorted(found)


def _merged(matches: Iterable[_Match]) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    for start, end, _ in matches:
        if ranges and start <= ranges[-1][1]:
            ranges[-1] = ranges[-1][0], max(end, ranges[-1][1])
        else:
            ranges.append((start, end))
    return ranges


def _choose(found: Sequence[Sequence[_Match]], width: int, most: int) -> tuple[int, list[_Window]]:
    """Return up to `most` windows of `width`, each the best for the needles still missing, and how many they hold."""
    held: set[int] = set()
    windows: list[_Window] = []
    for _ in range(most):
        best: set[int] = set()
        for number, matches in enumerate(found):
            fitting = [match for match in matches if match.needle not in held and match.end - match.start <= width]
            needles, start, end = _densest(fitting, width)
            if len(needles) > len(best):
                best, window = needles, _Window(number, start, end)
        if not best:
            break
        held |= best
        windows.append(window)
    return len(held), windows


def _densest(matches: Sequence[_Match], width: int) -> tuple[set[int], int, int]:
    """Return the needles, start and end of the first window of `width` that holds the most different needles.

    `matches` stand in order of their start; none is longer than the window.
    """
    inside: Counter[int] = Counter()
    first = 0
    best: tuple[set[int], int, int] = (set(), 0, 0)
    for match in sorted(matches, key=lambda match: match.end):
        inside[match.needle] += 1
        # What begins before the window has ended, for it is no longer than the window, and was counted.
        while matches[first].start < match.end - width:
            leaving = matches[first].needle
            inside[leaving] -= 1
            if not inside[leaving]:
                del inside[leaving]
            first += 1
        if len(inside) > len(best[0]):
            best = set(inside), matches[first].start, match.end
    return best


def _widen(window: _Window, text: str, ranges: Sequence[tuple[int, int]], width: int) -> _Window:
    """Return `window` widened to at most `width`, a third of what is free before it; marks stay whole if they can."""
    number, start, end = window
    free = width - (end - start)
    low = max(0, start - max(free // 3, free - (len(text) - end)))
    begin = _first_cut(text, low, start) if low else 0
    begin = next((min(last, start) for first, last in ranges if first < begin < last), begin)
    high = begin + width
    close = _last_cut(text, end, max(end, begin + width // 2), high) if high < len(text) else len(text)
    close = next((max(first, end) for first, last in ranges if first < close < last), close)
    while begin < start and text[begin].isspace():
        begin += 1
    while close > end and text[close - 1].isspace():
        close -= 1
    return _Window(number, begin, close)


def _first_cut(text: str, low: int, start: int) -> int:
    """Return the first good place in `low`..`start` to begin."""
    for cut in _CUTS:
        if match := cut.search(text, low - 1, start):
            return match.end()
    while low < start and _WITHIN_WORD.match(text, low - 1):
        low += 1
    return low


def _last_cut(text: str, end: int, earliest: int, high: int) -> int:
    """Return the last good place to end, in `earliest`..`high` if it is at punctuation, else in `end`..`high`."""
    for cut in _CUTS:
        places = [match.end() for match in cut.finditer(text, end, high) if match.end() >= earliest]
        if places:
            return places[-1]
    while high > end and _WITHIN_WORD.match(text, high - 1):
        high -= 1
    return high


def _joined(
    texts: Sequence[str], ranges: Mapping[int, Sequence[tuple[int, int]]], windows: Iterable[_Window]
) -> list[Piece]:
    """Return the pieces of the windows in order, with a gap between them and where a paragraph is cut."""
    apart: list[_Window] = []
    for window in sorted(windows):
        if apart and apart[-1].number == window.number and window.start <= apart[-1].end:
            apart[-1] = apart[-1]._replace(end=max(apart[-1].end, window.end))
        else:
            apart.append(window)
    pieces: list[Piece] = []
    for number, start, end in apart:
        text = texts[number]
        if (pieces or text[:start].strip()) and pieces[-1:] != [GAP]:
            pieces.append(GAP)
        pieces += _pieces(text, start, end, ranges[number])
        if text[end:].strip():
            pieces.append(GAP)
    return pieces


def _pieces(text: str, begin: int, end: int, ranges: Iterable[tuple[int, int]]) -> list[Piece]:
    """Return text[begin:end] in pieces, cut where one of `ranges` begins or ends."""
    pieces = []
    for start, stop in ranges:
        start, stop = max(start, begin), min(stop, end)
        if start < stop:
            pieces += [Piece(text[begin:start], False), Piece(text[start:stop], True)]
            begin = stop
    return [piece for piece in (*pieces, Piece(text[begin:end], False)) if piece.text]
