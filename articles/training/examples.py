"""Labelled pages -> what the labelling is trained on: the evidence of each line, and its label."""

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
    """Return the lines of a labelled page as the reader sees them, with the evidence and the label of each."""
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


#: A picture's caption is no longer than so many characters, and a photo has no more of them: else it is a story's text.
CAPTION_LENGTH, CAPTIONS = 160, 3


def _stories(page: LabelledPage) -> set[int]:
    """Return the photo items whose text is told like a story's."""
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
    """Return the label of a line by the parts it has: a lead's where it begins with one, otherwise that of the most."""
    if folio:
        return "folio"
    if not own:
        return "noise"
    chosen = own[0] if own[0][0].label == "lead" else max(own, key=lambda each: each[2] - each[1])
    part, _, _, whole = chosen
    if part.label in FURNITURE:
        return "noise" if part.label == "folio" else part.label
    return part.label if part.begins and whole else f"{part.label}+"
