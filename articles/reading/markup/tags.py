"""HTML within a page's text. Only known tags count. Other angle brackets are text (“《<未定>》”, a < b)."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field

from ..marks import SOLID
from .scripts import subscript, superscript
from .working import Edit, Working

#: Tags whose content has lines of its own.
BLOCKS = frozenset(
    "address article aside blockquote body caption center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 "
    "h4 h5 h6 header hr html legend li main nav ol p pre section table tbody tfoot thead tr ul".split()
)
#: Tags that stand within a line.
INLINE = frozenset(
    "a abbr b bdi bdo big br cite code del dfn em font i img input ins kbd label mark nobr q rp rt ruby s samp small "
    "span strike strong sub sup td th tt u var wbr col colgroup meta link base".split()
)
#: Tags by which models describe a line.
MODELS = frozenset(
    "watermark page_number page_header page_footer page-number page-header page-footer footnote fnref image picture "
    "text title paragraph section_header caption chart formula list otsl doctag fcel ecel lcel ucel nl "
    "pb lb cb fw".split()
)
#: Tags with invisible content.
UNSEEN = frozenset("head script style template noscript".split())

_TAG = re.compile(
    r"<!doctype[^<>]{0,400}>"
    r"|<(?P<close>/?)(?P<name>[a-z][a-z0-9_-]{0,19})"
    r"(?P<attributes>(?:\s++[a-z_:@][a-z0-9_:.-]{0,40}+(?:\s*+=\s*+(?:\"[^\"]{0,100000}+\"|'[^']{0,100000}+'|[^\s\"'<>=`]{1,1000}+))?+){0,60}+)"
    r"\s*+/?>"
    r"|<(?P<cut>/?[a-z][a-z0-9]{0,10}\s+[a-z-]{1,20}=[^<>\n]*+)\Z",
    re.IGNORECASE | re.DOTALL,
)
#: The beginning of a whole document. In a document a line end is a space, and only tags make lines.
_DOCUMENT = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,400}?-->\s*)?(?:<!doctype\s+html|<html[\s>])", re.IGNORECASE | re.DOTALL
)
_DOCUMENT_END = re.compile(r"</html[ \t]*>\s*\Z", re.IGNORECASE)
_LINE_END = re.compile(r"[ \t]*\r?\n[ \t\r\n]*")
_SOLID = re.compile(SOLID)
_CENTRED = re.compile(r"text-align:\s*center|align=[\"']?center", re.IGNORECASE)
_LEVEL = re.compile(r"h([1-6])")
_SPAN = re.compile(r"(?P<what>col|row)span\s*=\s*[\"']?(?P<many>[0-9]{1,3})", re.IGNORECASE)
#: The most rows or columns that a cell spans, and most tags that are open at once.
SPAN, OPEN = 100, 200


#: Characters at either end of a document that hold its first and its last tag.
TAIL = 1000


@dataclass
class _Open:
    """An open tag: its name, the offset of its content, and the fact that it states."""

    name: str
    at: int
    value: tuple[str, object] | None = None


@dataclass
class _Tables:
    """The open table with its current row and column, each counted from 0. `count` numbers the tables of the page."""

    count: int = 0
    depth: int = 0
    row: int = -1
    column: int = -1
    width: int = 1
    cell: int | None = None
    below: dict[int, int] = field(default_factory=dict)

    def begin_row(self) -> None:
        """Begin a row. Cells of rows above may reach down into it."""
        self.row, self.column, self.width = self.row + 1, -1, 1
        self.below = {column: rows - 1 for column, rows in self.below.items() if rows > 0}

    def begin_cell(self, attributes: str, at: int) -> None:
        """Begin a cell at the offset `at`, in the next column that no cell from above fills."""
        self.column += self.width
        while self.below.get(self.column, -1) >= 0:
            self.column += 1
        spans = {match["what"].lower(): min(int(match["many"]), SPAN) for match in _SPAN.finditer(attributes)}
        self.width = max(1, spans.get("col", 1))
        if spans.get("row", 1) > 1:
            self.below |= dict.fromkeys(range(self.column, self.column + self.width), spans["row"] - 1)
        self.cell = at


def take_tags(working: Working, first_table: int = 0) -> int:
    """Take out HTML, note its headings, captions, centred lines and cells, and return the last table's number."""
    if "<" not in working.text:
        return first_table
    if is_document(working.text):
        _join_lines(working)
    reader = _Reader(working, first_table)
    for match in _TAG.finditer(working.text):
        reader.take(match)
    reader.finish()
    working.apply(reader.edits)
    # A row is one line, even if line ends stand in its cells or between them.
    breaks = [at for start, end in reader.rows(working) for at in range(start, end) if working.text[at] == "\n"]
    working.apply([Edit(at, at + 1, " ") for at in breaks])
    return reader.tables.count


def is_document(text: str) -> bool:
    """Tell whether a text is one whole HTML document. A table that a tool writes may begin with <html>, too."""
    end = max(0, len(text) - TAIL)
    return bool(_DOCUMENT.match(text) and _DOCUMENT_END.search(text, end)) and "<html" not in text.lower()[TAIL:]


def _join_lines(working: Working) -> None:
    """Take out the line ends of a document's source, and leave a space where words need one."""
    text = working.text
    edits: list[Edit] = []
    for match in _LINE_END.finditer(text):
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        closed = _SOLID.match(before) or _SOLID.match(after) or not before or before == ">" or after in ("<", "")
        edits.append(Edit(*match.span(), "" if closed else " "))
    working.apply(edits)


class _Reader:
    """A reader of tags, one by one. It notes the fact of an open tag when the tag is closed, or at the end."""

    def __init__(self, working: Working, first_table: int) -> None:
        self.working = working
        self.first = first_table
        self.edits: list[Edit] = []
        self.open: list[_Open] = []
        self.tables = _Tables(first_table)
        self.unseen_until = 0
        self.unclosed: set[str] = set()

    def take(self, match: re.Match[str]) -> None:
        """Take one tag."""
        name = (match["name"] or "").lower()
        start, end = match.span()
        if start < self.unseen_until:
            return
        if not name:  # a doctype, or a tag that was cut off
            self.edits.append(Edit(start, end, "\n"))
            return
        if name in UNSEEN:
            if match["close"]:
                self.edits.append(Edit(start, end, "\n"))
            else:
                self._hide(name, start, end)
            return
        if name not in BLOCKS and name not in INLINE and name not in MODELS:
            return
        closes = bool(match["close"])
        if self.tables.depth and name in ("td", "th", "tr", "table"):
            self._end_cell(start)
        if name in ("sup", "sub"):
            self._script(name, closes, start, end)
            return
        self.edits.append(Edit(start, end, self._between(name, closes)))
        if name in ("img", "image", "picture") and not closes:
            self.working.say(end, end, "picture")
        elif name == "table":
            self._table(closes)
        elif name == "tr" and not closes:
            self.tables.begin_row()
        elif name in ("td", "th") and not closes and self.tables.depth:
            self.tables.begin_cell(match["attributes"], end)
        elif closes:
            self._close(name, start)
        elif (value := _value(name, match["attributes"])) is not None:
            if name in ("p", "li"):
                self._close(name, start)  # the end tag of these may be left out
            self.open = [*self.open[-OPEN:], _Open(name, end, value)]

    def _hide(self, name: str, start: int, end: int) -> None:
        """Take out a tag with its invisible content and its closing tag, or the tag alone if none closes it."""
        closing = None
        if name not in self.unclosed:
            closing = re.compile(f"</{name}[^<>]{{0,40}}>", re.IGNORECASE).search(self.working.text, end)
        if closing is None:
            self.unclosed.add(name)
        self.unseen_until = closing.end() if closing else end
        self.edits.append(Edit(start, self.unseen_until, "\n"))

    def _between(self, name: str, closes: bool) -> str:
        """Return the text that replaces a tag: nothing, a space, or a line feed."""
        if self.tables.depth and name in ("td", "th"):
            return " "
        if self.tables.cell is not None and name not in ("tr", "table"):
            return " " if name in BLOCKS or name == "br" else ""
        if name == "br" or name in BLOCKS:
            return "\n"
        return ""

    def _table(self, closes: bool) -> None:
        tables = self.tables
        if closes:
            tables.depth = max(0, tables.depth - 1)
            return
        if not tables.depth:
            tables.count += 1
            tables.row, tables.below = -1, {}
        tables.depth += 1

    def _end_cell(self, at: int) -> None:
        tables = self.tables
        if tables.cell is not None:
            self.working.say(tables.cell, at, "cell", (tables.count, max(0, tables.row), tables.column))
            tables.cell = None

    def _close(self, name: str, at: int) -> None:
        """Note the fact of the tag that is closed here, and drop the tags within it that were never closed."""
        for index in range(len(self.open) - 1, -1, -1):
            if self.open[index].name == name:
                opened = self.open[index]
                del self.open[index:]
                if opened.value is not None:
                    self.working.say(opened.at, at, *opened.value)
                return

    def _script(self, name: str, closes: bool, start: int, end: int) -> None:
        """Raise digits between <sup> and </sup>: 10<sup>9</sup> is 10⁹. Text without a raised form stays as it is."""
        if not closes:
            self.open.append(_Open(name, end))
            self.edits.append(Edit(start, end))
            return
        if self.open and self.open[-1].name == name:
            at = self.open.pop().at
            inside = self.working.text[at:start]
            scripted = superscript(inside) if name == "sup" else subscript(inside)
            if scripted is not None and self.edits[-1].end == at:
                self.edits.append(Edit(at, start, scripted))
        self.edits.append(Edit(start, end))

    def rows(self, working: Working) -> list[tuple[int, int]]:
        """Return the span of each table row in the current text, from its first cell to its last."""
        rows: dict[object, tuple[int, int]] = {}
        for said in working.said:
            if said.kind == "cell" and said.value[0] > self.first:  # type: ignore[index]
                start, end = bisect_left(working.origin, said.start), bisect_left(working.origin, said.end)
                row = said.value[:2]  # type: ignore[index]
                rows[row] = (rows.get(row, (start, end))[0], end)
        return list(rows.values())

    def finish(self) -> None:
        """Note the facts of the tags that are still open at the end, for instance of a text that was cut off."""
        self._end_cell(len(self.working.text))
        for opened in self.open:
            if opened.value is not None:
                self.working.say(opened.at, len(self.working.text), *opened.value)


def _value(name: str, attributes: str) -> tuple[str, object] | None:
    """Return the fact that a tag states about its content, as (kind, value), or None."""
    if match := _LEVEL.fullmatch(name):
        return "heading", int(match[1])
    if name == "caption":
        return "region", "table caption"
    if name == "figcaption":
        return "caption", None
    if name == "li":
        return "item", None
    if name in ("b", "strong"):
        return "bold", None
    if name in ("page_header", "page-header", "page_footer", "page-footer", "page_number", "page-number"):
        return "region", "header"
    if name == "center" or _CENTRED.search(attributes):
        return "centred", None
    if name in ("div", "p", "span", "section"):
        return "", None
    return None
