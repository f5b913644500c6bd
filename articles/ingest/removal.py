"""Taking pages out for good: the invented samples, once the paper itself is there."""

from __future__ import annotations

from django.db.models import Q

from articles.models import Article, Contributor, Page, PageCredit, Redirect, SourceText
from articles.models.archive import Change
from articles.models.issues import PageQuerySet


def remove_pages(pages: PageQuerySet, change: Change) -> tuple[int, set[int]]:
    """Delete `pages` with their articles and texts, and the contributors of whom nothing else is left.

    Their URLs lead nowhere any more. Call it inside `archive.change()` and `machine_writes()`; returns how many pages
    went, and the ids of articles on other pages that were one story with one of theirs: they are to be judged anew.
    """
    ids = list(pages.values_list("pk", flat=True))
    articles = Article.objects.filter(page__in=ids)
    article_ids = list(articles.values_list("pk", flat=True))
    signed = Contributor.objects.filter(bylines__article__in=article_ids).values_list("pk", flat=True)
    credited = Contributor.objects.filter(page_credits__page__in=ids).values_list("pk", flat=True)
    people = {*signed, *credited}
    urls = [row.get_absolute_url() for row in (*Page.objects.filter(pk__in=ids).select_related("issue"), *articles)]

    joined = Q(continuation_of__in=article_ids) | Q(continuations__in=article_ids)
    parted = set(Article.objects.filter(joined).exclude(page__in=ids).values_list("pk", flat=True))
    change.articles(parted)
    change.vanished(article_ids)
    Redirect.objects.leading_to(urls).delete()
    articles.delete()
    PageCredit.objects.filter(page__in=ids).delete()
    SourceText.objects.filter(page__in=ids).delete()
    Page.objects.filter(pk__in=ids).delete()
    unused = Contributor.objects.filter(pk__in=people, bylines=None, page_credits=None, aliases=None)
    unused.filter(edited_fields=[]).delete()
    return len(ids), parted
