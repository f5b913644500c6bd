"""Labelled pages -> training examples: the evidence of each line and its label."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace

from articles.reading.evidence import evidence_of
from articles.reading.page_lines import PageLines
from articles.reading.repeats import find_repeats
from articles.reading.view import view_of

from .labelled import FURNITURE, LabelledPage, Part

Words = Callable[[str], list[str]]


def example_of(page: LabelledPage, words: Words) -> tuple[PageLines, list[tuple[str, ...]], list[str]]:
    """Return the lines of a labelled page as the reader sees them, the evidence of each line, and the label of each."""
    seen = view_of(page.text, words)
    lines = seen.page.without(find_repeats(seen.page.lines, words))
    parts = _parts(page)
    starts = [start for start, _, _ in parts]
    labels = []
    above = 0
    for at, line in enumerate(lines.lines):
        start, end = seen.in_source(line.start, line.end)
        own = [
            (part, max(first, start), min(last, end), first >= above)
            for first, last, part in parts[max(0, bisect_right(starts, start) - 1) : bisect_right(starts, end)]
            if min(last, end) > max(first, start)
        ]
        labels.append(_label(own, folio=at in lines.folio))
        above = end
    return lines, evidence_of(lines), labels


#: The greatest length of a caption in characters, and the greatest number of captions of a photo. Captions beyond
#: either count as the text of a story.
CAPTION_LENGTH, CAPTIONS = 160, 3


def _stories(page: LabelledPage) -> set[int]:
    """Return the numbers of the items whose captions are so long or so many that they are the text of a story."""
    found = set()
    for number in page.items:
        captions = [text for label, text in page.strings(number) if label == "caption"]
        if len(captions) > CAPTIONS or any(len(text) > CAPTION_LENGTH for text in captions):
            found.add(number)
    return found


def _parts(page: LabelledPage) -> list[tuple[int, int, Part]]:
    at, found, stories = 0, [], _stories(page)
    for row in page.rows:
        for part in row:
            if part.label == "caption" and part.item in stories:
                part = replace(part, label="paragraph")
            found.append((at, at + len(part.text), part))
            at += len(part.text)
        at += 1
    return found


def _label(own: list[tuple[Part, int, int, bool]], *, folio: bool) -> str:
    """Return the label of a line by the parts in it.

    If the line begins with a lead, the label is that of the lead. Otherwise it is that of the part with the most
    characters. A "+" follows it if the part's string began on a line above.
    """
    if folio:
        return "folio"
    if not own:
        return "noise"
    chosen = own[0] if own[0][0].label == "lead" else max(own, key=lambda each: each[2] - each[1])
    part, _, _, whole = chosen
    if part.label in FURNITURE:
        return "noise" if part.label == "folio" else part.label
    return part.label if part.begins and whole else f"{part.label}+"
