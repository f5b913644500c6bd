"""Articles by topic."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from articles.models import Article, Topic
from articles.models.articles import ArticleQuerySet
from articles.views.counts import counted
from articles.views.exports import list_file
from articles.views.feeds import feed_response, newest
from articles.views.lists import article_list, whole_list


def topics(request: HttpRequest) -> HttpResponse:
    """List the topics with the number of stories on each."""
    counts = counted("topics", Article.objects.visible().stories().editorial().count_by_topic)
    shown = [(topic, counts.get(topic.pk, 0)) for topic in Topic.objects.shown()]
    return render(request, "articles/topics.html", {"topics": shown})


def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """List the stories on a topic."""
    found = get_object_or_404(Topic.objects.shown(), slug=slug)
    stories = _stories(found)
    if file := list_file(request, found.name, whole_list(request, stories)):
        return file
    context = {"topic": found, "feed": reverse("topic-feed", args=[slug])}
    return render(request, "articles/topic.html", {**context, **article_list(request, stories)})


def feed(request: HttpRequest, slug: str) -> HttpResponse:
    """Feed the newest stories on a topic."""
    found = get_object_or_404(Topic.objects.shown(), slug=slug)
    path = reverse("topic-feed", args=[slug])
    return feed_response(request, found.name, found.get_absolute_url(), path, newest(_stories(found)))


def _stories(topic: Topic) -> ArticleQuerySet:
    return Article.objects.visible().stories().editorial().on(topic)
