"""The reader: it turns the text of a page into a PageReading.

The package is pure. It uses no framework and opens no files. Tables and the word splitter are arguments.
reading = read_page(text, reference=Reference.from_rows(regions, aliases, topics, words))
"""

from .columns import is_column
from .doubts import DOUBT_LABELS
from .explaining import explain
from .gazetteer import Gazetteer
from .labelling import Model
from .matter import Matter
from .model import (
    DATE_BASES,
    FIELD_LABELS,
    KINDS,
    YEARS,
    Block,
    Clues,
    Doubt,
    ItemReading,
    PageReading,
    PrintedName,
    RegionHit,
    Segment,
    TopicHit,
)
from .page import read_page
from .places import AMBIGUOUS_PLACE, REGION_RULES, ambiguous_place, find_regions
from .reference import Reference
from .subjects import TopicWords, find_topics

__all__ = [
    "AMBIGUOUS_PLACE",
    "DATE_BASES",
    "DOUBT_LABELS",
    "FIELD_LABELS",
    "KINDS",
    "REGION_RULES",
    "YEARS",
    "Block",
    "Clues",
    "Doubt",
    "Gazetteer",
    "ItemReading",
    "Matter",
    "Model",
    "PrintedName",
    "PageReading",
    "Reference",
    "RegionHit",
    "Segment",
    "TopicHit",
    "TopicWords",
    "ambiguous_place",
    "explain",
    "find_regions",
    "find_topics",
    "is_column",
    "read_page",
]
