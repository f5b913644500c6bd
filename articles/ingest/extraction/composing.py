"""Composing the text of a page from blocks, with the place of each block on the scan.

The kind that a tool gives a block is written as markup that the reader knows: a title as a heading, a caption between
<figcaption> tags. So one text holds everything that is known, and promise 1 of the design holds for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite

#: Left, top, right and lower edge of a block, in the tool's units.
Edges = tuple[float, float, float, float]

#: A stretch of a text, [start, end), and the edges of its place on the scan.
Box = tuple[int, int, float, float, float, float]

#: The width and height of a page in the units of its boxes. It is empty if the tool tells no size: such boxes are in
#: pixels of the picture that the tool read.
Extent = tuple[float, ...]
PIXELS: Extent = ()


@dataclass(frozen=True)
class Extracted:
    """A page extracted from a tool's file: its text, the boxes of stretches of it, and its extent."""

    text: str
    boxes: tuple[Box, ...] = ()
    extent: Extent = PIXELS


@dataclass
class Composer:
    """A composer of one page."""

    parts: list[str] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    length: int = 0
    extent: Extent = PIXELS

    def line(self, text: str, edges: Edges | None = None) -> None:
        """Add a line. A line of white space alone adds nothing."""
        text = text.strip()
        if not text:
            return
        if edges is not None and all(map(isfinite, edges)):  # JSON may hold NaN and Infinity
            self.boxes.append((self.length, self.length + len(text), *edges))
        self._add(f"{text}\n")

    def gap(self) -> None:
        """End a block."""
        if self.parts and self.parts[-1] != "\n":
            self._add("\n")

    def block(self, text: str, edges: Edges | None = None) -> None:
        """Add a text as a block of its own."""
        self.gap()
        self.line(text, edges)
        self.gap()

    def heading(self, text: str, level: int, edges: Edges | None = None) -> None:
        """Add a title. Level 1 is the highest."""
        title = " ".join(text.split())
        if title:
            self.block(f"{'#' * max(1, min(level, 6))} {title.lstrip('#').lstrip()}", edges)

    def picture(self) -> None:
        """Add the mark of a picture."""
        self.block("![]()")

    def caption(self, text: str, edges: Edges | None = None) -> None:
        """Add a picture's caption."""
        if text.strip():
            self.block(f"<figcaption>{' '.join(text.split())}</figcaption>", edges)

    def furniture(self, text: str, edges: Edges | None = None) -> None:
        """Add a running head, a foot or a page number."""
        if text.strip():
            self.block(f"<page_header>{' '.join(text.split())}</page_header>", edges)

    def page(self) -> Extracted:
        """Return the page."""
        text = "".join(self.parts).rstrip("\n") + "\n" if self.parts else ""
        return Extracted(text, tuple(self.boxes), self.extent)

    def _add(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)


#: Characters that may be markup anywhere (_MARKS), and at the beginning of a line (_BEGINNINGS).
_MARKS = frozenset("&<>*#$\\`|~[]_＊＃{}")
_BEGINNINGS = frozenset("-+=")


def plain(text: str) -> str:
    """Return a text of a format without markup, escaped so that no character is taken for markup: < is &#60;.

    >>> plain("a<b & c")
    'a&#60;b &#38; c'
    """
    begins = len(text) - len(text.lstrip())
    return "".join(
        f"&#{ord(character)};" if character in _MARKS or (at == begins and character in _BEGINNINGS) else character
        for at, character in enumerate(text)
    )


def extent_of(width: object, height: object) -> Extent:
    """Return the extent of a page whose size a tool wrote, or PIXELS if that is no size.

    >>> extent_of("4961", 7016), extent_of(None, "0")
    ((4961.0, 7016.0), ())
    """
    try:
        extent = float(width), float(height)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return PIXELS
    return extent if all(isfinite(side) and side > 0 for side in extent) else PIXELS


class NotReadable(Exception):
    """A tool's file without a page. The message is the reason and the remedy, in Chinese."""
