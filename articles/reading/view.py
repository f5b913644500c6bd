"""A page's text -> its lines as the labelling sees them."""

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

#: Share of characters that have a simplified form in a page of before 1956: some 30 % are usual.
OLD_SHARE = 0.06


@dataclass(frozen=True, slots=True)
class View:
    """A page ready to be labelled: `text` without markup, `folded` the same in one writing, its folio, its lines."""

    cleaned: Cleaned
    plain: Plain
    folded: str
    folio: Folio
    page: PageLines

    @property
    def text(self) -> str:
        return self.plain.text

    def in_source(self, start: int, end: int) -> tuple[int, int]:
        """Return where a stretch of the text stands in the text as it came."""
        return self.cleaned.source_range(*self.plain.cleaned.source_range(start, end))


def view_of(text: str, words: Words) -> View:
    """Return the view of a page's text; the folio is read, and the rules see one writing of each character."""
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
    """Count the title of a table among its rows: "表1 各乡镇建卡人数", or what markup calls its caption."""
    out = list(lines)
    for index, (line, below) in enumerate(pairwise(lines)):
        if not below.marks.table or line.marks.table or below.gap > 1:
            continue
        if line.marks.region == "table caption" or marks.TABLE_TITLE.fullmatch(line.text):
            out[index] = replace(line, marks=replace(line.marks, table=below.marks.table, cells=(), level=0, bold=0))
    return out
