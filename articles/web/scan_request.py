"""The request for a part of a scan, as the server sends it to the program that cuts (articles.web.scan_cutter)."""

from __future__ import annotations

from dataclasses import dataclass

#: Left, top, right and lower edge, in the units of the page's boxes.
Rectangle = tuple[float, float, float, float]

#: The program's exit code for a scan that can't be cut. The sentence stands on its standard error.
REFUSED = 3


@dataclass(frozen=True)
class Cut:
    """A request: the scan's path, the page's extent, the part, the outlined rectangles within it, the widest picture.

    `extent` is the page's width and height in the units of the rectangles, or empty if they are in the scan's pixels.
    """

    scan: str
    extent: tuple[float, ...]
    part: Rectangle
    outlined: tuple[Rectangle, ...]
    width: int


class NotCut(Exception):
    """A scan that can't be cut. The message is the reason and the remedy, in Chinese."""
