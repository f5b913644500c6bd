"""The segments of articles that come and go by hand. Each character of a text stays in one segment (promise 1)."""

from __future__ import annotations

from typing import Any

from articles.ingest.anchors import Stretch
from articles.models import Article, Page, SourceText


def give_up(article: Article) -> Article | None:
    """Hand on the segments of an article that is about to go: to the article that it was split from, or to its page.

    Return the article that has them now, or None.
    """
    page = _page_of(article)
    if page is None:
        return None
    origin = _before(article) if article.anchor else None
    holder: Article | Page = origin or page
    holder.segments = joined([*holder.segments, *article.segments])
    type(holder)._base_manager.filter(pk=holder.pk).update(segments=holder.segments)
    return origin


def take(article: Article) -> None:
    """Take the segments of an article that has come back out of those of the page and of its other articles."""
    page = _page_of(article)
    if page is None:
        return
    for holder in (page, *Article.objects.filter(source=article.source_id).exclude(pk=article.pk)):
        left = outside(holder.segments, article.segments)
        if left != holder.segments:
            type(holder)._base_manager.filter(pk=holder.pk).update(segments=left)


def _page_of(article: Article) -> Page | None:
    """Return the page whose current text has the segments of `article`, or None if there is no such page."""
    if not article.segments or article.source is None or article.source.standing != SourceText.Standing.CURRENT:
        return None
    return article.source.page


def _before(article: Article) -> Article | None:
    """Return the article whose text ends before that of `article` begins, in the same text."""
    first = min(start for start, _, _ in article.segments)
    others = Article.objects.filter(source=article.source_id).exclude(pk=article.pk)
    above = {max(start for start, _, _ in row.segments if start < first): row for row in others
             if any(start < first for start, _, _ in row.segments)}  # fmt: skip
    return above[max(above)] if above else None


def joined(segments: list[Any]) -> list[list[Any]]:
    """Return segments in order. Neighbours that were cut from one segment are one again."""
    found: list[list[Any]] = []
    for start, end, label in sorted(map(tuple, segments)):
        if found and found[-1][1] == start and found[-1][2] == label:
            found[-1][1] = end
        else:
            found.append([start, end, label])
    return found


def outside(segments: list[Any], taken: list[Any]) -> list[list[Any]]:
    """Return the segments without the stretches of `taken`."""
    left: list[Stretch] = [(start, end, label) for start, end, label in segments]
    for first, last, _ in taken:
        left = [
            (begin, end, label)
            for start, stop, label in left
            for begin, end in ((start, min(stop, first)), (max(start, last), stop))
            if begin < end
        ]
    return [list(each) for each in left]
