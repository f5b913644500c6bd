"""Joins of articles into one story: merging on a page, joining continuations across pages, parting them again."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError

from articles.desk.companions import bring_along, companions_of, companions_of_each
from articles.desk.queue import close
from articles.desk.splitting import anchor_at
from articles.desk.writing import Writing
from articles.models import Article, Doubt
from articles.models.visibility import must_be_withdrawn

#: The kinds of doubts that a merge settles.
NEEDLESS = ("no-headline", "no-byline")


def merge(this: Writing, survivor: Article, absorbed: Sequence[Article]) -> None:
    """Merge articles into the story of `survivor`: readers see one text, that of the survivor first.

    Each absorbed article stays a row with its text, names and id, so that an import pairs it with what it was read
    from; its continuations follow it. The anchors of all keep a later reading from handing the text of one to another,
    too, whichever is printed first.

    Raises ValidationError if an article is the survivor itself, stands in another issue, or is withdrawn, or if one of
    the two pages is.
    """
    head = survivor.continuation_of or survivor
    for article in absorbed:
        _check(article, head, survivor)
        coming = [*article.continuations.all(), *companions_of(article)]
        parts = [part for part in coming if part.pk != head.pk]
        this.watch(article, *parts)
        for part in (*parts, article):
            part.continuation_of = head
        article.absorbed = True
        article.anchor = article.anchor or anchor_at(article, article.segments, article.blocks)
        for part in (*parts, article):
            part.save(update_fields=["continuation_of", "absorbed", "anchor"])
    if not survivor.anchor:
        this.watch(survivor)
        survivor.anchor = anchor_at(survivor, survivor.segments, survivor.blocks)
        survivor.save(update_fields=["anchor"])
    # What continues another text needs no headline and no byline of its own.
    close(this, Doubt.objects.open().filter(kind__in=NEEDLESS, article__in=absorbed), Doubt.State.SETTLED)


def _check(article: Article, head: Article, survivor: Article) -> None:
    if article.pk in (head.pk, survivor.pk):
        raise ValidationError(f"《{article}》是留下的一篇，不能再并入，请另选。")
    if not article.page.is_beside(head.page):
        raise ValidationError(f"《{article}》和《{head}》不在同一期，不能合并。")
    withdrawn = next((each for each in (article, head) if each.withdrawn), None)
    if withdrawn is not None:
        raise ValidationError(f"《{withdrawn}》已撤下，请先恢复再合并。")
    if article.page.withdrawn != head.page.withdrawn:
        withdrawn = article if article.page.withdrawn else head
        raise ValidationError(f"《{withdrawn}》所在的版已撤下，请先恢复那一版再合并。")


def join(this: Writing, head: Article, parts: Sequence[Article]) -> None:
    """Make `parts` continuations of `head`, in one story. What was absorbed is a part with a seam again.

    What came with a part into the story that it leaves goes with it.

    Raises ValidationError as `Article.clean` does.
    """
    this.watch(*parts)
    for part in parts:
        companions = companions_of(part)
        part.continuation_of = head
        part.clean()
        part.absorbed = False
        part.save(update_fields=["continuation_of", "absorbed"])
        bring_along(this, part, companions)


def part(this: Writing, articles: Sequence[Article]) -> None:
    """Make each of `articles` a story of its own. What was absorbed stands for itself again.

    What came with an article into the story that it leaves is part of it again, unless it is one of `articles`, too.
    What the readers could not see, because its head or the page of its head is withdrawn, stays withdrawn.
    """
    this.watch(*articles)
    for article, companions in zip(articles, companions_of_each(articles), strict=True):
        article.withdrawn = must_be_withdrawn(article)
        article.continuation_of = None
        article.absorbed = False
        article.save(update_fields=["continuation_of", "absorbed", "withdrawn"])
        bring_along(this, article, companions)
