"""The text of a page put together of blocks, and where each stood on the scan.

What a tool tells of a block is written as markup that the reader knows: a title as a heading, a caption between
<figcaption> tags. So one text holds all that is known, and promise 1 of the design holds for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

#: Left, top, right and lower edge of a block, in the units of the tool.
Edges = tuple[float, float, float, float]

#: A stretch of a text, [start, end), and the edges of where it stood on the scan.
Box = tuple[int, int, float, float, float, float]


@dataclass(frozen=True)
class Extracted:
    """A page that was taken out of a tool's file: its text, and the boxes of stretches of it."""

    text: str
    boxes: tuple[Box, ...] = ()


@dataclass
class Composer:
    """Puts one page together."""

    parts: list[str] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    length: int = 0

    def line(self, text: str, edges: Edges | None = None) -> None:
        """Add a line; what of it is white space alone adds nothing."""
        text = text.strip()
        if not text:
            return
        if edges is not None:
            self.boxes.append((self.length, self.length + len(text), *edges))
        self._add(f"{text}\n")

    def gap(self) -> None:
        """End a block."""
        if self.parts and self.parts[-1] != "\n":
            self._add("\n")

    def block(self, text: str, edges: Edges | None = None) -> None:
        """Add a block of its own."""
        self.gap()
        self.line(text, edges)
        self.gap()

    def heading(self, text: str, level: int, edges: Edges | None = None) -> None:
        """Add a title; 1 is the highest level."""
        title = " ".join(text.split())
        if title:
            self.block(f"{'#' * max(1, min(level, 6))} {title.lstrip('#').lstrip()}", edges)

    def picture(self) -> None:
        """Say that a picture stands here."""
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
        return Extracted("".join(self.parts).rstrip("\n") + "\n" if self.parts else "", tuple(self.boxes))

    def _add(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)


#: What may be markup wherever it stands, and at the beginning of a line.
_MARKS = frozenset("&<>*#$\\`|~[]_＊＃{}")
_BEGINNINGS = frozenset("-+=")


def plain(text: str) -> str:
    """Return text of a format without markup so that none of its characters is taken for any: < is &#60;.

    >>> plain("a<b & c")
    'a&#60;b &#38; c'
    """
    begins = len(text) - len(text.lstrip())
    return "".join(
        f"&#{ord(character)};" if character in _MARKS or (at == begins and character in _BEGINNINGS) else character
        for at, character in enumerate(text)
    )


class NotReadable(Exception):
    """A tool's file that holds no page. Its text says why, and what is to be done, in Chinese."""
