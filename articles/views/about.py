"""What the archive says of itself: how to use it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.views.search import EXAMPLES


def help_page(request: HttpRequest) -> HttpResponse:
    """Show how to search, read, cite and report an error."""
    return render(request, "articles/help.html", {"examples": EXAMPLES})
