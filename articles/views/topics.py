"""Articles by topic."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from articles.models import Article, Topic
from articles.views.counts import counted
from articles.views.exports import list_file
from articles.views.lists import article_list, whole_list


def topics(request: HttpRequest) -> HttpResponse:
    """List the topics with the number of stories on each."""
    counts = counted("topics", Article.objects.visible().stories().editorial().count_by_topic)
    shown = [(topic, counts.get(topic.pk, 0)) for topic in Topic.objects.shown()]
    return render(request, "articles/topics.html", {"topics": shown})


def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """List the stories on a topic."""
    found = get_object_or_404(Topic.objects.shown(), slug=slug)
    stories = Article.objects.visible().stories().editorial().on(found)
    if file := list_file(request, found.name, whole_list(request, stories)):
        return file
    return render(request, "articles/topic.html", {"topic": found, **article_list(request, stories)})
