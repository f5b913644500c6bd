"""Heads: runs of title lines above a text, and what each of their lines is: kicker, headline or deck."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from . import marks
from .lines import is_balanced, squeeze
from .model import Name
from .names import People
from .pieces import Piece
from .shapes import is_author_line

Words = Callable[[str], list[str]]


#: Most lines of one title.
LINES = 5

#: Longest line that is the kicker of two stacked ones: 讀者來信, 問題解答.
KICKER_LENGTH = 8

#: Characters of the longest brief: what stands in a column of them.
BRIEF_LENGTH = 400


@dataclass(slots=True)
class Element:
    """One kicker, headline, deck or subhead: its lines, joined over wraps."""

    pieces: list[Piece]

    @property
    def text(self) -> str:
        return join_title([piece.text for piece in self.pieces])

    @property
    def marked(self) -> bool:
        return self.pieces[0].marked

    @property
    def level(self) -> int:
        """The level of the heading that markup makes it, 1 the highest; 0 where it makes none."""
        return self.pieces[0].marks.level

    @property
    def dash(self) -> bool:
        return self.pieces[0].dash

    @property
    def gap(self) -> int:
        return self.pieces[0].gap


@dataclass(slots=True)
class Section:
    """A head with the text below it, up to the next head; a head may be missing, and so may the text."""

    elements: list[Element] = field(default_factory=list)
    people: list[Piece] = field(default_factory=list)
    jump_from: Piece | None = None
    body: list[Piece] = field(default_factory=list)
    has_text: bool = False
    stacked: bool = False

    @property
    def gap(self) -> int:
        pieces = [element.pieces[0] for element in self.elements] + self.body[:1]
        return pieces[0].gap if pieces else 0

    @property
    def lead(self) -> bool:
        return bool(self.body) and self.body[0].kind == "lead"

    @property
    def signed(self) -> bool:
        """Whether people stand between the head and the text."""
        return bool(self.people)

    @property
    def bullet(self) -> str:
        return self.elements[0].pieces[0].bullet if self.elements and self.elements[0].pieces[0].run_in else ""

    @property
    def paragraphs(self) -> list[Piece]:
        return [piece for piece in self.body if piece.kind == "para"]

    @property
    def ending(self) -> Piece | None:
        """What closes the text: names, a credit, a note or a jump line."""
        last = self.body[-1] if self.body else None
        return last if last is not None and last.kind not in ("para", "lead") else None

    @property
    def signed_below(self) -> bool:
        """Whether a credit below the text names writers as well: "（方可 文/图）"."""
        return any(piece.kind == "credit" and piece.people and piece.people.bylines for piece in self.body)

    @property
    def captioned(self) -> bool:
        """Whether the text below the head is a caption: few paragraphs, then a picture's credit."""
        if any(piece.marks.picture or piece.marks.caption for piece in self.paragraphs[:3]):
            return False  # markup shows whose credit it is
        kinds = [piece.kind for piece in self.body]
        return "credit" in kinds and kinds.index("credit") <= 3 and "lead" not in kinds


def join_title(lines: list[str]) -> str:
    """Join the lines of a title; "公 告", letters spaced out to fill a line, closes up."""
    text = ""
    for line in lines:
        space = (
            " "
            if text and text[-1].isascii() and line[:1].isascii() and text[-1].isalnum() and line[:1].isalnum()
            else ""
        )
        text += space + line.strip()
    parts = text.split()
    if len(parts) > 1 and all(len(part) == 1 for part in parts):
        return "".join(parts)
    return text


def split_sections(pieces: list[Piece], words: Words, *, stacked: bool = False) -> list[Section]:
    """Cut the pieces of a page into sections; marks are left out, they go with the line they stand on.

    `stacked` tells that each line of a head is an element of its own, as they were set before 1956: kicker, headline
    and deck below each other, hardly ever over two lines.
    """
    sections: list[Section] = [Section()]
    pieces = [piece for piece in pieces if piece.kind != "mark"]
    pieces = _page_before_title(pieces)
    for index, piece in enumerate(pieces):
        current = sections[-1]
        after = pieces[index + 1] if index + 1 < len(pieces) else None
        fresh = not current.body
        if piece.kind == "title":
            author = _author(piece, current, after, words) if fresh else None
            if author:
                current.people.append(author)
            elif not fresh or current.people or piece.run_in or _apart(current, piece, after):
                sections.append(Section([Element([piece])]))
            else:
                _add_line(current, piece, stacked)
        elif piece.kind == "jump_from":
            above_title = current.elements and after is not None and after.kind == "title" and piece.gap > 0
            if not fresh or current.people or current.jump_from or above_title:
                sections.append(Section(jump_from=piece))
            else:
                current.jump_from = piece
        elif piece.kind in ("byline", "credit") and fresh and current.elements and piece.gap >= 0:
            current.people.append(piece)
        elif piece.kind == "lead" and (piece.people is None or not fresh) and current.has_text:
            sections.append(Section(body=[piece]))
        else:
            current.body.append(piece)
            current.has_text = current.has_text or piece.kind == "para"
    for section in sections:
        section.stacked = stacked
    return [section for section in sections if section.elements or section.body or section.jump_from]


def _page_before_title(pieces: list[Piece]) -> list[Piece]:
    """Put "2版" behind the title that stands on its line."""
    out = list(pieces)
    for index in range(len(out) - 1):
        if out[index].kind == "teaser" and out[index + 1].gap < 0 and out[index + 1].kind == "title":
            first, second = out[index], out[index + 1]
            out[index], out[index + 1] = second.changed(gap=first.gap), first.changed(gap=-1)
    return out


def _apart(section: Section, piece: Piece, after: Piece | None) -> bool:
    """Tell whether a title line begins another head, though no text stands between: its own page number says so."""
    pointed = after is not None and after.kind == "teaser" and after.gap < 0
    return bool(section.elements) and (pointed or bool(marks.GUIDE.fullmatch(squeeze(piece.text))))


def _add_line(section: Section, piece: Piece, stacked: bool) -> None:
    """Add a title line to a head: to the element above when it wraps, as an element of its own otherwise."""
    if section.elements:
        above = section.elements[-1]
        last = above.pieces[-1]
        wraps = piece.gap == 0 and not piece.marked and not piece.dash and not stacked
        unfinished = last.text.endswith(("，", "、", ",")) or (
            not is_balanced(above.text) and is_balanced(above.text + piece.text)
        )
        goes_on = wraps or (unfinished and not piece.dash and piece.gap <= 1)
        if goes_on and len(above.pieces) < LINES and not _label(above.text):
            above.pieces.append(piece)
            return
    section.elements.append(Element([piece]))


def _label(text: str) -> bool:
    text = squeeze(text)
    return bool(
        marks.EDITOR_NOTE.fullmatch(text) or marks.BOX.fullmatch(text) and len(text) <= 4 or marks.GUIDE.fullmatch(text)
    )


def _author(piece: Piece, section: Section, after: Piece | None, words: Words) -> Piece | None:
    """A bare name between a headline and its text: "方若谷"."""
    if (
        not section.elements
        or section.people
        or piece.marked
        or piece.dash
        or after is None
        or after.kind not in ("para", "title")
    ):
        return None
    if after.kind == "title" and (after.gap == 0 or not marks.EDITOR_NOTE.fullmatch(squeeze(after.text))):
        return None
    names = is_author_line(piece.text.lstrip("□口■ \u3000"), words)
    if not names:
        return None
    return piece.changed(kind="byline", people=People(tuple(Name("作者", name) for name in names)))


@dataclass(slots=True)
class Head:
    """A head resolved: which element is what; `sure` is False where only their order decided."""

    kicker: list[Element] = field(default_factory=list)
    headline: Element | None = None
    deck: list[Element] = field(default_factory=list)
    sure: bool = True


def resolve_head(elements: list[Element], *, stacked: bool = False) -> Head:
    """Tell kicker, headline and deck apart: by ## marks and dashes first, by order otherwise.

    "关注老龄 / ## 夕阳正好 / ——记清溪县一家养老院" has all three; of two unmarked lines the first is the kicker, but of
    two that are `stacked` only a short one is.
    """
    if not elements:
        return Head()
    plain = [element for element in elements if not element.dash] or elements[:1]
    dashed = [element for element in elements if element.dash and element is not plain[0]]
    marked = [element for element in plain if element.marked]
    if marked and len(marked) < len(plain):
        main = marked[0]
        if len(marked) > 1 and len(marked[0].text) < 8 < len(marked[1].text):
            main = marked[1]
        sure = True
    elif dashed:
        main = plain[-1] if elements.index(plain[-1]) < elements.index(dashed[0]) else plain[0]
        sure = len(plain) <= 2
    else:
        has_kicker = len(plain) > 1 and not (stacked and len(plain) == 2 and len(plain[0].text) > KICKER_LENGTH)
        main = plain[has_kicker]
        sure = len(plain) == 1 or (len(plain) == 2 and len(plain[0].text) <= 8)
    at = plain.index(main)
    return Head(plain[:at], main, plain[at + 1 :] + dashed, sure)


def is_brief(section: Section) -> bool:
    """Tell whether a section has the size of a brief, and nobody signs it above its text."""
    return not section.signed and 0 < sum(len(piece.text) for piece in section.paragraphs) <= BRIEF_LENGTH


def is_column_label(text: str) -> bool:
    """Tell whether a title alone on its line is the title of a column of several items."""
    text = squeeze(text)
    return bool(marks.BRIEFS.fullmatch(text) or marks.GUIDE.fullmatch(text)) and not re.search(r"[，：！？]", text)
