"""Marks of Markdown at the beginning of a line: headings, lists, quotations, rules, and tables of pipes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from .working import Edit, Working

_HEADING = re.compile(
    r"^[ \t\u3000]*+(?P<mark>#{1,6}|＃{2,6}|＃(?=[ \t\u3000]))[ \t\u3000]*+(?P<title>[^\n]*+)$", re.MULTILINE
)
_HEADING_END = re.compile(r"[ \t\u3000]++[#＃]{1,6}[ \t\u3000]*+\Z")
#: #健康中国# is a topic of social media, and #1 is a number.
_TOPIC = re.compile(r"#[^#\s]{1,30}#|#[0-9]")
_RULE = re.compile(
    r"^[ \t\u3000]*+(?:(?:-[ \t\u3000]*+){3,}|(?:_[ \t\u3000]*+){3,}|(?:[＊*][ \t\u3000]*+){3,})$", re.MULTILINE
)
#: "- 3 -" is a page number and "- 20℃" a temperature, not rows of a list. ">60岁" is an age, not a quotation.
_ITEM = re.compile(
    r"^[ \t]*+[-*+][ \t]++(?=[^\s\-*+])(?!.{1,12}[ \t][-*+][ \t]*$)(?![0-9.]{1,8}[ \t]?(?:[℃°%％‰度分元岁]|$))",
    re.MULTILINE,
)
_QUOTE = re.compile(r"^[ \t]*+(?:>[ \t]?){1,4}(?=[^\s>第下转0-9])", re.MULTILINE)
#: A row of a table of pipes, and the row of dashes below its head.
_PIPE_ROW = re.compile(r"^[ \t]*+\|(?:[^|\n\\]|\\.)*+\|[^\n]*$", re.MULTILINE)
_DASH_ROW = re.compile(r"^[ \t]*+\|?(?:[ \t]*:?-+:?[ \t]*\|)+(?:[ \t]*:?-+:?[ \t]*)?$", re.MULTILINE)
#: The pipe that separates cells. A line break within a cell is not a line end of the page.
_PIPE = re.compile(r"(?<!\\)\|")
_PIPE_OR_BREAK = re.compile(r"(?<!\\)\||<br[ \t]*/?>", re.IGNORECASE)


def take_pipe_tables(working: Working, first_table: int = 0) -> int:
    """Reduce each table of pipes to its cells, note the row and column of each, and return the last table's number."""
    text = working.text
    if "|" not in text:
        return first_table
    number = first_table
    edits: list[Edit] = []
    rows: list[re.Match[str]] = []
    for match in [*_PIPE_ROW.finditer(text), None]:
        if rows and (match is None or text[rows[-1].end() : match.start()] not in ("\n", "\r\n")):
            if _is_table(rows):
                number += 1
                edits += _rows(working, rows, number)
            rows = []
        if match is not None:
            rows.append(match)
    working.apply(edits)
    return number


def _is_table(rows: list[re.Match[str]]) -> bool:
    """Tell a table from lines that happen to begin with a pipe: it has a row of dashes, or equal numbers of pipes."""
    has_dashes = any(_DASH_ROW.fullmatch(row[0]) for row in rows)
    return len(rows) > 1 and (has_dashes or len({row[0].count("|") for row in rows}) == 1)


def _rows(working: Working, rows: list[re.Match[str]], table: int) -> list[Edit]:
    edits: list[Edit] = []
    number = 0
    for place, row in enumerate(rows):
        if place < 2 and _DASH_ROW.fullmatch(row[0]):  # further down, dashes are cells without a value
            edits.append(Edit(*row.span()))
            continue
        pipes = [match.start() for match in _PIPE.finditer(working.text, row.start(), row.end())]
        starts = [row.start(), *[at + 1 for at in pipes]]
        for column, (start, end) in enumerate(zip(starts, [*pipes, row.end()], strict=True)):
            if working.text[start:end].strip():
                working.say(start, end, "cell", (table, number, column))
        parts = _PIPE_OR_BREAK.finditer(working.text, row.start(), row.end())
        edits += [Edit(*match.span(), " ") for match in parts]
        number += 1
    return edits


def _apart_from_cells(working: Working, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Yield the matches of a mark at the beginning of a line, except in rows of tables, where "-" is a value."""
    cells = sorted(
        (bisect_left(working.origin, said.start), bisect_left(working.origin, said.end))
        for said in working.said
        if said.kind == "cell"
    )
    for match in pattern.finditer(working.text):
        at = bisect_left(cells, match.end(), key=lambda cell: cell[1])
        line_end = working.text.find("\n", match.end())
        line_end = len(working.text) if line_end < 0 else line_end
        if at == len(cells) or cells[at][0] > line_end:
            yield match


def take_line_marks(working: Working) -> None:
    """Take out rules and the marks of headings, list rows and quotations. Note where headings and list rows are."""
    edits: list[Edit] = []
    for match in _apart_from_cells(working, _HEADING):
        if _TOPIC.match(match[0].lstrip()):
            continue
        end = _HEADING_END.search(match["title"])
        title_end = match.start("title") + end.start() if end else match.end("title")
        working.say(match.start("title"), title_end, "heading", len(match["mark"]))
        edits += [Edit(match.start("mark"), match.start("title")), Edit(title_end, match.end("title"))]
    working.apply(edits)
    for pattern in (_RULE, _QUOTE):
        working.apply([Edit(*match.span()) for match in _apart_from_cells(working, pattern)])
    edits = []
    for match in _apart_from_cells(working, _ITEM):
        line_end = working.text.find("\n", match.end())
        working.say(match.end(), len(working.text) if line_end < 0 else line_end, "item")
        edits.append(Edit(*match.span()))
    working.apply(edits)
