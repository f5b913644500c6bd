"""Search: one box, what was found, and how the query was read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.forms import SearchForm
from articles.search.excerpt import excerpt, highlight
from articles.search.find import LAST_PAGE, PAGE_SIZE, SORTS, find
from articles.search.query import MAX_TYPED


def search(request: HttpRequest) -> HttpResponse:
    """Show the stories found, 20 a page."""
    form = SearchForm(request.GET)
    form.is_valid()
    typed = form.cleaned_data.get("q", "")
    sort = form.cleaned_data.get("sort") or "relevance"
    page = min(form.cleaned_data.get("page") or 1, LAST_PAGE + 1)
    everything = bool(form.cleaned_data.get("all"))
    found = find(typed, sort=sort, page=page, everything=everything)
    pages = min(-(-found.total // PAGE_SIZE), LAST_PAGE)
    rows = [
        {
            "article": article,
            "title": highlight(article.title, found.needles),
            "excerpt": excerpt(article.paragraphs, found.needles),
        }
        for article in (found.articles if page <= LAST_PAGE else ())
    ]
    context = {
        "q": typed[:MAX_TYPED],
        "found": found,
        "rows": rows,
        "sort": sort,
        "sorts": SORTS.items(),
        "page": page,
        "pages": pages,
        "is_beyond": page > LAST_PAGE or (page == pages == LAST_PAGE and found.total > LAST_PAGE * PAGE_SIZE),
        "everything": everything,
    }
    return render(request, "articles/search.html", context)
