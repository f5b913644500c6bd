"""Strings: the lines of one title, one paragraph or one credit, joined by their labels before anything is cut out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .labelling import Labelled
from .lines import Line, is_complete
from .roles import CREDIT_ACT

#: The end of a label whose line goes on with the string above.
INSIDE = "+"
#: A long line that ends in mid-sentence goes on in the next line, unless the form of the next line opens a string, or
#: the labelling is very sure that it opens one.
LONG_LINE, SURE_BEGIN = 30, 0.97
_BREAKS_OFF = re.compile(r"[\u3400-\u9fff，、“]$")
_OWN = re.compile(r"[问答《\[（(·•●■\d]|.{1,8}[：:]")
_ACTS = re.compile(CREDIT_ACT)
#: The lowest probability of a line that belongs to nothing.
SURE_NOISE = 0.9
#: A label with a lower probability is a doubt.
SURE = 0.8
#: Labels of strings whose lines are joined by a space.
SPACED = ("names", "credit")


@dataclass(slots=True)
class String:
    """Lines that belong together, under one label. `goes_on` tells that they go on with an earlier string.

    `text` holds the joined lines as the rules see them, `printed` as they are printed, and `starts` the offset of each
    line in both. `probability` is that of the least sure line, and `other` is the next best label of that line.
    """

    label: str
    lines: list[Line]
    goes_on: bool = False
    probability: float = 1.0
    other: str = ""
    text: str = ""
    printed: str = ""
    starts: list[int] = field(default_factory=list)

    @property
    def is_doubtful(self) -> bool:
        """Whether another label would fit nearly as well."""
        return self.probability < SURE

    @property
    def gap(self) -> int:
        return self.lines[0].gap

    def in_page(self, start: int, end: int) -> Iterator[tuple[Line, int, int]]:
        """Yield the lines of [start, end) of the text, each with the offsets of its part in the page."""
        for line, at in zip(self.lines, self.starts, strict=True):
            first, last = max(start, at), min(end, at + len(line.text))
            if first < last:
                yield line, line.start + first - at, line.start + last - at


def strings_of(lines: Sequence[Line], labels: Sequence[Labelled], text: str) -> list[String]:
    """Return the strings that the labelled lines of the page `text` make."""
    found: list[String] = []
    for line, labelled in zip(lines, labels, strict=True):
        last = found[-1] if found else None
        label, inside = _settled(line, labelled, last)
        if inside and last is not None and (last.label == label or (last.label == "lead" and label == "paragraph")):
            last.lines.append(line)
        else:
            last = String(label, [line], goes_on=inside)
            found.append(last)
        if labelled.probability < last.probability:
            last.probability, last.other = labelled.probability, labelled.other
    for string in found:
        _join(string, text)
    return found


def _settled(line: Line, labelled: Labelled, last: String | None) -> tuple[str, bool]:
    """Return the label of a line, and whether it goes on with the string above.

    Printed forms that leave no choice overrule the labelling.
    """
    label, inside = labelled.label.removesuffix(INSIDE), labelled.label.endswith(INSIDE)
    if line.marks.table:
        return "table", False  # markup names each row by itself
    if label == "noise" and labelled.probability < SURE_NOISE:
        label = "paragraph"  # to a reader, missing text is worse than dirt
    if last is None or last.lines[0].marks.table or last.label not in (label, "lead"):
        return label, inside
    above = last.lines[-1].text
    if label == "paragraph" and line.gap > 0 and is_complete(above):
        return label, False  # a complete text above a blank line has ended
    if label == "paragraph" and not inside and labelled.probability < SURE_BEGIN:
        inside = len(above) >= LONG_LINE and _BREAKS_OFF.search(above) is not None and not _OWN.match(line.text)
    if label == last.label == "credit" and line.gap <= 1 and not _ACTS.search(above):
        inside = True  # "通讯员 丁一凡" waits for "特约记者 方若谷 摄影报道"
    return label, inside


def _join(string: String, text: str) -> None:
    end = 0
    for line in string.lines:
        left = string.text
        apart = string.label in SPACED or (_is_row(left) and _is_row(line.text))
        if left and (apart or space_between(left, line.text, text, end)):
            string.text += " "
            string.printed += " "
        string.starts.append(len(string.text))
        string.text += line.text
        string.printed += text[line.start : line.end]
        end = line.end


def space_between(left: str, right: str, text: str, end: int) -> str:
    """Return a space if one stood between two lines that join in Latin words or figures, or else ""."""
    spaced = left[-1].isascii() and left[-1].isalnum() and right[0].isascii() and right[0].isalnum()
    return " " if spaced and end < len(text) and text[end] in " \t" else ""


def _is_row(text: str) -> bool:
    cells = text[-40:].split()
    return len(cells) > 2 and all(len(cell) <= 8 for cell in cells)
