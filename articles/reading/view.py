"""The view of a page: its text cut into lines, as the labelling sees them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import ne

from articles.text.cleaning import Cleaned, clean
from articles.text.fold import fold_ideographs

from . import marks
from .folio import Folio, read_folio
from .lines import Line, split_lines
from .markup import Plain, read_markup
from .page_lines import PageLines
from .run_ins import part_run_ins
from .running import part_authors

Words = Callable[[str], list[str]]

#: A page is in traditional characters if a larger share of its characters has a simplified form. Pages from before 1956
#: usually have some 30 %.
OLD_SHARE = 0.06


@dataclass(frozen=True, slots=True)
class View:
    """A page ready for labelling: `text` without markup, `folded` with one form of each character, folio and lines."""

    cleaned: Cleaned
    plain: Plain
    folded: str
    folio: Folio
    page: PageLines

    @property
    def text(self) -> str:
        return self.plain.text

    def in_source(self, start: int, end: int) -> tuple[int, int]:
        """Return the stretch of the source text for a stretch of the plain text."""
        return self.cleaned.source_range(*self.plain.cleaned.source_range(start, end))


def view_of(text: str, words: Words) -> View:
    """Return the view of a page's text, with its folio. The rules see one form of each character."""
    cleaned = clean(text)
    plain = read_markup(cleaned.text)
    lines = part_authors(split_lines(plain.text, plain.said))
    folio = read_folio(lines, words)
    folded = fold_ideographs(plain.text)
    if folded != plain.text:
        lines = [replace(line, text=folded[line.start : line.end]) for line in lines]
    parted, labels = part_run_ins(_with_captions(lines), folio.labels)
    old = sum(map(ne, folded, plain.text)) > OLD_SHARE * len(plain.text)
    return View(cleaned, plain, folded, folio, PageLines(parted, words, labels, old=old))


def _with_captions(lines: list[Line]) -> list[Line]:
    """Return the lines; a table's title ("表1 各乡镇建卡人数", or a caption by markup) becomes one of its rows."""
    out = list(lines)
    for index, (line, below) in enumerate(pairwise(lines)):
        if not below.marks.table or line.marks.table or below.gap > 1:
            continue
        if line.marks.region == "table caption" or marks.TABLE_TITLE.fullmatch(line.text):
            out[index] = replace(line, marks=replace(line.marks, table=below.marks.table, cells=(), level=0, bold=0))
    return out
