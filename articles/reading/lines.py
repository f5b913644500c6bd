"""The lines of a text: their offsets, and the statements of layout and markup about each line."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .markup import Said


@dataclass(frozen=True, slots=True)
class LineMarks:
    """The statements of markup about a line.

    * `level` is the level of a heading. 1 is the highest level, 0 means no heading.
    * `bold` is the number of bold characters from the line's beginning.
    * `region` is the name that a model gives to the line's region.
    * `picture` says that a picture stands right above the line.
    * `table` is the number of the table that the line is a row of. `cells` are (column, start, end) of the row's filled
      cells, in offsets of the text.
    """

    level: int = 0
    bold: int = 0
    centred: bool = False
    caption: bool = False
    item: bool = False
    note: bool = False
    picture: bool = False
    region: str = ""
    table: int = 0
    cells: tuple[tuple[int, int, int], ...] = ()


NO_MARKS = LineMarks()


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line with text: its span [start, end) without surrounding space, and its text.

    `gap` is the number of blank lines above the line, `indent` the number of blank characters before its text.
    """

    start: int
    end: int
    text: str
    gap: int
    indent: int
    marks: LineMarks = NO_MARKS


def split_lines(text: str, said: Sequence[Said] = ()) -> list[Line]:
    """Return the lines of a page, without the blank ones. All line ends of Python count, \\r\\n as one.

    `said` holds the statements of the page's markup.
    """
    lines: list[Line] = []
    offset = gap = 0
    for raw in text.splitlines(keepends=True):
        stripped = raw.strip()
        if stripped:
            indent = len(raw) - len(raw.lstrip())
            start = offset + indent
            lines.append(Line(start, start + len(stripped), stripped, gap, indent))
            gap = 0
        else:
            gap += 1
        offset += len(raw)
    return _marked(lines, said) if said else lines


def _marked(lines: list[Line], said: Sequence[Said]) -> list[Line]:
    """Return the lines, each with the statements of markup about it."""
    marks: dict[int, dict[str, object]] = {}
    for start, end, kind, value in said:
        first = bisect_right(lines, start, key=lambda line: line.end)
        if first == len(lines):
            continue
        if kind == "picture":
            marks.setdefault(first, {})["picture"] = True
        elif kind in ("heading", "bold"):
            line = lines[first]
            if start <= line.start < end:
                name, what = ("level", value) if kind == "heading" else ("bold", min(end, line.end) - line.start)
                own = marks.setdefault(first, {})
                own[name] = max(what, own.get(name, 0))  # type: ignore[call-overload]
        else:
            for index in range(first, len(lines)):
                if lines[index].start >= end:
                    break
                own = marks.setdefault(index, {})
                own.update(_told(kind, value))
                if kind == "cell":
                    own["cells"] = (*own.get("cells", ()), (value[2], start, end))  # type: ignore[misc, index]
    for index, own in marks.items():
        lines[index] = replace(lines[index], marks=LineMarks(**own))  # type: ignore[arg-type]
    return lines


def _told(kind: str, value: object) -> dict[str, object]:
    """Return the fields of LineMarks that a statement fills."""
    if kind == "cell":
        return {"table": value[0]}  # type: ignore[index]
    if kind == "region":
        return {"caption": True} if value == "caption" else {"region": value}
    return {kind: True} if kind else {}


#: The least number of blank lines above an item that sets it apart from the items before it.
WIDE_GAP = 3
#: The greatest length of a bold title, in characters.
BOLD_TITLE = 60


def is_heading(line: Line) -> bool:
    """Tell whether markup makes a line a heading.

    A heading has a level, or a model calls its region a title, or the whole line is bold and not too long.
    """
    whole = line.marks.bold >= len(line.text) and len(line.text) <= BOLD_TITLE
    return line.marks.level > 0 or line.marks.region == "title" or whole


def squeeze(text: str) -> str:
    """Return a text without white space."""
    return "".join(text.split())


#: Marks that end a sentence.
TERMINAL = "。！？…!?"
_CLOSERS = "”’」』）)】》〕\"'"


def is_complete(text: str) -> bool:
    """Tell whether a paragraph could end with this text: "……好了。”" could, "我县有“" and "他说" could not."""
    end = len(text)
    if end > 1 and text[-1].isascii() and text[-1].isalpha() and text[-2] in TERMINAL:
        end -= 1  # OCR may leave a stray letter: "……好了。W"
    while end and (text[end - 1] in _CLOSERS or text[end - 1].isspace()):
        end -= 1
    if end > 1 and text[end - 1] == "." and not text[end - 2].isascii():
        return True  # OCR may give a half-width full stop
    return end > 0 and text[end - 1] in TERMINAL


def is_balanced(text: str) -> bool:
    """Tell whether all quotes, brackets and title marks that open in a text close in it."""
    return all(text.count(a) == text.count(b) for a, b in ("“”", "《》", "（）", "「」", "【】", "‘’"))
