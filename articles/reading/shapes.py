"""Which pieces are titles and which are paragraphs, by length, punctuation and the lines around them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from . import marks
from .lines import is_balanced, is_complete, squeeze
from .model import Name
from .names import People, has_surname, is_person, read_people
from .pieces import TITLE_LENGTH, Piece

Words = Callable[[str], list[str]]

#: Widest column of hard-wrapped text, in characters, and the fewest lines that show one.
COLUMN_WIDTH = 46
COLUMN_LINES = 3
#: A run of so many lines may hold several columns; each line is then measured with so many above and below it, of which
#: one in LOCAL_SHARE at least is full: titles, names and ends of paragraphs are not.
LONG_RUN, NEAR, LOCAL_SHARE = 24, 9, 2.5
#: How far the full lines of a column differ in width: stops that hang over its edge or are pushed to the next line.
RAGGED = 1.5
#: More lines than any title has, and more than any poem in a newspaper.
VERSE_LINES, SCRAPS = 4, 200
#: Shorter lines are taken for titles, even where the next paragraph seems to go on with them.
FRAGMENT_LENGTH = 8
#: Words that open a noun or an object: no title ends with them, so a short line that does is a cut paragraph.
_DANGLING = re.compile(r"(?:[的和与或在把将被对向从于让使并且]|以及|通过|根据|按照|例如|包括)$")
#: Most bare names on one line of authors; more are a list.
BARE_NAMES = 6
#: How the office ends that stands before its authors' names: 清溪县人民医院, 药学部, 副主任医师.
_OFFICE_ENDS = re.compile(
    r"(?:医院|大学|学院|中心|卫生院|研究[院所]|[省市县区委局]|科|室|系|部|社|医师|教授|主任|护士长?|医生|站|所)$"
)
#: How the rest of a torn sentence begins: a stop, a particle, or a full stop after a few characters.
_TORN = re.compile(
    r"[，。、；：！？）”]|的(?![士确哥])|了(?![解不然却])|着(?![力眼手重实急火陆装])|们|[^，。；：！？]{0,6}[。；]"
)
#: How a sentence opens and a title does not; the weaker forms count only where the next paragraph goes on.
_ADVERBS = re.compile(
    r"(?:目前|近日|日前|近年来|据悉|据了解|据介绍|此外|同时|对此|会上|其中|如今|因此|然而|但是|不过|随后|当前"
    r"|此次|今年以来|为此|与此同时)，"
)
_OPENERS = re.compile(r"在[^，：]{2,16}，|[^，。：]{2,16}(?:强调|表示|指出|认为|介绍|提出|要求|透露|告诉记者|坦言)，")
_STOPS = re.compile(r"[，。；、：！？]|(?<![0-9A-Za-z])[,:;!?]|[,:;!?](?![0-9A-Za-z])")
_SENTENCE_STOPS = re.compile(r"[。；;]")
_THIN_SPACE = re.compile(r" +(?![0-9A-Za-z])|(?<![0-9A-Za-z]) +")
_LETTERS = re.compile(r"[\u3400-\u9fffA-Za-z]")
#: How a turn of an interview begins.
_TURN = re.compile(r"(?:[问答]|记者|主持人|本报记者)[：:]")
_ROLE_ONLY = re.compile(
    r"[□口■]?[ \t]?(?:本报)?(?:驻[\u4e00-\u9fff]{2,6})?(?:首席|特约|见习|实习)?(?:记者|通讯员)(?:站)?[:：]?"
)
_OFFICE = re.compile(r"[□口■（(]?[ \t]?(?:本报)(?P<role>(?:特约)?评论员|编辑部|评论部|记者|集体采访)[）)]?")


def shape(pieces: list[Piece], words: Words) -> list[Piece]:
    """Give every piece of text the kind "title" or "para"; people that stand together are read together."""
    pieces = _join_people(_with_captions(pieces), words)
    wrapped = _wrapped(pieces)
    speakers = _speakers(pieces)
    kinds: list[tuple[str, bool]] = []
    for index, piece in enumerate(pieces):
        if piece.kind != "text" or piece.marks.table:
            kinds.append(("para" if piece.marks.table else piece.kind, False))
            continue
        before = pieces[index - 1] if index else None
        after = pieces[index + 1] if index + 1 < len(pieces) else None
        full = index in wrapped
        rest = before is not None and piece.gap == 0 and index - 1 in wrapped and not is_complete(before.text)
        title = not full and not rest and _is_title(piece, before, after, speakers)
        kinds.append(("title" if title else "para", full))
    for piece, (kind, full) in zip(pieces, kinds, strict=True):
        piece.kind, piece.wraps = kind, full
        piece.row = "cells" if piece.marks.table else piece.row
    return _mend_fragments(_rows(pieces, words), words)


def _with_captions(pieces: list[Piece]) -> list[Piece]:
    """Count the title of a table among its rows: "表1 各乡镇建卡人数", or what markup calls its caption."""
    out = list(pieces)
    for index, (piece, below) in enumerate(pairwise(pieces)):
        is_above = below.marks.table and not piece.marks.table and piece.kind == "text" and below.gap <= 1
        if is_above and (piece.marks.region == "table caption" or marks.TABLE_TITLE.fullmatch(piece.text)):
            own = replace(piece.marks, table=below.marks.table, cells=())
            out[index] = piece.changed(marks=own, marked=False)
    return out


def _is_title(piece: Piece, before: Piece | None, after: Piece | None, speakers: set[str]) -> bool:
    text = piece.text
    if before is not None and piece.gap < 0 and before.kind in ("lead", "jump_from", "title"):
        return False
    if after is not None and after.gap < 0 and after.kind in ("byline", "credit", "jump_to") and len(text) > 16:
        return False
    squeezed = squeeze(text)
    if len(squeezed) > TITLE_LENGTH or _SENTENCE_STOPS.search(text) or len(_STOPS.findall(text)) > 4:
        return False
    if text[0] in "（(" and text[-1] in "）)":
        return False
    if marks.EDITOR_NOTE.fullmatch(squeezed) or marks.GUIDE.fullmatch(squeezed):
        return True
    if text.startswith(("【编者按】", "[编者按]")) or not _LETTERS.search(text) or text[0] in "，。、！？；：）”…":
        return False
    if marks.CONTACT.search(text) or _TURN.match(text) or (speakers and text.split("：")[0] in speakers):
        return False
    if piece.marked and text[-1] in "，,、" and after is not None and after.marked:
        return True  # a title over two headings: "# 冰封小镇，", "# 药箱捂在棉衣里"
    if text[-1] in "：:，,、":
        return (
            after is not None
            and after.kind == "text"
            and after.gap == 0
            and len(text) <= 24
            and len(after.text) <= 24
            and not marks.LIST_ROW.match(after.text)
        )
    if piece.marked:
        return True
    if _ADVERBS.match(text):
        return False
    if text[-1] in "！？!?…" or text.endswith(("！”", "？”", "……")):
        return len(text) <= 30 and _fits(text)
    return _fits(text)


def _fits(text: str) -> bool:
    """Tell whether a line could be a title by its inner stops: a cut paragraph has them closer to its ends."""
    return len(text) < 30 or text.count("，") + text.count("、") <= 3


def _speakers(pieces: list[Piece]) -> set[str]:
    """Who speaks in an interview: names before a colon that open two paragraphs or more."""
    found: Counter[str] = Counter()
    for piece in pieces:
        if piece.kind == "text" and (match := marks.SPEAKER.match(piece.text)):
            found[match[0].rstrip("：:")] += 1
    return {name for name, times in found.items() if times > 1}


def _wrapped(pieces: list[Piece]) -> set[int]:
    """Indexes of lines that fill their column: hard-wrapped text, where a line's end says nothing."""
    found: set[int] = set()
    start = 0
    for index in range(1, len(pieces) + 1):
        signed = index - 1 > start and pieces[index - 1].kind in ("byline", "credit")  # names part head and text
        if index < len(pieces) and pieces[index].gap <= 0 and not signed:
            continue
        run = [i for i in range(start, index) if pieces[i].kind == "text" and not pieces[i].dash]
        start = index
        if len(run) < COLUMN_LINES:
            continue
        widths = {i: _width(pieces, i) for i in run}
        width = _column_width(list(widths.values()))
        full = [i for i in run if abs(widths[i] - width) <= RAGGED] if 6 < width <= COLUMN_WIDTH else []
        if len(run) > LONG_RUN and len(full) * 2 < len(run):
            full = _locally_full(run, widths)
        elif len(full) * 2 < len(run):
            continue
        if any(_STOPS.search(pieces[i].text) for i in run):
            found.update(
                i for i in full if not (i == run[0] and not _STOPS.search(pieces[i].text) and _begins(pieces, i + 1))
            )
    return found


def _locally_full(run: list[int], widths: dict[int, float]) -> list[int]:
    """The lines of a long run that fill the column of their neighbours: without blank lines a page has many columns."""
    full: list[int] = []
    for at, index in enumerate(run):
        near = [widths[i] for i in run[max(0, at - NEAR) : at + NEAR + 1]]
        width = _column_width(near)
        if not 6 < width <= COLUMN_WIDTH or abs(widths[index] - width) > RAGGED:
            continue
        if sum(abs(other - width) <= RAGGED for other in near) * LOCAL_SHARE >= len(near):
            full.append(index)
    return full


def _column_width(widths: list[float]) -> float:
    """The width that most lines have, the wider of two; no more than one line in five is wider than a column.

    Infinite where there is none up to COLUMN_WIDTH. Widths come in halves, so that few are different.
    """
    counts = Counter(min(width, COLUMN_WIDTH + 2 * RAGGED) for width in widths)
    found = [
        (sum(count for other, count in counts.items() if abs(width - other) <= RAGGED), width)
        for width in counts
        if width <= COLUMN_WIDTH
        and sum(count for other, count in counts.items() if other > width + RAGGED) * 5 <= len(widths)
    ]
    return max(found)[1] if found else float("inf")


def _width(pieces: list[Piece], index: int) -> float:
    """The printed width of a line in Chinese characters, a lead that was cut off it included."""
    width, at = _set_width(pieces[index].text), index
    while pieces[at].gap < 0 and at:
        at -= 1
        width += _set_width(pieces[at].text)
    return width + min(pieces[at].indent, 2)


def _set_width(text: str) -> float:
    """The width of a text as it is set: Latin letters and digits take half the room of a Chinese character.

    Half-width stops were full ones in print, and no space stood between Chinese characters and figures.
    """
    if " " in text:
        text = _THIN_SPACE.sub("", text)
    return sum(0.5 if char.isascii() and (char.isalnum() or char == " ") else 1.0 for char in text)


def _begins(pieces: list[Piece], index: int) -> bool:
    """Tell whether a line opens a paragraph by its indent or its lead."""
    return index < len(pieces) and (pieces[index].indent > 0 or pieces[index].kind == "lead")


def _rows(pieces: list[Piece], words: Words) -> list[Piece]:
    """Rows of lists, tables and names are paragraphs: short lines that repeat the form of a neighbour."""
    forms = _agreed([_row_form(piece, words) for piece in pieces], pieces)
    _mark_verses(pieces, forms)
    out = list(pieces)
    for index, piece in enumerate(out):
        if piece.kind != "title" or piece.marked or piece.run_in:
            continue
        if _is_last_row(out[index - 1] if index else None, piece):
            out[index] = piece.changed(kind="para", row="names")
            continue
        if forms[index] == "names" and index and marks.SECTION_NUMBER.match(pieces[index - 1].text):
            out[index] = piece.changed(kind="para", row="names")  # "二、医院（3名）", and below it one row alone
            continue
        near = [i for i in (index - 1, index + 1) if 0 <= i < len(pieces) and pieces[i].kind in ("title", "para")]
        if forms[index] and any(forms[i] == forms[index] and pieces[max(i, index)].gap <= 1 for i in near):
            out[index] = piece.changed(kind="para", row=forms[index])
    return out


def _agreed(forms: list[str], pieces: list[Piece]) -> list[str]:
    """Call every row of a block a row of names where more of them are than not: some names are words."""
    out = list(forms)
    start = 0
    for index in range(1, len(pieces) + 1):
        if index < len(pieces) and pieces[index].gap <= 0 and forms[index] in ("names", "table"):
            continue
        block = [i for i in range(start, index) if forms[i] in ("names", "table")]
        if sum(forms[i] == "names" for i in block) * 2 > len(block):
            out[block[0] : block[-1] + 1] = ["names"] * (block[-1] + 1 - block[0])
        start = index
    return out


def _mark_verses(pieces: list[Piece], forms: list[str]) -> None:
    """Four short lines or more without a gap are no title but verse: each is a paragraph.

    Lines of one character are text that is set upright, and hundreds of them a text that was cut to scraps: there they
    are one paragraph.
    """
    start = 0
    for index in range(1, len(pieces) + 1):
        below = pieces[index] if index < len(pieces) else None
        if below is not None and below.kind == "title" and below.gap == 0 and not below.marked:
            continue
        is_list = any(form in ("names", "table") for form in forms[start:index])
        if index - start >= VERSE_LINES and pieces[start].kind == "title" and not pieces[start].marked and not is_list:
            is_verse = index - start < SCRAPS and any(len(piece.text) > 1 for piece in pieces[start:index])
            for piece in pieces[start:index]:
                piece.kind, piece.row = "para", "verse" if is_verse else ""
        start = index


def _is_last_row(above: Piece | None, piece: Piece) -> bool:
    """The last row of a list of names is shorter than the others."""
    return (
        above is not None
        and above.row == "names"
        and piece.gap == 0
        and bool(re.fullmatch(r"(?:[\u3400-\u9fff·]{2,8}[ \t\u3000]*){1,3}", piece.text))
    )


def _row_form(piece: Piece, words: Words) -> str:
    text = piece.text
    if piece.kind not in ("title", "para") or len(text) > 120:
        return ""
    if marks.LIST_ROW.match(text) and not marks.SECTION_NUMBER.match(text):
        return "list"
    cells = text.split()
    if (
        len(cells) >= 3
        and all(re.fullmatch(r"[\u3400-\u9fff·]{1,8}", cell) for cell in cells)
        and sum(map(len, cells)) <= len(cells) * 5
    ):
        people = sum(len(cell) == 1 or is_person(cell, words) for cell in cells)
        return "names" if people * 2 > len(cells) else "table"
    if len(cells) >= 2 and (
        "|" in text or "｜" in text or "\t" in text or (len(cells) >= 3 and any(c.isdigit() for c in text))
    ):
        return "table"
    if piece.bullet:
        return "bullet" + piece.bullet
    return "list" if piece.marks.item else ""


def _mend_fragments(pieces: list[Piece], words: Words) -> list[Piece]:
    """A short line that a paragraph goes on from is no title: "在清溪县，巡诊还有了 / "反向通道"。每年……"."""
    out = list(pieces)
    for index, piece in enumerate(pieces):
        if piece.kind != "title" or piece.marked or piece.run_in or index == 0 or index + 1 >= len(pieces):
            continue
        before, after = out[index - 1], pieces[index + 1]
        if (
            after.kind != "para"
            or after.gap > 2
            or piece.gap > 2
            or before.kind not in ("para", "title", "byline", "lead")
        ):
            continue
        if before.kind != "para" and (len(piece.text) < 15 or before.run_in or piece.gap == 0):
            continue
        if before.kind == "para" and piece.gap == 0 and not is_complete(before.text):
            out[index] = piece.changed(kind="para")
            continue
        if marks.SECTION_NUMBER.match(piece.text) or len(squeeze(piece.text)) < FRAGMENT_LENGTH:
            continue
        cut_before = (
            before.kind == "para" and not is_complete(before.text) and spans_word(before.text, piece.text, words)
        )
        if cut_before or goes_on(piece.text, after.text, words):
            out[index] = piece.changed(kind="para")
    return out


def goes_on(text: str, after: str, words: Words) -> bool:
    """Tell whether a line is cut in mid-sentence before `after`."""
    if _DANGLING.search(text) or (not is_balanced(text) and not is_balanced(after[:200])):
        return True
    return bool(_TORN.match(after) or _OPENERS.match(text)) or spans_word(text, after, words)


def spans_word(left: str, right: str, words: Words) -> bool:
    """Tell whether the cut between two texts goes through a word: "签订履" + "约协议"."""
    if not left or not right or not _is_han(left[-1]) or not _is_han(right[0]):
        return False
    tail, head = left[-3:], right[:3]
    at = 0
    for token in words(tail + head):
        if at < len(tail) < at + len(token):
            return True
        at += len(token)
    return False


def _is_han(ch: str) -> bool:
    return "\u3400" <= ch <= "\u9fff"


def _join_people(pieces: list[Piece], words: Words) -> list[Piece]:
    """Read lines of people that stand together as one: "□本报记者 方可 丁一 / 凡若谷 / 特约记者 于归"."""
    out: list[Piece] = []
    index = 0
    while index < len(pieces):
        piece = pieces[index]
        office = _OFFICE.fullmatch(piece.text) if piece.kind == "text" and "本报" in piece.text else None
        if office:
            role = office["role"]
            out.append(piece.changed(kind="byline", people=read_office(role)))
            index += 1
            continue
        role_only = piece.kind == "text" and _is_role(piece.text)
        if not role_only and (piece.kind not in ("byline", "credit") or piece.people is None or piece.gap < 0):
            out.append(piece)
            index += 1
            continue
        end, people = _run_of_people(pieces, index, words)
        if people is None:
            out.append(piece)
            index += 1
            continue
        kind = "credit" if people.credits else "byline"
        out.append(piece.changed(kind=kind, people=people))
        out.extend(other.changed(kind=kind, people=People()) for other in pieces[index + 1 : end])
        index = end
    return out


def read_office(role: str) -> People:
    return People((Name(role, "本报" + role),))


def _is_role(text: str) -> bool:
    """Tell whether a line is a role that waits for its names: "本报记者", "□通讯员："."""
    return ("记者" in text or "通讯员" in text) and _ROLE_ONLY.fullmatch(text) is not None


def _run_of_people(pieces: list[Piece], start: int, words: Words) -> tuple[int, People | None]:
    """The longest run of lines from `start` that reads as people, and who they are."""
    best, people = start + 1, pieces[start].people
    text = pieces[start].text
    for end in range(start + 1, min(start + 6, len(pieces))):
        piece = pieces[end]
        if piece.kind not in ("byline", "credit", "text") or not 0 <= piece.gap <= 1 or len(piece.text) > 60:
            break
        above_is_role = piece.kind == "text" and _is_role(pieces[end - 1].text)
        if piece.kind == "text" and (_is_role(piece.text) if above_is_role else piece.gap > 0):
            break
        if piece.kind == "text" and not re.fullmatch(r"[\u3400-\u9fff· \u3000、]{2,30}", piece.text):
            break
        text = f"{text} {piece.text}"
        joined = read_people(text, words)
        if joined is not None:
            best, people = end + 1, joined
        elif piece.kind != "text":
            break
    return best, people


def is_author_line(text: str, words: Words) -> list[str] | None:
    """Names on a bare author line: "方若谷", "方 可", "清溪县人民医院 方若谷"; None when it is anything else."""
    tokens = text.split()
    if not tokens or len(text) > 40:
        return None
    whole = squeeze(text)
    if len(tokens) == 2 and all(len(token) == 1 for token in tokens):
        return [whole] if has_surname(whole) else None
    people = [token for token in tokens if is_person(token, words)]
    if len(people) == len(tokens):
        return people if len(tokens) <= BARE_NAMES else None
    office, names = tokens[-1 - len(people)], tokens[len(tokens) - len(people) :]
    return people if people and names == people and _OFFICE_ENDS.search(office) else None
