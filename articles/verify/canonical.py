"""One writing for each value, and a digest of rows in any order. Two databases with the same rows have one digest."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from typing import Any

#: Sums of row digests are taken modulo this number.
_MODULUS = 1 << 256


#: A number that is no integer, perhaps within a text.
_FRACTION = re.compile(r"[\[,:]-?\d+[.e]")


def canonical(value: object) -> bytes:
    """Return the one writing of a value that a column can hold. Raises TypeError for a value of another type.

    PostgreSQL keeps JSON with its keys in another order and 1e16 as an integer, SQLite keeps times without a zone:
    whole numbers are written as integers, times in UTC, keys in order.

    >>> canonical([1.0, {"b": None, "a": "段"}]).decode()
    '[1,{"a":"段","b":null}]'
    """
    text = _ENCODER.encode(value)
    if _FRACTION.search(text):  # most rows have none, and need no look at each value
        text = _ENCODER.encode(_with_integers(value))
    return text.encode("utf-8", "surrogatepass")


def _with_integers(value: object) -> Any:  # noqa: ANN401 - anything that JSON can hold
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, (list, tuple)):
        return [_with_integers(each) for each in value]
    if isinstance(value, dict):
        return {key: _with_integers(each) for key, each in value.items()}
    return value


def _time(value: object) -> str:
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise TypeError(f"no column holds {type(value).__name__}")


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_time)


class RowsDigest:
    """A digest of rows of several kinds that does not depend on their order. It guards against damage, not forgery.

    Each kind has the number of its rows and the sum of their SHA-256.
    """

    def __init__(self) -> None:
        self._kinds: dict[str, tuple[int, int]] = {}

    def add(self, kind: str, *values: object) -> None:
        """Count one row of `kind` with these values."""
        number, total = self._kinds.get(kind, (0, 0))
        each = int.from_bytes(hashlib.sha256(canonical(values)).digest(), "big")
        self._kinds[kind] = number + 1, (total + each) % _MODULUS

    def hexdigest(self) -> str:
        """Return the SHA-256 of all kinds. A kind without rows counts as if it were not known."""
        told = [[kind, number, f"{total:064x}"] for kind, (number, total) in sorted(self._kinds.items())]
        return hashlib.sha256(canonical(told)).hexdigest()
