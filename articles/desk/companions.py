"""The parts that came with an article into the story of another one, and go with it where it goes.

A story is flat: where B with its part A is merged into C, both become parts of C. The ledger alone tells that A was a
part of B.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from articles.models import Article, Correction

if TYPE_CHECKING:
    from articles.desk.writing import Writing


def companions_of(article: Article) -> list[Article]:
    """Return the parts that came with `article` into the story that it is a part of, as printed. A head has none."""
    if article.continuation_of_id is None:
        return []
    beside = Article.objects.filter(continuation_of=article.continuation_of_id).exclude(pk=article.pk)
    heads = _heads([row.pk for row in beside])
    return [row for row in beside.order_by("page__number", "position", "pk") if article.pk in heads[row.pk]]


def companions_of_each(articles: Sequence[Article]) -> list[list[Article]]:
    """Return the companions of each of `articles` that are none of them. One of several is that of its nearest head."""
    chosen = {article.pk for article in articles}
    found = [[row for row in companions_of(article) if row.pk not in chosen] for article in articles]
    heads = _heads({row.pk for rows in found for row in rows})
    nearest = {pk: next(head for head in told if head in chosen) for pk, told in heads.items()}
    return [
        [row for row in rows if nearest[row.pk] == article.pk] for article, rows in zip(articles, found, strict=True)
    ]


def _heads(articles: Iterable[int]) -> dict[int, list[int | None]]:
    """Return {id of an article: the heads that it was a part of, one after the other, up to its last}.

    An article that went back to an earlier head has lost those behind it.
    """
    found: dict[int, list[int | None]] = defaultdict(list)
    told = Correction.objects.filter(model="article", field="continuation_of", object_id__in=map(str, articles))
    for pk, old, new in told.order_by("batch_id", "seq").values_list("object_id", "old", "new"):
        heads = found[int(pk)]
        if not heads:
            heads.append(old)
        if new in heads:
            del heads[heads.index(new) + 1 :]
        else:
            heads.append(new)
    return found


def bring_along(this: Writing, article: Article, companions: Collection[Article]) -> None:
    """Let `companions` be parts of the story that `article` is part of now, or of its own story."""
    this.watch(*companions)
    for row in companions:
        row.continuation_of = article.continuation_of or article
        row.save(update_fields=["continuation_of"])
