"""The screen of one doubt about an article: the fields that it names, out of the article's form."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from articles.admin.addresses import after_url
from articles.admin.screens.article.page import PARTS
from articles.admin.screens.article.state import load
from articles.admin.screens.article.view import ArticleScreen
from articles.admin.screens.doubt_answers import DoubtAnswers
from articles.models import Article, Doubt

#: The pages of the article's form that stand for themselves.
OWN_PAGES = ("article_conflict", "article_question")


class ArticleDoubt(ArticleScreen):
    """The answers to one request for a doubt about an article. What its page does not show stays as it is."""

    def __init__(self, site: AdminSite, request: HttpRequest, doubt: Doubt) -> None:
        article = load(doubt.article_id or 0)
        if article is None:  # it was deleted a moment ago
            raise Http404
        super().__init__(site._registry[Article], request, article)
        self.doubt = doubt
        self.answers = DoubtAnswers(request, doubt)

    def opened(self) -> HttpResponse:
        """Return the page of the doubt. Raises PermissionDenied for a user who may not see the article."""
        if not self.model_admin.has_view_or_change_permission(self.request, self.article):
            raise PermissionDenied
        return super().opened()

    def posted(self) -> HttpResponse:
        """Return the answer to a button: `_skip`, `_fine`, `_reviewed` or `_next`."""
        data = self.request.POST
        if "_skip" in data:
            return self.answers.go_on(None, "")
        if "_fine" in data:
            return self.answers.fine()
        typed = data.copy()
        if "_reviewed" in data:
            if not self.may_review:
                raise PermissionDenied
            typed["review"] = Article.Review.REVIEWED
            typed["reviewing"] = "1"
            del typed["_reviewed"]
        if "op" not in typed:
            typed["_next"] = "1"
        self.request.POST = typed  # type: ignore[assignment] # a view may change its request
        return super().posted()

    def _render(self, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        if name in OWN_PAGES:
            return super()._render(name, context, status)
        groups = [part for part, fields in PARTS.items() if set(fields) & set(self.doubt.fields)]
        shown = {
            **self.answers.context(),
            "groups": groups,
            "focus": groups[0] if groups and not context["errors"] else "",
        }
        return super()._render("article_doubt", {**context, **shown}, status)

    def _next(self) -> str:
        self.answers.claim_next()
        return after_url(self.doubt.kind, self.doubt.pk)
