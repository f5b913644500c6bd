"""The pages on topics: the topics, and the stories on each."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from articles.forms import ExportForm, IndexForm, ListForm
from articles.models import Topic
from articles.views.counts import counted, shown_topics
from articles.views.exports import names_file
from articles.views.facets import BY_TOPIC, count
from articles.views.feeds import feed_response, newest
from articles.views.lists import article_list, file_of_list, index_list
from articles.views.sorting import most_first
from articles.views.story_sets import StorySet
from articles.web.parameters import takes

SORTS = {"position": "按类目", "count": "按篇数"}


@takes(IndexForm, ExportForm)
def topics(request: HttpRequest) -> HttpResponseBase:
    """List the topics with the number of stories on each."""
    counts = counted("topics", lambda: count(StorySet(editorial=True), BY_TOPIC))
    rows = [(topic, counts.get(topic.pk, 0)) for topic in shown_topics()]
    context = index_list(request, SORTS, lambda sort: most_first(rows) if sort == "count" else rows)
    if file := names_file(request, "主题", ("slug", "代号"), context["rows"]):
        return file
    return render(request, "articles/topics.html", context)


@takes(ListForm, ExportForm, but="topic")
def topic(request: HttpRequest, slug: str) -> HttpResponseBase:
    """List the stories on a topic."""
    found = get_object_or_404(Topic.objects.shown(), slug=slug)
    if file := file_of_list(request, found, found.name):
        return file
    context = {"topic": found, "feed": reverse("topic-feed", args=[slug])}
    return render(request, "articles/topic.html", {**context, **article_list(request, found)})


def feed(request: HttpRequest, slug: str) -> HttpResponse:
    """Feed the newest stories on a topic."""
    found = get_object_or_404(Topic.objects.shown(), slug=slug)
    path = reverse("topic-feed", args=[slug])
    stories = StorySet((found,), editorial=True)
    return feed_response(request, found.name, found.get_absolute_url(), path, newest(stories))
