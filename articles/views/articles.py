"""One story: an article with what continues it on other pages."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode

from articles.forms import SearchForm
from articles.models import Article, Byline
from articles.models.stories import whole_paragraphs
from articles.responses import moved_to
from articles.search.find import PAGE_SIZE, Hit, hit
from articles.views.marks import Marker


def article(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a story at its head's URL; a part's URL leads there, that of a withdrawn one answers 410."""
    found = head_of_story(request, pk)
    if isinstance(found, HttpResponse):
        return found
    parts = found.story_parts()
    form = SearchForm(request.GET)
    form.is_valid()
    seen_as = hit(form.typed, found.pk, form.wish, form.number) if form.typed else None
    bylines = Article.bylines_of(parts)
    before, after = found.neighbours()
    context = {
        "article": found,
        "page": found.page,
        "issue": found.page.issue,
        "parts": parts,
        "bodies": zip(parts, whole_paragraphs([part.blocks for part in parts]), strict=True),
        "column": found.column if found.column and not found.column.disabled else None,
        "bylines": bylines,
        "writers": [byline for byline in bylines if byline.of == Byline.Of.TEXT],
        "credits": [byline for byline in bylines if byline.of == Byline.Of.PHOTO],
        "regions": Article.regions_of(parts),
        "topics": Article.topics_of(parts),
        "before": before,
        "after": after,
        "marker": Marker(seen_as.needles if seen_as else {}, numbered=True),
        "hit": seen_as,
        "links": _links(seen_as, form) if seen_as else {},
    }
    response = render(request, "articles/article.html", context)
    if form.typed and (seen_as is None or seen_as.is_behind):
        add_never_cache_headers(response)  # its place among the hits may be another when the index has followed
    return response


def head_of_story(request: HttpRequest, pk: int, name: str = "article") -> Article | HttpResponse:
    """Return the article that heads a story, or what its URL `name` answers instead: a part's leads to its head's, that
    of a withdrawn one says so. Raises Http404 for what readers may not see.
    """
    found = Article.objects.visible().with_place().select_related("column").filter(pk=pk).first()
    if found is None:
        if Article.objects.withdrawn().filter(pk=pk).exists():
            return render(request, "410.html", status=410)
        raise Http404("没有这篇文章")
    if found.continuation_of_id:
        return moved_to(found.story_url if name == "article" else reverse(name, args=[found.continuation_of_id]))
    return found


def _links(seen_as: Hit, form: SearchForm) -> dict[str, str]:
    """Return the URLs that lead from a hit to those beside it in the list, and back to the list."""
    place, back, links = seen_as.place, form.context(), {}
    if place:
        beside = (("previous", place.previous, place.number - 1), ("next", place.next, place.number + 1))
        for name, pk, number in beside:
            if pk:
                links[name] = f"{reverse('article', args=[pk])}?{urlencode(form.context(number))}#hit-1"
        if place.key is not None:
            back["after"] = place.key - 1  # the list from here on
        elif place.number > PAGE_SIZE:
            back["page"] = -(-place.number // PAGE_SIZE)
    return links | {"list": f"{reverse('search')}?{urlencode(back)}"}
