"""What state the archive and its search index are in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from articles.models import Article, archive
from articles.search.opened import opened_index
from articles.search.sync import is_usable
from articles.views.counts import counted


@never_cache
def status(request: HttpRequest) -> HttpResponse:
    """Show the revision of the archive, and that which the index holds."""
    opened, now = opened_index(), archive.state()
    context = {
        "now": now,
        "stories": counted("stories", lambda: Article.objects.visible().stories().count()),
        "held": opened.state if opened else None,
        "indexed": opened.index.size if opened else 0,
        "is_usable": opened is not None and is_usable(opened.state, now),
        "behind": now.revision - opened.state.revision if opened else None,
    }
    return render(request, "articles/status.html", context)
