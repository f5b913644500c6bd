"""Anchors: the places at which a person has cut a page into articles, where a reading may see one item. Pure.

The anchor of an article is the folded opening of its body. If a later reading has it within an item, the item is cut
there, before its pieces are paired with the stored articles.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from articles.reading import FIELD_LABELS, ItemReading, PageReading, Segment
from articles.text.fold import fold, fold_with_offsets

if TYPE_CHECKING:
    from articles.models.bodies import Block

#: The characters of an anchor. An opening of a dozen is rarely printed twice on one page.
LENGTH = 24

#: The likeness (difflib's ratio) from which an opening is the anchor's, which another recognition read otherwise.
LIKE = 0.7

#: The characters from which an anchor within a paragraph is the anchor's text, and no words that come again.
SURE = 12

#: The characters from which a stretch that a body and its print share is no accident.
ALIKE = 4

#: The characters by which the end of a block is known.
TAIL = 6

#: The labels of segments that the paragraphs and subheads of a body are made of.
BODY = ("subhead", "paragraph")


def anchor_of(texts: Iterable[str]) -> str:
    """Return the anchor of a body, from the texts of its blocks: the first LENGTH characters, folded, without spaces.

    A short block, such as a telephone number, may be printed twice. Together with the next it is not.

    >>> anchor_of(["本报讯 云南省日前启动乡村医生轮训，首批四百人到县级医院跟班学习三个月。"])
    '本报讯云南省日前启动乡村医生轮训,首批四百人到县'
    """
    found = ""
    for text in texts:
        found += solid(text)
        if len(found) >= LENGTH:
            break
    return found[:LENGTH]


def printed_anchor(text: str, segments: Iterable[Stretch], labels: Sequence[str] = BODY) -> str:
    """Return the anchor of an article from its segments of the source text, where a person has changed its body."""
    return anchor_of(["".join(text[start:end] for start, end, label in sorted(segments) if label in labels)])


def solid(text: str) -> str:
    """Return the folded text without spaces."""
    return "".join(fold(text).split())


#: A segment of one article: [start, end) of the source text, and its label.
Stretch = tuple[int, int, str]


@dataclass(frozen=True)
class CutReading:
    """A reading that is cut at anchors.

    `pieces` are the indices of the items that were cut, `lost` the anchors that the text does not have.
    """

    reading: PageReading
    pieces: frozenset[int]
    lost: tuple[str, ...]


def cut_at_anchors(reading: PageReading, anchors: Iterable[str]) -> CutReading:
    """Return `reading` with its items cut at `anchors`. An item that begins with an anchor stays whole."""
    items = [(item, False) for item in reading.items]
    segments = list(reading.segments)
    lost = []
    for anchor in anchors:
        place = _place(items, anchor) or _place_within(items, anchor)
        if place is None:
            lost.append(anchor)
            continue
        index, at = place
        item = items[index][0]
        if not at:
            continue
        seam = seam_at(reading.text, segments_of(segments, index), [block.text for block in item.blocks], at)
        if seam is None:
            lost.append(anchor)
            continue
        segments = _parted(segments, index, seam)
        items[index : index + 1] = [(piece, True) for piece in _pieces(reading.text, item, at, segments, index)]
    pieces = frozenset(index for index, (_, is_piece) in enumerate(items) if is_piece)
    if pieces:
        reading = dataclasses.replace(reading, items=tuple(item for item, _ in items), segments=tuple(segments))
    return CutReading(reading, pieces, tuple(lost))


def item_at(reading: PageReading, anchor: str) -> int | None:
    """Return the index of the item that begins with `anchor`, or None."""
    found = _place([(item, False) for item in reading.items], anchor)
    return found[0] if found and not found[1] else None


def _place(items: Sequence[tuple[ItemReading, bool]], anchor: str) -> tuple[int, int] | None:
    """Return the index of the item and of its block that begins with `anchor`, or None.

    The anchor of a half whose subhead became its headline begins with it.
    """
    places = []
    openings = []
    for index, (item, _) in enumerate(items):
        texts = [block.text for block in item.blocks]
        places += [(index, at) for at in range(len(texts))] + [(index, 0)]
        openings += [*openings_of(texts), anchor_of([item.headline, *texts])]
    found = place_of(anchor, openings)
    return None if found is None else places[found]


def _place_within(items: list[tuple[ItemReading, bool]], anchor: str) -> tuple[int, int] | None:
    """Part the paragraph in which `anchor` stands in two, if there is one, and return the place of the second.

    A person may have cut an article within a paragraph that the reader takes for one.
    """
    for index, (item, is_piece) in enumerate(items):
        place = place_within([block.text if block.type == "paragraph" else "" for block in item.blocks], anchor)
        if place is None:
            continue
        at, offset = place
        block = item.blocks[at]
        halves = [dataclasses.replace(block, text=text) for text in halved(block.text, offset)]
        items[index] = (
            dataclasses.replace(item, blocks=(*item.blocks[:at], *halves, *item.blocks[at + 1 :])),
            is_piece,
        )
        return index, at + 1
    return None


def place_within(texts: Sequence[str], anchor: str) -> tuple[int, int] | None:
    """Return the number of the first of these texts within which `anchor` begins, and the offset in it; or None."""
    if len(anchor) < SURE:
        return None
    for number, text in enumerate(texts):
        folded = fold_with_offsets(text)
        places = [place for place, character in enumerate(folded.text) if not character.isspace()]
        solid = "".join(folded.text[place] for place in places)
        at = (solid + anchor_of(texts[number + 1 :])).find(anchor, 1)
        if 0 < at < len(solid):
            return number, folded.offsets[places[at]]
    return None


def halved(text: str, offset: int) -> tuple[str, str]:
    """Return the two texts into which `text` parts at `offset`."""
    return text[:offset].rstrip(), text[offset:].lstrip()


def part_blocks(blocks: Sequence[Block], anchor: str) -> tuple[list[Block], list[Block]] | None:
    """Return the blocks of a stored body before `anchor` and those from it on, or None if it does not part them.

    A subhead at the beginning of the second half has become its headline.
    """
    before, after = list(blocks), list(blocks)
    at = place_of(anchor, openings_of([block["text"] for block in blocks])) if anchor else None
    place = place_within([block["text"] if block["type"] == "paragraph" else "" for block in blocks], anchor)
    if at is None and place is not None:
        at, offset = place
        first, second = ({**blocks[at], "text": text} for text in halved(blocks[at]["text"], offset))
        before, after = [*blocks[:at], first], [second, *blocks[at + 1 :]]
    elif at:
        before, after = before[:at], after[at:]
    else:
        return None
    return before, after[1:] if begins_with_headline([block["type"] for block in after]) else after


def openings_of(texts: Sequence[str]) -> list[str]:
    """Return for each of the blocks with these texts the anchor of a body that begins with it."""
    return [anchor_of(texts[at:]) for at in range(len(texts))]


def place_of(anchor: str, openings: Sequence[str]) -> int | None:
    """Return the number of the first opening that is `anchor`, or begins with it, or is most nearly alike; or None."""
    if anchor in openings:
        return openings.index(anchor)
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(anchor)
    best, place = LIKE, None
    for number, whole in enumerate(openings):
        opening = whole[: len(anchor)]
        if opening == anchor:
            return number
        matcher.set_seq1(opening)
        if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best and matcher.ratio() > best:
            best, place = matcher.ratio(), number
    return place


def segments_of(segments: Iterable[Segment], item: int) -> list[Stretch]:
    """Return (start, end, label) of the segments of an item, in order."""
    return sorted((part.start, part.end, part.label) for part in segments if part.item == item)


def seam_at(text: str, segments: Sequence[Stretch], blocks: Sequence[str], at: int) -> int | None:
    """Return the offset in `text` at which the blocks of an item part before the block `at`, or None.

    It is the end of the block before, so that names and marks between the two go with the second. If the blocks are not
    as printed (the reading has cleaned formulas, a person has changed the text), it is where both are most alike. None
    means that nothing of the blocks before, or nothing of the others, is printed.
    """
    offsets = [
        offset
        for start, end, label in segments
        if label in BODY
        for offset in range(start, end)
        if not text[offset].isspace()
    ]
    flat = "".join(text[offset] for offset in offsets)
    before = "".join(blocks[at - 1].split())
    wanted = "".join(blocks[at].split())[:LENGTH]
    found = flat.find(before + wanted)
    if found >= 0:
        return offsets[found + len(before) - 1] + 1
    solid = ["".join(block.split()) for block in blocks]
    first = _first_after(flat, "".join(solid[:at]), "".join(solid[at:]))
    if first is None:
        return None
    # A block begins where a segment begins, unless the segment holds both blocks.
    starts = [start for start, _, label in segments if label in BODY and start <= offsets[first]]
    opening = next((number for number, offset in enumerate(offsets) if offset >= starts[-1]), first)
    end = flat.find(before[-TAIL:], max(first - 2 * LENGTH, 0), first)
    if end >= 0 and opening < end + len(before[-TAIL:]) <= first:
        opening = end + len(before[-TAIL:])
    return offsets[opening - 1] + 1 if opening > 0 else None


def _first_after(flat: str, before: str, after: str) -> int | None:
    """Return the place in `flat` of the first characters that are printed of `after`, where `before` ends."""
    matcher = SequenceMatcher(None, before + after, flat, autojunk=False)
    matches = [match for match in matcher.get_matching_blocks() if match.size >= ALIKE]
    is_before = any(match.a < len(before) for match in matches)
    for match in matches:
        if is_before and match.a + match.size > len(before):
            return match.b + max(len(before) - match.a, 0)
    return None


def part_segments(segments: Iterable[Stretch], seam: int) -> tuple[list[Stretch], list[Stretch]]:
    """Return the segments before the offset `seam` and those after it. One that lies across is cut."""
    before: list[Stretch] = []
    after: list[Stretch] = []
    for start, end, label in segments:
        if start < seam:
            before.append((start, min(end, seam), label))
        if end > seam:
            after.append((max(start, seam), end, label))
    return before, after


def outside(segments: Iterable[Sequence[Any]], taken: Iterable[Sequence[Any]]) -> list[list[Any]]:
    """Return segments, as an article or a page holds them, without the stretches of `taken`."""
    left: list[Stretch] = [(start, end, label) for start, end, label in segments]
    for first, last, _ in taken:
        left = [
            (begin, end, label)
            for start, stop, label in left
            for begin, end in ((start, min(stop, first)), (max(start, last), stop))
            if begin < end
        ]
    return [list(each) for each in left]


def names_after(text: str, before: Iterable[Stretch], after: Iterable[Stretch], names: Iterable[str]) -> list[bool]:
    """Return for each of `names` whether it is printed among the segments `after` a seam alone.

    Names are printed in bylines, credits, leads and captions, and not in paragraphs, which may speak of the person.
    """
    first, second = (
        "\n".join(text[start:end] for start, end, label in segments if label not in FIELD_LABELS)
        for segments in (before, after)
    )
    return [name in second and name not in first for name in names]


def has_jump(segments: Iterable[Stretch]) -> bool:
    """Tell whether a jump line is printed among `segments`. The jump to another page goes with it."""
    return any(label == "jump" for _, _, label in segments)


def begins_with_headline(types: Sequence[str]) -> bool:
    """Tell whether the first block of a piece is its headline: a subhead with text below it."""
    return len(types) > 1 and types[0] == "subhead"


def _parted(segments: Sequence[Segment], index: int, seam: int) -> list[Segment]:
    """Return the segments of a page after the item `index` was cut at the offset `seam`. The items behind it move."""
    before, after = part_segments(segments_of(segments, index), seam)
    parted = [Segment(*each, item) for item, half in ((index, before), (index + 1, after)) for each in half]
    for part in segments:
        if part.item is None or part.item < index:
            parted.append(part)
        elif part.item > index:
            parted.append(dataclasses.replace(part, item=part.item + 1))
    return sorted(parted, key=lambda part: part.start)


def _pieces(text: str, item: ItemReading, at: int, segments: Sequence[Segment], index: int) -> list[ItemReading]:
    """Return the two items into which the blocks of `item` part before the block `at`. Their segments are parted."""
    before, after = (segments_of(segments, each) for each in (index, index + 1))
    signed, pictured = (
        list(zip(people, names_after(text, before, after, [each.name for each in people]), strict=True))
        for people in (item.bylines, item.credits)
    )
    rest = item.blocks[at:]
    headline = rest[0].text if begins_with_headline([block.type for block in rest]) else ""
    jumps_after = has_jump(after)
    first = dataclasses.replace(
        item,
        blocks=item.blocks[:at],
        bylines=tuple(each for each, is_after in signed if not is_after),
        credits=tuple(each for each, is_after in pictured if not is_after),
        continued_to=None if jumps_after else item.continued_to,
        span=(item.span[0], before[-1][1]),
    )
    second = ItemReading(
        kind=item.kind,
        headline=headline,
        blocks=rest[1:] if headline else rest,
        bylines=tuple(each for each, is_after in signed if is_after),
        credits=tuple(each for each, is_after in pictured if is_after),
        continued_to=item.continued_to if jumps_after else None,
        span=(after[0][0], item.span[1]),
    )
    return [first, second]
