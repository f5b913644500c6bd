"""The segments of articles that come and go by hand. Each character of a text stays in one segment (promise 1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from articles.ingest.anchors import Stretch, outside
from articles.ingest.placements import LEFT_OVER
from articles.models import Article, Batch, Correction, Page, SourceText


def give_up(article: Article, given: Sequence[Stretch] = ()) -> Article | None:
    """Hand on the segments of an article that is about to go: to the article that it was split from, or to its page.

    Those that a person has given to it (`given`) are left over on the page again. Return the article that it was split
    from, or None.
    """
    origin = origin_of(article)
    page = _page_of(article)
    if page is not None:
        holder: Article | Page = origin if origin and origin.source_id == article.source_id else page
        own = outside(article.segments, [list(each) for each in given])
        holder.segments = joined(holder.segments, own)
        type(holder)._base_manager.filter(pk=holder.pk).update(segments=holder.segments)
        if given:
            page.refresh_from_db(fields=["segments"])
            left_over = [[start, end, LEFT_OVER] for start, end, _ in given]
            Page.objects.filter(pk=page.pk).update(segments=sorted([*page.segments, *left_over]))
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


def origin_of(article: Article) -> Article | None:
    """Return the article that `article` was split from: the one whose body the batch that made `article` changed.

    An article that was merged has an anchor, too, so that the ledger alone can tell.
    """
    told = Correction.objects.filter(model="article", batch__undoes=None).exclude(batch__kind__in=Batch.OF_TEXTS)
    made = [each for each in told.filter(object_id=str(article.pk), field="") if each.old is None]
    cut = told.filter(batch__in=[each.batch_id for each in made], field__startswith="blocks")
    return Article.objects.filter(pk__in=[int(each.object_id) for each in cut]).exclude(pk=article.pk).first()


def halves_of(article: Article, *, after: int) -> list[Article]:
    """Return the articles that were split off from `article` in the batch with the id `after` or later, in order."""
    told = Correction.objects.filter(model="article", batch__undoes=None, batch__gte=after)
    cuts = told.filter(object_id=str(article.pk), field__startswith="blocks").values("batch")
    made = [int(each.object_id) for each in told.filter(field="", batch__in=cuts) if each.old is None]
    return sorted(Article.objects.filter(pk__in=made), key=lambda half: made.index(half.pk))


def joined(held: Sequence[Any], given: Sequence[Any]) -> list[list[Any]]:
    """Return the segments of both in order. A segment that was cut between the two is one again."""
    found: list[list[Any]] = []
    was_given: bool | None = None
    marked = [(*each, False) for each in held] + [(*each, True) for each in given]
    for start, end, label, is_given in sorted(marked):
        if found and was_given != is_given and found[-1][1:] == [start, label]:
            found[-1][1] = end
        else:
            found.append([start, end, label])
        was_given = is_given
    return found
