"""Articles by the standing column that they are printed in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from articles.models import Article, Column
from articles.models.articles import ArticleQuerySet
from articles.views.counts import counted
from articles.views.exports import list_file
from articles.views.feeds import feed_response, newest
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
    stories = _stories(found)
    if file := list_file(request, found.name, whole_list(request, stories)):
        return file
    context = {"column": found, "feed": reverse("column-feed", args=[pk])}
    return render(request, "articles/column.html", {**context, **article_list(request, stories)})


def feed(request: HttpRequest, pk: int) -> HttpResponse:
    """Feed the newest stories of a column."""
    found = get_object_or_404(Column.objects.shown(), pk=pk)
    path = reverse("column-feed", args=[pk])
    return feed_response(request, found.name, found.get_absolute_url(), path, newest(_stories(found)))


def _stories(column: Column) -> ArticleQuerySet:
    return Article.objects.visible().stories().in_column(column)
