"""Articles by the name of the page that they stand on: 要闻, 综合新闻, 医改 …"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from articles.models import Article, Page
from articles.models.articles import ArticleQuerySet
from articles.views.counts import counted
from articles.views.feeds import feed_response, newest
from articles.views.lists import article_list, paged


def sections(request: HttpRequest) -> HttpResponse:
    """List the names of pages that have a story to read, the one with most stories first."""
    counts = counted("sections", Article.objects.visible().stories().editorial().count_by_section)
    context = paged(request, sorted(counts, key=lambda name: (-counts[name], name)))
    context["sections"] = [(name, counts[name]) for name in context["page_obj"]]
    return render(request, "articles/sections.html", context)


def section(request: HttpRequest, name: str) -> HttpResponse:
    """List the stories on pages of a name."""
    context = {"section": name, "feed": reverse("section-feed", args=[name])}
    return render(request, "articles/section.html", {**context, **article_list(request, _stories(name))})


def feed(request: HttpRequest, name: str) -> HttpResponse:
    """Feed the newest stories on pages of a name."""
    page, path = reverse("section", args=[name]), reverse("section-feed", args=[name])
    return feed_response(request, name, page, path, newest(_stories(name)))


def _stories(name: str) -> ArticleQuerySet:
    """Return the stories on pages of a name; raises Http404 for a name that no page bears."""
    if not Page.objects.visible().in_section(name).exists():
        raise Http404(f"没有叫“{name}”的版面")
    return Article.objects.visible().stories().editorial().in_section(name)
