"""Articles that a person has moved to another page, back on the page that they were read from."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Q

from articles.models import Article, Doubt, Page, Proposal
from articles.models.archive import Change, batches
from articles.models.visibility import must_be_withdrawn


def bring_back(page: Page, change: Change) -> None:
    """Bring the articles that were moved away from `page` back to it, because its structure is the machine's again.

    Those that were moved to `page` from elsewhere stay, behind all others.
    """
    own = Article.objects.read_from(page.pk)
    _return(own.exclude(page=page), change)
    guests = page.articles.exclude(pk__in=own.values("pk"))
    _put_behind(guests.as_printed(), page)


def send_back(pages: Collection[Page], change: Change) -> set[int]:
    """Send the articles that were moved to `pages` back to the pages that they were read from. Return their ids."""
    ids = [page.pk for page in pages]
    guests = Article.objects.filter(page__in=ids, source__page__isnull=False)
    return _return(guests.exclude(source__page__in=ids), change)


def _return(articles: Iterable[Article], change: Change) -> set[int]:
    """Put each of `articles` behind the others of the page that it was read from. Return their ids.

    They leave stories of another issue. What was hidden with its head stays hidden.
    """
    ids = set()
    for article in articles:
        page = article.read_page
        article.page = page
        article.save(update_fields=["page"])
        _put_behind([article], page)
        follow_page([article.pk], page.pk)
        ids.add(article.pk)
    rows = Article.objects.filter(Q(pk__in=ids) | Q(continuation_of__in=ids)).exclude(continuation_of=None)
    for part in rows.select_related("page", "continuation_of__page"):
        head = part.continuation_of
        if head is not None and not part.page.is_beside(head.page):
            change.articles([part.pk, head.pk])
            apart = {"continuation_of": None, "absorbed": False, "withdrawn": must_be_withdrawn(part)}
            Article.objects.filter(pk=part.pk).update(**apart)
    change.articles(ids)
    return ids


def _put_behind(articles: Iterable[Article], page: Page) -> None:
    for article in articles:
        Article.objects.filter(pk=article.pk).update(position=page.next_position())


def follow_page(articles: Collection[int], page: int) -> None:
    """Let the doubts and the proposals about these articles (ids) be on the page (id) on which the articles stand."""
    for part in batches(set(articles)):
        for model in (Doubt, Proposal):
            model._default_manager.filter(article__in=part).exclude(page=page).update(page=page)
