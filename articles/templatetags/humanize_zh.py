"""Numbers as Chinese readers expect them in statistics, and moments as programs do."""

from __future__ import annotations

import datetime

from django import template
from django.utils import timezone

register = template.Library()


@register.filter
def thousands(number: int) -> str:
    """Return a count with separators: 12,345."""
    return f"{number:,}"


@register.filter
def moment(time: datetime.datetime) -> str:
    """Return a moment for the attribute `datetime`, which takes three digits of a second's fraction at most (HTML).

    2024-11-22T09:30:00+08:00
    """
    return timezone.localtime(time).isoformat(timespec="seconds")
