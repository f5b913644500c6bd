"""The lines of a page, with the facts about them that several pieces of evidence need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cached_property

from . import marks
from .lines import Line, squeeze
from .measure import columns_of, set_width
from .recognize import recognize_front, recognize_tail, recognize_whole

Words = Callable[[str], list[str]]

#: The longest short line, in characters. The words of a short line are evidence, too.
SHORT = 16
#: The pieces that end a story, on a line of their own or behind its text.
ENDINGS = frozenset(("byline", "jump_to", "agency", "note"))


class PageLines:
    """The lines of a page, with the facts about them that several pieces of evidence need.

    `folio` maps the indexes of the folio's lines to their labels. `old` marks a page in traditional characters.
    """

    def __init__(self, lines: Sequence[Line], words: Words, folio: dict[int, str], *, old: bool = False) -> None:
        self.lines = lines
        self.words = words
        self.folio = folio
        self.old = old
        self.texts = [line.text for line in lines]
        self.bare = [squeeze(text) for text in self.texts]

    def without(self, left_out: Collection[int]) -> PageLines:
        """Return the page without some of its lines. The remaining lines keep their gaps."""
        kept = [at for at in range(len(self.lines)) if at not in left_out]
        folio = {new: self.folio[at] for new, at in enumerate(kept) if at in self.folio}
        return PageLines([self.lines[at] for at in kept], self.words, folio, old=self.old)

    @cached_property
    def widths(self) -> list[float]:
        """The printed width of each line in Chinese characters, its indent included."""
        return [set_width(line.text) + min(line.indent, 2) for line in self.lines]

    @cached_property
    def columns(self) -> list[float]:
        """The width of each line's column, or 0 for a line whose neighbours show no column."""
        return columns_of(self.widths)

    @cached_property
    def median(self) -> int:
        """The usual length of a line, in characters."""
        return sorted(map(len, self.bare))[len(self.bare) // 2]

    @cached_property
    def short_lines(self) -> Counter[str]:
        """The number of times that each short line stands on the page."""
        return Counter(bare for bare in self.bare if len(bare) <= SHORT)

    @cached_property
    def highest(self) -> int:
        """The highest level of a heading, which has the lowest number, or 0 if the page has no heading."""
        return min((line.marks.level for line in self.lines if line.marks.level), default=0)

    @cached_property
    def levels(self) -> int:
        """The number of levels of headings on the page."""
        return len({line.marks.level for line in self.lines if line.marks.level})

    @cached_property
    def bolds(self) -> bool:
        """Whether any line has bold text."""
        return any(line.marks.bold for line in self.lines)

    @cached_property
    def wholes(self) -> list[str]:
        """The kind of each line that holds one thing only, and "" for other lines."""
        return [recognize_whole(text, self.words) for text in self.texts]

    @cached_property
    def fronts(self) -> list[str]:
        """The kind of each line's opening, or "" if it has none."""
        return [recognize_front(text) for text in self.texts]

    @cached_property
    def tails(self) -> list[str]:
        """The kinds of the pieces at the end of each line, or "" if there are none."""
        return [recognize_tail(text, self.words) for text in self.texts]

    @cached_property
    def signatures(self) -> list[str]:
        """The place where each line names the people of a story: "byline" for a line of their own, "lead", or ""."""
        found: list[str] = []
        for at, (front, whole) in enumerate(zip(self.fronts, self.wholes, strict=True)):
            if at in self.folio:
                found.append("")
            elif front.startswith(("lead", "open lead")):
                found.append("lead")
            else:
                found.append("byline" if whole == "byline" else "")
        return found

    @cached_property
    def since(self) -> list[str]:
        """For each line, the last place above it that names people or ends a story, and the amount of text between."""
        return list(self._texts_from(range(len(self.lines))))

    @cached_property
    def until(self) -> list[str]:
        """For each line, the first place below it that names people or ends a story, and the amount of text between."""
        return list(self._texts_from(range(len(self.lines) - 1, -1, -1)))[::-1]

    def _texts_from(self, order: range) -> Iterator[str]:
        kind, length = "edge", 0
        for at in order:
            yield f"{kind} {sum(length >= bound for bound in (1, 150, 400, 1000))}"
            named = self.signatures[at] or ("end" if self.tails[at] in ENDINGS or self.wholes[at] in ENDINGS else "")
            if named:
                kind, length = named, 0
            if len(self.bare[at]) > SHORT or self.columns[at]:
                length += len(self.bare[at])

    def form(self, at: int) -> tuple[int, bool, bool] | None:
        """Return the form of a heading: its level, whether all of it is bold, and whether it is centred.

        Return None for a line that is no heading.
        """
        own = self.lines[at].marks
        form = (own.level, own.bold >= len(self.texts[at]), own.centred)
        return form if any(form) and at not in self.folio else None

    @cached_property
    def companies(self) -> dict[tuple[int, bool, bool], tuple[int, int]]:
        """For each form of heading: how many have a signature in the three lines below, and how many there are."""
        found: dict[tuple[int, bool, bool], tuple[int, int]] = {}
        for at in range(len(self.lines)):
            form = self.form(at)
            if form is not None:
                signed, count = found.get(form, (0, 0))
                near = any(self.signatures[at + 1 : at + 4])
                found[form] = (signed + near, count + 1)
        return found

    @cached_property
    def speakers(self) -> set[str]:
        """The speakers of an interview: names before a colon that open two lines or more."""
        found = Counter(match[0][:-1] for text in self.texts if (match := marks.SPEAKER.match(text)))
        return {name for name, times in found.items() if times > 1}
