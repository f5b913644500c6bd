"""The state of the archive and its search index."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from articles.models import ImportRun, archive
from articles.search.current import ask_index
from articles.search.files import IndexMissing, IndexUnavailable
from articles.search.state import is_usable
from articles.views.holdings import by_year

#: The number of latest imports shown.
RUNS = 10


@never_cache
def status(request: HttpRequest) -> HttpResponse:
    """Show the revisions of archive and index, the holdings of each year, and the latest imports."""
    now, years = archive.state(), by_year()
    try:
        opened, failure = ask_index(lambda opened: opened), None
    except IndexUnavailable as error:
        opened, failure = None, error
    context = {
        "version": settings.VERSION,
        "now": now,
        "years": years,
        "runs": ImportRun.objects.all()[:RUNS],
        "stories": sum(holding.stories for holding in years.values()),
        "is_damaged": failure is not None and not isinstance(failure, IndexMissing),
        "held": opened.state if opened else None,
        "indexed": opened.index.size if opened else 0,
        "is_usable": opened is not None and is_usable(opened.state, now),
        "behind": now.revision - opened.state.revision if opened else None,
    }
    return render(request, "articles/status.html", context)
