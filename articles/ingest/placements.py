"""Left-over text that a person has given to an article or to the furniture of its page, found again in a text. Pure.

A reading leaves lines to nobody. A page remembers which of them a person has placed, as it remembers its cuts. A later
reading, or another recognition of the same print, puts them there again.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from types import MappingProxyType
from typing import Any, NamedTuple

from articles.ingest.anchors import BODY, LIKE, Stretch, seam_at, solid
from articles.reading import Block, ItemReading, PageReading, Segment
from articles.reading.drafts import join_title
from articles.text.cleaning import clean

#: The label of text that no item has, and that of the lines around the articles.
LEFT_OVER, FURNITURE = "leftover", "folio"


#: The left-over stretches that a person has given to articles, by the ids of these.
Given = Mapping[int, Sequence[Stretch]]

NOTHING_GIVEN: Given = MappingProxyType({})


class Placed(NamedTuple):
    """One line that a person has placed: its folded text, its offset then, and the id of its article.

    The line belongs to the furniture of its page if `article` is None.
    """

    line: str
    start: int
    article: int | None


def placed_in(stored: Iterable[Sequence[Any]]) -> list[Placed]:
    """Return the lines that a page remembers, from the JSON of `Page.placed`."""
    return [Placed(*each) for each in stored]


def place(text: str, stretch: Sequence[Any], article: int | None) -> Placed:
    """Return the memory of a stretch of `text` that is given to the article with this id, or to the furniture."""
    return Placed(solid(text[stretch[0] : stretch[1]]), stretch[0], article)


def found_again(text: str, stretches: Sequence[Stretch], placed: Sequence[Placed]) -> dict[Stretch, Placed]:
    """Return which of `stretches` are the lines `placed`, each at most once.

    Equal lines come first, of several the nearest to the former offset, then the lines that are most nearly alike.
    """
    lines = {stretch: solid(text[stretch[0] : stretch[1]]) for stretch in stretches}
    found: dict[Stretch, Placed] = {}
    missing = []
    for each in placed:
        equal = [stretch for stretch in stretches if stretch not in found and lines[stretch] == each.line]
        if equal:
            found[min(equal, key=lambda stretch: abs(stretch[0] - each.start))] = each
        else:
            missing.append(each)
    for each in missing:
        matcher = SequenceMatcher(None, b=each.line, autojunk=False)
        best, like = LIKE, None
        for stretch in stretches:
            matcher.set_seq1(lines[stretch])
            is_near = stretch not in found and matcher.real_quick_ratio() > best and matcher.quick_ratio() > best
            if is_near and matcher.ratio() > best:
                best, like = matcher.ratio(), stretch
        if like is not None:
            found[like] = each
    return found


def running(text: str, stretches: Iterable[Stretch]) -> list[list[Stretch]]:
    """Return the stretches in order, those together that only white space parts."""
    found: list[list[Stretch]] = []
    for stretch in sorted(stretches):
        if found and not text[found[-1][-1][1] : stretch[0]].strip():
            found[-1].append(stretch)
        else:
            found.append([stretch])
    return found


def paragraph_of(text: str, stretches: Iterable[Stretch]) -> str:
    """Return the paragraph that running stretches of `text` make. Lines are joined as those of a title are."""
    return join_title(clean(text[start:end]).text for start, end, _ in stretches)


def paragraphs_in(
    text: str, segments: Iterable[Stretch], blocks: Sequence[str], given: Iterable[Stretch]
) -> list[tuple[int, str]]:
    """Return the paragraphs that the stretches `given` make in a body, each with the number of blocks before it.

    `segments` and the texts `blocks` are those of the body without them. A paragraph stands where it is printed, or at
    the end if the place can't be told.
    """
    body = sorted(each for each in segments if each[2] in BODY)
    seams = [seam_at(text, body, blocks, at) for at in range(1, len(blocks))]
    return [(_blocks_before(text, body, seams, each[0][0]), paragraph_of(text, each)) for each in running(text, given)]


def _blocks_before(text: str, body: Sequence[Stretch], seams: Sequence[int | None], start: int) -> int:
    """Return how many blocks of a body are printed before the offset `start`, begun ones included."""
    if not body or start <= body[0][0]:
        return 0 if body else len(seams) + 1
    if start >= body[-1][1] or (seams and not any(seams)):
        return len(seams) + 1
    # Blocks that a person has added at the end are not printed, nor is the seam before them.
    ended = max((at for at, seam in enumerate(seams, start=1) if seam is not None and seam <= start), default=0)
    last = (seams[ended - 1] if ended else None) or 0
    is_begun = any(text[max(first, last) : min(end, start)].strip() for first, end, _ in body)
    return ended + is_begun


def place_left_over(reading: PageReading, placed: Sequence[Placed]) -> tuple[PageReading, Given]:
    """Return `reading` with its left-over lines where a person has placed them, and the stretches of each article (id).

    What is given to articles stands in no segment of the reading.
    """
    if not placed:  # as of nearly all pages
        return reading, NOTHING_GIVEN
    left = [(part.start, part.end, part.label) for part in reading.segments if part.label == LEFT_OVER]
    found = found_again(reading.text, left, placed)
    given: dict[int, list[Stretch]] = {}
    segments: list[Segment] = []
    for part in reading.segments:
        line = found.get((part.start, part.end, part.label))
        if line is None:
            segments.append(part)
        elif line.article is None:
            segments.append(dataclasses.replace(part, label=FURNITURE))
        else:
            given.setdefault(line.article, []).append((part.start, part.end, "paragraph"))
    return dataclasses.replace(reading, segments=tuple(segments)), given


def with_given(
    text: str, item: ItemReading, segments: list[list[Any]], given: Sequence[Stretch]
) -> tuple[ItemReading, list[list[Any]]]:
    """Return an item and its segments with the stretches `given`."""
    own: list[Stretch] = [(start, end, label) for start, end, label in segments]
    blocks = list(item.blocks)
    for number, paragraph in reversed(paragraphs_in(text, own, [block.text for block in blocks], given)):
        blocks.insert(number, Block("paragraph", paragraph))
    return dataclasses.replace(item, blocks=tuple(blocks)), sorted([*segments, *map(list, given)])
