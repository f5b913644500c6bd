"""What the programs of search engines read first: robots.txt and the sitemaps (sitemaps.org, protocol 0.9)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from articles.models import Article, Issue, Page
from articles.views.holdings import by_month

#: URLs in one file, the most that the protocol allows.
MOST_URLS = 50_000


def robots(request: HttpRequest) -> HttpResponse:
    """Allow every page but those that show others in another order, and name the sitemap."""
    return _files(request, "robots.txt", [reverse("sitemap")], "text/plain; charset=utf-8")


def sitemap(request: HttpRequest) -> HttpResponse:
    """List the sitemaps: one for each month that has issues, more where a month has too many URLs for a file."""
    paths = [
        reverse("sitemap-month", args=[*month]) if part == 1 else reverse("sitemap-part", args=[*month, part])
        for month, holding in by_month().items()
        for part in range(1, -(-holding.total // MOST_URLS) + 1)
    ]
    return _files(request, "sitemap_index.xml", paths)


def month(request: HttpRequest, year: int, month: int, part: int = 1) -> HttpResponse:
    """List the URLs of a month's issues, pages and stories; of more than a file may have, the `part`-th lot."""
    issues = Issue.objects.visible().published_in(year, month).order_by("date", "edition")
    pages = Page.objects.visible().published_in(year, month).select_related("issue").order_by("pk")
    stories = Article.objects.visible().stories().published_in(year, month).order_by()
    paths = [row.get_absolute_url() for rows in (issues, pages) for row in rows]
    # Sorted here: asked for them by id, SQLite would look at every article for its date.
    paths += [reverse("article", args=[pk]) for pk in sorted(stories.values_list("pk", flat=True))]
    lot = paths[(part - 1) * MOST_URLS : part * MOST_URLS]
    if not lot:
        raise Http404(f"{year} 年 {month} 月没有第 {part} 份网址表")
    return _files(request, "sitemap.xml", lot)


def _files(
    request: HttpRequest, template: str, paths: list[str], content_type: str = "application/xml"
) -> HttpResponse:
    """Render a file of URLs, which begin with the host that the request was for."""
    origin = request.build_absolute_uri("/")[:-1]
    return render(request, template, {"origin": origin, "paths": paths}, content_type=content_type)
