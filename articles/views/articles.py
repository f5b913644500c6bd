"""One story: an article with what continues it on other pages."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from articles.models import Article
from articles.responses import moved_to


def article(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a story at its head's URL; a part's URL leads there, that of a withdrawn one answers 410."""
    found = Article.objects.visible().with_place().select_related("column").filter(pk=pk).first()
    if found is None:
        if Article.objects.withdrawn().filter(pk=pk).exists():
            return render(request, "410.html", status=410)
        raise Http404("没有这篇文章")
    if found.continuation_of_id:
        return moved_to(found.story_url)
    parts = found.story_parts()
    context = {
        "article": found,
        "page": found.page,
        "issue": found.page.issue,
        "parts": parts,
        "bylines": Article.bylines_of(parts),
        "regions": Article.regions_of(parts),
        "topics": Article.topics_of(parts),
    }
    return render(request, "articles/article.html", context)
