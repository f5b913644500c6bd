"""Pages about the archive itself: help for readers, and the search description and icon for browsers."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.citing import list_formats
from articles.views.search import examples

#: Seconds for which a browser may keep the icon: a month, since it hardly ever changes.
KEPT = 30 * 24 * 3600


def help_page(request: HttpRequest) -> HttpResponse:
    """Show how to search, read, cite and report an error."""
    context = {
        "examples": examples(),
        "formats": list_formats().values(),
        "counts_searches": settings.COUNT_SEARCHES_WITHOUT_HIT,
    }
    return render(request, "articles/help.html", context)


def opensearch(request: HttpRequest) -> HttpResponse:
    """Describe the search to a browser (OpenSearch 1.1), which can then offer it in its own box."""
    context = {"origin": request.build_absolute_uri("/")[:-1]}
    return render(request, "opensearch.xml", context, content_type="application/opensearchdescription+xml")


def favicon(request: HttpRequest) -> HttpResponse:
    """Send the icon that browsers and feed readers fetch by themselves."""
    icon = (settings.BASE_DIR / "static" / "favicon.ico").read_bytes()
    return HttpResponse(icon, content_type="image/x-icon", headers={"Cache-Control": f"public, max-age={KEPT}"})
