"""Items in the making, and what kind of item each is."""

from __future__ import annotations

from dataclasses import dataclass, field

from . import marks
from .body import is_open
from .heads import Head, join_title
from .jumps import read_number
from .model import Doubt, Name
from .pieces import Piece

#: Characters of text above which an item with a picture's credit is an article with a picture, not a photo.
PHOTO_LENGTH = 700


@dataclass(eq=False, slots=True)
class Draft:
    """An item in the making; `pieces` are its labelled pieces, `body` its paragraphs and subheads in order.

    `section` is the number of its last numbered subhead: 2 for "二、…"; `speakers` are those who have turns in it.
    """

    head: Head = field(default_factory=Head)
    column: str = ""
    bylines: list[Name] = field(default_factory=list)
    credits: list[Name] = field(default_factory=list)
    agency: str = ""
    body: list[tuple[str, list[Piece]]] = field(default_factory=list)
    pieces: list[tuple[Piece, str]] = field(default_factory=list)
    continued_to: int | None = None
    continued_from: int | None = None
    kind: str = ""
    lead: bool = False
    signed: bool = False
    closed: bool = False
    briefs: bool = False
    doubts: list[Doubt] = field(default_factory=list)
    count: int = 0
    length: int = 0
    divided: bool = False
    section: int | None = None
    speakers: set[str] = field(default_factory=set)
    named: set[tuple[str, str]] = field(default_factory=set)

    def add_text(self, piece: Piece, *, joined: bool = False) -> None:
        """Add a paragraph, or the rest of the last one."""
        if joined:
            self.body[-1][1].append(piece)
        else:
            self.body.append(("paragraph", [piece]))
            self.count += 1
        self.length += len(piece.text)
        self.pieces.append((piece, "paragraph"))
        if not joined and (turn := marks.SPEAKER.match(piece.text)):
            self.speakers.add(turn[0])

    def add_subhead(self, pieces: list[Piece]) -> None:
        """Add a subhead with its lines."""
        self.body.append(("subhead", pieces))
        self.pieces.extend((piece, "subhead") for piece in pieces)
        self.divided = True
        self.section = section_number(pieces[0].text) or self.section

    def take_text(self) -> list[Piece]:
        """Take the last paragraph away."""
        _, pieces = self.body.pop()
        del self.pieces[-1 - [piece for piece, _ in reversed(self.pieces)].index(pieces[0]) :]
        self.count -= 1
        self.length -= sum(len(piece.text) for piece in pieces)
        return pieces

    def add_names(self, names: tuple[Name, ...]) -> None:
        """Add writers, each once; a bare name adds nothing to one with a role."""
        for name in names:
            key = (name.role, name.name)
            if key in self.named or (name.role == "作者" and ("", name.name) in self.named):
                continue
            self.bylines.append(name)
            self.named |= {key, ("", name.name)}

    @property
    def start(self) -> int:
        return min(piece.start for piece, _ in self.pieces)

    @property
    def last(self) -> Piece | None:
        """The last piece of the last paragraph, if the body ends with one."""
        return self.body[-1][1][-1] if self.body and self.body[-1][0] == "paragraph" else None

    @property
    def open(self) -> bool:
        return not self.closed and self.last is not None and is_open(self.last)

    @property
    def headline(self) -> str:
        return self.head.headline.text if self.head.headline else ""

    @property
    def kicker(self) -> str:
        return join_title([element.text for element in self.head.kicker]) or self.column


def section_number(text: str) -> int | None:
    """The number that a subhead counts with: 2 for "二、…" and "（二）…"; None where it has none."""
    match = marks.SECTION_NUMBER.match(text)
    return read_number(match[0].strip("（）()、．.")) if match else None


def kind_of(draft: Draft) -> str:
    """What an item is: as marked, a photo when a picture's credit stands by little text, or an article."""
    if draft.kind:
        return draft.kind
    if draft.credits and draft.length <= PHOTO_LENGTH and draft.continued_to is None and draft.continued_from is None:
        return "photo"
    if (
        any(marks.NOTICE_BODY.search(p.text) for _, pieces in draft.body for p in pieces)
        and not draft.bylines
        and not draft.lead
    ):
        return "notice"
    return "article"
