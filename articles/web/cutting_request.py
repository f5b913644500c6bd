"""The request for a cutting of a scan, as the server sends it to the program that cuts (articles.web.cutter)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

#: Left, top, right and lower edge, in the units of the page's boxes.
Edges = tuple[float, float, float, float]


def enclosing(boxes: Iterable[Edges]) -> Edges:
    """Return the smallest rectangle around `boxes`, of which there is one at least."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


#: MinerU's units are thousandths of each side (articles.ingest.extraction), which tell no proportion.
THOUSANDTHS = (1000.0, 1000.0)

#: The program's exit code for a scan that can't be cut. The sentence stands on its standard output.
REFUSED = 3


@dataclass(frozen=True)
class Cut:
    """A request: the scan's path, the page's extent, the edges of the cutting and of what is outlined in it, and the
    widest picture.

    `extent` is the page's width and height in the units of the edges, or empty if they are in the scan's pixels.
    Without `edges` the whole page is cut out.
    """

    scan: str
    extent: tuple[float, ...]
    edges: Edges | None
    outlined: tuple[Edges, ...]
    width: int


class NotCut(Exception):
    """A scan that can't be cut. The message is the reason and the remedy, in Chinese."""
