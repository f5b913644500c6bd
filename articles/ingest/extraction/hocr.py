"""Pages of hOCR, as Tesseract writes it: one line of text for each line of print, with paragraphs apart."""

from __future__ import annotations

import html
import re

from articles.reading.marks import SOLID

from .composing import PIXELS, Composer, Edges, Extracted, extent_of, plain

_BOX = re.compile(r"\bbbox\s+(-?\d+)\s+(-?\d+)\s+(-?\d+)\s+(-?\d+)")
_LINES = frozenset({"ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat", "ocr_footer"})
#: Elements without an end tag.
_VOID = frozenset({"br", "hr", "img", "meta", "link", "input", "col", "wbr"})
#: Tags, comments and declarations. A match never reaches over the beginning of another of its kind, so that a text of
#: beginnings alone takes no longer.
_TOKEN = re.compile(
    r"<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9]{0,15})(?P<attributes>[^<>]{0,4000})>"
    r"|<!--(?:(?!<!--).){0,4000}?-->|<[!?][^<>]{0,4000}>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"(?P<name>[A-Za-z-]{1,20})\s*=\s*(?P<quoted>\"[^\"]*\"|'[^']*')")
#: Spaces that the tool added and that are not in print.
_THIN = re.compile(rf"(?<={SOLID}) +|(?<=\S) +(?={SOLID})")


class _Reader:
    """A reader of hOCR, tag by tag."""

    def __init__(self) -> None:
        self.pages: list[Composer] = []
        self.depth = 0
        self.line: list[str] | None = None
        self.line_depth = 0
        self.edges: Edges | None = None

    def open(self, attributes: str) -> None:
        """Open an element."""
        self.depth += 1
        values = {match["name"].lower(): match["quoted"][1:-1] for match in _ATTRIBUTE.finditer(attributes)}
        classes = values.get("class", "").split()
        if "ocr_page" in classes:
            self.end_line()
            match = _BOX.search(values.get("title", ""))
            self.pages.append(Composer(extent=extent_of(match[3], match[4]) if match else PIXELS))
        elif "ocr_par" in classes or "ocr_carea" in classes:
            self.end_line()
            if self.pages:
                self.pages[-1].gap()
        elif _LINES.intersection(classes):
            self.end_line()
            match = _BOX.search(values.get("title", ""))
            self.line, self.line_depth = [], self.depth
            self.edges = tuple(map(float, match.groups())) if match else None  # type: ignore[assignment]

    def close(self) -> None:
        """Close an element."""
        if self.depth <= self.line_depth:
            self.end_line()
        self.depth = max(0, self.depth - 1)

    def end_line(self) -> None:
        """End the open line and add it to its page."""
        if self.line is not None and self.pages:
            text = _THIN.sub("", " ".join(html.unescape("".join(self.line)).split()))
            self.pages[-1].line(plain(text), self.edges)
        self.line = None


def extract_hocr(text: str) -> list[Extracted]:
    """Return the pages of an hOCR document."""
    reader = _Reader()
    done = 0
    for match in _TOKEN.finditer(text):
        if reader.line is not None:
            reader.line.append(text[done : match.start()])
        done = match.end()
        name = (match["name"] or "").lower()
        if not name or name in _VOID or match["attributes"].endswith("/"):
            continue
        if match["close"]:
            reader.close()
        else:
            reader.open(match["attributes"])
    reader.end_line()
    return [page.page() for page in reader.pages]
