"""Atom feeds (RFC 4287): the newest stories of the archive, of a list or of a search, for readers' programs."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from articles.models import Byline, archive
from articles.models.articles import ArticleQuerySet
from articles.models.issues import SAMPLE_MARK
from articles.views.stories import Story, stories_of
from articles.views.story_sets import StorySet

ENTRIES = 50

#: Issues that have ENTRIES stories between them for certain: more than ENTRIES, should some have none.
NEWEST_ISSUES = 60

ARCHIVE_NAME = "健康报档案"
PUBLISHER = "健康报"

#: The paper's own time, in all years: a time zone has summer times, and before 1901 seconds that RFC 3339 lacks.
BEIJING = datetime.timezone(datetime.timedelta(hours=8))

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class StoryFeed(Atom1Feed):
    """A feed that was updated when the archive was, which is later than the day of its newest story."""

    def latest_post_date(self) -> datetime.datetime:
        return self.feed["changed_at"] or super().latest_post_date()


def newest_stories(request: HttpRequest) -> HttpResponse:
    """Feed the stories of the newest issues."""
    stories = StorySet(editorial=True).rows().in_newest_issues(NEWEST_ISSUES)
    return feed_response(request, PUBLISHER, reverse("home"), reverse("feed"), _newest(stories))


def newest(stories: StorySet) -> list[int]:
    """Return the ids of the newest of `stories`, as many as a feed has."""
    hits = stories.first(ENTRIES, "newest")
    return hits.ids if hits else _newest(stories.rows())


def _newest(stories: ArticleQuerySet) -> list[int]:
    return list(stories.newest_first().values_list("pk", flat=True)[:ENTRIES])


def feed_response(request: HttpRequest, title: str, page: str, path: str, ids: Sequence[int]) -> HttpResponse:
    """Return the feed at `path` of the stories `ids`; `page` is the path of the page that lists them for readers."""
    absolute = request.build_absolute_uri
    feed = StoryFeed(
        title=_xml(f"{title} · {ARCHIVE_NAME}"),
        link=absolute(page),
        description=None,
        language="zh-CN",
        author_name=PUBLISHER,
        feed_url=absolute(path),
        feed_guid=absolute(path),
        feed_copyright=settings.COPYRIGHT or None,
        changed_at=archive.served_state().changed_at,
    )
    for story in stories_of(ids):
        _add(feed, absolute(story.head.get_absolute_url()), story)
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


def _add(feed: StoryFeed, url: str, story: Story) -> None:
    """Add a story; it is known by its URL, which stays whatever is corrected."""
    head = story.head
    printed = datetime.datetime.combine(head.page.issue.date, datetime.time.min, tzinfo=BEIJING)
    writers = [row.name_as_printed for row in story.bylines if row.of == Byline.Of.TEXT]
    names = [topic.name for topic in story.topics] + [row.region.name for row in story.regions]
    feed.add_item(
        title=_xml(f"{SAMPLE_MARK}：{head.title}" if head.is_sample else head.title),
        link=url,
        unique_id=url,
        description=escape(_xml(story.summary)),  # Atom1Feed declares it as HTML
        author_name=_xml("、".join(dict.fromkeys(writers))) or None,
        pubdate=printed,
        updateddate=printed,
        categories=[_xml(name) for name in dict.fromkeys(names)],
    )


def _xml(text: str) -> str:
    """Return `text` without the characters that no XML may hold: a page of OCR may have a form feed in it."""
    return _NOT_XML.sub("", text)
