"""The pages on contributors: everyone who signed or edited, and the stories that each signed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render

from articles.citing import Cell
from articles.forms import ExportForm, IndexForm, ListForm
from articles.models import Article, Byline, Contributor, Page
from articles.models.group_count import GroupCount
from articles.models.issues import SAMPLE_MARK, PageQuerySet
from articles.views.counts import counted
from articles.views.exports import table_file
from articles.views.facets import BY_CONTRIBUTOR, count
from articles.views.lists import article_list, file_of_list, index_list
from articles.views.narrowing import Narrowing
from articles.views.sorting import in_order
from articles.views.story_sets import StorySet
from articles.web.parameters import takes

#: The most pages shown that a contributor edited, the newest. All are counted.
PAGES_SHOWN = 20
SORTS = {"name": "按姓名", "count": "按篇数"}
TABLE = {"name": "姓名", "id": "编号", "url": "网址", "stories": "篇数", "sample": SAMPLE_MARK}


@takes(IndexForm, ExportForm)
def contributors(request: HttpRequest) -> HttpResponseBase:
    """List everyone who signed an article or edited a page that readers may see, with the number of stories."""
    all_of_them = visible_contributors()
    counts = all_of_them["counts"]
    context = index_list(request, SORTS, all_of_them.__getitem__)

    def read(pks: Sequence[int]) -> list[tuple[Contributor, int, bool]]:
        found = Contributor.objects.in_bulk(pks)
        outside = Contributor.objects.outside_samples(Article.objects.visible(), Page.objects.visible())
        real = set(outside.filter(pk__among=pks).values_list("pk", flat=True))
        return [(found[pk], counts.get(pk, 0), pk not in real) for pk in pks if pk in found]

    def table_rows(pks: Sequence[int]) -> list[tuple[Cell, ...]]:
        return [(person.name, person.pk, person.get_absolute_url(), *rest) for person, *rest in read(pks)]

    if file := table_file(request, "作者", TABLE, context["rows"], table_rows):
        return file
    context["people"] = read(list(context["page_obj"]))
    return render(request, "articles/contributors.html", context)


def visible_contributors() -> dict[str, Any]:
    """Return {sort: ids of the visible contributors in that order} for SORTS, and "counts": {id: number of stories}."""
    return counted("contributors", _contributors)


def _contributors() -> dict[str, Any]:
    counts = count(StorySet(), BY_CONTRIBUTOR)
    names = list(_visible().values_list("pk", "name"))
    return {"counts": counts, **{sort: in_order(names, counts, sort) for sort in SORTS}}


@takes(ListForm, ExportForm)
def contributor(request: HttpRequest, pk: int) -> HttpResponseBase:
    """List the stories that a contributor signed, and the newest pages that the contributor edited.

    Pages have a year, but no topic or region: a list narrowed by topic or region shows no pages.
    """
    found = get_object_or_404(_visible(), pk=pk)
    if file := file_of_list(request, found, found.name):
        return file

    def also(narrowing: Narrowing) -> dict[str, GroupCount]:
        roles = {"roles": narrowing.stories().rows().by_role(found)}
        return roles | {"edited": _edited(found, narrowing).by_day()} if _has_pages(narrowing) else roles

    context = article_list(request, found, also=also)
    roles, edited_days = context["counts"]["roles"], context["counts"].get("edited", {})
    most_first = sorted(roles.items(), key=lambda row: (-row[1], row[0]))
    edited = _edited(found, context["narrowing"]).select_related("issue").newest_first()
    context |= {
        "contributor": found,
        "roles": [(role or Byline.Of(of).label, number) for (of, role), number in most_first],
        "edited_pages": edited[:PAGES_SHOWN] if edited_days else [],
        "edited_count": sum(edited_days.values()),
    }
    return render(request, "articles/contributor.html", context)


def _has_pages(narrowing: Narrowing) -> bool:
    return narrowing.filters.keys() <= {"year"}


def _edited(contributor: Contributor, narrowing: Narrowing) -> PageQuerySet:
    """Return the visible pages that `contributor` edited, only those of the year if the list is narrowed to one."""
    edited = Page.objects.visible().edited_by(contributor)
    year = narrowing.year
    return edited.published_in(year) if year else edited


def _visible() -> QuerySet[Contributor]:
    return Contributor.objects.behind(Article.objects.visible(), Page.objects.visible())
