"""How many rows there are of each key: several such questions, put to the database in one statement."""

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
    """A question: how many there are of each key. Each of `rows` has (key as text, number); `read` makes the key of it.

    Texts vary in what they are keys of, so that those of all questions fit into one column. Numbers of one key add up.
    """

    rows: tuple[QuerySet, ...]
    read: Callable[[str], Any] = str

    @classmethod
    def of(cls, rows: QuerySet, key: str | Combinable, read: Callable[[str], Any] = str, *, distinct: str = "") -> Self:
        """Return how many of `rows` there are of each `key`, a field or an expression; or of each `distinct` field."""
        value = F(key) if isinstance(key, str) else key
        number = Count(distinct, distinct=True) if distinct else Count("pk")
        keyed = rows.order_by().annotate(group_key=value).values("group_key").annotate(group_number=number)
        return cls((keyed,), read)

    def __add__(self, other: GroupCount) -> GroupCount:
        """Return the question for the sums of both, whose keys are read alike."""
        return GroupCount(self.rows + other.rows, self.read)

    def fetch(self) -> dict[Any, int]:
        """Ask it alone: {key: number}."""
        return fetch_counts({"": self})[""]


def fetch_counts(group_counts: Mapping[str, GroupCount]) -> dict[str, dict[Any, int]]:
    """Ask all of `group_counts` at once; return the answer to each: {key: number}, the lowest key first."""
    named = [
        # Grouped by the key as it is, which an index may have in order, and made a text when it is counted.
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
    """Return the year of a day as text.

    SQLite would ask Python for the year of each row: better of each day than of each story.
    """
    return int(day[:4])
