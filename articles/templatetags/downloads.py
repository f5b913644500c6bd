"""Template tags for the formats and limits of downloads."""

from __future__ import annotations

from django import template

from articles.citing import Format, list_formats, table_formats
from articles.views.exports import MOST_ROWS

register = template.Library()


@register.simple_tag
def formats_of(is_table: bool) -> list[Format]:
    """Return the download formats of a list of names if `is_table`, otherwise of a list of stories."""
    return list((table_formats() if is_table else list_formats()).values())


@register.simple_tag
def most_rows() -> int:
    """Return the largest number of rows in a downloaded file."""
    return MOST_ROWS
