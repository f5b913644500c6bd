"""Files for search engines: robots.txt and the sitemaps (sitemaps.org, protocol 0.9).

Only stories have a <lastmod>. Lists, issues and pages also change when something is removed, and no time of that is
kept. A time that is too early would keep a crawler from noticing a withdrawal.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from articles.models import Article, Column, Issue, Page, Region
from articles.views.contributors import visible_contributors
from articles.views.counts import counted, shown_topics
from articles.views.facets import BY_COLUMN, BY_SECTION, counts
from articles.views.holdings import by_month, by_year
from articles.views.story_sets import StorySet

#: The most URLs in one file that the protocol allows.
MOST_URLS = 50_000

#: (path, time of the last change of its content if known).
Url = tuple[str, datetime.datetime | None]


def robots(request: HttpRequest) -> HttpResponse:
    """Keep crawlers from pages that repeat what has a page of its own, and name the sitemap.

    Everything else is allowed by default. An explicit rule that allows everything would hide the rules below it from
    parsers that take the first matching rule, such as the standard library's. An internal archive keeps them from all.
    """
    if settings.REQUIRE_LOGIN:
        return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8")
    return _files(request, "robots.txt", "text/plain; charset=utf-8", paths=[reverse("sitemap")])


def sitemap(request: HttpRequest) -> HttpResponse:
    """List the sitemaps: one of lists and one for each month with issues, or several if there are too many URLs for a
    file.
    """
    files: list[tuple[str, tuple[int, ...], int]] = [("sitemap-lists", (), len(_lists()))]
    files += [("sitemap-month", month, holding.total) for month, holding in by_month().items()]
    paths = [
        reverse(name, args=key) if part == 1 else reverse(f"{name}-part", args=[*key, part])
        for name, key, total in files
        for part in range(1, -(-total // MOST_URLS) + 1)
    ]
    return _files(request, "sitemap_index.xml", paths=paths)


def month(request: HttpRequest, year: int, month: int, part: int = 1) -> HttpResponse:
    """List the URLs of a month's issues, pages and stories: the `part`-th file of them."""
    issues = Issue.objects.visible().published_in(year, month).order_by("date", "edition")
    pages = Page.objects.visible().published_in(year, month).select_related("issue").order_by("pk")
    stories = Article.objects.visible().stories().published_in(year, month).with_changed_at().order_by()
    urls: list[Url] = [(row.get_absolute_url(), None) for rows in (issues, pages) for row in rows]
    # Sorted here, because SQLite would look up the date of every article to sort them by id.
    times = stories.values_list("pk", "updated_at")  # type: ignore[misc] # of `with_changed_at`
    urls += [(reverse("article", args=[pk]), time) for pk, time in sorted(times)]
    return _lot(request, urls, part)


def lists(request: HttpRequest, part: int = 1) -> HttpResponse:
    """List the URLs that belong to no month: the `part`-th file of them."""
    return _lot(request, [(path, None) for path in _lists()], part)


def _lists() -> list[str]:
    """Return the paths of home, help, the overviews, and each list with stories.

    They are collected once for each revision.
    """

    def collect() -> list[str]:
        names = ("home", "help", "issues", "regions", "topics", "columns", "sections", "contributors")
        matter = StorySet(editorial=True)
        asked = {"columns": (StorySet(), BY_COLUMN), "sections": (matter, BY_SECTION)}
        held = counts(asked, {"regions": matter.rows().by_region()})
        columns = [column for column in Column.objects.shown().order_by("pk") if column.pk in held["columns"]]
        regions = Region.objects.enclosing(held["regions"]).order_by("code")
        return [
            *map(reverse, names),
            *(reverse("issue-year", args=[year]) for year in by_year()),
            *(reverse("issue-month", args=[*month]) for month in by_month()),
            *(row.get_absolute_url() for rows in (regions, shown_topics(), columns) for row in rows),
            *(reverse("section", args=[name]) for name in held["sections"]),
            *(reverse("contributor", args=[pk]) for pk in sorted(visible_contributors()["name"])),
        ]

    return counted("sitemap-lists", collect)


def _lot(request: HttpRequest, urls: Sequence[Url], part: int) -> HttpResponse:
    """Return the `part`-th file of `urls`. Raises Http404 if there is none."""
    lot = urls[(part - 1) * MOST_URLS : part * MOST_URLS]
    if not lot:
        raise Http404(f"没有第 {part} 份网址表")
    lines = [(path, time.isoformat(timespec="seconds") if time else "") for path, time in lot]
    return _files(request, "sitemap.xml", urls=lines)


def _files(
    request: HttpRequest, template: str, content_type: str = "application/xml", **paths: Sequence[Any]
) -> HttpResponse:
    """Render a file of URLs on the requested host."""
    origin = request.build_absolute_uri("/")[:-1]
    context = {"origin": origin, "prefix": settings.URL_PREFIX, **paths}
    return render(request, template, context, content_type=content_type)
