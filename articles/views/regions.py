"""Articles by the region that they are about."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from articles.models import Article, Region
from articles.models.articles import ArticleQuerySet
from articles.views.counts import counted
from articles.views.exports import list_file
from articles.views.feeds import feed_response, newest
from articles.views.lists import article_list, whole_list


def provinces(request: HttpRequest) -> HttpResponse:
    """List the provinces with the number of stories about each."""
    counts = counted("provinces", Article.objects.visible().stories().editorial().count_by_province)
    regions = [(region, counts.get(region.code, 0)) for region in Region.objects.provinces()]
    return render(request, "articles/regions.html", {"regions": regions})


def region(request: HttpRequest, code: str) -> HttpResponse:
    """List the stories about a region or a part of it."""
    found = get_object_or_404(Region.objects.select_related("parent__parent"), pk=code)
    stories = _stories(found)
    if file := list_file(request, found.name, whole_list(request, stories)):
        return file
    counts = counted(f"parts-{found.pk}", lambda: stories.count_by_part(found))
    parts = [(part, counts[part.code]) for part in found.children.all() if part.code in counts]
    context = {
        "region": found,
        "parts": parts,
        "other_names": found.aliases.other_names(),
        "feed": reverse("region-feed", args=[code]),
    }
    return render(request, "articles/region.html", {**context, **article_list(request, stories)})


def feed(request: HttpRequest, code: str) -> HttpResponse:
    """Feed the newest stories about a region or a part of it."""
    found = get_object_or_404(Region, pk=code)
    path = reverse("region-feed", args=[code])
    return feed_response(request, found.name, found.get_absolute_url(), path, newest(_stories(found)))


def _stories(region: Region) -> ArticleQuerySet:
    return Article.objects.visible().stories().editorial().about(region)
