"""Articles by the standing column that they are printed in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from articles.models import Article, Column
from articles.views.counts import counted
from articles.views.exports import list_file
from articles.views.lists import article_list, paged, whole_list


def columns(request: HttpRequest) -> HttpResponse:
    """List the columns that have a story to read, the one with most stories first."""
    stories = Article.objects.visible().stories()
    counts = counted("columns", lambda: stories.count_by_column(Column.objects.shown()))
    order = sorted(counts, key=lambda pk: (-counts[pk], pk))
    context = paged(request, order)
    rows = Column.objects.in_bulk(list(context["page_obj"]))
    context["columns"] = [(rows[pk], counts[pk]) for pk in context["page_obj"] if pk in rows]
    return render(request, "articles/columns.html", context)


def column(request: HttpRequest, pk: int) -> HttpResponse:
    """List the stories of a column."""
    found = get_object_or_404(Column.objects.shown(), pk=pk)
    stories = Article.objects.visible().stories().in_column(found)
    if file := list_file(request, found.name, whole_list(request, stories)):
        return file
    return render(request, "articles/column.html", {"column": found, **article_list(request, stories)})
