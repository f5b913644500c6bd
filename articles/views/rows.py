"""A row of a list of stories."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from articles.models.stories import Story
from articles.views.highlighting import Highlighter

#: The headings of a list by date, by their names: each takes the story of a row and returns the text above it.
HEADINGS: dict[str, Callable[[Story], str]] = {
    "year": lambda story: f"{story.issue.date.year}年",
    "month": lambda story: f"{story.issue.date.year}年{story.issue.date.month}月",
}


class Row(NamedTuple):
    """A story in a list: the URL to read it at, and the highlighter of the strings by which it was found.

    A row beside another story has a `reason`, which may be "", and no line of its text.
    """

    story: Story
    url: str
    marker: Highlighter
    reason: str | None = None


def plain_rows(stories: Iterable[Story]) -> list[Row]:
    """Return the rows of a list that was not searched for."""
    return [Row(story, story.head.get_absolute_url(), Highlighter({})) for story in stories]
