"""Sections -> items: which heads open an item and which stand within one, and whose text is whose."""

from __future__ import annotations

import re
from collections.abc import Callable

from . import marks
from .body import continues, is_mid_word
from .drafts import Draft, section_number
from .heads import Head, Section, is_brief, is_column_label, resolve_head
from .lines import squeeze
from .model import Doubt
from .openings import WIDE_GAP, is_notice, opens_item
from .pieces import Piece

Words = Callable[[str], list[str]]


#: How many interrupted items are kept in mind.
DEPTH = 8

#: Longest caption that a picture alone shows to be one, in characters.
CAPTION_LENGTH = 160

#: Most lines of a picture's caption, its credit included.
CAPTION_LINES = 16


class Desk:
    """Takes sections one by one and hands the items back; what interrupts what is kept on a stack."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.drafts: list[Draft] = []
        self.current: Draft | None = None
        self.waiting: list[Draft] = []
        self.column = ""
        self.column_bullet = ""
        self.column_lead = False
        self.column_pieces: list[tuple[Piece, str]] = []

    def read(self, sections: list[Section]) -> list[Draft]:
        """Read all sections of a page into drafts, in printed order."""
        for index, section in enumerate(sections):
            after = sections[index + 1] if index + 1 < len(sections) else None
            self._head(section, after)
            self._body(section, after)
        if self.column_pieces:
            self._open(Draft())
        return sorted((draft for draft in self.drafts if draft.pieces), key=lambda draft: draft.start)

    # Heads

    def _head(self, section: Section, after: Section | None) -> None:
        if not section.elements and section.jump_from is None and not section.lead:
            return
        if self._is_teaser_title(section):
            return
        if not section.elements and section.jump_from is None and self.current is not None and not self.current.body:
            return
        if section.elements and not section.body and not section.signed and self._takes_column(section, after):
            return
        if self._signs_notice(section):
            return
        self._go_back_to_count(section)
        rule = opens_item(section, self.current) if section.elements else "lead or jump line without a head"
        if rule:
            self._open_item(section, rule)
        else:
            self._add_subheads(section)

    def _go_back_to_count(self, section: Section) -> None:
        """Take up the interrupted item whose subheads a numbered one goes on with: "二、…" after a box."""
        number = section_number(section.elements[0].text) if len(section.elements) == 1 else None
        if number is None or number == 1 or (self.current is not None and self.current.section == number - 1):
            return
        for draft in reversed(self.waiting):
            if draft.section == number - 1 and not draft.closed:
                self.waiting.remove(draft)
                self.current = draft
                return

    def _is_teaser_title(self, section: Section) -> bool:
        """The title of a teaser stands below its "相关报道见今日第7版——"."""
        draft = self.current
        if draft is None or draft.kind != "teaser" or draft.head.headline or not section.elements or section.signed:
            return False
        if draft.pieces[-1][0].kind != "teaser" or not draft.pieces[-1][0].dash:
            return False
        draft.head = resolve_head(section.elements)
        self._label_head(draft)
        return True

    def _takes_column(self, section: Section, after: Section | None) -> bool:
        """The common title of a column stands alone above its items."""
        if after is None or len(section.elements) != 1:
            return False
        if not after.bullet and not (is_column_label(section.elements[0].text) and after.elements):
            return False
        self._suspend()
        self.column = section.elements[0].text
        self.column_bullet = after.bullet
        self.column_lead = after.lead
        self.column_pieces = [(piece, "kicker") for piece in section.elements[0].pieces]
        self.current = None
        return True

    def _signs_notice(self, section: Section) -> bool:
        """The office that signs a notice stands below it like a title: "清溪县卫生健康局"."""
        draft = self.current
        if draft is None or draft.kind != "notice" or not draft.count or len(section.elements) != 1:
            return False
        if section.body or section.people or is_notice(section.elements[0].text):
            return False
        for piece in section.elements[0].pieces:
            draft.add_text(piece)
        return True

    def _open_item(self, section: Section, rule: str) -> None:
        draft = self.current
        if draft is None or draft.head.headline or draft.body or draft.closed or draft.lead:
            draft = self._open(Draft())
        if section.jump_from is not None:
            draft.continued_from = section.jump_from.page
            draft.pieces.append((section.jump_from, "jump"))
        draft.head = resolve_head(section.elements, stacked=section.stacked)
        if len(section.elements) == 1 and marks.EDITOR_NOTE.fullmatch(squeeze(section.elements[0].text)):
            draft.head = Head()
            self._add_subheads(section)
        self._label_head(draft)
        self._take_column(draft, section)
        for piece in section.people:
            self._take_people(draft, piece, signed=True)
        if is_notice(draft.headline) and not section.lead and not section.signed:
            draft.kind = "notice"
        if not draft.head.sure:
            draft.doubts.append(
                Doubt("headline-uncertain", "order of title lines", " / ".join(e.text for e in section.elements))
            )

    def _open(self, draft: Draft) -> Draft:
        self._suspend()
        self.drafts.append(draft)
        self.current = draft
        if self.column_pieces:
            draft.pieces.extend(self.column_pieces)
            self.column_pieces = []
        return draft

    def _suspend(self) -> None:
        """Set the current item aside; its text may go on after what interrupts it."""
        draft = self.current
        if (
            draft is not None
            and not draft.closed
            and draft.body
            and draft.kind not in ("notice", "teaser")
            and not draft.briefs
        ):
            self.waiting = [other for other in self.waiting if other.open and other is not draft][-DEPTH:]
            self.waiting.append(draft)

    def _take_column(self, draft: Draft, section: Section) -> None:
        """Give an item the column's title that stands above it or above its neighbours."""
        if section.bullet:
            draft.briefs = True
            draft.column = self.column
            return
        teaser = any(piece.kind == "teaser" for piece in section.body[:2])
        if (
            draft.head.headline
            and is_notice(draft.headline)
            or (marks.GUIDE.fullmatch(squeeze(self.column)) and not teaser)
        ):
            self.column = ""
        if draft.head.kicker:
            label = draft.kicker
            self.column = label if is_column_label(label) else ""
            self.column_bullet, self.column_lead = "", section.lead
        elif (
            self.column
            and not self.column_bullet
            and section.gap < WIDE_GAP
            and section.elements
            and (is_brief(section) or (section.lead == self.column_lead and (not section.signed or section.lead)))
        ):
            draft.column = self.column
        else:
            self.column = ""

    def _label_head(self, draft: Draft) -> None:
        head = draft.head
        rows = [(element, "kicker") for element in head.kicker] + [(element, "deck") for element in head.deck]
        if head.headline:
            rows.append((head.headline, "headline"))
        draft.pieces.extend((piece, label) for element, label in rows for piece in element.pieces)

    def _add_subheads(self, section: Section) -> None:
        draft = self.current
        assert draft is not None
        for element in section.elements:
            draft.add_subhead(element.pieces)
        for piece in section.people:
            self._take_people(draft, piece, signed=False)

    # Bodies

    def _body(self, section: Section, after: Section | None) -> None:
        body = section.body
        for index, piece in enumerate(body):
            if piece.kind == "para":
                self._paragraph(piece, body, index)
            elif piece.kind == "lead":
                draft = self._target()
                self._take_people(draft, piece, signed=False)
                draft.lead = True
            elif piece.kind == "teaser":
                self._teaser(piece, section)
            elif piece.kind == "jump_from":
                draft = self._open(Draft())
                draft.continued_from = piece.page
                draft.pieces.append((piece, "jump"))
            else:
                self._close(piece, body, index)

    def _target(self) -> Draft:
        return self.current if self.current is not None and not self.current.closed else self._open(Draft())

    def _paragraph(self, piece: Piece, body: list[Piece], index: int) -> None:
        draft = self.current
        credit = _credit_below(body, index) and not (index and body[index - 1].kind == "para" and body[index - 1].wraps)
        if _is_caption(piece, credit):
            self._caption(piece, credit)
            return
        if draft is not None and draft.closed and draft.credits and re.match(r"图[②-⑨二三四五六2-9]", piece.text):
            draft.closed = False
        elif credit and self._is_loose_caption(piece, draft, index, body):
            draft = self._open(Draft(kind="photo", column=""))
        elif draft is None or draft.closed or self._goes_back(piece, draft):
            draft = self._resume(piece)
        else:
            draft = self._back_to_talk(piece, draft)
        last = draft.last
        if last is not None and continues(last, piece, self.words):
            draft.add_text(piece, joined=True)
        else:
            draft.add_text(piece)

    def _caption(self, piece: Piece, credit: bool) -> None:
        """Make an item of a picture's caption, as markup shows it; what it interrupts goes on below it."""
        if self.current is not None and not self.current.closed and self.current.pieces and not self.current.body:
            self.waiting.append(self.current)
        draft = self._open(Draft(kind="photo"))
        draft.add_text(piece)
        draft.closed = not credit

    def _back_to_talk(self, piece: Piece, draft: Draft) -> Draft:
        """Take up the interrupted interview that a turn is part of: "方若谷：……" after a box."""
        turn = marks.SPEAKER.match(piece.text)
        if turn is None or turn[0] in draft.speakers:
            return draft
        for waiting in reversed(self.waiting):
            if turn[0] in waiting.speakers and not waiting.closed:
                self.waiting.remove(waiting)
                self.current = waiting
                return waiting
        return draft

    def _goes_back(self, piece: Piece, draft: Draft) -> bool:
        """Tell whether a paragraph goes on with an open one above the current item."""
        if not self.waiting or not self.waiting[-1].open or not draft.count or draft.open or piece.gap <= 0:
            return False
        last = self.waiting[-1].last
        return last is not None and is_mid_word(last, piece, self.words)

    def _is_loose_caption(self, piece: Piece, draft: Draft | None, index: int, body: list[Piece]) -> bool:
        """Tell whether a paragraph above a picture's credit is the caption of an untitled photo."""
        if draft is None or draft.closed or piece.gap >= WIDE_GAP:
            return True
        if draft.open:
            if is_mid_word(draft.last, piece, self.words):  # type: ignore[arg-type]
                return False
            after = next((below for below in body[index + 1 : index + CAPTION_LINES] if below.kind == "para"), None)
            # What follows the caption goes on where the paragraph above it breaks off.
            torn = after is not None and is_mid_word(draft.last, after, self.words)  # type: ignore[arg-type]
            return torn or bool(marks.CAPTION.search(piece.text))
        if not draft.count:
            return False
        if draft.lead or draft.bylines:
            return True
        if draft.continued_from is not None:
            return not any(p.people and p.people.bylines for p in body[index + 1 : index + 3])
        return draft.count > 3

    def _resume(self, piece: Piece) -> Draft:
        """Go back to the item that was interrupted; without one, the text opens an item that has no head."""
        while self.waiting:
            draft = self.waiting.pop()
            if not draft.closed:
                if not draft.open:
                    draft.doubts.append(Doubt("joined?", "text after an interruption", piece.text[:20]))
                self.current = draft
                return draft
        draft = self._open(Draft())
        if self.column:
            draft.column, draft.briefs = self.column, True
        return draft

    def _teaser(self, piece: Piece, section: Section) -> None:
        draft = self.current
        if draft is None or draft.closed:
            draft = self._open(Draft())
        real = draft.lead or draft.bylines or draft.count > 2 or draft.continued_from is not None
        if real and not piece.dash:
            draft.pieces.append((piece, "note"))
            return
        if (real or (piece.dash and draft.count)) and draft.last is not None:
            blurb = Draft()
            for moved in draft.take_text():
                blurb.add_text(moved, joined=bool(blurb.body))
            if not draft.pieces:
                self.drafts.remove(draft)
                self.current = None
            draft = self._open(blurb)
        draft.kind, draft.continued_to, draft.closed = "teaser", piece.page, True
        draft.pieces.append((piece, "jump"))

    def _close(self, piece: Piece, body: list[Piece], index: int) -> None:
        """Names, credits, notes and jump lines below a text; most of them end the item."""
        draft = self.current
        if draft is None or (draft.closed and piece.kind in ("jump_to",)):
            draft = self._open(Draft()) if not self.drafts else self.drafts[-1]
        if piece.kind in ("byline", "credit", "agency", "note"):
            ends = draft.count > 0 or piece.kind != "byline"
            self._take_people(draft, piece, signed=False)
            if piece.kind == "note" and marks.SEE_ALSO.fullmatch(piece.text):
                return
            follows = body[index + 1] if index + 1 < len(body) else None
            draft.closed = draft.closed or (
                ends and not (piece.kind == "credit" and draft.lead and follows is not None)
            )
        elif piece.kind == "jump_to":
            draft.continued_to = piece.page
            draft.pieces.append((piece, "jump"))
            draft.closed = True
        else:
            draft.pieces.append((piece, "leftover"))

    def _take_people(self, draft: Draft, piece: Piece, *, signed: bool) -> None:
        label = {"lead": "lead", "credit": "credit", "agency": "agency", "note": "note"}.get(piece.kind, "byline")
        draft.pieces.append((piece, label))
        if piece.people is None:
            return
        if not (piece.kind == "note" and draft.bylines):
            draft.add_names(piece.people.bylines)
        draft.credits.extend(piece.people.credits)
        draft.agency = draft.agency or piece.people.agency
        draft.signed = draft.signed or (signed and bool(piece.people.bylines))


def _is_caption(piece: Piece, credit: bool) -> bool:
    """Tell whether markup makes a paragraph a picture's caption: "![](a.jpg)", and below it "图为医生为老人听诊。"."""
    if piece.marks.caption:
        return True
    told = credit or piece.marks.centred or bool(marks.CAPTION.search(piece.text))
    return piece.marks.picture and told and len(piece.text) <= CAPTION_LENGTH


def _credit_below(body: list[Piece], index: int) -> bool:
    """Tell whether a picture's credit follows this paragraph, with at most names and its own lines between."""
    names = 0
    for at in range(index + 1, min(index + CAPTION_LINES, len(body))):
        piece = body[at]
        if piece.kind == "credit":
            return True
        names += piece.kind == "byline"
        goes_on = piece.kind == "para" and body[at - 1].wraps and piece.gap <= 0
        if names > 2 or not (goes_on or piece.kind == "byline"):
            return False
    return False
