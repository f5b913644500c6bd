"""The URLs of an article, on all its pages and files: which of them answer, and where the others lead."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from articles.models import Article, Redirect
from articles.models.doubts import with_is_doubted
from articles.models.statements import Statement
from articles.views.gone import gone
from articles.web.responses import moved_along

View = Callable[..., HttpResponse]


def of_head(view: View) -> View:
    """Give `view` the head of a story, with page, issue and column fetched, instead of an id.

    The URL of a continuation redirects to the same URL of its head. The URL of a withdrawn article answers 410. A URL
    of an article that no longer exists follows the redirect of the article's page.
    """

    @wraps(view)
    def answer(request: HttpRequest, pk: int, **rest: Any) -> HttpResponse:
        found = next(iter(_ARTICLE.rows(pk)), None)
        if found is None:
            return _left(request, pk)
        if found.continuation_of_id:
            return moved_along(request, _at_head(request, found, rest))
        return view(request, found, **rest)

    return answer


#: Fields that no page of an article shows but the one of its source.
_UNSHOWN = (
    "segments",
    "edited_fields",
    "page__segments",
    "page__edited_fields",
    "page__issue__edited_fields",
    "column__edited_fields",
    "column__description",
)


def _article(pk: int) -> QuerySet[Article]:
    shown = Article.objects.visible().with_place().with_has_parts().select_related("column")
    return with_is_doubted(shown).defer(*_UNSHOWN).filter(pk=pk)


#: The visible article with an id.
_ARTICLE = Statement(_article, int)


def _at_head(request: HttpRequest, part: Article, rest: dict[str, Any]) -> str:
    match = request.resolver_match
    name = match.view_name if match else "article"
    if name == "article":
        return part.story_url
    return reverse(name, kwargs={"pk": part.continuation_of_id, **rest})


def _left(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the answer for an article that readers can't see: 410 or a redirect. Raises Http404 if neither applies."""
    rows = Article.objects.withdrawn().with_place().select_related("continuation_of__page__issue")
    withdrawn = rows.filter(pk=pk).first()
    old = Redirect.objects.of(reverse("article", args=[pk]))
    if withdrawn or (old and not old.url):
        return gone(request, withdrawn)
    if old:
        return moved_along(request, old.url)
    raise Http404("没有这篇文章")
