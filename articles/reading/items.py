"""The desk that turns labelled strings into items. Named rules decide to which item heads, names and texts belong."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from . import marks
from .authors import read_authors, read_credit
from .drafts import Draft, Title, is_notice, join_title, section_number
from .lines import WIDE_GAP
from .model import Doubt
from .names import as_printed
from .pieces import Piece, cut_text, cut_title
from .strings import INSIDE, String

Words = Callable[[str], list[str]]

#: The greatest number of interrupted items that the desk keeps.
DEPTH = 8
#: The number of following strings that the rules see.
BELOW = 4
#: The greatest length of a story that stands within another story, in characters.
BOX_LENGTH = 400
#: The number of characters of a string that a doubt quotes.
DETAIL = 30
#: The labels in words that readers understand.
LABEL_NAMES = {
    "headline": "标题", "kicker": "引题", "column": "栏目", "deck": "副题", "subhead": "小标题", "names": "署名",
    "credit": "图片署名", "caption": "图片说明", "lead": "电头", "paragraph": "正文", "table": "表格", "jump": "转接",
    "note": "附注", "noise": "杂字", "folio": "报头", "section": "版名", "staff": "编校",
}  # fmt: skip
#: The labels of the parts of a head.
HEAD = ("kicker", "headline", "deck")


class Desk:
    """The desk: it takes the strings of a page one by one and returns the items. Interrupted items wait on a stack."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.drafts: list[Draft] = []
        self.current: Draft | None = None
        self.waiting: list[Draft] = []
        self.column: Title | None = None
        self.is_weak = False
        self.column_stretches: list[tuple[int, int]] = []
        self.before: String | None = None
        self.below: Sequence[String] = ()

    def read(self, strings: Sequence[String]) -> list[Draft]:
        """Return the drafts of the items that the strings of a page make up, in printed order."""
        take = {
            **dict.fromkeys(HEAD, self._head),
            "column": self._column, "subhead": self._subhead, "names": self._names, "credit": self._credit,
            "caption": self._caption, "jump": self._text, "note": self._text, "noise": self._noise,
        }  # fmt: skip
        for at, string in enumerate(strings):
            self.before = strings[at - 1] if at else None
            self.below = strings[at + 1 : at + 1 + BELOW]
            take.get(string.label, self._text)(string)
        if self.column_stretches:
            self._open(0)
        drafts = sorted((draft for draft in self.drafts if draft.all_stretches()), key=lambda draft: draft.start)
        _share_columns(drafts)
        return drafts

    # Heads

    def _head(self, string: String) -> None:
        draft = self.current
        if draft is None or not self._has_room(draft, string.label):
            draft = self._open(string.gap)
        if not draft.has_head:
            draft.form = form_of(string)
        title = self._title(draft, string, string.label)
        if title is None:
            return
        if string.label == "headline":
            draft.headline = title
        else:
            (draft.kickers if string.label == "kicker" else draft.decks).append(title)

    def _has_room(self, draft: Draft, label: str) -> bool:
        """Tell whether the item can still take a string with this label into its head.

        The item must lack this part and have neither a lead nor a body. A teaser takes a title only if it waits for it.
        """
        if draft.kind == "teaser" and draft.headline is None:
            return draft.waits_for_title
        if draft.body or draft.closed or draft.lead:
            return False
        if label == "deck":
            return draft.has_head
        return draft.headline is None and not (label == "kicker" and draft.decks)

    def _title(self, draft: Draft, string: String, label: str) -> Title | None:
        """Cut a title, give its stretches to the item, and return it. Return None if it is only a page number."""
        title = None
        for piece in cut_title(string.text, label):
            if piece.kind == "text":
                title = title_of(string, piece)
                draft.claim(string, piece.start, piece.end, label)
            elif piece.kind == "mark":
                draft.claim(string, piece.start, piece.end, "mark")
            elif piece.kind == "kicker":
                draft.claim(string, piece.start, piece.end, "kicker")
                draft.kickers.append(title_of(string, piece))
            else:
                self._teaser(draft, string, piece)
        if string.is_doubtful:
            draft.doubts.append(_doubt(string))
        return title

    def _column(self, string: String) -> None:
        """Take the title of a column. It stands above the items that share it."""
        self._suspend()
        self.current = None
        for piece in cut_title(string.text):
            self.column_stretches += [(first, last) for _, first, last in string.in_page(piece.start, piece.end)]
            if piece.kind == "text":
                self.column, self.is_weak = title_of(string, piece), False

    def _subhead(self, string: String) -> None:
        draft = self._interrupted_by_count(string) or self._interrupted_feature() or self.current
        if draft is None or draft.closed:
            draft = self._earlier() or (draft if draft is not None and draft.kind != "photo" else None)
        if draft is None or (not draft.body and not draft.has_head and not marks.EDITOR_NOTE.fullmatch(string.text)):
            if draft is None or draft.all_stretches():
                draft = self._open(string.gap)
            draft.headline = self._title(draft, string, "headline")
            return
        self.current, draft.closed = draft, False
        title = self._title(draft, string, "subhead")
        if title is not None:
            draft.add_subhead(title, string.lines[0].marks)

    def _interrupted_by_count(self, string: String) -> Draft | None:
        """Take from the stack the interrupted item whose numbered subheads this subhead continues: "二、…" after a box.

        Return None if no item fits.
        """
        number = section_number(string.text)
        if number is None or number == 1 or (self.current is not None and self.current.section == number - 1):
            return None
        for draft in reversed(self.waiting):
            if draft.section == number - 1 and not draft.closed:
                self.waiting.remove(draft)
                return draft
        return None

    def _interrupted_feature(self) -> Draft | None:
        """Take from the stack the story with subheads inside which the current small story without subheads stands.

        Return None if no story fits.
        """
        draft, waiting = self.current, self.waiting[-1] if self.waiting else None
        if draft is None or waiting is None or waiting.closed or not waiting.is_divided:
            return None
        is_box = any(marks.BOX.fullmatch(kicker.text) for kicker in draft.kickers)
        if draft.is_divided or not draft.body or draft.length > BOX_LENGTH or not (draft.closed or is_box):
            return None
        self.waiting.remove(waiting)
        return waiting

    def _open(self, gap: int) -> Draft:
        self._suspend()
        draft = Draft(gap=gap, under=self.column, weakly=self.is_weak)
        self.drafts.append(draft)
        self.current = draft
        draft.column += self.column_stretches
        self.column_stretches = []
        return draft

    def _suspend(self) -> None:
        """Put the current item on the stack. Its text may go on after the interruption."""
        draft = self.current
        if draft is None:
            return
        if draft.kickers and not self.column_stretches:
            label = draft.kickers[-1]
            self.column, self.is_weak = (label, True) if is_column_label(label.text) else (None, False)
        if not draft.closed and (draft.body or draft.has_head) and draft.kind != "teaser":
            self.waiting = [other for other in self.waiting if other.is_open and other is not draft][-DEPTH:]
            self.waiting.append(draft)

    # People

    def _names(self, string: String) -> None:
        people = read_authors(string, self.words)
        if people is None:
            self._text(string)
            return
        draft = self.current
        above = bool(self.below) and self.below[0].label in HEAD and self.below[0].gap == 0 < string.gap
        if draft is None or (above and (draft.body or draft.closed)):
            draft = self._open(string.gap)
        in_head = not draft.body and not draft.lead
        label = "credit" if people.credits and not people.bylines else "byline"
        draft.claim(string, 0, len(string.text), label)
        draft.add_people(people)
        draft.signed = draft.signed or (in_head and label == "byline")
        below_subhead = self.before is not None and self.before.label == "subhead"
        draft.closed = draft.closed or not (in_head or below_subhead)
        if string.is_doubtful:
            draft.doubts.append(_doubt(string))

    def _credit(self, string: String) -> None:
        draft = self.current or self._open(string.gap)
        draft.claim(string, 0, len(string.text), "credit")
        draft.add_people(read_credit(string, self.words))
        draft.credited = draft.credited or bool(draft.body)

    # Text

    def _caption(self, string: String) -> None:
        """Add a picture's caption to the current item if it belongs there. Otherwise open a photo for it."""
        draft = self.current
        if draft is not None and self._is_own_caption(draft, string):
            draft.kind = draft.kind or "photo"
        else:
            draft = self._open(string.gap)
            draft.kind, draft.under = "photo", None
        self._add(draft, string)
        draft.closed = True

    def _is_own_caption(self, draft: Draft, string: String) -> bool:
        """Tell whether a caption belongs to the current item.

        In a photo, the caption must follow another caption or have a later number (图②). Any other item must consist of
        a head only, and no story may follow.
        """
        if draft.kind == "photo":
            if re.match(r"图[②-⑨二三四五六2-9]", string.text):
                return True
            pieces = cut_text(string.text, self.words, is_caption=True)
            signed = bool(draft.credits) and any(piece.kind == "credit" for piece in pieces)
            return self.before is not None and self.before.label == "caption" and not (draft.credited or signed)
        below = next((other for other in self.below if other.label != "credit"), None)
        is_story = below is not None and (
            below.label in ("lead", "names", "subhead", "deck")
            or (below.label == "paragraph" and not below.goes_on and not self.waiting)
        )
        return draft.has_head and not draft.body and not draft.signed and not draft.closed and not is_story

    def _text(self, string: String) -> None:
        draft = self._target(string)
        self._add(draft, string)

    def _target(self, string: String) -> Draft:
        """Return the item to which a text belongs: the current one, an interrupted one or a new one."""
        draft = self.current
        if string.label == "lead" and (draft is None or (draft.count and not draft.is_introduced)):
            return self._open(string.gap)
        if string.label in ("jump", "note"):
            return draft or self._open(string.gap)
        if draft is not None and not draft.closed:
            if string.goes_on and not draft.is_open and draft.body:
                return self._earlier() or draft
            return self._talk(string, draft)
        found = self._earlier()
        if found is not None:
            return found
        if draft is None or draft.kind == "photo" or (draft.under and draft.headline is None and draft.is_brief):
            return self._open(string.gap)
        draft.closed = False
        return draft

    def _earlier(self) -> Draft | None:
        """Make an interrupted item the current one and return it, or return None.

        It is the last item with an unfinished paragraph. If there is none, it is the item around the current photo.
        """
        is_photo = self.current is not None and self.current.kind == "photo"
        opened = (draft for draft in reversed(self.waiting) if draft.is_open and not draft.closed)
        draft = next(opened, self.waiting[-1] if self.waiting and is_photo else None)
        if draft is None or draft.closed:
            return None
        self.waiting.remove(draft)
        self.current = draft
        return draft

    def _talk(self, string: String, draft: Draft) -> Draft:
        """Return the interrupted interview that a speaker's turn belongs to, and make it the current item.

        An example is "方若谷：……" after a box. Any other text belongs to `draft`.
        """
        turn = marks.SPEAKER.match(string.text)
        if turn is None or turn[0] in draft.speakers:
            return draft
        for waiting in reversed(self.waiting):
            if turn[0] in waiting.speakers and not waiting.closed:
                self.waiting.remove(waiting)
                self.current = waiting
                return waiting
        return draft

    def _add(self, draft: Draft, string: String) -> None:
        """Cut a text into pieces and add them to an item."""
        if string.is_doubtful:
            draft.doubts.append(_doubt(string))
        if string.lines[0].marks.table:
            pieces = [Piece(0, len(string.text), "text", string.text)]
        else:
            pieces = cut_text(string.text, self.words, is_caption=string.label == "caption", opens=not draft.body)
        is_note = string.label == "note" and all(piece.kind == "text" for piece in pieces)
        for piece in pieces:
            if is_note:
                draft.claim(string, piece.start, piece.end, "note")
            elif piece.kind == "text":
                draft.add_text(string, piece.start, piece.end, joined=string.goes_on)
            elif piece.kind == "teaser":
                draft = self._teaser(draft, string, piece)
            elif piece.kind in ("jump_to", "jump_from"):
                draft = self._jump(draft, string, piece)
            else:
                self._take_people(draft, string, piece)

    def _take_people(self, draft: Draft, string: String, piece: Piece) -> None:
        draft.claim(string, piece.start, piece.end, piece.kind)
        draft.lead = draft.lead or piece.kind == "lead"
        draft.credited = draft.credited or piece.kind == "credit"
        if piece.people is not None and not (piece.kind == "note" and draft.bylines):
            draft.add_people(as_printed(piece.people, piece.text, string.printed[piece.start : piece.end]))
        if piece.kind in ("byline", "agency", "note") and draft.count and not marks.SEE_ALSO.fullmatch(piece.text):
            draft.closed = True

    def _jump(self, draft: Draft, string: String, piece: Piece) -> Draft:
        if piece.kind == "jump_from":
            if draft.body or draft.continued_from is not None or draft.closed:
                draft = self._open(string.gap)
            draft.continued_from = piece.page
        else:
            draft.continued_to, draft.closed = piece.page, True
        draft.claim(string, piece.start, piece.end, "jump")
        return draft

    def _teaser(self, draft: Draft, string: String, piece: Piece) -> Draft:
        """Take a page number below or beside a text, and return the item that has it.

        The item becomes a teaser. Within a story a number without a dash is only a note. A dash makes the last
        paragraph a teaser of its own.
        """
        real = draft.lead or draft.bylines or draft.count > 2 or draft.continued_from is not None
        if real and not piece.dash:
            draft.claim(string, piece.start, piece.end, "note")
            return draft
        if (real or (piece.dash and draft.count)) and draft.last is not None:
            blurb = draft.take_text()
            if not draft.all_stretches():
                self.drafts.remove(draft)
                self.current = None
            draft = self._open(string.gap)
            draft.body.append(blurb)
            draft.count, draft.length = 1, len(blurb.text)
        draft.kind, draft.continued_to, draft.closed = "teaser", piece.page, True
        draft.waits_for_title = piece.dash
        draft.claim(string, piece.start, piece.end, "jump")
        return draft

    def _noise(self, string: String) -> None:
        """Do nothing: the string belongs to no item and is left over."""


def title_of(string: String, piece: Piece) -> Title:
    """Return the title in a piece of a string, with its lines joined."""
    cuts = [at for at in string.starts if piece.start < at < piece.end]
    ends = list(zip([piece.start, *cuts], [*cuts, piece.end], strict=True))
    return Title(join_title(string.text[a:b] for a, b in ends), join_title(string.printed[a:b] for a, b in ends))


def form_of(string: String) -> tuple[str, int, bool]:
    """Return the setting of a title: its bullet, its level by markup, and whether it is bold."""
    line = string.lines[0]
    bullet = marks.BULLET.match(string.text)
    return bullet[0][0] if bullet else "", line.marks.level, line.marks.bold > 0


def _doubt(string: String) -> Doubt:
    other = string.other.removesuffix(INSIDE)
    choice = f"或为{LABEL_NAMES[other]}" if other != string.label else "起止没有把握"
    detail = f"{string.printed[:DETAIL]}：{LABEL_NAMES[string.label]}，{choice}"
    name = "headline-uncertain" if string.label in HEAD else "label-uncertain"
    return Doubt(name, "labelling", detail, round(string.probability, 3))


def is_column_label(text: str) -> bool:
    """Tell whether a title has the words of a column of several items: 资讯速递, 简讯."""
    text = re.sub(r"\s", "", text)
    return bool(marks.BRIEFS.fullmatch(text) or marks.GUIDE.fullmatch(text)) and not re.search(r"[，：！？]", text)


def _share_columns(drafts: Sequence[Draft]) -> None:
    """Remove the title of a column (`under`) from the drafts that do not belong to the column.

    A column ends before the first item that is unlike the items before it. An item with a kicker is never part of it.
    """
    ended: set[int] = set()
    models: dict[int, list[Draft]] = {}
    for draft in drafts:
        if draft.under is None:
            continue
        column = id(draft.under)
        group = models.setdefault(column, [])
        if group and not _is_alike(draft, group):
            ended.add(column)
        if column in ended or draft.kickers:
            draft.under = None
        else:
            group.append(draft)


def _is_alike(draft: Draft, group: Sequence[Draft]) -> bool:
    """Tell whether an item continues the column whose items so far are `group`."""
    model = next((other for other in group if other.headline), group[0])
    if draft.kickers:
        return False
    under = draft.under.text if draft.under else ""
    if marks.GUIDE.fullmatch(re.sub(r"\s", "", under)) and model.kind == "teaser":
        return draft.kind == "teaser"
    if draft.gap >= WIDE_GAP or (draft.headline is not None and is_notice(draft.headline.text)):
        return False
    if model.headline is None:
        return True
    if draft.headline and model.headline and draft.form != model.form:
        return False
    if len(group) > 1 and draft.gap > max(other.gap for other in group[1:]):
        return False
    return draft.is_brief or (not draft.weakly and not model.is_brief) or (draft.lead and model.lead)
