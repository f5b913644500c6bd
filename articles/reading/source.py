"""The reading of a cleaned text, turned into a reading of the source: each offset counts characters of the source."""

from __future__ import annotations

from dataclasses import replace

from articles.text.cleaning import UNREADABLE, Cleaned

from .model import Doubt, PageReading, Segment

#: The most code points that a doubt about unreadable characters names.
NAMED = 5


def in_source(reading: PageReading, cleaned: Cleaned) -> PageReading:
    """Return `reading`, whose offsets count characters of `cleaned.text`, with the offsets of `cleaned.source`.

    A segment is cut where something was taken out of it. Each stretch that was taken out is a segment under a label of
    its own. It belongs to an item if it stood within one of the item's segments. Unreadable characters are a doubt.
    """
    if cleaned.text == cleaned.source:
        return reading
    segments: list[Segment] = []
    owners: list[tuple[int, int, int | None]] = []
    for segment in reading.segments:
        owners.append((*cleaned.source_range(segment.start, segment.end), segment.item))
        for start, end in cleaned.kept_ranges(segment.start, segment.end):
            if cleaned.source[start:end].strip():
                segments.append(Segment(start, end, segment.label, segment.item))
    at = 0
    for start, end, label in cleaned.taken:
        while at < len(owners) and owners[at][1] <= start:
            at += 1
        inside = at < len(owners) and owners[at][0] <= start
        segments.append(Segment(start, end, label, owners[at][2] if inside else None))
    items = tuple(replace(item, span=cleaned.source_range(*item.span)) for item in reading.items)
    return replace(
        reading,
        text=cleaned.source,
        items=items,
        segments=tuple(sorted(segments, key=lambda segment: segment.start)),
        doubts=reading.doubts + _unreadable(cleaned),
    )


def _unreadable(cleaned: Cleaned) -> tuple[Doubt, ...]:
    """Return the doubt about glyphs of an unknown font ("U+E123、U+E124"), or an empty tuple."""
    characters = "".join(cleaned.source[start:end] for start, end, label in cleaned.taken if label == UNREADABLE)
    codes = [f"U+{ord(character):04X}" for character in dict.fromkeys(characters)]
    if not codes:
        return ()
    detail = "、".join(codes[:NAMED]) + (" 等" if len(codes) > NAMED else "")
    return (Doubt("unreadable-characters", "private use", detail),)
