"""Numbers as Chinese readers expect them in statistics."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def thousands(number: int) -> str:
    """Return a count with separators: 12,345."""
    return f"{number:,}"
