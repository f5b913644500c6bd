"""Page text -> PageReading.  Pure: no framework, no files; tables and the word splitter are handed in.

reading = read_page(text, reference=Reference.from_rows(regions, aliases, topics, words))
"""

from .doubts import DOUBT_LABELS
from .gazetteer import Gazetteer
from .model import (
    DATE_BASES,
    FIELD_LABELS,
    KINDS,
    YEARS,
    Block,
    Clues,
    Doubt,
    ItemReading,
    Name,
    PageReading,
    RegionHit,
    Segment,
    TopicHit,
)
from .page import read_page
from .reference import Reference
from .subjects import TopicWords

__all__ = [
    "DATE_BASES",
    "DOUBT_LABELS",
    "FIELD_LABELS",
    "KINDS",
    "YEARS",
    "Block",
    "Clues",
    "Doubt",
    "Gazetteer",
    "ItemReading",
    "Name",
    "PageReading",
    "Reference",
    "RegionHit",
    "Segment",
    "TopicHit",
    "TopicWords",
    "read_page",
]
