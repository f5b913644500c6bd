"""The cutting of a page's scan that an article stands on, beside the lines of its form."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from articles.admin.ids import check_id
from articles.admin.screens.article.head_lines import HEAD_FIELDS
from articles.admin.screens.scan_pictures import cutting, reason_against, refusal, whole_file
from articles.models import Article, SourceText
from articles.scans.finding import find_scan
from articles.web.cutting_request import Cut, Edges, enclosing

#: The widest picture beside the form, on a screen of two dots a pixel, and the widest that is opened by itself.
BESIDE, LARGE = 1100, 3000

#: The parameters of the larger picture, and of the whole scan.
LARGE_NAME, WHOLE_NAME = "large", "whole"


@dataclass(frozen=True)
class Scan:
    """The scan of an article's page: the file, the edges of the article and its head on it, the page's extent.

    `reason` says in Chinese why the edges are unknown, or is "".
    """

    path: Path
    edges: Edges | None = None
    head: Edges | None = None
    extent: tuple[float, ...] = ()
    reason: str = ""

    def cut(self, width: int) -> Cut:
        """Return the request for the cutting, at most `width` pixels wide."""
        assert self.edges is not None
        return Cut(str(self.path), self.extent, self.edges, (self.head,) if self.head else (), width)


def scan_of(article: Article) -> Scan | None:
    """Return the scan of the page that `article` was read from, or None if there is no scan."""
    source = article.source
    path = find_scan(source.path) if source else None
    if source is None or path is None:
        return None
    deferred = source.get_deferred_fields() & {"boxes", "extent"}
    if deferred:  # one query for both
        source.refresh_from_db(fields=deferred)
    if reason := reason_against(source):
        return Scan(path, reason=reason)
    edges = around(source, ((start, end) for start, end, _ in article.segments))
    if edges is None:
        return Scan(path, reason="识别结果没有记下这一篇的位置。")
    head = around(source, ((start, end) for start, end, label in article.segments if label in HEAD_FIELDS))
    return Scan(path, edges, head, tuple(source.extent or ()))


def around(source: SourceText, spans: Iterable[tuple[int, int]]) -> Edges | None:
    """Return the smallest rectangle around the boxes of `source` with text of `spans`, or None without such a box.

    No two spans overlap.
    """
    ordered = sorted(spans)
    ends = [end for _, end in ordered]

    def has_text(start: int, end: int) -> bool:
        after = takewhile(lambda span: span[0] < end, ordered[bisect_right(ends, start) :])
        return any(source.text[max(start, first) : min(end, last)].strip() for first, last in after)

    found = [edges for start, end, *edges in source.boxes if has_text(start, end)]
    return enclosing(found) if found else None


def show_scan(model_admin: admin.ModelAdmin, request: HttpRequest, object_id: str) -> HttpResponseBase:
    """Return the cutting of an article; with the parameter WHOLE_NAME, the scan itself.

    A scan that can't be cut is answered by a picture of the reason, because only a picture is seen where it stands.
    Raises Http404 for an id of no article, and for an article without a scan; PermissionDenied for a user who may not
    see the article.
    """
    check_id(Article, object_id)
    article = Article.objects.select_related("source").filter(pk=object_id).first()
    if article is None:
        raise Http404
    if not model_admin.has_view_or_change_permission(request, article):
        raise PermissionDenied
    scan = scan_of(article)
    if scan is None:
        raise Http404("这一版没有扫描件")
    if WHOLE_NAME in request.GET:
        return whole_file(request, scan.path)
    if scan.edges is None:
        return refusal(scan.reason)
    return cutting(request, scan.cut(LARGE if LARGE_NAME in request.GET else BESIDE))
