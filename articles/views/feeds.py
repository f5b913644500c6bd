"""Atom feeds (RFC 4287) of the stories added last to the archive, to a list or to a search."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import Any
from xml.sax.xmlreader import AttributesImpl

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix, reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.xmlutils import SimplerXMLGenerator

from articles.citing import share
from articles.models import Article, archive
from articles.models.issues import SAMPLE_MARK
from articles.models.reference import tidy_name
from articles.models.stories import Story, load_stories
from articles.models.story_values import ArticleValues
from articles.views.citations import INFERRED_NOTE, summary_of
from articles.views.story_sets import StorySet

ENTRIES = 50

ARCHIVE_NAME = "健康报档案"
PUBLISHER = "健康报"

#: The paper's time, at one offset in all years. A time zone would have summer times and, before 1901, offsets with
#: seconds, which RFC 3339 lacks.
BEIJING = datetime.timezone(datetime.timedelta(hours=8))

#: The authority that gives the ids (RFC 4151, 2.1), and since when. It is nobody's host, so the ids outlive every host
#: that the archive moves to. `Archive.identity` makes the ids of two archives differ.
AUTHORITY = "healthnews.invalid,2026"

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class StoryFeed(Atom1Feed):
    """A feed that is dated by the last change of the archive, and whose entries name all authors and translators."""

    def latest_post_date(self) -> datetime.datetime:
        return self.feed["changed_at"] or super().latest_post_date()

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        for element in ("author", "contributor"):
            for name in item[f"{element}s"]:
                handler.startElement(element, AttributesImpl({}))
                handler.addQuickElement("name", name)
                handler.endElement(element)


def newest_stories(request: HttpRequest) -> HttpResponse:
    """Feed the stories added last to the archive."""
    return feed_response(request, PUBLISHER, reverse("home"), reverse("feed"), newest(StorySet(editorial=True)))


def newest(stories: StorySet) -> list[int]:
    """Return the ids of up to ENTRIES of `stories`, those added last to the archive, the latest first."""
    hits = stories.recently_added(ENTRIES)
    return hits.ids if hits else list(stories.rows().recently_added_first().values_list("pk", flat=True)[:ENTRIES])


def feed_response(request: HttpRequest, title: str, page: str, path: str, ids: Sequence[int]) -> HttpResponse:
    """Return the feed at `path` of the stories `ids`. `page` is the path of the page that lists them for readers."""
    absolute, state = request.build_absolute_uri, archive.served_state()
    feed = StoryFeed(
        title=_xml(f"{title} · {ARCHIVE_NAME}"),
        link=absolute(page),
        description=None,
        language="zh-CN",
        author_name=PUBLISHER,
        feed_url=absolute(path),
        feed_guid=_tag(state, f"list/{path.removeprefix(get_script_prefix())}"),
        feed_copyright=settings.COPYRIGHT or None,
        changed_at=state.changed_at,
    )
    stories = load_stories(ids)
    changed_at = _changed_at([story.head for story in stories])
    for story in stories:
        _add(feed, state, absolute(story.head.get_absolute_url()), story, changed_at[story.head.pk])
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


def _changed_at(heads: Sequence[Article | ArticleValues]) -> dict[int, datetime.datetime | None]:
    """Return {id: time of the last change}. If it came before times were kept, the time is that of loading the text."""
    changed_at = {head.pk: head.changed_at for head in heads}
    if before := [pk for pk, time in changed_at.items() if time is None]:
        loaded = Article.objects.filter(pk__among=before).order_by().with_changed_at()
        changed_at |= loaded.values_list("pk", "updated_at")  # type: ignore[misc] # of `with_changed_at`
    return changed_at


def _add(feed: StoryFeed, state: archive.Archive, url: str, story: Story, changed_at: datetime.datetime | None) -> None:
    """Add a story to the feed. Its id holds the article's number, which corrections and moves of the archive keep."""
    head, issue = story.head, story.issue
    signed = [(row.role, tidy_name(row.name_as_printed)) for row in story.bylines]
    authors, translators = share(signed)
    names = [topic.name for topic in story.topics] + [row.region.name for row in story.regions]
    feed.add_item(
        title=_xml(f"{SAMPLE_MARK}：{head.title}" if head.is_sample else head.title),
        link=url,
        unique_id=_tag(state, f"article/{head.pk}"),
        description=escape(_xml(_summary(story))),  # Atom1Feed declares it as HTML
        authors=[*filter(None, map(_xml, authors))],
        contributors=[*filter(None, map(_xml, translators))],
        # An estimated day is left out: the element would state it as the day of publication.
        pubdate=None if issue.is_date_inferred else datetime.datetime.combine(issue.date, datetime.time.min, BEIJING),
        updateddate=changed_at or state.changed_at,
        categories=[_xml(name) for name in dict.fromkeys(names)],
    )


def _summary(story: Story) -> str:
    """Return the first words of the text, with a note if the date is inferred."""
    issue = story.issue
    summary = summary_of(story)
    return f"{summary}（{issue}：{INFERRED_NOTE}）" if issue.is_date_inferred else summary


def _tag(state: archive.Archive, specific: str) -> str:
    """Return the feed id of a list or an article of this archive: tag:healthnews.invalid,2026:…/article/7."""
    return f"tag:{AUTHORITY}:{state.identity}/{specific}"


def _xml(text: str) -> str:
    """Return `text` without the characters that XML forbids, such as a form feed in a page of OCR."""
    return _NOT_XML.sub("", text)
