"""Template tags for the formats and limits of downloads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from articles.citing import Format, list_formats, table_formats
from articles.views.exports import MOST_ROWS
from articles.web.markup import escape

register = template.Library()


@register.simple_tag
def formats_of(is_table: bool) -> list[Format]:
    """Return the download formats of a list of names if `is_table`, otherwise of a list of stories."""
    return list((table_formats() if is_table else list_formats()).values())


@register.simple_tag
def most_rows() -> int:
    """Return the largest number of rows in a downloaded file."""
    return MOST_ROWS


#: The parameters that a link to a file has not: those of a place within the list, and that of another file.
_LEFT_OUT = ("page", "after", "before", "as")


@register.simple_tag(takes_context=True)
def links_to_files(context: dict[str, Any], formats: Iterable[Format]) -> SafeString:
    """Return a link to the file of the shown list in each of `formats`."""
    asked = context["request"].GET.copy()
    for name in _LEFT_OUT:
        asked.pop(name, None)
    list_ = f"?{escape(asked.urlencode())}&amp;" if asked else "?"
    links = (f'<a rel="nofollow" href="{list_}as={each.key}">{escape(each.label)}</a>' for each in formats)
    return mark_safe("".join(links))
