"""What stands around a page: the pages before and after it, and the articles that its own may continue."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, Value, When

from articles.models import Article, Page

#: The most heads that are offered. An issue of sixteen pages has some 150.
HEADS_OFFERED = 300


@dataclass(frozen=True)
class Turns:
    """The pages before and after a page in its issue, None at its ends. Those that are withdrawn are among them."""

    before: Page | None = None
    after: Page | None = None


def turns(page: Page) -> Turns:
    """Return the pages beside `page`. A page without an issue has none."""
    if page.issue is None:
        return Turns()
    pages = list(page.issue.pages.select_related("issue").as_printed())
    at = pages.index(page)
    return Turns(pages[at - 1] if at else None, pages[at + 1] if at + 1 < len(pages) else None)


def heads(page: Page) -> list[tuple[int, str]]:
    """Return (id, page and title) of the articles that those of `page` may continue.

    They are the heads of its issue, first those that are continued on this page, then in printed order.
    """
    rows = Article.objects.stories().filter(**({"page__issue": page.issue_id} if page.issue_id else {"page": page.pk}))
    leads_here = Case(When(continued_to=page.number, then=Value(0)), default=Value(1)) if page.number else Value(1)
    rows = rows.alias(leads_here=leads_here).order_by("leads_here", "page__number", "page", "position", "pk")
    rows = rows.select_related("page").only("headline", "kind", "blocks", "page__number")
    return [(row.pk, f"{row.page.number_text}　{row.title}") for row in rows[:HEADS_OFFERED]]
