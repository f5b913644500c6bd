"""The paths of the archive's pages, kept once they are made. A page has dozens, and most are on every page."""

from __future__ import annotations

from functools import lru_cache

from django.urls import NoReverseMatch, get_script_prefix, reverse

#: The most paths that a process keeps. The links of the frame, of provinces, topics and recent issues are among them.
MOST = 4096


def path_to(name: str, *args: object) -> str:
    """Return the path of the URL `name` for `args`, as `reverse` does. Raises NoReverseMatch if there is none.

    Only texts and numbers are kept: a record is the same key after its date has changed.
    """
    if not all(isinstance(each, (str, int)) for each in args):
        return reverse(name, args=args)
    prefix = get_script_prefix()
    if args and type(args[0]) is int and 0 < args[0] <= _SOME_ID:
        around = _around_id(prefix, name, *args[1:])
        if around:
            return f"{around[0]}{args[0]}{around[1]}"
    return _kept(prefix, name, *args)


@lru_cache(MOST, typed=True)
def _around_id(prefix: str, name: str, *rest: object) -> tuple[str, str] | None:
    """Return the texts before and after the id in the paths of the URL `name`, whose arguments are an id and `rest`.

    Return None if its first argument is no id. The paths of a million articles would not fit into what is kept.
    """
    try:
        before, id_, after = reverse(name, args=[_SOME_ID, *rest]).rpartition(str(_SOME_ID))
    except NoReverseMatch:
        return None
    return (before, after) if id_ else None


@lru_cache(MOST, typed=True)  # 1, True and "1" are equal as keys, and may be different arguments
def _kept(prefix: str, name: str, *args: object) -> str:
    return reverse(name, args=args)


#: The largest id that a path takes (RowIdConverter). It is put into a path and cut out again.
_SOME_ID = 10**18 - 1
