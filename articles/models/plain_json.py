"""The one encoder of JSON that is stored. It writes each character as itself."""

from __future__ import annotations

import json
import re
from typing import Any

#: Half of a pair of UTF-16. Alone it can't be written in UTF-8.
_SURROGATE = re.compile("[\ud800-\udfff]")


class PlainJSONEncoder(json.JSONEncoder):
    r"""An encoder for `JSONField`. Django's own writes a Chinese character as `\uXXXX`, six bytes instead of three.

    SQLite stores the text of the JSON, so that its size is the encoder's affair. PostgreSQL stores `jsonb`, in which
    both forms are the same.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"ensure_ascii": False})

    def encode(self, o: Any) -> str:  # noqa: ANN401 - anything that JSON can hold
        r"""Return `o` as JSON. Half a surrogate pair stays `\uXXXX`, because no database takes it as a character.

        >>> print(PlainJSONEncoder().encode([["段", 1.5, None], "\ud83d"]))
        [["段", 1.5, null], "\ud83d"]
        """
        text = super().encode(o)
        try:
            text.encode()
        except UnicodeEncodeError:
            return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text)
        return text


def as_plain_json(text: str | None) -> str | None:
    """Return stored JSON as the encoder writes it. NULL, and a text that is no JSON, are returned as they are."""
    try:
        return None if text is None else PlainJSONEncoder().encode(json.loads(text))
    except ValueError:
        return text
