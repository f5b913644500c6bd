"""The lines of a page's text, for doubts about the page itself."""

from __future__ import annotations

from dataclasses import dataclass

from articles.models import Page, SourceText
from articles.text.cleaning import visible

#: The lines that are shown at each end of a long text: a page prints its date and number there.
AT_EACH_END = 25


@dataclass(frozen=True)
class PageLine:
    """A line of a text. `is_left_over` tells whether part of it belongs to no item."""

    number: int
    text: str
    is_left_over: bool


@dataclass(frozen=True)
class PageLines:
    """The text that a page shows at present: its file, and its lines. `skipped` are left out in the middle."""

    source: SourceText
    first: list[PageLine]
    skipped: int
    last: list[PageLine]


def lines_of_page(page: Page) -> PageLines | None:
    """Return the lines of the current text of `page`, or None if it has none.

    Lines with left-over text are all shown; of the others only those at both ends.
    """
    source = page.sources.filter(standing=SourceText.Standing.CURRENT).first()
    if source is None:
        return None
    spans = [(start, end) for start, end, label in page.segments if label == "leftover"]
    lines, at = [], 0
    for number, text in enumerate(source.text.splitlines(keepends=True), start=1):
        end = at + len(text)
        is_left_over = any(first < end and last > at and text.strip() for first, last in spans)
        lines.append(PageLine(number, visible(text.rstrip("\r\n")), is_left_over))
        at = end
    if len(lines) <= 2 * AT_EACH_END:
        return PageLines(source, lines, 0, [])
    left_over = [line for line in lines if line.is_left_over]
    if left_over:
        return PageLines(source, left_over, len(lines) - len(left_over), [])
    return PageLines(source, lines[:AT_EACH_END], len(lines) - 2 * AT_EACH_END, lines[-AT_EACH_END:])
