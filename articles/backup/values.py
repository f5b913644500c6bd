"""The values of columns as a backup writes them. They are the same whatever database they come from.

A row is a JSON object by column name. A column that is NULL is absent, so that JSON's own null stays apart from it.
Pure: no Django model, no database.
"""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from typing import Any

from articles.models.plain_json import PlainJSONEncoder

#: A kind of values, by the name that Django gives to the type of a field.
KINDS = {
    "AutoField": "integer",
    "BigAutoField": "integer",
    "BigIntegerField": "integer",
    "BooleanField": "boolean",
    "CharField": "text",
    "DateField": "date",
    "DateTimeField": "datetime",
    "FloatField": "float",
    "IntegerField": "integer",
    "JSONField": "json",
    "PositiveBigIntegerField": "integer",
    "PositiveIntegerField": "integer",
    "PositiveSmallIntegerField": "integer",
    "SlugField": "text",
    "SmallAutoField": "integer",
    "SmallIntegerField": "integer",
    "TextField": "text",
}

#: The types of Python that a backup's values of a kind have.
_TYPES: dict[str, tuple[type, ...]] = {"text": (str,), "integer": (int,), "boolean": (bool,), "float": (int, float)}

_AS_STORED = PlainJSONEncoder(separators=(",", ":"), allow_nan=False)
_CANONICAL = PlainJSONEncoder(separators=(",", ":"), allow_nan=False, sort_keys=True)
_IN_SQL = PlainJSONEncoder()


def plain(kind: str, stored: Any) -> Any:  # noqa: ANN401 - whatever a database holds
    """Return a value of a database, not NULL, as it stands in a backup. JSON is given as text.

    Raises ValueError if the value is none of its kind.

    >>> plain("boolean", 1), plain("datetime", "2024-11-22 08:30:00"), plain("json", '{"b": 1e16}')
    (True, '2024-11-22T08:30:00.000000Z', {'b': 10000000000000000})
    """
    if kind == "text" and isinstance(stored, str):
        return stored
    if kind == "integer" and isinstance(stored, int):
        return int(stored)
    if kind == "boolean" and stored in (0, 1):
        return bool(stored)
    if kind == "float" and isinstance(stored, int | float):
        return float(stored)
    if kind == "json" and isinstance(stored, str):
        return json.loads(stored, parse_float=_number)
    if kind == "date":
        return (stored if isinstance(stored, datetime.date) else datetime.date.fromisoformat(stored)).isoformat()
    if kind == "datetime":
        moment = stored if isinstance(stored, datetime.datetime) else datetime.datetime.fromisoformat(stored)
        if moment.tzinfo is not None:
            moment = moment.astimezone(datetime.UTC).replace(tzinfo=None)
        return moment.isoformat(timespec="microseconds") + "Z"
    raise ValueError(f"{type(stored).__name__} is no {kind}")


def stored_as(kind: str, value: Any) -> Any:  # noqa: ANN401 - as above
    """Return a value of a backup as a statement of SQL takes it: a date or a time as such, JSON as text.

    Raises ValueError if the value is none of its kind.
    """
    if kind == "json":
        return _IN_SQL.encode(value)
    if kind in ("date", "datetime") and isinstance(value, str):
        return (datetime.date if kind == "date" else datetime.datetime).fromisoformat(value)
    wanted = _TYPES.get(kind, ())
    if not isinstance(value, wanted) or (isinstance(value, bool) and kind != "boolean"):
        raise ValueError(f"{type(value).__name__} is no {kind}")
    return value


def line_of(row: dict[str, Any]) -> bytes:
    """Return a row as a line of a backup, with the keys of its JSON in the order in which the database has them.

    Raises ValueError for a number that JSON does not have.
    """
    return _AS_STORED.encode(row).encode() + b"\n"


def canonical_line_of(row: dict[str, Any]) -> bytes:
    """Return a row as the line that digests are made of: the keys are in order, since PostgreSQL keeps no order."""
    return _CANONICAL.encode(row).encode() + b"\n"


def row_of(line: bytes) -> dict[str, Any]:
    """Return the row of a line. Raises ValueError if the line holds none."""
    row = json.loads(line, parse_float=_number)
    if not isinstance(row, dict):
        raise ValueError("the line is no object")
    return row


def _number(text: str) -> int | float:
    """Return a number of JSON that has a point or an exponent.

    PostgreSQL writes 1e+16 without an exponent, which reads as an integer. Here it is one, too.
    """
    value = float(text)
    written = repr(value)
    return int(Decimal(written)) if "e+" in written else value
