"""Sorting of names in the order that Chinese readers expect, and of rows by number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def name_key(name: str) -> bytes:
    """Return a sort key that orders names by sound.

    GB 18030 has the 3,755 common characters in the order of pinyin, before the rarer ones in the order of radicals: so
    褚 and 覃 stand behind all others. SQLite and PostgreSQL share no order, and SQLite has none for Chinese.

    >>> sorted(["赵一苇", "孙三水", "安宁", "北京"], key=name_key)
    ['安宁', '北京', '孙三水', '赵一苇']
    """
    return name.encode("gb18030")


def most_first(rows: Iterable[tuple[T, int]]) -> list[tuple[T, int]]:
    """Return pairs of a thing and its number, the highest number first."""
    return sorted(rows, key=lambda row: -row[1])


def in_order(names: Iterable[tuple[int, str]], counts: dict[int, int], sort: str) -> list[int]:
    """Return the ids of (id, name) by name, or with `sort` "count" by their number in `counts`, the highest first,
    then by name.

    >>> in_order([(1, "赵"), (2, "安"), (3, "孙")], {1: 5, 3: 5}, "count")
    [3, 1, 2]
    """
    by_name = [pk for pk, _ in sorted(names, key=lambda row: name_key(row[1]))]
    return sorted(by_name, key=lambda pk: -counts.get(pk, 0)) if sort == "count" else by_name
