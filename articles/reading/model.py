"""The parts of a reading: plain frozen data, without framework or I/O.

Every offset counts code points of the text that was handed to `read_page`.
The corpus scorer reads the keys of `PageReading.as_json`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .tables import table_paragraphs

#: The sources of a page's date, strongest first. Only the database knows "editor".
DATE_BASES = ("editor", "given", "printed", "filename", "inferred")

#: Years that an issue can have. The presses of the paper ran from 1931 on. A year such as 3024 is a slip of the pen.
YEARS = range(1900, 2101)

#: The kinds of an item.
KINDS = ("article", "photo", "teaser", "notice")

#: Labels of segments whose text becomes a field of an item. Every other label except "leftover" is furniture.
FIELD_LABELS = ("kicker", "headline", "deck", "subhead", "paragraph")


@dataclass(frozen=True)
class Segment:
    """A stretch of the source text, [start, end), under one label.

    `item` is the index of its item, or None if the stretch belongs to the page.
    """

    start: int
    end: int
    label: str
    item: int | None = None


@dataclass(frozen=True)
class PrintedName:
    """A person or office as printed, with the role that is printed before or after it: ("记者", "丁一凡")."""

    role: str
    name: str


@dataclass(frozen=True)
class Block:
    """One piece of a body in reading order; `type` is "paragraph", "subhead" or "table" (see tables.py)."""

    type: str
    text: str
    caption: str = ""

    @property
    def paragraphs(self) -> list[str]:
        """The block as paragraphs: a subhead gives none, a table several."""
        if self.type == "table":
            return table_paragraphs(self.text, self.caption)
        return [self.text] if self.type == "paragraph" else []

    def as_json(self) -> dict[str, str]:
        """Return the block as it is stored."""
        return {"type": self.type, "text": self.text, **({"caption": self.caption} if self.caption else {})}


@dataclass(frozen=True)
class Doubt:
    """Something the reader is not sure of: a stable name, the rule that raised it, the text or values in question.

    `probability` is the probability of the reader's choice, if the labelling gives one.
    """

    name: str
    rule: str
    detail: str = ""
    probability: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the doubt as it is stored, without a probability if only a rule raised it."""
        told: dict[str, Any] = {"name": self.name, "rule": self.rule, "detail": self.detail}
        return told if self.probability is None else {**told, "probability": self.probability}


@dataclass(frozen=True)
class Evidence:
    """A printed place name that speaks for a region, and the rule by which it counts.

    Of a chain like 河南洛阳偃师市, `name` is the last name. It stands at [start, end) of a value. `where` is kicker,
    headline, deck, part, subhead or body, and `number` is the value's number among the values there.
    """

    where: str
    number: int
    start: int
    end: int
    name: str
    rule: str


@dataclass(frozen=True)
class RegionHit:
    """A region that an item is about: GB/T 2260 code, score, whether it is the main one, and its evidence."""

    code: str
    score: float
    main: bool
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class TopicHit:
    """A topic of an item: its slug, its score and the words that decided."""

    slug: str
    score: float
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Clues:
    """Facts about a page from outside its text: `given_*` by option or manifest, `named_*` by the file's name."""

    given_date: date | None = None
    given_page: int | None = None
    given_issue_number: int | None = None
    given_section: str | None = None
    named_date: date | None = None
    named_page: int | None = None


@dataclass(frozen=True)
class ItemReading:
    """One item of a page. The items of a page are in printed order.

    `column` is the kicker if the kicker names a standing column. `span` is the start of the item's first segment and
    the end of its last.
    """

    kind: str
    kicker: str = ""
    column: str = ""
    headline: str = ""
    deck: str = ""
    bylines: tuple[PrintedName, ...] = ()
    credits: tuple[PrintedName, ...] = ()
    agency: str = ""
    blocks: tuple[Block, ...] = ()
    continued_to: int | None = None
    continued_from: int | None = None
    regions: tuple[RegionHit, ...] = ()
    topics: tuple[TopicHit, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    span: tuple[int, int] = (0, 0)

    @property
    def subheads(self) -> list[str]:
        return [block.text for block in self.blocks if block.type == "subhead"]

    @property
    def paragraphs(self) -> list[str]:
        return [paragraph for block in self.blocks for paragraph in block.paragraphs]


@dataclass(frozen=True)
class PageReading:
    """One page. `segments`, in order of `start`, partition the text: each non-space offset lies in exactly one."""

    text: str
    date: date | None = None
    date_basis: str | None = None
    issue_number: int | None = None
    page_number: int | None = None
    section: str = ""
    editors: tuple[PrintedName, ...] = ()
    items: tuple[ItemReading, ...] = ()
    segments: tuple[Segment, ...] = ()
    doubts: tuple[Doubt, ...] = field(default=())

    def texts(self, *, leftover: bool) -> list[dict[str, str]]:
        """Return the leftover segments, or else the furniture, as {"label", "text"}; no field holds their text."""
        return [
            {"label": segment.label, "text": self.text[segment.start : segment.end]}
            for segment in self.segments
            if segment.label not in FIELD_LABELS and (segment.label == "leftover") is leftover
        ]

    def as_json(self, source: str, region_names: dict[str, str], topic_names: dict[str, str]) -> dict[str, Any]:
        """Return the object that `read_pages` prints for one page.

        `region_names` maps province codes to official names, and `topic_names` maps slugs to names.
        """
        return {
            "source": source,
            "date": self.date.isoformat() if self.date else None,
            "date_basis": self.date_basis,
            "issue_number": self.issue_number,
            "page_number": self.page_number,
            "section": self.section or None,
            "editors": _people(self.editors),
            "items": [_item(item, region_names, topic_names) for item in self.items],
            "furniture": self.texts(leftover=False),
            "leftover": self.texts(leftover=True),
            "doubts": [doubt.as_json() for doubt in self.doubts],
        }


def _people(names: tuple[PrintedName, ...]) -> list[dict[str, str]]:
    return [{"role": person.role, "name": person.name} for person in names]


def _item(item: ItemReading, region_names: dict[str, str], topic_names: dict[str, str]) -> dict[str, Any]:
    provinces = dict.fromkeys(f"{hit.code[:2]}0000" for hit in item.regions)
    return {
        "kind": item.kind,
        "kicker": item.kicker or None,
        "headline": item.headline or None,
        "deck": item.deck or None,
        "bylines": _people(item.bylines),
        "credits": _people(item.credits),
        "dateline_agency": item.agency or None,
        "subheads": item.subheads,
        "paragraphs": item.paragraphs,
        "continued_to": item.continued_to,
        "continued_from": item.continued_from,
        "provinces": [region_names[code] for code in provinces],
        "topics": [topic_names[hit.slug] for hit in item.topics],
        "doubts": [doubt.as_json() for doubt in item.doubts],
        "span": list(item.span),
    }
