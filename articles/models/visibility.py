"""The conditions of what readers may see. The queries `visible()` are made of them, and nothing else decides it.

Withdrawn issues are looked up apart: they are few, and an index holds them alone. A join would read the issue of each
of a million articles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import Q

if TYPE_CHECKING:
    from articles.models.articles import Article


def shown_page(path: str = "") -> Q:
    """Return the condition that readers may see a page: it has an issue, and neither of the two is withdrawn.

    `path` is the lookup that leads to the page, with its end: `page__`; "" in queries for pages.
    """
    withdrawn = apps.get_model("articles", "Issue").objects.order_by().filter(withdrawn=True).values("pk")
    of_page = Q(**{f"{path}issue__isnull": False, f"{path}withdrawn": False})
    return of_page & ~Q(**{f"{path}issue__in": withdrawn})


def shown_by_itself(path: str = "") -> Q:
    """Return the condition that neither an article nor its page is hidden, whatever its head is.

    For `path` see above.
    """
    return Q(**{f"{path}withdrawn": False}) & shown_page(f"{path}page__")


def shown_article(path: str = "") -> Q:
    """Return the condition that readers may see an article. A continuation is hidden with its head.

    For `path` see above.
    """
    is_head = Q(**{f"{path}continuation_of__isnull": True})
    return shown_by_itself(path) & (is_head | shown_by_itself(f"{path}continuation_of__"))


def must_be_withdrawn(article: Article) -> bool:
    """Return whether a continuation that leaves its head must be withdrawn itself, so that it stays hidden."""
    head = article.continuation_of
    if article.withdrawn or head is None:
        return article.withdrawn
    return head.withdrawn or (head.page.withdrawn and not article.page.withdrawn)
