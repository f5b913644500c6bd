"""The formats and limits of downloads, in templates."""

from __future__ import annotations

from django import template

from articles.citing import Format, list_formats, table_formats
from articles.views.exports import MOST_ROWS

register = template.Library()


@register.simple_tag
def formats_of(is_table: bool) -> list[Format]:
    """Return the formats of a list of names, or else of a list of stories."""
    return list((table_formats() if is_table else list_formats()).values())


@register.simple_tag
def most_rows() -> int:
    """Return the largest number of rows in a file."""
    return MOST_ROWS
