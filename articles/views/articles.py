"""The page of a story: an article with its continuations on other pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode

from articles.forms import HitForm
from articles.models import Article
from articles.models.bodies import is_headed
from articles.models.doubt_kinds import KINDS
from articles.models.doubts import misleading_kinds
from articles.models.stories import load_story, page_turns
from articles.search.files import IndexUnavailable
from articles.search.find import PAGE_SIZE, HitContext, hit_context
from articles.views.citations import citation_head
from articles.views.counts import neighbour_issues
from articles.views.heads import of_head
from articles.views.highlighting import Highlighter
from articles.views.related import related_to
from articles.web.parameters import takes


@takes(HitForm)
@of_head
def article(request: HttpRequest, found: Article) -> HttpResponse:
    """Show a story at its head's URL."""
    story = load_story(found)
    form = _typed_form(request)
    seen_as, is_unavailable = None, False
    if form:
        try:
            seen_as = hit_context(form.typed, found.pk, form.options, form.number)
        except IndexUnavailable:
            is_unavailable = True  # the story can be read without its marks
    related, no_index = None, False
    try:
        related = related_to(story)
    except IndexUnavailable:
        no_index = True
    before, after = found.neighbours()
    context = {
        "article": found,
        "page": found.page,
        "issue": found.page.issue,
        "sheets": story.sheets,
        "is_continued": story.is_continued,
        "bodies": [
            (part, blocks, ids, turns, is_headed(part, story.head))
            for (part, blocks), ids, turns in zip(story.bodies, story.anchors, page_turns(story.parts), strict=True)
        ],
        "column": story.column,
        "writers": story.bylines,
        "credits": story.credits,
        "regions": story.regions,
        "topics": story.topics,
        "before": before,
        "after": after,
        "citation": citation_head(request, story),
        "doubts": [KINDS[kind].label for kind in misleading_kinds(story.parts)],
        "marker": Highlighter(seen_as.needles if seen_as else {}, numbered=True),
        "hit": seen_as,
        "search_unavailable": is_unavailable,
        "related": related.groups if related else [],
        "related_unavailable": no_index,
        "links": _links(seen_as, form) if seen_as and form else {},
        # A hit links to the hits beside it. Looking up the names in its search may have cost database queries already.
        **({} if seen_as else neighbour_issues(found.page.dated_issue)),
    }
    response = render(request, "articles/article.html", context)
    is_behind = related is None or related.is_behind or (form is not None and (seen_as is None or seen_as.is_behind))
    if is_behind:
        add_never_cache_headers(response)  # what the index says of the story may change once it has caught up
    return response


def _typed_form(request: HttpRequest) -> HitForm | None:
    """Return the form of the search by which the story was found, or None without a query."""
    if not any(request.GET.get(name) for name in HitForm.base_fields):  # making a form takes a tenth of a page's time
        return None
    form = HitForm(request.GET)
    form.is_valid()
    return form if form.typed else None


def _links(seen_as: HitContext, form: HitForm) -> dict[str, str]:
    """Return the URLs of the hits beside a hit, "previous" and "next", and of the "list" at the place of the hit."""
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
