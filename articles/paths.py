"""The paths of the archive's pages, kept once they are made. A page has dozens, and most are on every page."""

from __future__ import annotations

from functools import lru_cache

from django.urls import get_script_prefix, get_urlconf, reverse

#: The most paths that a process keeps. The links of the frame, of provinces, topics and recent issues are among them.
MOST = 4096


def path_to(name: str, *args: object) -> str:
    """Return the path of the URL `name` for `args`, as `reverse` does. Raises NoReverseMatch if there is none.

    Only texts and numbers are kept: a record is the same key after its date has changed.
    """
    if all(isinstance(each, (str, int)) for each in args):
        return _kept(get_script_prefix(), get_urlconf(), name, *args)
    return reverse(name, args=args)


@lru_cache(MOST, typed=True)  # 1, True and "1" are equal as keys, and may be different arguments
def _kept(prefix: str, urlconf: str | None, name: str, *args: object) -> str:
    return reverse(name, args=args)
