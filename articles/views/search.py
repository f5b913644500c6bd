"""Search: one box, what was found, and how the query was read."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from articles.forms import SearchForm
from articles.models import Article
from articles.search.find import LAST_PAGE, PAGE_SIZE, SORTS, Found, find
from articles.search.query import MAX_TYPED
from articles.views.marks import Marker


def search(request: HttpRequest) -> HttpResponse:
    """Show the stories found, 20 a page."""
    form = SearchForm(request.GET)
    form.is_valid()
    wish = form.wish
    found = find(form.typed, wish)
    by_date = wish.sort != "relevance"
    pages = min(-(-found.rows.total // PAGE_SIZE), LAST_PAGE)
    is_beyond = not by_date and wish.page > LAST_PAGE
    context = {
        "q": form.typed[:MAX_TYPED],
        "found": found,
        "hits": [] if is_beyond else _hits(found, form),
        "wish": wish,
        "sorts": SORTS.items(),
        "by_date": by_date,
        "pages": pages,
        "last": found.rows.first + len(found.rows.ids) - 1,
        "is_beyond": is_beyond,
        "is_last": not by_date and wish.page == pages == LAST_PAGE and found.rows.total > LAST_PAGE * PAGE_SIZE,
    }
    return render(request, "articles/search.html", context)


def _hits(found: Found, form: SearchForm) -> list[dict[str, Any]]:
    """Return a row of the list for each story, with the address at which it is read with its marks."""
    numbers = {pk: number for number, pk in enumerate(found.rows.ids, start=found.rows.first)}
    anchor = "#hit-1" if any(found.needles.values()) else ""
    return [
        {
            "article": article,
            "url": f"{article.get_absolute_url()}?{urlencode(form.context(numbers[article.pk]))}{anchor}",
            "marker": (marker := Marker(found.needles)),
            "excerpt": marker.excerpt(_body(article)),
        }
        for article in found.articles
    ]


def _body(article: Article) -> list[str]:
    """Return all paragraphs and subheads of a story with its parts."""
    return [block["text"] for part in (article, *article.parts) for block in part.blocks]
