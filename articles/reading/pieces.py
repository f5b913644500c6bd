"""The pieces of a string: its text, and the marks, names and notes before and behind the text.

A paragraph such as "（上接第1版）从"等车来"到"迎车走"……（方可）" holds several pieces. Pieces never overlap. Together
they hold every character of their string except white space.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from . import marks, roles
from .columns import is_column
from .jumps import read_page_number
from .known_people import read_known, read_signature
from .lines import is_complete, squeeze
from .model import PrintedName
from .names import NO_PEN_NAME, NOT_NAMES, People, has_surname, is_transliterated, read_people, tells_deeds

Words = Callable[[str], list[str]]

#: A line of at most this many characters holds only text, or only a mark. A page that was cut to scraps has thousands
#: of such lines.
PLAIN_LENGTH = 2
_TAIL_BRACKET = re.compile(
    r"[（(\[〔][^（）()〔〕\[\]]{1,110}(?:[（(][^（）()]{1,30}[）)][^（）()]{0,60})?[）)\]〕][。]?$"
)
_ANY_CREDIT = re.compile(
    rf"(?<=[。！？…”）) \t\u3000])(?P<name>{marks.HAN}{{2,4}}|{marks.HAN}[ \t\u3000]{marks.HAN})"
    r"[ \t\u3000]?摄[。]?$"
)
#: A possible name of a column before a headline of seven characters or more.
_COLUMN_BEFORE = re.compile(rf"(?P<name>{marks.HAN}{{2,6}})[ \t\u3000]+(?=[^ \t\u3000]{{7}})")
_TAIL_ACT = re.compile(rf"(?:{roles.CREDIT_ACT})[）)]?[。]?$")


#: Closing brackets, and the last characters of a credit's acts (摄影报道, 摄影, 图, 摄, 绘, 漫画, 提供). Most lines end
#: with neither and need no closer look.
_CLOSING = tuple("）)]〕")
_ACT_ENDS = tuple("道影图摄绘画供")
#: Marks that open a line, and the characters with which they begin.
FRONTS = (
    ("jump_from", marks.JUMP_FROM),
    ("lead", marks.LEAD),
    ("lead", marks.REPORTER_BRACKET),
    ("lead", marks.LEAD_BARE),
)
FRONT_BEGINS = tuple("→▶►←（([〔紧上前接【本据新中人央《特记通")
#: The end of a paper's name and its lead: 云岭晚报讯.
_PAPER = "报讯"


def has_front(text: str) -> bool:
    """Tell whether a text may open with one of FRONTS. Most texts do not."""
    return text[:1] in FRONT_BEGINS or _PAPER in text[:8]


#: Marks that fill a line: those with a page number, and those in brackets.
_POINTERS = (
    ("jump_to", marks.JUMP_TO),
    ("jump_from", marks.JUMP_FROM),
    ("teaser", marks.TEASER_REF),
    ("teaser", marks.PAGE_ONLY),
)
_NOTES = (
    ("note", marks.AUTHOR_NOTE),
    ("note", marks.EXPERT_NOTE),
    ("agency", marks.AGENCY_NOTE),
    ("note", marks.SEE_ALSO),
    ("note", marks.END_NOTE),
)


@dataclass(eq=False, slots=True)
class Piece:
    """A stretch of a string, [start, end) of its text, with a kind: "mark", "lead", "byline", "credit", "agency",
    "note", "jump_to", "jump_from", "teaser" or "text"; `people` and `page` are those that it names."""

    start: int
    end: int
    kind: str
    text: str
    people: People | None = None
    page: int | None = None
    dash: bool = False


@dataclass(slots=True)
class Rest:
    """The rest of a line, and the pieces that are already cut off its front and its end."""

    text: str
    start: int
    head: list[Piece]
    tail: list[Piece]

    def front(self, length: int, kind: str, **more: object) -> None:
        """Cut `length` characters off the front."""
        raw = self.text[:length]
        if raw.strip():
            self.head.append(make_piece(raw, self.start, kind, **more))
        self.text, self.start = self.text[length:], self.start + length
        lead = len(self.text) - len(self.text.lstrip())
        self.text, self.start = self.text[lead:], self.start + lead

    def back(self, position: int, kind: str, **more: object) -> None:
        """Cut everything from `position` off the end."""
        raw = self.text[position:]
        if raw.strip():
            self.tail.insert(0, make_piece(raw, self.start + position, kind, **more))
        self.text = self.text[:position].rstrip()


def make_piece(raw: str, start: int, kind: str, **more: object) -> Piece:
    """Return `raw`, which begins at `start`, as a piece without the white space around it."""
    lead = len(raw) - len(raw.lstrip())
    text = raw.strip()
    return Piece(start + lead, start + lead + len(text), kind, text, **more)  # type: ignore[arg-type]


def cut_text(text: str, words: Words, *, is_caption: bool = False, opens: bool = False) -> list[Piece]:
    """Return the pieces of a paragraph in printed order: those before its text, the text, and those behind it.

    Any name may be the photographer's behind a caption: "……清点布袋里的药。贠大海摄". If the text `opens` an item, a
    bullet before it is a piece of its own.
    """
    rest = Rest(text, 0, [], [])
    if _is_plain(text):
        return [Piece(0, len(text), "text", text)]
    if not cut_whole(rest, words):
        cut_tail(rest, words)
        if is_caption and not rest.tail and (match := _ANY_CREDIT.search(rest.text)):
            name = "".join(match["name"].split())
            rest.back(match.start("name"), "credit", people=People(credits=(PrintedName("摄影", name),)))
        if opens and (match := marks.BULLET.match(rest.text)) and match.end() < len(rest.text):
            rest.front(match.end(), "mark")
        _cut_front(rest, words)
        if rest.text:
            rest.front(len(rest.text), "text")
    return rest.head + rest.tail


def cut_title(text: str, label: str = "") -> list[Piece]:
    """Return the pieces of a title: bullet, dash, text, and the page that it points to, "乡村医生的一天 …… 第5版".

    The name of a column before a headline becomes its kicker: "护理笔记 一碗没有放盐的面".
    """
    rest = Rest(text, 0, [], [])
    for mark in (marks.BULLET, marks.DECK_DASH if label == "deck" else marks.DASH):
        if (match := mark.match(rest.text)) and match.end() < len(rest.text):
            rest.front(match.end(), "mark")
    _cut_pages(rest)
    if label == "headline" and (match := _COLUMN_BEFORE.match(rest.text)) and is_column(match["name"]):
        rest.front(match.end("name"), "kicker")
    if rest.text:
        rest.front(len(rest.text), "text")
    return rest.head + rest.tail


def _cut_pages(rest: Rest) -> None:
    """Cut the number of the page that a title points to off its beginning or end."""
    if "版" not in rest.text:
        return
    if match := marks.PAGE_TAIL.search(rest.text):
        rest.back(match.start(), "teaser", page=read_page_number(match))
    elif (match := _TAIL_BRACKET.search(rest.text)) and (
        page := marks.TEASER_REF.fullmatch(match[0]) or marks.PAGE_ONLY.fullmatch(match[0])
    ):
        rest.back(match.start(), "teaser", page=read_page_number(page))
    if match := marks.PAGE_HEAD.match(rest.text):
        rest.front(match.end(), "teaser", page=read_page_number(match))


def _is_plain(text: str) -> bool:
    """Tell whether a text is short and only text. "8版" is not: it points to a page."""
    return len(text) <= PLAIN_LENGTH and text.isalnum() and text[-1] != "版"


def cut_whole(rest: Rest, words: Words) -> bool:
    """Cut a line that holds one thing only, as a piece of its kind. Return whether it is such a line."""
    text = rest.text
    if len(text) > 120:
        return False
    for kind, mark in _POINTERS if "版" in text else ():
        if match := mark.fullmatch(text):
            dash = kind == "teaser" and bool(match.groupdict().get("dash"))
            rest.front(len(text), kind, page=read_page_number(match), dash=dash)
            return True
    for kind, mark in _NOTES if text[0] in "（([〔" else ():
        if match := mark.fullmatch(text):
            rest.front(len(text), kind, people=read_note(match))
            return True
    if people := credit_of(text, words):
        rest.front(len(text), "credit", people=people)
        return True
    if len(text) <= 80 and (people := people_line(text, words)):
        rest.front(len(text), "byline" if people.bylines and not people.credits else "credit", people=people)
        return True
    return False


def read_note(match: re.Match[str]) -> People | None:
    """Return the author or the agency that a note names, or None if it names neither."""
    groups = match.groupdict()
    if groups.get("who"):
        return People((PrintedName("作者", groups["who"]),))
    return People(agency=groups["source"]) if groups.get("source") else None


def people_line(text: str, words: Words) -> People | None:
    """Return the people of a line of their own, or None.

    A bare name without brackets or bullet is left to `heads` and `items`, which accept one where they expect it.
    """
    if "。" in text[:-1] or re.match(r"[问答][：:]", text) or marks.BOX.fullmatch(squeeze(text)):
        return None
    if match := marks.AUTHOR_LABEL.match(text):
        return _labelled_author(text[match.end() :], words)
    bracketed = text[0] in "（(" and text[-1] in "）)"
    if not (bracketed or text[0] in "□■口" or tells_deeds(text)):
        return None
    people = read_people(text, words, bracketed=bracketed) or (_pen_name_alone(text) if bracketed else None)
    if people is None or _is_label(text, people):
        return None
    if bracketed or people.credits or text[0] in "□口■" or any(name.role != "作者" for name in people.bylines):
        return people
    return People(people.bylines) if re.match(r"(?:本报)?作者|文[ \t/／:：]", text) else None


def _labelled_author(text: str, words: Words) -> People | None:
    """Return the people behind the label of a digital edition: "作者：本报记者 丁一凡", "作者：车前子".

    Any word may be a pen name.
    """
    people = read_people(text, words)
    if people is not None or not re.fullmatch(rf"{marks.HAN}{{2,6}}", text.strip()):
        return people
    return People((PrintedName("作者", text.strip()),))


def _pen_name_alone(text: str) -> People | None:
    """Return the pen name in brackets on a line of its own, which may be any word ("（石头）"), or None."""
    name = text[1:-1].strip()
    is_name = re.fullmatch(rf"{marks.HAN}{{2,3}}", name) or is_transliterated(name)
    if is_name and name not in NOT_NAMES and not NO_PEN_NAME.search(name):
        return People((PrintedName("作者", name),))
    return None


def _is_label(text: str, people: People) -> bool:
    """Tell a column's title (记者调查, 读者热线) from a role with a name."""
    names = people.bylines
    return (
        len(names) == 1
        and text == names[0].role + names[0].name
        and len(names[0].name) == 2
        and not has_surname(names[0].name)
    )


def credit_of(text: str, words: Words) -> People | None:
    """Return a picture's credit that names no reporter, or None for any other text.

    Such credits are "图片由清溪县人民医院提供", "清溪县人民医院供图", "（资料图片）".
    """
    if "图" not in text and "照片" not in text:
        return None
    if match := marks.GIVEN_BY.fullmatch(text):
        return People(credits=(PrintedName("图片提供", match["who"].strip()),))
    if marks.ARCHIVE_PICTURE.fullmatch(text):
        return People(credits=())
    if match := marks.PICTURE_SOURCE.fullmatch(text):
        people = read_people(match["who"], words, role="供图")
        return People(
            credits=tuple(PrintedName("供图", n.name) for n in people.bylines)
            if people
            else (PrintedName("供图", match["who"].strip()),)
        )
    if len(text) <= 36 and text.strip("）)").endswith("供图") and (match := marks.SUPPLIED.fullmatch(text)):
        people = read_people(match["who"], words)
        return People(
            credits=tuple(PrintedName("供图", n.name) for n in people.bylines)
            if people
            else (PrintedName("供图", match["who"].strip()),)
        )
    return None


def cut_tail(rest: Rest, words: Words) -> None:
    """Cut jump lines, bracketed names and notes, and credits off the end of a line, the last one first."""
    if "版" in rest.text[-6:] and _is_short(rest.text) and (match := marks.PAGE_TAIL.search(rest.text)):
        rest.back(match.start(), "teaser", page=read_page_number(match))
    for _ in range(4):
        if len(rest.text) < 6:
            return
        window = max(0, len(rest.text) - 130)
        tail = rest.text[window:]
        if match := _last(marks.JUMP_TO, tail):
            rest.back(window + match.start(), "jump_to", page=read_page_number(match))
        elif tail.rstrip("。")[-1:] in _CLOSING and (match := _TAIL_BRACKET.search(tail)):
            if not _cut_bracket(rest, window + match.start(), match[0].rstrip("。"), words):
                return
        elif "版" in tail[-6:] and (match := marks.PAGE_BEHIND.search(tail)):
            rest.back(window + match.start(), "teaser", page=read_page_number(match))
        elif match := marks.ARCHIVE_TAIL.search(tail):
            rest.back(window + match.start(), "credit", people=People())
        elif not _cut_open_credit(rest, window, tail, words):
            return


def _is_short(text: str) -> bool:
    """Tell whether a line could be a title with its page: "乡村医生的一天 …… 第5版"."""
    return len(text) <= 60 and "。" not in text and "；" not in text


def _last(mark: marks.Mark, tail: str) -> re.Match[str] | None:
    """Return the mark at the very end of a text if it is bracketed or stands apart from the sentence, or else None."""
    at = tail.rfind("转", max(0, len(tail) - 30))
    if at < 0:
        return None
    for start in range(max(0, at - 4), at + 1):
        match = mark.match(tail, start)
        if (
            match
            and match.end() == len(tail)
            and (match[0][0] in "（(→▶►" or tail[:start].endswith((" ", "。", "”", "！", "？", "\u3000")))
        ):
            return match
    return None


def _cut_bracket(rest: Rest, position: int, text: str, words: Words) -> bool:
    if match := marks.TEASER_REF.fullmatch(text) or (marks.PAGE_ONLY.fullmatch(text)):
        rest.back(position, "teaser", page=read_page_number(match))
    elif (match := marks.AUTHOR_NOTE.fullmatch(text)) or (match := marks.AGENCY_NOTE.fullmatch(text)):
        rest.back(position, "note" if match.re is marks.AUTHOR_NOTE.pattern else "agency", people=read_note(match))
    elif marks.SEE_ALSO.fullmatch(text) or marks.END_NOTE.fullmatch(text):
        rest.back(position, "note")
    elif people := credit_of(text, words):
        rest.back(position, "credit", people=people)
    elif is_complete(rest.text[:position]) and (
        people := read_people(text, words, bracketed=True) or read_signature(text, words)
    ):
        rest.back(position, "credit" if people.credits else "byline", people=people)
    else:
        return False
    return True


def _cut_open_credit(rest: Rest, window: int, tail: str, words: Words) -> bool:
    """Cut a credit without brackets off the end of a text: "……学习急救技能。 方可摄". Return whether there is one."""
    if tail.rstrip("）)。")[-1:] not in _ACT_ENDS:
        return False
    if not (_TAIL_ACT.search(tail) or re.search(r"(?:提供|供图)[）)。]?$", tail)):
        return False
    stops = [m.end() for m in re.finditer(r"[。！？…”）)]", tail[:-1])] + [
        m.end() for m in re.finditer(r"[ \t\u3000]+", tail)
    ]
    for stop in sorted(set(stops)):
        if len(tail) - stop > 60 or stop >= len(tail) or (window == 0 and stop < 6):
            continue
        credit = tail[stop:].strip().rstrip("。")
        if not is_complete(tail[:stop]) and (tail[stop - 1] not in " \t\u3000" or len(tail) - stop > 24):
            continue
        people = credit_of(credit, words) or read_people(credit, words)
        if people and people.credits:
            rest.back(window + stop, "credit", people=people)
            return True
    return False


def _cut_front(rest: Rest, words: Words) -> None:
    """Cut a jump line, a teaser's page number and a lead off the front of a line."""
    if "版" in rest.text[:16] and _is_short(rest.text) and (match := marks.PAGE_HEAD.match(rest.text)):
        rest.front(match.end(), "teaser", page=read_page_number(match))
    for kind, mark in FRONTS if has_front(rest.text) else ():
        match = mark.match(rest.text)
        if not match or (kind == "jump_from" and rest.text[0] not in "（(→▶►" and match.end() < len(rest.text)):
            continue
        groups = match.groupdict()
        people = None
        if groups.get("who"):
            people = read_people(groups["who"], words) or read_known(groups["who"], words)
            if people is None and mark in (marks.REPORTER_BRACKET, marks.LEAD_BARE):
                continue
        if kind == "lead":
            source = (groups.get("source") or "").removeprefix("据")
            agency = "" if source.startswith("本") else source
            people = People(people.bylines if people else (), people.credits if people else (), agency)
            rest.front(match.end(), kind, people=people)
            if mark is marks.LEAD and not groups["by"] and (more := marks.LEAD_BARE.match(rest.text)):
                extra = read_people(more["who"], words)
                if extra:
                    rest.front(more.end(), "lead", people=extra)
        else:
            rest.front(match.end(), kind, page=read_page_number(match))
