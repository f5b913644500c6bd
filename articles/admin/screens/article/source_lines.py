"""The lines of an article's source text beside its form, and which line each part of the form was read from."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from articles.models import Article

#: The labels of segments that a body is made of.
_BODY = ("paragraph", "subhead", "lead", "note")

#: The first characters of a corrected block by which its place in the source is still found.
_BEGINNING = 8


class SourceIndex:
    """The lines of the source text of an article. An article without a source has none."""

    def __init__(self, article: Article) -> None:
        self._text = article.source.text if article.source else ""
        self._starts = list(accumulate(map(len, self._text.splitlines(keepends=True)), initial=0))[:-1]
        self._segments = sorted(article.segments) if article.source else []

    def text(self, start: int, end: int) -> str:
        """Return the characters [start, end) of the source text."""
        return self._text[start:end]

    def line_of(self, offset: int) -> int:
        """Return the number of the line with the character at `offset`, counted from 1."""
        return max(1, bisect_right(self._starts, offset))

    def lines_of_blocks(self, texts: list[str]) -> list[tuple[int, int] | None]:
        """Return the first and last line of each block of a body, or None for a block that the source does not have.

        A corrected block is found by its first characters, and ends then where it begins.
        """
        offsets = [
            offset
            for start, end, label in self._segments
            if label in _BODY
            for offset in range(start, end)
            if not self._text[offset : offset + 1].isspace() and self._text[offset : offset + 1]
        ]
        flat = "".join(self._text[offset] for offset in offsets)
        found: list[tuple[int, int] | None] = []
        done = 0
        for text in texts:
            wanted = "".join(text.split())
            at, length = _find(flat, wanted, done), len(wanted)
            if at < 0:
                at, length = _find(flat, wanted[:_BEGINNING], done), 1
            if at < 0 or len(wanted) < 2:
                found.append(None)
                continue
            done = at + length
            found.append((self.line_of(offsets[at]), self.line_of(offsets[done - 1])))
        return found


def _find(flat: str, wanted: str, start: int) -> int:
    """Return where `wanted` stands after `start`, or else anywhere, or -1."""
    at = flat.find(wanted, start)
    return at if at >= 0 else flat.find(wanted)
