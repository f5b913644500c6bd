"""Lists of articles, narrowed by year and paged: what region, topic and contributor pages share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

from articles.forms import MAX_PAGE, PAGE_SIZE, ListForm
from articles.models.articles import ArticleQuerySet
from articles.views.counts import counted


class CappedPaginator(Paginator):
    """A paginator that ends at MAX_PAGE: the further back, the slower the database counts its way there."""

    @property
    def num_pages(self) -> int:
        return min(super().num_pages, MAX_PAGE)


def article_list(request: HttpRequest, articles: ArticleQuerySet) -> dict[str, Any]:
    """Return the context of a list of `articles` (already the visible ones, stories only), newest first."""
    form = ListForm(request.GET)
    form.is_valid()
    year = form.cleaned_data.get("year")
    days = counted(f"years{request.path}", lambda: list(articles.dates("page__issue__date", "year", order="DESC")))
    shown = _chosen(form, articles)
    paginator = CappedPaginator(shown.as_read().with_place().with_names(), PAGE_SIZE)
    # In place of the paginator's own, which would count the whole list for each of its pages.
    paginator.count = counted(f"count{year or ''}{request.path}", shown.count)
    return {
        "page_obj": paginator.get_page(form.cleaned_data.get("page") or 1),
        "total": paginator.count,
        "years": [day.year for day in days],
        "year": year,
        "notices": form.notices,
    }


def whole_list(request: HttpRequest, articles: ArticleQuerySet) -> ArticleQuerySet:
    """Return all that the pages of `article_list` show one after another."""
    form = ListForm(request.GET)
    form.is_valid()
    return _chosen(form, articles)


def _chosen(form: ListForm, articles: ArticleQuerySet) -> ArticleQuerySet:
    year = form.cleaned_data.get("year")
    return (articles.published_in(year) if year else articles).newest_first()


def paged(request: HttpRequest, rows: QuerySet | Sequence[Any]) -> dict[str, Any]:
    """Return the context of a plain list, 200 rows a page."""
    form = ListForm(request.GET)
    form.is_valid()
    paginator = CappedPaginator(rows, 4 * PAGE_SIZE)
    return {
        "page_obj": paginator.get_page(form.cleaned_data.get("page") or 1),
        "total": paginator.count,
        "notices": form.notices,
    }
