"""Run-in titles, separated from the text on whose first line they stand: "●雨天防滑　雨天出门应穿防滑鞋。"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from . import marks
from .lines import BOLD_TITLE, Line, is_balanced, is_complete, squeeze

_TITLE = re.compile(r"(?P<title>[^\s。；;][^。；;\u3000]{1,23}?[^\s，、,])(?P<space>\u3000+|[ \t]{2,})(?=\S)")
#: The fewest characters of the text behind such a title.
TEXT_LENGTH = 18


def part_run_ins(lines: Sequence[Line], folio: dict[int, str]) -> tuple[list[Line], dict[int, str]]:
    """Return the lines with each run-in title as a line of its own, and the folio's labels by the new line numbers.

    The text behind a title is a line with the gap -1.
    """
    out: list[Line] = []
    labels: dict[int, str] = {}
    for index, line in enumerate(lines):
        if index in folio:
            labels[len(out)] = folio[index]
            out.append(line)
        elif cut := _title_length(line, lines[index + 1] if index + 1 < len(lines) else None):
            out.extend(_cut(line, cut))
        else:
            out.append(line)
    return out, labels


def _title_length(line: Line, below: Line | None) -> int:
    """Return the length of a line's run-in title in characters, with its bullet, or 0 if the line has none."""
    text, own = line.text, line.marks
    if own.table:
        return 0
    bullet = marks.BULLET.match(text)
    at = bullet.end() if bullet else 0
    if at < own.bold < len(text) and own.bold - at <= BOLD_TITLE and text[own.bold - 1] not in "：:":
        return own.bold
    if not bullet and "\u3000" not in text:
        return 0
    match = _TITLE.match(text, at)
    if not match or not (bullet or "\u3000" in match["space"]) or not is_balanced(match["title"]):
        return 0
    if marks.LEAD_BARE.match(text):
        return 0  # 本报记者方若谷从兰州报道　……
    body = text[match.end() :]
    if bullet and "\u3000" in match["space"] and below is not None and below.gap == 0 and not is_complete(body):
        return match.end("title")  # the text goes on in the next line of a narrow column
    if len(body) < TEXT_LENGTH or not re.search(r"[，。；]", body) or (not bullet and len(squeeze(match["title"])) < 3):
        return 0
    return match.end("title")


def _cut(line: Line, at: int) -> tuple[Line, Line]:
    title, rest = line.text[:at].rstrip(), line.text[at:]
    start = line.start + at + len(rest) - len(rest.lstrip())
    return (
        replace(line, end=line.start + len(title), text=title),
        replace(line, start=start, text=rest.strip(), gap=-1, indent=0, marks=replace(line.marks, bold=0)),
    )
