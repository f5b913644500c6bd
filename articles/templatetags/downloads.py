"""What a list can be downloaded as."""

from __future__ import annotations

from django import template

from articles.forms import ExportForm
from articles.views.exports import MOST_ROWS

register = template.Library()


@register.simple_tag
def list_formats() -> list[tuple[str, str]]:
    """Return the kinds of file of a list: (value of `as`, name)."""
    return list(ExportForm.FORMATS.items())


@register.simple_tag
def most_rows() -> int:
    """Return how many stories one file has at most."""
    return MOST_ROWS
