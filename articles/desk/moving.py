"""Moving articles to another page, of the same issue or of another one. Ids, URLs and texts stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.core.exceptions import ValidationError

from articles.desk.writing import Writing
from articles.models import Article, Page


def move(this: Writing, articles: Sequence[Article], page: Page) -> list[Article]:
    """Move `articles` behind the last article of `page`, in their order. Return all that moved.

    What was merged into one of them and stands on the same page moves along. An article stays in the text from which
    it was read: later readings of that text go on updating it.

    Raises ValidationError if an article stands on `page` already, or would leave a part of its story in another issue.
    """
    here = next((article for article in articles if article.page_id == page.pk), None)
    if here is not None:
        raise ValidationError(f"《{here}》已在{page}，请填另一版。")
    moving = _with_absorbed(articles)
    apart = part_apart(moving, dict.fromkeys((article.pk for article in moving), page))
    if apart is not None:
        article, other = apart
        raise ValidationError(
            f"《{article}》和{other.page}的《{other}》是一篇稿件，须在同一期；请先解开，再移到{page}。"
        )
    this.watch(*moving)
    for position, article in enumerate(moving, start=page.next_position()):
        article.page, article.position = page, position
        article.save(update_fields=["page", "position"])
    return moving


def _with_absorbed(articles: Iterable[Article]) -> list[Article]:
    """Return `articles`, each followed by what was merged into it on the same page."""
    found: dict[int, Article] = {}
    for article in articles:
        found.setdefault(article.pk, article)
        for part in article.continuations.filter(absorbed=True, page=article.page_id).as_printed():
            found.setdefault(part.pk, part)
    return list(found.values())


def part_apart(articles: Iterable[Article], pages: Mapping[int, Page]) -> tuple[Article, Article] | None:
    """Return one of `articles` and a part of its story in another issue, once those of {id: page} have moved.

    Return None if each story lies in one issue.
    """
    for article in articles:
        head = article.continuation_of or article
        story = [head, *head.continuations.select_related("page__issue")]
        for part in story:
            if not pages.get(part.pk, part.page).is_beside(pages.get(article.pk, article.page)):
                return article, part
    return None
