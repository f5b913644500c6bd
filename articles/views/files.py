"""A story as a file: for reference managers, for programs, or to read as text."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from articles.citing import article_formats
from articles.models import Article
from articles.models.stories import load_story
from articles.views.heads import of_head
from articles.views.records import StoryEntry
from articles.web.responses import saved_as


@of_head
def file(request: HttpRequest, found: Article, suffix: str) -> HttpResponse:
    """Send a story as a file. `suffix` is a key of `article_formats`."""
    entry, kind = StoryEntry(request, load_story(found)), article_formats()[suffix]
    headers = {"Content-Disposition": saved_as(entry.cited.key, entry.cited.title, suffix)}
    return HttpResponse(kind.write(entry), content_type=kind.media_type, headers=headers)
