"""Counts of rows by key: several counts in one SQL statement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.db.models import Count, F, QuerySet, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast


@dataclass(frozen=True)
class GroupCount:
    """A count of rows by key. Each of `rows` has (key as text, number), and `read` turns the text into the key.

    Keys are texts, so that the counts of all questions fit into one column. Numbers of equal keys add up.
    """

    rows: tuple[QuerySet, ...]
    read: Callable[[str], Any] = str

    @classmethod
    def of(cls, rows: QuerySet, key: str | Combinable, read: Callable[[str], Any] = str, *, distinct: str = "") -> Self:
        """Return the count of `rows` by `key` (a field or an expression), or of the `distinct` values of a field."""
        value = F(key) if isinstance(key, str) else key
        number = Count(distinct, distinct=True) if distinct else Count("pk")
        keyed = rows.order_by().annotate(group_key=value).values("group_key").annotate(group_number=number)
        return cls((keyed,), read)

    def __add__(self, other: GroupCount) -> GroupCount:
        """Return the sum of both counts, whose keys are read alike."""
        return GroupCount(self.rows + other.rows, self.read)

    def fetch(self) -> dict[Any, int]:
        """Return {key: number} by a query for this count alone."""
        return fetch_counts({"": self})[""]


def fetch_counts(group_counts: Mapping[str, GroupCount]) -> dict[str, dict[Any, int]]:
    """Return {name: {key: number}} of all `group_counts` by one query, the lowest key first."""
    named = [
        # Grouped by the raw key, which an index may have in order, and turned into text after counting.
        rows.values_list(Value(name, TextField()), Cast("group_key", TextField()), "group_number")
        for name, group_count in group_counts.items()
        for rows in group_count.rows
    ]
    if not named:
        return {}
    numbers: dict[str, Counter[Any]] = {name: Counter() for name in group_counts}
    first, *others = named
    for name, key, number in first.union(*others, all=True) if others else first:
        numbers[name][group_counts[name].read(key)] += number
    return {name: dict(sorted(counts.items())) for name, counts in numbers.items()}


def year_of(day: str) -> int:
    """Return the year of a day given as text.

    SQLite asks Python for the year of each row. Counting by day first asks once for each day instead.
    """
    return int(day[:4])
