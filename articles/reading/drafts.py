"""Drafts: items under construction, and the rules for the kind of an item."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from . import marks
from .jumps import read_number
from .lines import LineMarks, is_complete
from .model import Doubt, PrintedName
from .names import People
from .strings import String

#: The greatest length, in characters, of a notice that is recognised by its telephone number or other contact.
NOTICE_LENGTH = 600
#: The greatest length, in characters, of a photo's text. A longer item with a picture's credit is an article.
PHOTO_LENGTH = 700


@dataclass(eq=False, slots=True)
class Title:
    """A kicker, headline, deck or subhead: its text as the rules see it, and as it is printed."""

    text: str
    printed: str


@dataclass(eq=False, slots=True)
class Passage:
    """A paragraph, a subhead or a row of a table: its text as the rules see it, and as it is printed.

    `stretches` are (start, end, label) of the page's text.
    """

    kind: str
    text: str
    printed: str
    marks: LineMarks
    stretches: list[tuple[int, int, str]] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Draft:
    """An item under construction.

    * `gap` is the number of blank lines above the item. `form` is the setting of its title.
    * `under` is the title of the column that the item may stand in. `weakly` means that only the words of a kicker
      suggest this column. `column` holds the (start, end) of a column's title right above the item.
    * `stretches` are (start, end, label) of the page's text that belong to the item, except those of its paragraphs.
    * `section` is the number of the last numbered subhead. `speakers` are the speakers of an interview, with the colon.
    * `credited` says that a picture's credit stands below the item's text.
    """

    gap: int = 0
    under: Title | None = None
    weakly: bool = False
    form: tuple[str, int, bool] = ("", 0, False)
    kickers: list[Title] = field(default_factory=list)
    headline: Title | None = None
    decks: list[Title] = field(default_factory=list)
    bylines: list[PrintedName] = field(default_factory=list)
    credits: list[PrintedName] = field(default_factory=list)
    agency: str = ""
    body: list[Passage] = field(default_factory=list)
    stretches: list[tuple[int, int, str]] = field(default_factory=list)
    column: list[tuple[int, int]] = field(default_factory=list)
    continued_to: int | None = None
    continued_from: int | None = None
    kind: str = ""
    lead: bool = False
    signed: bool = False
    closed: bool = False
    waits_for_title: bool = False
    credited: bool = False
    doubts: list[Doubt] = field(default_factory=list)
    count: int = 0
    length: int = 0
    section: int | None = None
    speakers: set[str] = field(default_factory=set)
    named: set[tuple[str, str]] = field(default_factory=set)

    def claim(self, string: String, start: int, end: int, label: str) -> None:
        """Add the stretch [start, end) of a string to the item, under `label`."""
        self.stretches.extend((first, last, label) for _, first, last in string.in_page(start, end))

    def add_text(self, string: String, start: int, end: int, *, joined: bool = False) -> None:
        """Add the stretch [start, end) of a string as a paragraph. With `joined` it continues the last paragraph."""
        text, printed, own = string.text[start:end], string.printed[start:end], string.lines[0].marks
        stretches = [(first, last, "paragraph") for _, first, last in string.in_page(start, end)]
        if joined and self.last is not None:
            self.last.text, self.last.printed = self.last.text + text, self.last.printed + printed
            self.last.stretches += stretches
        else:
            self.body.append(Passage("table" if own.table else "paragraph", text, printed, own, stretches))
            self.count += 1
            if turn := marks.SPEAKER.match(text):
                self.speakers.add(turn[0])
        self.length += len(text)

    def add_subhead(self, title: Title, own: LineMarks) -> None:
        """Add a subhead to the body, and note its number."""
        self.body.append(Passage("subhead", title.text, title.printed, own))
        self.section = section_number(title.text) or self.section

    def take_text(self) -> Passage:
        """Remove the last passage of the body and return it."""
        passage = self.body.pop()
        self.count -= 1
        self.length -= len(passage.text)
        return passage

    def all_stretches(self) -> list[tuple[int, int, str]]:
        """Return all stretches of the item, including those of its paragraphs.

        The title of a column above the item is labelled as the item's kicker if the item is in that column and has no
        kicker of its own. Otherwise it belongs to the page and is labelled as a section.
        """
        label = "kicker" if self.under is not None and not self.kickers else "section"
        column = [(start, end, label) for start, end in self.column]
        return [*self.stretches, *column, *(stretch for passage in self.body for stretch in passage.stretches)]

    def add_people(self, people: People | None) -> None:
        """Add writers, credits and the agency. Each writer is added once, and a bare name is left out after a role."""
        if people is None:
            return
        for name in people.bylines:
            key = (name.role, name.name)
            if key in self.named or (name.role == "作者" and ("", name.name) in self.named):
                continue
            self.bylines.append(name)
            self.named |= {key, ("", name.name)}
        self.credits.extend(people.credits)
        self.agency = self.agency or people.agency

    @property
    def has_head(self) -> bool:
        return self.headline is not None or bool(self.kickers or self.decks)

    @property
    def is_divided(self) -> bool:
        """Whether the story has subheads other than an editor's note (编者按)."""
        return any(each.kind == "subhead" and not marks.EDITOR_NOTE.fullmatch(each.text) for each in self.body)

    @property
    def is_introduced(self) -> bool:
        """Whether the body begins with an editor's note. The story's lead may then still follow."""
        first = self.body[0] if self.body else None
        return first is not None and first.kind == "subhead" and bool(marks.EDITOR_NOTE.fullmatch(first.text))

    @property
    def start(self) -> int:
        return min(start for start, _, _ in self.all_stretches())

    @property
    def last(self) -> Passage | None:
        """The last paragraph, if the body ends with one."""
        return self.body[-1] if self.body and self.body[-1].kind == "paragraph" else None

    @property
    def is_open(self) -> bool:
        """Whether the last paragraph is unfinished."""
        return not self.closed and self.last is not None and breaks_off(self.last.text)

    @property
    def is_brief(self) -> bool:
        """Whether the item has the length of a brief and no signature above its text."""
        return not self.signed and 0 < self.length <= BRIEF_LENGTH


#: The greatest length of a brief in a column of briefs, in characters.
BRIEF_LENGTH = 400


def breaks_off(text: str) -> bool:
    """Tell whether a paragraph is unfinished. A colon may end a paragraph, and so may a short line with a contact."""
    return not is_complete(text) and text[-1] not in "：:" and not (marks.CONTACT.search(text) and len(text) < 60)


def join_title(lines: Iterable[str]) -> str:
    """Return the joined lines of a title. Single characters that are spaced out to fill a line are closed up: "公 告".
    >>> join_title(["公 告"]), join_title(["山里来了", "新大夫"])
    ('公告', '山里来了新大夫')
    """
    text = ""
    for line in lines:
        apart = text and text[-1].isascii() and line[:1].isascii() and text[-1].isalnum() and line[:1].isalnum()
        text += (" " if apart else "") + line.strip()
    parts = text.split()
    return "".join(parts) if len(parts) > 1 and all(len(part) == 1 for part in parts) else text


def section_number(text: str) -> int | None:
    """Return the number of a numbered subhead: 2 for "二、…" and "（二）…". Return None for any other subhead."""
    match = marks.SECTION_NUMBER.match(text)
    return read_number(match[0].strip("（）()、．.")) if match else None


def is_notice(headline: str) -> bool:
    """Tell whether a headline belongs to a notice: "公 告", "遗失声明"."""
    title = re.sub(r"\s", "", headline)
    return len(title) <= 24 and bool(marks.NOTICE_TITLE.fullmatch(title))


def kind_of(draft: Draft) -> str:
    """Return the kind of an item: "notice", "photo" or "article", or the kind that the draft already has.

    An item with a picture's credit and little text is a photo.
    """
    if draft.kind:
        return draft.kind
    if draft.headline and is_notice(draft.headline.text) and not draft.lead and not draft.signed:
        return "notice"
    if draft.credits and draft.length <= PHOTO_LENGTH and draft.continued_to is None and draft.continued_from is None:
        return "photo"
    told = not draft.bylines and not draft.lead and draft.continued_from is None
    if told and any(marks.NOTICE_BODY.search(passage.text) for passage in draft.body):
        return "notice"
    if told and draft.length <= NOTICE_LENGTH and any(marks.CONTACT.search(passage.text) for passage in draft.body[1:]):
        return "notice"  # an advertisement or an invitation with a telephone number
    return "article"
