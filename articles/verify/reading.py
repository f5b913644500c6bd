"""Reading rows of a database that may be damaged, many at a time and few in memory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from django.db import models
from django.db.models import F
from django.db.models.functions import Cast

#: Rows that are fetched at once.
ROWS = 500

Row = TypeVar("Row")

#: The value of a text that is no JSON.
BROKEN = object()


def parsed(text: str | None) -> Any:  # noqa: ANN401 - anything that JSON can hold
    """Return the value of the JSON `text`, None for NULL, or BROKEN if it is no JSON."""
    if text is None:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return BROKEN


def texts_of(rows: models.QuerySet, *names: str) -> models.QuerySet[Any, tuple[Any, ...]]:
    """Return the query for (id, the stored text of each JSON field of `names`), by ids.

    Django itself raises an error for the whole query if one row holds no JSON.
    """
    told = {f"{name}_as_text": Cast(F(name), models.TextField()) for name in names}
    return rows.order_by("pk").annotate(**told).values_list("pk", *told)


def streamed(rows: models.QuerySet[Any, Row]) -> Iterator[Row]:
    """Return the rows of a query one by one, fetched ROWS at a time."""
    return rows.iterator(chunk_size=ROWS)


def in_parts(rows: Iterable[Row], size: int = ROWS) -> Iterator[list[Row]]:
    """Yield the rows in lists of `size`."""
    left = iter(rows)
    while part := list(islice(left, size)):
        yield part
