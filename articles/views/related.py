"""The stories related to a story as its page lists them, each group under its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.urls import reverse
from django.utils.http import urlencode

from articles.models.bodies import values_of
from articles.models.stories import Story, load_stories
from articles.search.related import Place, Related, find_related
from articles.views.highlighting import Highlighter
from articles.views.rows import Row

#: The regions and the topics of a story that are tried, the main ones first.
MOST_TRIED = 2

#: The words that a row names at most.
MOST_NAMED = 4


class Group(NamedTuple):
    """Stories related for one reason: its title, its rows, and the URL of the list of more, with its text."""

    title: str
    rows: list[Row]
    url: str = ""
    more: str = ""


class Shown(NamedTuple):
    """The groups of a story's page. `is_behind` says that the index will know of more."""

    groups: list[Group]
    is_behind: bool


def related_to(story: Story) -> Shown:
    """Return the stories related to a story. Raises IndexUnavailable if the index can't answer."""
    column = story.column
    found = find_related(story.head.pk, _texts(story), column.pk if column else None, _places(story))
    # Regions and topics are what the groups are about.
    read = load_stories(found.ids, with_text=False, with_subjects=False) if found.ids else []
    stories = {other.head.pk: other for other in read}
    groups = []
    if column and (rows := _beside(found, stories)):
        path = reverse("column", args=[column.pk])
        groups.append(Group(f"栏目“{column.name}”的前后篇", rows, path, f"全部 {found.in_column:,} 篇"))
    if found.place and (rows := [_row(stories[pk], "") for pk in found.nearby if pk in stories]):
        title, url = _place(story, found.place)
        groups.append(Group(title, rows, url, f"各年 {found.in_place:,} 篇"))
    if rows := [
        _row(stories[pk], f"都提到{_quoted(shared[:MOST_NAMED])}")
        for pk, shared in found.alike.items()
        if pk in stories
    ]:
        groups.append(Group("用词相近", rows))
    return Shown(groups, found.is_behind)


def _texts(story: Story) -> list[str]:
    return [*(part.headline for part in story.parts), *values_of(story.blocks)]


def _places(story: Story) -> list[Place]:
    return [
        Place(int(row.region.code), topic.pk, story.issue.date)
        for row in story.regions[:MOST_TRIED]
        for topic in story.topics[:MOST_TRIED]
    ]


def _beside(found: Related, stories: Mapping[int, Story]) -> list[Row]:
    pairs = ((found.before, "前一篇"), (found.after, "后一篇"))
    return [_row(stories[pk], reason) for pk, reason in pairs if pk is not None and pk in stories]


def _place(story: Story, place: Place) -> tuple[str, str]:
    """Return the title of the group of a place, and the URL of the list of its region and topic."""
    region = next(row.region for row in story.regions if int(row.region.code) == place.region)
    topic = next(topic for topic in story.topics if topic.pk == place.topic)
    url = f"{reverse('region', args=[region.code])}?{urlencode({'topic': topic.slug})}"
    return f"{region.name}、{topic.name}，前后一年", url


def _quoted(words: Iterable[str]) -> str:
    return "".join(f"“{word}”" for word in words)


def _row(story: Story, reason: str) -> Row:
    return Row(story, story.head.get_absolute_url(), Highlighter({}), reason)
