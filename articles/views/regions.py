"""The pages on regions: the provinces, and the stories about each region."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from articles.forms import ExportForm, IndexForm, ListForm
from articles.models import Region
from articles.views.counts import all_provinces, counted
from articles.views.exports import names_file
from articles.views.facets import BY_PROVINCE, by_part, count
from articles.views.feeds import feed_response, newest
from articles.views.lists import article_list, file_of_list, index_list
from articles.views.sorting import most_first
from articles.views.story_sets import StorySet
from articles.views.tiles import tile_map
from articles.web.parameters import takes

SORTS = {"code": "按行政区划代码", "count": "按篇数"}


def province_counts() -> dict[str, int]:
    """Return {code: number of stories about the province}, counted once for each revision."""
    return counted("provinces", lambda: count(StorySet(editorial=True), BY_PROVINCE))


@takes(IndexForm, ExportForm)
def provinces(request: HttpRequest) -> HttpResponseBase:
    """Show the provinces on a map and in a table, with the number of stories about each."""
    regions, counts = all_provinces(), province_counts()
    rows = [(region, counts.get(region.code, 0)) for region in regions]
    context = index_list(request, SORTS, lambda sort: most_first(rows) if sort == "count" else rows)
    if file := names_file(request, "地区", ("code", "代码"), context["rows"]):
        return file
    return render(request, "articles/regions.html", {"tile_map": tile_map(regions, counts), **context})


@takes(ListForm, ExportForm, but="region")
def region(request: HttpRequest, code: str) -> HttpResponseBase:
    """List the stories about a region or a part of it."""
    found, parts = Region.objects.with_parts(code)
    if found is None:
        raise Http404(f"没有代码为 {code} 的地区")
    if file := file_of_list(request, found, found.name):
        return file
    context = article_list(request, found, {"parts": by_part(found, parts)})
    by_code, narrowing = context["counts"]["parts"], context["narrowing"]
    context |= {
        "region": found,
        "part_links": [narrowing.part_link(part, by_code[part.code]) for part in parts if part.code in by_code],
        "other_names": found.aliases.other_names(),
        "feed": reverse("region-feed", args=[code]),
    }
    return render(request, "articles/region.html", context)


def feed(request: HttpRequest, code: str) -> HttpResponse:
    """Feed the newest stories about a region or a part of it."""
    found = get_object_or_404(Region, pk=code)
    path = reverse("region-feed", args=[code])
    stories = StorySet((found,), editorial=True)
    return feed_response(request, found.name, found.get_absolute_url(), path, newest(stories))
