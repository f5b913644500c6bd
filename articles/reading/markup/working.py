"""A text under edit: the stretches that are taken out of it, their replacements, and the origin of each character."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from articles.text.cleaning import Cleaned

#: The label of the markup that tools write around a text.
MARKUP = "markup"


class Edit(NamedTuple):
    """Characters [start, end) of a working text, and the text that replaces them, which is not longer than they are."""

    start: int
    end: int
    text: str = ""


class Said(NamedTuple):
    """A fact that markup states about characters [start, end) of its text: a kind and a value.

    The kinds are "heading" with its level, "bold", "centred", "caption", "item" of a list, "cell" with (table, row,
    column), "note", and "region" with a tool's name for it. A "picture" has no characters and stands before `start`.
    """

    start: int
    end: int
    kind: str
    value: object = None


@dataclass
class Working:
    """A text, and the offset in the source of each of its characters.

    `said` and `blanked` hold offsets of the source. The characters in `blanked` were replaced by white space.
    """

    source: str
    text: str = ""
    origin: list[int] = field(default_factory=list)
    blanked: list[int] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.text = self.source
        self.origin = list(range(len(self.source)))

    def say(self, start: int, end: int, kind: str, value: object = None) -> None:
        """Note a fact that markup states about characters [start, end) of the current text."""
        self.said.append(Said(self._in_source(start), self._in_source(end), kind, value))

    def _in_source(self, offset: int) -> int:
        return self.origin[offset] if offset < len(self.origin) else len(self.source)

    def apply(self, edits: Iterable[Edit]) -> None:
        """Apply edits, which must be in order and must not overlap."""
        parts: list[str] = []
        origin: list[int] = []
        done = 0
        for start, end, text in edits:
            parts += [self.text[done:start], text]
            if text and text.isspace():
                self.blanked += self.origin[start : start + len(text)]
            origin += self.origin[done:start]
            origin += self.origin[start : start + len(text)]
            done = end
        if not done:
            return
        self.text = "".join([*parts, self.text[done:]])
        self.origin = origin + self.origin[done:]

    def close_up(self) -> None:
        """Take out the lines that held only markup. Of the blank lines above and below them, the longer run remains."""
        runs: list[list[tuple[int, bool]]] = [[]]  # runs of blank lines: each line's end, and whether it held markup
        start = before = 0
        for line in self.text.splitlines(keepends=True):
            end = start + len(line)
            break_at = self.origin[end - 1] + 1
            if line.strip():
                runs.append([])
            elif line.endswith("\n"):
                runs[-1].append((end - 1, bool(self.source[before:break_at].strip())))
            start, before = end, break_at
        self.apply([Edit(at, at + 1) for run in runs if any(held for _, held in run) for at in _needless(run)])

    def cleaned(self) -> Cleaned:
        """Return the current text, with the stretches that were taken out of the source under the label "markup"."""
        whole = [-1, *self.origin, len(self.source)]
        stretches = [(before + 1, at) for before, at in pairwise(whole) if at != before + 1]
        gone = [offset for start, end in stretches for offset in range(start, end)]
        taken: list[tuple[int, int, str]] = []
        kept_blanks = set(self.origin).intersection(self.blanked)
        for start, end in sorted([*stretches, *((at, at + 1) for at in kept_blanks)]):
            self._take(taken, start, end)
        return Cleaned(self.source, self.text, tuple(taken), tuple(gone))

    def _take(self, taken: list[tuple[int, int, str]], start: int, end: int) -> None:
        """Add [start, end) of the source, without the white space around it, to the stretches in `taken`."""
        stretch = self.source[start:end]
        start += len(stretch) - len(stretch.lstrip())
        end = start + len(stretch.strip())
        if start == end:
            return
        if taken and taken[-1][1] == start:
            taken[-1] = (taken[-1][0], end, MARKUP)
        else:
            taken.append((start, end, MARKUP))

    def said_of_text(self) -> list[Said]:
        """Return the facts that markup states, in order, with offsets of the current text."""
        said = [
            Said(bisect_left(self.origin, said.start), bisect_left(self.origin, said.end), said.kind, said.value)
            for said in self.said
        ]
        return sorted(said, key=lambda said: said[:2])


def _needless(run: list[tuple[int, bool]]) -> list[int]:
    """Return the line ends to remove from a run: all except those of the longest stretch of originally blank lines."""
    best: list[int] = []
    stretch: list[int] = []
    for at, held in [*run, (-1, True)]:
        if held:
            best, stretch = max(best, stretch, key=len), []
        else:
            stretch.append(at)
    kept = set(best)
    return [at for at, _ in run if at not in kept]
