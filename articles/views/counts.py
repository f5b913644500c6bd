"""Counts over the whole archive, and short tables that every page shows, taken once for each of its revisions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache

from articles.models import Region, Topic
from articles.page_cache import served_state

T = TypeVar("T")

#: Seconds after which a count that nobody asks for any more may go.
KEPT = 24 * 3600


def counted(name: str, count: Callable[[], T]) -> T:
    """Return `count()`, remembered in this process under `name` until the archive changes.

    Keyed by (epoch, revision): nothing else can make it stale. At a million articles a count takes seconds.
    """
    state = served_state()
    digest = hashlib.sha256(name.encode()).hexdigest()  # a name may be longer than a key, or have a space in it
    return cache.get_or_set(f"{state.epoch}-{state.revision}-{digest}", count, KEPT)


def shown_topics() -> list[Topic]:
    """Return the topics in use, in their order."""
    return counted("shown-topics", lambda: list(Topic.objects.shown()))


def all_provinces() -> list[Region]:
    """Return the provinces, in the order of their codes."""
    return counted("all-provinces", lambda: list(Region.objects.provinces()))
