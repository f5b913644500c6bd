"""Deleting rows for good, so that an undo can bring them back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from articles.desk.half_proposals import join_proposals
from articles.desk.placing_text import given_to, hand_over
from articles.desk.segments import give_up
from articles.models import Article, Page
from articles.models.visibility import must_be_withdrawn

if TYPE_CHECKING:
    from articles.desk.writing import Writing


def delete_row(row: models.Model, this: Writing) -> None:
    """Delete `row` within the write `this`. Raises ProtectedError if other rows need it."""
    if isinstance(row, Article):
        delete_article(row, this)
        return
    this.deleting(row)
    this.change.articles(Article.objects.showing(row))  # they lose it
    if isinstance(row, Page):
        this.moved(row.get_absolute_url(), "")
    row.delete()


def delete_article(article: Article, this: Writing) -> None:
    """Delete an article for good. Imports don't bring it back, because the structure of its page is a person's.

    Its URL redirects to the article that it was split from, or to its page. The URL of a withdrawn article stays gone.
    Its continuations become stories of their own; those that it or its page has hidden so far are withdrawn.
    """
    parts = list(article.continuations.all())
    this.deleting(article)
    this.watch(*parts)
    for part in parts:
        this.protection[(Article, str(part.pk)), "continuation_of"] = part.is_protected("continuation_of")
    Article.objects.filter(pk__in=[part.pk for part in parts]).update(absorbed=False)
    given = given_to(article)
    origin = give_up(article, given)
    hand_over(this, article, None, given)
    if origin and this.undoes is not None:
        join_proposals(this, origin, article)
    shown = origin or article.page
    this.moved(article.get_absolute_url(), "" if article.withdrawn else shown.get_absolute_url())
    if article.anchor and this.undoes is None:  # the ledger has the cuts before and after what an undo takes back
        page = article.read_page
        this.watch(page)
        type(page).objects.filter(pk=page.pk).update(cuts=[*page.cuts, article.anchor])
    hidden = [part.pk for part in parts if must_be_withdrawn(part)]
    Article.objects.filter(pk__in=hidden).update(withdrawn=True)
    article.delete()
