"""The pages on standing columns: the columns, and the stories printed in each."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from articles.forms import ExportForm, IndexForm, ListForm
from articles.models import Column
from articles.views.counts import counted
from articles.views.exports import names_file
from articles.views.facets import BY_COLUMN, count
from articles.views.feeds import feed_response, newest
from articles.views.lists import article_list, file_of_list, index_list
from articles.views.sorting import in_order
from articles.views.story_sets import StorySet
from articles.web.parameters import takes

SORTS = {"count": "按篇数", "name": "按名称"}


@takes(IndexForm, ExportForm)
def columns(request: HttpRequest) -> HttpResponseBase:
    """List the columns that have visible stories, with the number of stories of each."""
    counts = counted("columns", lambda: count(StorySet(), BY_COLUMN))
    names = [row for row in Column.objects.shown().values_list("pk", "name") if row[0] in counts]
    context = index_list(request, SORTS, lambda sort: in_order(names, counts, sort))

    def read(pks: Sequence[int]) -> list[tuple[Column, int]]:
        found = Column.objects.in_bulk(pks)
        return [(found[pk], counts[pk]) for pk in pks if pk in found]

    if file := names_file(request, "栏目", ("id", "编号"), context["rows"], read):
        return file
    context["columns"] = read(list(context["page_obj"]))
    return render(request, "articles/columns.html", context)


@takes(ListForm, ExportForm)
def column(request: HttpRequest, pk: int) -> HttpResponseBase:
    """List the stories of a column."""
    found = get_object_or_404(Column.objects.shown(), pk=pk)
    if file := file_of_list(request, found, found.name):
        return file
    context = {"column": found, "feed": reverse("column-feed", args=[pk])}
    return render(request, "articles/column.html", {**context, **article_list(request, found)})


def feed(request: HttpRequest, pk: int) -> HttpResponse:
    """Feed the newest stories of a column."""
    found = get_object_or_404(Column.objects.shown(), pk=pk)
    path = reverse("column-feed", args=[pk])
    return feed_response(request, found.name, found.get_absolute_url(), path, newest(StorySet((found,))))
