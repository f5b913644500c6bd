"""What a list can be downloaded as."""

from __future__ import annotations

from django import template

from articles.forms import STORY_FILES, TABLE_FILES
from articles.views.exports import MOST_ROWS

register = template.Library()


@register.simple_tag
def kinds_of_file(is_table: bool) -> dict[str, str]:
    """Return the kinds of file of a list of names, or else of stories: {value of `as`: name}."""
    return TABLE_FILES if is_table else STORY_FILES


@register.simple_tag
def most_rows() -> int:
    """Return how many rows one file has at most."""
    return MOST_ROWS
