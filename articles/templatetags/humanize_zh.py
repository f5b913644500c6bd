"""Template filters for numbers as Chinese readers expect them in statistics, and for times as programs read them."""

from __future__ import annotations

import datetime

from django import template
from django.utils import timezone

register = template.Library()


@register.filter
def thousands(number: int) -> str:
    """Return a count with separators of thousands: 12,345."""
    return f"{number:,}"


@register.filter
def moment(time: datetime.datetime) -> str:
    """Return a time to the second for the attribute `datetime`: 2024-11-22T09:30:00+08:00.

    HTML takes at most three digits of a fraction of a second.
    """
    return timezone.localtime(time).isoformat(timespec="seconds")
