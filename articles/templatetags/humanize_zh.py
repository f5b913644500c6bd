"""Numbers as Chinese readers expect them in statistics, and times as programs read them."""

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
    """Return a time for the attribute `datetime`. HTML takes at most three digits of a fraction of a second.

    2024-11-22T09:30:00+08:00
    """
    return timezone.localtime(time).isoformat(timespec="seconds")
