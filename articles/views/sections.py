"""The pages on sections, the names of pages (要闻, 综合新闻, 医改 …), and the stories of each section."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from articles.citing import Cell
from articles.forms import ExportForm, ListForm, PageForm
from articles.models import Page
from articles.views.counts import counted
from articles.views.exports import table_file
from articles.views.facets import BY_SECTION, count
from articles.views.feeds import feed_response, newest
from articles.views.lists import article_list, file_of_list, paged
from articles.views.story_sets import StorySet
from articles.web.parameters import takes
from articles.web.responses import moved_to

TABLE = {"name": "名称", "url": "网址", "stories": "篇数"}


@takes(PageForm, ExportForm)
def sections(request: HttpRequest) -> HttpResponseBase:
    """List the section names that have visible stories, the name with most stories first."""
    counts = counted("sections", lambda: count(StorySet(editorial=True), BY_SECTION))
    names = sorted(counts, key=lambda name: (-counts[name], name))

    def table_rows(names: Sequence[str]) -> list[tuple[Cell, ...]]:
        return [(name, reverse("section", args=[name]), counts[name]) for name in names]

    if file := table_file(request, "版名", TABLE, names, table_rows):
        return file
    form = PageForm(request.GET)
    form.is_valid()
    context = paged(form, names)
    context["sections"] = [(name, counts[name]) for name in context["page_obj"]]
    return render(request, "articles/sections.html", context)


@takes(ListForm, ExportForm)
def section(request: HttpRequest, name: str) -> HttpResponseBase:
    """List the stories on pages named `name`. The old URL of a section's feed, its name with "/feed", is redirected."""
    if not _is_borne(name):
        of_feed = name.removesuffix("/feed")
        if of_feed != name and _is_borne(of_feed):
            return moved_to(reverse("section-feed", args=[of_feed]))
        raise Http404(f"没有叫“{name}”的版面")
    if file := file_of_list(request, name, name):
        return file
    context = {"section": name, "feed": reverse("section-feed", args=[name])}
    return render(request, "articles/section.html", {**context, **article_list(request, name)})


def feed(request: HttpRequest, name: str) -> HttpResponse:
    """Feed the newest stories on pages named `name`."""
    if not _is_borne(name):
        raise Http404(f"没有叫“{name}”的版面")
    page, path = reverse("section", args=[name]), reverse("section-feed", args=[name])
    return feed_response(request, name, page, path, newest(StorySet((name,), editorial=True)))


def _is_borne(name: str) -> bool:
    return Page.objects.visible().in_section(name).exists()
