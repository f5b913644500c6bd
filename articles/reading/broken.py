"""Lines -> pieces where a bracket runs over the end of a line, as it does in hard-wrapped columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from . import marks
from .lines import Line
from .names import People, read_people
from .pieces import Piece, cut_line, make_piece, read_note

Words = Callable[[str], list[str]]

#: Lines that a bracket with names or a note may run over.
BRACKET_LINES = 3


def cut_lines(lines: Sequence[Line], words: Words) -> list[Piece]:
    """Cut lines that follow each other, a bracket that runs over the end of one included."""
    pieces: list[Piece] = []
    at = 0
    while at < len(lines):
        broken = _cut_broken(lines[at : at + BRACKET_LINES], words)
        if broken:
            taken, count = broken
            pieces.extend(taken)
            at += count
        else:
            pieces.extend(cut_line(lines[at], words))
            at += 1
    return pieces


def _cut_broken(lines: Sequence[Line], words: Words) -> tuple[list[Piece], int] | None:
    """Cut a lead or note whose bracket closes on a later line: "本报讯 （特约记者丁一凡 通讯员方 / 若谷）清溪县……".

    Return the pieces and the number of lines they are of; None where the first line is no such thing.
    """
    first = lines[0]
    opening = max(first.text.rfind("（"), first.text.rfind("("))
    if opening < 0 or re.search("[）)]", first.text[opening:]) or not (
        opening == 0 or marks.LEAD.fullmatch(first.text[:opening])
    ):
        return None
    if not any("）" in line.text or ")" in line.text for line in lines[1:]):
        return None
    joined = first.text
    for count, line in enumerate(lines[1:], start=2):
        if line.gap:
            return None
        close = re.search("[）)]", line.text)
        part = line.text[: close.end()] if close else line.text
        joined += ("" if _splits_name(joined, part) else " ") + part
        if close:
            return _read_broken(lines[:count], close.end(), joined, words)
    return None


def _splits_name(left: str, right: str) -> bool:
    """Tell whether a line ends within a name or word: one half is a single character, or no names stand here."""
    before, after = re.split(r"[ \t\u3000（(]", left)[-1], re.split(r"[ \t\u3000）)]", right)[0]
    before = re.sub(r".*(?:记者|通讯员)", "", before)
    return len(before) < 2 or len(after) < 2 or not re.search("记者|通讯员", left)


def _read_broken(lines: Sequence[Line], end: int, joined: str, words: Words) -> tuple[list[Piece], int] | None:
    last = lines[-1]
    if end == len(last.text):
        for kind, mark in (("note", marks.AUTHOR_NOTE), ("note", marks.EXPERT_NOTE), ("agency", marks.AGENCY_NOTE)):
            if match := mark.fullmatch(joined):
                return _whole_lines(lines, kind, read_note(match)), len(lines)
    match = marks.LEAD.match(joined) or marks.REPORTER_BRACKET.match(joined)
    if not match or not match["who"] or match.end() != len(joined):
        return None
    people = read_people(match["who"], words)
    if people is None:
        return None
    source = (match.groupdict().get("source") or "").removeprefix("据")
    pieces = _whole_lines(lines[:-1], "lead", replace(people, agency="" if source.startswith("本") else source))
    pieces.append(make_piece(last.text[:end], last.start, "lead", people=People()))
    pieces[-1].gap = last.gap
    rest = last.text[end:]
    if rest.strip():
        lead = len(rest) - len(rest.lstrip())
        start = last.start + end + lead
        pieces.extend(cut_line(replace(last, start=start, text=rest.strip(), gap=-1, indent=0), words))
    return pieces, len(lines)


def _whole_lines(lines: Sequence[Line], kind: str, people: People | None) -> list[Piece]:
    """Return a piece for each line; the first has the people."""
    pieces = [make_piece(line.text, line.start, kind, people=People()) for line in lines]
    pieces[0].people = people
    for piece, line in zip(pieces, lines, strict=True):
        piece.gap = line.gap
    return pieces
