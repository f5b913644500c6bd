"""Joins that go back together: whether each story then has one head with its parts below it, in one issue."""

from __future__ import annotations

from collections.abc import Mapping

from articles.models import Article
from articles.models.articles import HEAD_IS_PART, IN_OTHER_ISSUE, PART_HAS_PARTS
from articles.models.row_values import Values


def clashes(heads: Mapping[int, int | None], returning: Mapping[int, Values]) -> dict[int, str]:
    """Return {id of an article: why it can't be a part of its head} for the articles whose join would be wrong.

    `heads` are {id of an article: id of its head or None} after the joins, `returning` the values of the deleted
    articles that come back with them.
    """
    after = {**{pk: told["continuation_of"] for pk, told in returning.items()}, **heads}
    parts = Article.objects.filter(continuation_of__among=list(heads)).values_list("pk", "continuation_of")
    held = {head for pk, head in parts if pk not in after} | set(after.values())
    named = {pk for pk in (*heads, *heads.values()) if pk is not None}
    rows = Article.objects.select_related("page").in_bulk(named)
    found = {}
    for pk, head in heads.items():
        if head is None:
            continue
        if head not in rows and head not in returning:
            found[pk] = "首篇已不在"
        elif after[head] if head in after else rows[head].continuation_of_id:
            found[pk] = HEAD_IS_PART
        elif pk in held:
            found[pk] = PART_HAS_PARTS
        elif pk in rows and head in rows and not rows[head].page.is_beside(rows[pk].page):
            found[pk] = IN_OTHER_ISSUE
    return found
