"""The map of a page: where its articles stand on the paper, by the places that the OCR tool has recorded."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponseBase

from articles.admin.screens.rendering import require
from articles.admin.screens.scan_pictures import cutting, reason_against, whole_file
from articles.desk.placing_text import current_text
from articles.ingest.placements import LEFT_OVER
from articles.models import Article, Page, SourceText
from articles.models.corrections import LAST_ID
from articles.scans.finding import find_scan
from articles.web.cutting_request import THOUSANDTHS, Cut, Edges, enclosing

#: The permission that it takes to look at the scan of a page.
LOOK = "articles.view_page"

#: The width of the map, to which all edges are scaled, and that of the scan below it, for a screen of two dots a pixel.
WIDTH, PICTURE = 1000, 760

#: The height of a newspaper's page whose tool tells no proportion, and the greatest height of a map, in widths. A page
#: of a tabloid measures 390 x 545 mm.
PROPORTION, LONGEST = 1.4, 5

#: Two boxes of an article are one area if the rectangle around them is at most so many times as large as both.
SPREAD = 1.3

#: How often the boxes of an owner are gone through to join them.
PASSES = 6

#: The most areas of an owner. One that has more is shown as one area.
MOST_AREAS = 60

#: The owners of boxes that are no article, and their titles.
UNOWNED, FURNITURE = -1, 0
TITLES = {UNOWNED: "未归入", FURNITURE: "版头、版尾"}


@dataclass(frozen=True)
class Area:
    """A rectangle of the map. `number` is the place of its article in the list, FURNITURE or UNOWNED.

    `label` is written into the first area of an article alone. The edges are in units of the map.
    """

    number: int
    title: str
    left: int
    top: int
    width: int
    height: int
    label: str = ""

    @property
    def kind(self) -> str:
        """The class of the rectangle."""
        return {UNOWNED: "unowned", FURNITURE: "furniture"}.get(self.number, "of-article")


@dataclass(frozen=True)
class PageMap:
    """The map of a page, WIDTH wide.

    `is_on_scan` tells whether the scan can be shown below it, `is_stretched` whether it has to be made as high as the
    map, because the tool has told no proportion.
    """

    height: int
    areas: list[Area]
    scan: Path | None = None
    is_on_scan: bool = False
    is_stretched: bool = False
    width: int = WIDTH


def page_map(page: Page, source: SourceText | None, articles: Sequence[Article]) -> PageMap | None:
    """Return the map of `page`, whose current text is `source`; None if its tool has recorded no places.

    `articles` are those of the list, in order.
    """
    if source is None or not source.boxes:
        return None
    across, down = _extent(source)
    by_x = by_y = WIDTH / across
    is_stretched = tuple(source.extent or ()) == THOUSANDTHS
    if is_stretched:
        by_y *= PROPORTION
    height = min(LONGEST * WIDTH, down * by_y)
    areas: list[Area] = []
    for owner, boxes in _boxes_by_owner(page, source, articles).items():
        scaled = [
            (
                _within(x0 * by_x, WIDTH),
                _within(y0 * by_y, height),
                _within(x1 * by_x, WIDTH),
                _within(y1 * by_y, height),
            )
            for x0, y0, x1, y1 in boxes
        ]
        title = articles[owner - 1].title if owner > 0 else TITLES[owner]
        for at, (left, top, right, bottom) in enumerate(_joined(scaled)):
            edges = round(left), round(top), max(1, round(right - left)), max(1, round(bottom - top))
            areas.append(Area(owner, title, *edges, label=str(owner) if owner > 0 and not at else ""))
    scan = find_scan(source.path)
    is_on_scan = scan is not None and bool(source.extent) and not reason_against(source)
    return PageMap(round(height), areas, scan, is_on_scan, is_stretched)


def _within(edge: float, last: float) -> float:
    """Return an edge within the map: a tool may tell a box that runs off the page."""
    return min(max(0.0, edge), last)


def _extent(source: SourceText) -> tuple[float, float]:
    """Return width and height of the page in the units of its boxes. Without a record they end at the outermost."""
    if source.extent:
        across, down = source.extent
    else:
        across, down = max(box[4] for box in source.boxes), max(box[5] for box in source.boxes)
    return max(1.0, float(across)), max(1.0, float(down))


def _boxes_by_owner(page: Page, source: SourceText, articles: Sequence[Article]) -> dict[int, list[Edges]]:
    """Return {number of an article, FURNITURE or UNOWNED: its boxes in the order of the text}.

    Text of articles that have moved away belongs to nothing here.
    """
    spans = [
        (start, end, number)
        for number, article in enumerate(articles, start=1)
        if article.source_id == source.pk
        for start, end, _ in article.segments
    ]
    spans += [(start, end, UNOWNED if label == LEFT_OVER else FURNITURE) for start, end, label in page.segments]
    spans.sort()
    ends = [end for _, end, _ in spans]
    owned: dict[int, list[Edges]] = {}
    for start, end, x0, y0, x1, y1 in source.boxes:
        owner = _owner(source.text, start, end, spans, bisect_right(ends, start))
        if owner is not None:
            owned.setdefault(owner, []).append((x0, y0, x1, y1))
    return owned


def _owner(text: str, start: int, end: int, spans: Sequence[tuple[int, int, int]], at: int) -> int | None:
    """Return the owner of a stretch: the first article that has text in it, or else left-over text, or furniture.

    `at` is the index of the first of `spans` that reaches into the stretch.
    """
    found = None
    while at < len(spans) and spans[at][0] < end:
        first, last, owner = spans[at]
        if text[max(start, first) : min(end, last)].strip():
            if owner > 0:
                return owner
            found = owner if found is None else min(found, owner)
        at += 1
    return found


def _joined(boxes: Sequence[Edges]) -> list[Edges]:
    """Return the boxes of an owner, of which those that follow each other in a line or in a column are one.

    Words become lines, lines columns, and columns may become one area.
    """
    found = list(boxes)
    for _ in range(PASSES):
        before, found = found, []
        for box in before:
            both = enclosing((found[-1], box)) if found else box
            if found and _size(both) <= SPREAD * (_size(found[-1]) + _size(box)):
                found[-1] = both
            else:
                found.append(box)
        if len(found) == len(before):
            break
    return found if len(found) <= MOST_AREAS else [enclosing(found)]


def _size(box: Edges) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def show_page_scan(site: AdminSite, request: HttpRequest, pk: int) -> HttpResponseBase:
    """Return the scan of a page as a small picture; with the parameter `whole`, its file.

    Raises Http404 for an id of no page, and for a page without a scan; PermissionDenied for a user who may not look at
    pages.
    """
    require(request, LOOK)
    page = Page.objects.filter(pk=pk).first() if pk <= LAST_ID else None
    source = current_text(page) if page else None
    scan = find_scan(source.path) if source else None
    if source is None or scan is None:
        raise Http404("这一版没有扫描件")
    if "whole" in request.GET:
        return whole_file(request, scan)
    return cutting(request, Cut(str(scan), tuple(source.extent or ()), None, (), PICTURE))
