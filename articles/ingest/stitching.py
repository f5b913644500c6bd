"""Stories on several pages of an issue: joining articles whose jump lines answer each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet, prefetch_related_objects

from articles.models import Article, Issue, Page, archive
from articles.models.statements import Statement
from articles.models.visibility import must_be_withdrawn
from articles.text.likeness import overlap, trigrams


def stitch(issue: Issue, change: archive.Change) -> set[int]:
    """Join the articles of `issue` that continue each other, and separate those that no longer do.

    "下转第3版" on page 1 and "上接第1版" on page 3 answer each other, whichever page was loaded first. A join that a
    person made or undid stays, and so do all joins of a page whose structure a person has edited, unless the machine's
    join reaches into another issue. A part of a withdrawn head stays its part, because readers would see it alone; in
    another issue it is withdrawn itself. Returns the ids of all articles that were joined or separated, and of their
    heads before and after.
    """
    touched: set[int] = set()
    for row, head in joins(issue.pk, jumping_in(issue.pk)):
        touched.update(filter(None, [row.pk, head, row.continuation_of_id]))
        row.withdrawn = must_be_withdrawn(row)
        row.continuation_of_id = head
        row.save(update_fields=["continuation_of", "withdrawn"])
    change.articles(touched)
    return touched


def jumping_in(issue: int) -> list[Article]:
    """Return the articles that jump in an issue (id), as printed, and those elsewhere that continue one of it."""
    return [*_JUMPING.rows(issue), *_LEFT.rows(issue)]


def joins(issue: int, articles: Sequence[Article]) -> list[tuple[Article, int | None]]:
    """Return (article, id of its head or None) for each of `articles` whose join is to be another. Nothing is written.

    `articles` are those of `jumping_in`, as they are stored or as they would be.
    """
    before = _before(row for row in articles if row.page.issue_id == issue)
    kept = {row.pk: row.continuation_of_id for row in articles if _keeps_join(row)}
    with_parts = set(kept.values())  # a story has one head: the head of a kept part becomes no part
    found: list[tuple[Article, int | None]] = []
    for row in articles:
        if row.pk in kept:
            continue
        head = None if row.page.structure_edited or row.page.issue_id != issue else _head(row.pk, before)
        head = kept.get(head or 0) or head
        if head == row.pk or row.pk in with_parts:
            head = None
        if row.continuation_of_id != head:
            found.append((row, head))
    return found


def _keeps_join(row: Article) -> bool:
    """Return whether the join of `row`, or its standing alone, is not the machine's to change."""
    is_apart = row.continuation_of is not None and not row.continuation_of.page.is_beside(row.page)
    is_persons = row.is_protected("continuation_of") or (row.page.structure_edited and not is_apart)
    return is_persons or _is_hidden_with_head(row)


def _is_hidden_with_head(row: Article) -> bool:
    """Return whether `row` continues an article of its issue that is withdrawn, or whose page is."""
    head = row.continuation_of
    return head is not None and (head.withdrawn or head.page.withdrawn) and head.page.is_beside(row.page)


def _jumping(issue: int) -> QuerySet[Article]:
    jumps = Q(continued_to__isnull=False) | Q(continued_from__isnull=False) | Q(continuation_of__isnull=False)
    rows = Article.objects.filter(jumps, page__issue=issue).select_related("page", "continuation_of__page")
    return rows.order_by("page__number", "position", "pk")


#: The articles of an issue that jump, or continue another, as printed.
_JUMPING = Statement(_jumping, int)


def _left(issue: int) -> QuerySet[Article]:
    rows = Article.objects.filter(continuation_of__page__issue=issue)
    elsewhere = rows.filter(Q(page__issue__isnull=True) | ~Q(page__issue=issue))
    return elsewhere.select_related("page", "continuation_of__page").order_by("pk")


#: The articles that continue one of the issue, and whose page lies in it no more.
_LEFT = Statement(_left, int)


def joined_by_person(page: Page) -> tuple[Article, Article] | None:
    """Return an article of `page` and one of another page that a person has joined into one story, or None."""
    parts = Article.objects.filter(continuation_of__isnull=False).select_related("page", "continuation_of__page")
    for row in (*parts.filter(page=page), *parts.filter(continuation_of__page=page)):
        head = row.continuation_of
        if head is not None and row.is_protected("continuation_of") and row.page_id != head.page_id:
            return (row, head) if row.page_id == page.pk else (head, row)
    return None


def _before(articles: Iterable[Article]) -> dict[int, int]:
    """Return {id of an article: id of the part that it continues}."""
    leaving: dict[tuple[int, int], list[Article]] = defaultdict(list)
    coming: dict[tuple[int, int], list[Article]] = defaultdict(list)
    for article in articles:
        number = article.page.number
        if number is None or article.kind in (Article.Kind.TEASER, Article.Kind.NOTICE):
            continue
        if article.continued_to and article.continued_to != number:
            leaving[number, article.continued_to].append(article)
        if article.continued_from and article.continued_from != number:
            coming[article.continued_from, number].append(article)
    before: dict[int, int] = {}
    for jump, parts in coming.items():
        before |= _paired(leaving.get(jump, []), parts)
    return before


def _paired(leaving: list[Article], coming: list[Article]) -> dict[int, int]:
    """Return {id of an article that continues on a page: id of the article that jumps to it}.

    The pairs most alike come first, and equally alike pairs in printed order.
    """
    if not leaving:
        return {}
    if len(leaving) == len(coming) == 1:  # as nearly always: no other pair to compare with
        return {coming[0].pk: leaving[0].pk}
    prefetch_related_objects([*leaving, *coming], "bylines")
    alike = sorted(
        ((_likeness(one, other), -i, -j) for i, one in enumerate(leaving) for j, other in enumerate(coming)),
        reverse=True,
    )
    paired: dict[int, int] = {}
    gone: set[int] = set()
    for _, i, j in alike:
        one, other = leaving[-i], coming[-j]
        if one.pk not in gone and other.pk not in paired:
            paired[other.pk] = one.pk
            gone.add(one.pk)
    return paired


def _likeness(one: Article, other: Article) -> float:
    """Return how alike the headlines and names of two articles are, 0 to 2.

    A part without a headline is like no other headline.
    """
    heads = overlap(trigrams(one.headline), trigrams(other.headline)) if one.headline and other.headline else 0.0
    names = [{row.name_as_printed for row in article.bylines.all()} for article in (one, other)]
    return heads + (len(names[0] & names[1]) / max(1, len(names[0] | names[1])))


def _head(pk: int, before: dict[int, int]) -> int | None:
    """Return the first part of the story that an article continues.

    Returns None for a first part and for jumps in a ring.
    """
    seen = {pk}
    at = pk
    while (previous := before.get(at)) is not None:
        if previous in seen:
            return None
        seen.add(previous)
        at = previous
    return at if at != pk else None
