"""Articles by who signed them."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from articles.models import Article, Contributor, Page
from articles.views.exports import list_file
from articles.views.lists import article_list, paged, whole_list

#: Pages shown of someone who edited them: the newest; the rest are a number.
PAGES_SHOWN = 20


def contributors(request: HttpRequest) -> HttpResponse:
    """List everyone who signed an article or edited a page that readers may see, with the number of stories."""
    context = paged(request, _visible())
    people = list(context["page_obj"])
    counts = Article.objects.visible().stories().count_by_contributor(people)
    real = Contributor.objects.filter(pk__in=[person.pk for person in people]).outside_samples()
    real_ids = set(real.values_list("pk", flat=True))
    context["people"] = [(person, counts.get(person.pk, 0), person.pk not in real_ids) for person in people]
    return render(request, "articles/contributors.html", context)


def contributor(request: HttpRequest, pk: int) -> HttpResponse:
    """List the stories that someone signed, and the newest pages that they edited."""
    found = get_object_or_404(_visible(), pk=pk)
    stories = Article.objects.visible().stories().by(found)
    if file := list_file(request, found.name, whole_list(request, stories)):
        return file
    edited = Page.objects.visible().edited_by(found).select_related("issue")
    context = {
        "contributor": found,
        "edited_pages": edited.newest_first()[:PAGES_SHOWN],
        "edited_count": edited.count(),
        **article_list(request, stories),
    }
    return render(request, "articles/contributor.html", context)


def _visible() -> QuerySet[Contributor]:
    return Contributor.objects.behind(Article.objects.visible(), Page.objects.visible())
