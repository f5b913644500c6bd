"""The source text of a story, with the labels that the reading gave to its spans."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.models import Article, Page
from articles.models.articles import line_labels
from articles.models.stories import page_turns, parts_of
from articles.text.cleaning import visible
from articles.views.heads import of_head

#: The names that readers see for the labels of segments.
SEGMENT_LABELS = {
    **line_labels(),
    "byline": "署名",
    "credit": "摄影",
    "agency": "电头",
    "lead": "电头署名",
    "paragraph": "正文",
    "subhead": "小标题",
    "jump": "转版",
    "note": "附注",
    "mark": "记号",
    "markup": "排版标记",
    "control": "看不见的字符",
    "unreadable": "无法辨认的字符",
}

#: The number of lines shown before and after each line that a story was made from.
AROUND = 2


@dataclass(frozen=True)
class SourceSpan:
    """A span of a line. `text` shows invisible characters by their codes. `label` names what the span was read as; it
    is "" if the span belongs to another item or to the page."""

    text: str
    label: str


@dataclass(frozen=True)
class SourceLine:
    """A line of a source text. `number` counts from 1. `skipped` is the number of lines left out before the line."""

    number: int
    pieces: tuple[SourceSpan, ...]
    skipped: int

    @property
    def labels(self) -> list[str]:
        """The labels of its pieces, each once."""
        return list(dict.fromkeys(piece.label for piece in self.pieces if piece.label))


@of_head
def source(request: HttpRequest, found: Article) -> HttpResponse:
    """Show the lines of the page texts that a story was made from."""
    parts = parts_of(found)
    prefetch_related_objects(parts, "source")
    hidden = hidden_segments(parts)
    context = {
        "article": found,
        "page": found.page,
        "issue": found.page.issue,
        "parts": [
            (part, list(source_lines(part, hidden.get(part.source_id, ()))), turns)
            for part, turns in zip(parts, page_turns(parts), strict=True)
        ],
    }
    return render(request, "articles/source.html", context)


def hidden_segments(parts: Sequence[Article]) -> dict[int | None, list[Sequence[Any]]]:
    """Return {id of a source text: its segments that readers may not see} for the source texts of `parts`.

    They belong to hidden articles, and to no article on a hidden page.
    """
    sources = {part.source_id for part in parts if part.source_id}
    of_articles = Article.objects.hidden().order_by().filter(source__in=sources)
    of_pages = Page.objects.hidden().order_by().filter(sources__in=sources)
    found: dict[int | None, list[Sequence[Any]]] = {}
    for source_id, segments in (
        *of_articles.values_list("source", "segments"),
        *of_pages.values_list("sources", "segments"),
    ):
        found.setdefault(source_id, []).extend(segments)
    return found


def source_lines(article: Article, hidden: Iterable[Sequence[Any]] = ()) -> Iterator[SourceLine]:
    """Yield the lines of the source text that `article` was made from, and AROUND lines on either side of each.

    Segments of others that are `hidden` are left out, and lines of which nothing is left.
    """
    if article.source is None:
        return
    lines = article.source.text.splitlines(keepends=True)
    starts = list(accumulate(map(len, lines), initial=0))
    segments = sorted((start, end, SEGMENT_LABELS.get(label, label)) for start, end, label in article.segments)
    of_line: dict[int, list[tuple[int, int, str]]] = {}
    for segment in segments:
        for index in range(bisect_right(starts, segment[0]) - 1, bisect_left(starts, segment[1])):
            of_line.setdefault(index, []).append(segment)
    cut_out: dict[int, list[tuple[int, int]]] = {}
    for start, end, _ in hidden:
        for index in range(bisect_right(starts, start) - 1, bisect_left(starts, end)):
            cut_out.setdefault(index, []).append((start, end))
    near = {index + step for index in of_line for step in range(-AROUND, AROUND + 1)}
    last = -1
    for index in sorted(near & set(range(len(lines)))):
        start, text = starts[index], "".join(lines[index].splitlines())
        pieces = tuple(_pieces(text, start, of_line.get(index, []), cut_out.get(index, [])))
        if index in cut_out and not any(piece.text.strip() for piece in pieces):
            continue
        yield SourceLine(index + 1, pieces, index - last - 1)
        last = index


def _pieces(
    text: str, offset: int, segments: Sequence[tuple[int, int, str]], hidden: Iterable[tuple[int, int]]
) -> Iterator[SourceSpan]:
    """Yield the spans of a line that begins at `offset` of the source text, cut where segments begin and end.

    Spans that are `hidden`, and in none of the segments, are left out.
    """
    inside = [(max(0, start - offset), min(len(text), end - offset), label) for start, end, label in segments]
    gone = [(max(0, start - offset), min(len(text), end - offset)) for start, end in hidden]
    cuts = sorted(
        {0, len(text), *(at for start, end, _ in inside for at in (start, end)), *(at for span in gone for at in span)}
    )
    for first, last in pairwise(cuts):
        label = next((label for start, end, label in inside if start <= first and last <= end), "")
        if not label and any(start <= first and last <= end for start, end in gone):
            continue
        yield SourceSpan(visible(text[first:last]), label)
