"""Proposals: values of the newest reading in fields that a person has set."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from articles.models import Article, Page, Proposal


def propose(
    page: Page, article: Article | None, source: int, withheld: dict[str, Any], considered: Collection[str]
) -> None:
    """Store `withheld`, {field: machine's value as JSON}, as proposals for `article`, or for `page` itself.

    `source` is the id of the text that was read. Proposals for the other `considered` fields are deleted, since the
    newest reading agrees with the person there.
    """
    # The proposals of an article are prefetched, because a page has many articles and most have no proposals.
    rows = article.proposals.all() if article else page.proposals.filter(article=None)
    stored = {row.field: row for row in rows}
    for field, value in withheld.items():
        row = stored.get(field)
        if row is None:
            row = Proposal(page=page, article=article, field=field)
        elif row.value == value:
            continue
        row.value, row.source_id = value, source
        row.save()
    settled = [row.pk for field, row in stored.items() if field in considered and field not in withheld]
    if settled:
        Proposal.objects.filter(pk__in=settled).delete()


def differ(article: Article, withheld: dict[str, Any], considered: Collection[str]) -> bool:
    """Tell whether `propose` would change the proposals for an article."""
    return {row.field: row.value for row in article.proposals.all() if row.field in considered} != withheld
