"""The visible articles of a page, or of all pages of an issue, as lists of many articles show them."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import F, QuerySet

from articles.models.articles import AS_PRINTED, Article, ArticleQuerySet
from articles.models.assignments import Byline
from articles.models.issues import Issue, Page
from articles.models.statements import Statement

#: The fields of an article that its row shows. No others are fetched.
_SHOWN = "page_id", "kind", "kicker", "headline", "deck", "blocks", "continuation_of_id"


def _shown() -> ArticleQuerySet:
    """Return the visible articles, without those that are part of another text on their page."""
    return Article.objects.visible().exclude(absorbed=True, continuation_of__page=F("page")).only(*_SHOWN)


def _signed(**articles: int) -> QuerySet[Byline]:
    rows = Byline.objects.filter(**articles).order_by("position", "pk")
    return rows.only("article_id", "of", "role", "name_as_printed")


_ISSUE = Statement(
    lambda date, edition: Issue.objects.visible().with_holdings().filter(date=date, edition=edition),
    *(datetime.date, int),
)
_PAGES = Statement(lambda issue: Page.objects.visible().filter(issue=issue).as_printed(), int)
_IN_ISSUE = Statement(lambda issue: _shown().filter(page__issue=issue).order_by(*AS_PRINTED), int)
_ON_PAGE = Statement(lambda page: _shown().filter(page=page).as_printed(), int)
_SIGNED_IN_ISSUE = Statement(lambda issue: _signed(article__page__issue=issue), int)
_SIGNED_ON_PAGE = Statement(lambda page: _signed(article__page=page), int)


def issue_of(date: datetime.date, edition: int) -> Issue | None:
    """Return the visible issue of that day and edition, with its holdings (see `with_holdings`), or None."""
    return next(iter(_ISSUE.rows(date, edition)), None)


def pages_of(issue: Issue) -> list[tuple[Page, list[Article]]]:
    """Return the visible pages of an issue as printed, each with its articles as printed and who signed them.

    Takes three queries.
    """
    pages = _PAGES.rows(issue.pk)
    articles: dict[int, list[Article]] = defaultdict(list)
    for article in _with_names(_IN_ISSUE.rows(issue.pk), _SIGNED_IN_ISSUE.rows(issue.pk)):
        articles[article.page_id].append(article)
    return [(page, _placed(articles[page.pk], page, issue)) for page in pages]


def articles_on(page: Page) -> list[Article]:
    """Return the articles of a page as printed, each with who signed it (`signed`). Takes two queries."""
    return _placed(_with_names(_ON_PAGE.rows(page.pk), _SIGNED_ON_PAGE.rows(page.pk)), page, page.dated_issue)


def _with_names(articles: list[Article], bylines: Iterable[Byline]) -> list[Article]:
    signed: dict[int, list[Byline]] = defaultdict(list)
    for byline in bylines:
        signed[byline.article_id].append(byline)
    for article in articles:
        article.signed = signed[article.pk]
    return articles


def _placed(articles: list[Article], page: Page, issue: Issue) -> list[Article]:
    """Give articles their page, and the page its issue, which the queries did not fetch."""
    page.issue = issue
    for article in articles:
        article.page = page
    return articles
