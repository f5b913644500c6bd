"""The paths of the archive's pages, kept once they are made. A page has dozens, and most are on every page."""

from __future__ import annotations

from functools import lru_cache

from django.urls import get_script_prefix, reverse

#: The most paths that a process keeps. The links of the frame, of provinces, topics and recent issues are among them.
MOST = 4096


def path_to(name: str, *args: object) -> str:
    """Return the path of the URL `name` for `args`, as `reverse` does. Raises NoReverseMatch if there is none.

    Only texts and numbers are kept: a record is the same key after its date has changed.
    """
    if all(isinstance(each, (str, int)) for each in args):
        return _kept(get_script_prefix(), name, *args)
    return reverse(name, args=args)


def path_to_row(name: str, pk: int) -> str:
    """Return the path of the URL `name` for the id of a row, its only argument. Raises TypeError for a row without id.

    A million articles don't fit into what is kept, and most links of a page lead to articles.
    """
    before, after = around_id(name)
    return f"{before}{pk:d}{after}"


def around_id(name: str) -> tuple[str, str]:
    """Return the texts before and after the id in the paths of the URL `name`, whose only argument is an id."""
    return _around_id(get_script_prefix(), name)


#: An id that is put into a path and cut out again. Any id will do.
_SOME_ID = 1


@lru_cache
def _around_id(prefix: str, name: str) -> tuple[str, str]:
    before, _, after = reverse(name, args=[_SOME_ID]).rpartition(str(_SOME_ID))
    return before, after


@lru_cache(MOST, typed=True)  # 1, True and "1" are equal as keys, and may be different arguments
def _kept(prefix: str, name: str, *args: object) -> str:
    return reverse(name, args=args)
