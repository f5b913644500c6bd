"""Matches of a query's strings in the original text: highlights for the article, excerpts for the list of hits.

The functions return pieces of plain text, never HTML. The template escapes them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from articles.text.fold import Folded, fold, fold_with_offsets

#: The largest number of windows in an excerpt. Further windows show strings that the first one lacks. All windows
#: together share the excerpt's length.
MOST_WINDOWS = 3

#: The number of matches that are enough for an excerpt. Once a story has this many, its further texts are searched only
#: for strings not met yet. Within one text, each string counts at most this many times. For a story as long as a book,
#: an excerpt from the beginning is as good as any other.
ENOUGH = 300

#: The largest number of matches of one string that are marked in a story. A reader knows the string by then.
MOST_MARKS = 1000

#: The places where an excerpt may begin or end, best first: after a sentence, then after a clause (but not within
#: 1,000 or 12:30).
_CUTS = (re.compile(r"[。！？；!?;\n][”’」』）)]*"), re.compile(r"(?:[，、：—…]+|[,:](?!\d))[”’」』）)]*"))

#: Two characters that stay together: those within a word of letters or within a number (1,000).
_WITHIN_WORD = re.compile(r"[0-9A-Za-z\u00c0-\u052f]{2}|[0-9][.,:][0-9]|(?<=[0-9])[.,:][0-9]")


class Fragment(NamedTuple):
    """A piece of original text, and whether it matches a string of the query."""

    text: str
    is_hit: bool


#: The piece that stands for omitted text. It is the only piece that is not original text.
GAP = Fragment("……", False)


class _Match(NamedTuple):
    start: int
    end: int
    needle: int


class _Window(NamedTuple):
    number: int  # the index of the text
    start: int
    end: int


class _Searched:
    """A text to search in. It is folded once. The offsets into the original are computed only after a match."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.folded = fold(text)

    @cached_property
    def way_back(self) -> Folded:
        if len(self.folded) == len(self.text):  # no character has vanished
            return Folded(self.text, self.folded, range(len(self.text) + 1))
        return fold_with_offsets(self.text)

    def matches(self, needles: Sequence[str], most: int = ENOUGH) -> list[_Match]:
        """Return up to `most` matches of each needle, including overlapping ones, sorted by start."""
        present = [(number, needle) for number, needle in enumerate(needles) if needle and needle in self.folded]
        return sorted(match for number, needle in present for match in islice(self.each(needle, number), most))

    def each(self, needle: str, number: int = 0, first: int = 0, last: int | None = None) -> Iterator[_Match]:
        """Yield the matches of a folded needle that begin at the folded characters `first` to `last`."""
        end = None if last is None else last + len(needle)
        start = self.folded.find(needle, first, end) if needle else -1
        while start >= 0:
            yield _Match(*self.way_back.source_range(start, start + len(needle)), number)
            start = self.folded.find(needle, start + 1, end)

    def marks_around(self, window: _Window, needles: Sequence[str], reach: int) -> list[tuple[int, int]]:
        """Return the marked ranges that overlap the window or the `reach` characters on either side of it."""
        offsets = self.way_back.offsets
        low, high = (bisect_left(offsets, place) for place in (window.start - reach, window.end + reach))
        return _merged(
            sorted(
                match
                for number, needle in enumerate(needles)
                for match in self.each(needle, number, max(0, low - len(needle)), high)
            )
        )


def marks(text: str, needles: Iterable[str], seen: Counter[str] | None = None) -> list[tuple[int, int]]:
    """Return the ranges of `text` that match any of the folded `needles`, in order. Ranges that overlap or touch merge.

    At most MOST_MARKS matches of each needle are marked. `seen` holds the number of matches of each needle in the
    earlier texts of the story. The function adds those of this text to it. A count of MOST_MARKS + 1 means that some
    matches are not marked.

    >>> marks("請到瑞 金醫院，瑞金院區", ["瑞金医院", "金医"])
    [(2, 7)]
    """
    seen = Counter() if seen is None else seen
    wanted = [needle for needle in dict.fromkeys(needles) if needle and seen[needle] <= MOST_MARKS]
    if not wanted:
        return []
    searched = _Searched(text)
    found: list[_Match] = []
    for needle in wanted:
        left = MOST_MARKS - seen[needle]
        matches = list(islice(searched.each(needle), left + 1))
        seen[needle] += len(matches)
        found += matches[:left]
    return _merged(sorted(found))


def highlight(text: str, needles: Iterable[str], seen: Counter[str] | None = None) -> list[Fragment]:
    """Return the whole `text` in pieces, with the matches of `needles` as hits. For `seen`, see `marks`."""
    return _pieces(text, 0, len(text), marks(text, needles, seen))


def excerpt(texts: Sequence[str], needles: Iterable[str], length: int = 120, lead: int | None = None) -> list[Fragment]:
    """Return up to `length` characters of `texts` with as many different `needles` as possible, GAP for omitted text.

    The excerpt is one window if possible: the first window with the largest number of needles. If other places hold
    needles that it lacks, the excerpt has up to three shorter windows, in the order of the texts. If no needle matches,
    it is the beginning of the first text that is not blank. If each needle stands somewhere in its folded form, texts
    that hold needles in other forms alone are left out. A window is cut at punctuation if that costs less than half
    of it. At most `lead` characters of a window stand before its first match, if `lead` is given.
    """
    lead = length if lead is None else lead
    needles = list(dict.fromkeys(needles))
    if not texts:
        return []
    if not needles:  # as on each page of an article, twice
        beginning = _beginning(texts, (), length)
        return _joined(texts, {beginning.number: ()}, [_widen(beginning, texts[beginning.number], (), length, lead)])
    searched: dict[int, _Searched] = {}
    found = _first_matches(texts, needles, searched, length)
    windows = [_beginning(texts, found, length)]
    most, present = 0, len({match.needle for matches in found for match in matches})
    for number in range(1, MOST_WINDOWS + 1):
        if most == present:
            break
        count, chosen = _choose(found, length // number, number)
        if count > most:
            most, windows = count, chosen
    share = length // len(windows)
    ranges: dict[int, list[tuple[int, int]]] = {}
    wide = []
    for window in windows:
        held = searched.get(window.number)
        near = held.marks_around(window, needles, length + 1) if held and any(found[window.number]) else []
        ranges[window.number] = _merged(sorted([*ranges.get(window.number, ()), *near]))
        wide.append(_widen(window, texts[window.number], near, share, lead))
    return _joined(texts, ranges, wide)


def _first_matches(
    texts: Sequence[str], needles: Sequence[str], searched: dict[int, _Searched], length: int
) -> list[list[_Match]]:
    """Return the matches in each text, with at least one of each needle that occurs.

    After a text with all needles in one window of `length`, which is the best that there can be, no further text is
    searched. After ENOUGH matches, further texts are searched only for needles not met yet. The function adds each text
    that it searches to `searched`, under the text's index.
    """
    found: list[list[_Match]] = []
    missing, count = set(range(len(needles))), 0
    # Most texts are written as they are folded, and folding takes longer than all else.
    plain = [[needle in text for text in texts] for needle in needles]
    is_worth = list(map(any, zip(*plain, strict=True))) if all(map(any, plain)) else [True] * len(texts)
    for place, text in enumerate(texts):
        if not is_worth[place]:
            found.append([])
            continue
        wanted = needles if count < ENOUGH else ["" if number not in missing else n for number, n in enumerate(needles)]
        matches = []
        if any(wanted):
            searched[place] = _Searched(text)
            matches = searched[place].matches(wanted)
        missing -= {match.needle for match in matches}
        count += len(matches)
        found.append(matches)
        if len({match.needle for match in matches}) == len(needles) == len(_densest(matches, length)[0]):
            found += [[] for _ in texts[place + 1 :]]
            break
    return found


def _beginning(texts: Sequence[str], found: Sequence[Sequence[_Match]], length: int) -> _Window:
    """Return the window to use if no match fits: at the first match, or else at the first text that is not blank."""
    for number, matches in enumerate(found):
        if matches:
            return _Window(number, matches[0].start, min(matches[0].end, matches[0].start + length))
    return _Window(next((number for number, text in enumerate(texts) if text.strip()), 0), 0, 0)


def _merged(matches: Iterable[Sequence[int]]) -> list[tuple[int, int]]:
    """Return the ranges that the sorted `matches` cover. Each match begins with its start and end."""
    ranges: list[tuple[int, int]] = []
    for start, end, *_ in matches:
        if ranges and start <= ranges[-1][1]:
            ranges[-1] = ranges[-1][0], max(end, ranges[-1][1])
        else:
            ranges.append((start, end))
    return ranges


def _choose(found: Sequence[Sequence[_Match]], width: int, most: int) -> tuple[int, list[_Window]]:
    """Return the number of needles in the chosen windows, and the windows.

    There are up to `most` windows of `width`, each the best for the needles that are still missing.
    """
    held: set[int] = set()
    windows: list[_Window] = []
    for _ in range(most):
        best: set[int] = set()
        for number, matches in enumerate(found):
            wanted = [match for match in matches if match.needle not in held]
            if len({match.needle for match in wanted}) <= len(best):
                continue
            needles, start, end = _densest(wanted, width)
            if len(needles) > len(best):
                best, window = needles, _Window(number, start, end)
        if not best:
            break
        held |= best
        windows.append(window)
    return len(held), windows


def _densest(matches: Sequence[_Match], width: int) -> tuple[set[int], int, int]:
    """Return the needles, start and end of the first window of `width` that holds the most different needles.

    `matches` are sorted by their start. Those that are wider than the window are left out.
    """
    matches = [match for match in matches if match.end - match.start <= width]
    inside: Counter[int] = Counter()
    first = 0
    best: tuple[set[int], int, int] = (set(), 0, 0)
    for match in sorted(matches, key=lambda match: match.end):
        inside[match.needle] += 1
        # A match that begins before the window also ends before `match` does, because it is no longer than the window.
        # So it has been counted.
        while matches[first].start < match.end - width:
            leaving = matches[first].needle
            inside[leaving] -= 1
            if not inside[leaving]:
                del inside[leaving]
            first += 1
        if len(inside) > len(best[0]):
            best = set(inside), matches[first].start, match.end
    return best


def _widen(window: _Window, text: str, ranges: Sequence[tuple[int, int]], width: int, lead: int) -> _Window:
    """Return `window` widened to at most `width`, with a third of the free room before it, but no more than `lead`.

    Marked ranges stay whole if they fit.
    """
    number, start, end = window
    free = width - (end - start)
    low = max(0, start - min(lead, max(free // 3, free - (len(text) - end))))
    begin = _first_cut(text, low, start) if low else 0
    whole = [(first, last) for first, last in ranges if last - first <= width]
    begin = next((min(last, start) for first, last in whole if first < begin < last), begin)
    high = begin + width
    close = _last_cut(text, end, max(end, begin + width // 2), high) if high < len(text) else len(text)
    close = next((max(first, end) for first, last in whole if first < close < last), close)
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
    """Return the last good place to end: at punctuation in `earliest`..`high`, or else in `end`..`high`."""
    for cut in _CUTS:
        places = [match.end() for match in cut.finditer(text, end, high) if match.end() >= earliest]
        if places:
            return places[-1]
    while high > end and _WITHIN_WORD.match(text, high - 1):
        high -= 1
    return high


def _joined(
    texts: Sequence[str], ranges: Mapping[int, Sequence[tuple[int, int]]], windows: Iterable[_Window]
) -> list[Fragment]:
    """Return the pieces of the windows in order, with a GAP between windows and wherever a text is cut."""
    apart: list[_Window] = []
    for window in sorted(windows):
        if apart and apart[-1].number == window.number and window.start <= apart[-1].end:
            apart[-1] = apart[-1]._replace(end=max(apart[-1].end, window.end))
        else:
            apart.append(window)
    pieces: list[Fragment] = []
    for number, start, end in apart:
        text = texts[number]
        if (pieces or text[:start].strip()) and pieces[-1:] != [GAP]:
            pieces.append(GAP)
        pieces += _pieces(text, start, end, ranges[number])
        if text[end:].strip():
            pieces.append(GAP)
    return pieces


def _pieces(text: str, begin: int, end: int, ranges: Iterable[tuple[int, int]]) -> list[Fragment]:
    """Return text[begin:end] in pieces that are cut wherever one of `ranges` begins or ends."""
    pieces = []
    for start, stop in ranges:
        start, stop = max(start, begin), min(stop, end)
        if start < stop:
            pieces += [Fragment(text[begin:start], False), Fragment(text[start:stop], True)]
            begin = stop
    return [piece for piece in (*pieces, Fragment(text[begin:end], False)) if piece.text]
