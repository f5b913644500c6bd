"""Small checks of what is typed into the screen of a page."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import ValidationError


def checked(check: Callable[[str], str], text: str) -> tuple[str, str]:
    """Return (the cleaned text, the sentence that says what is wrong with it or "")."""
    try:
        return check(text), ""
    except ValidationError as error:
        return "", "".join(error.messages)


def is_number(text: str, last: int) -> bool:
    """Tell whether `text` is an integer from 0 to `last`, in the digits of ASCII."""
    return text.isascii() and text.isdecimal() and len(text) <= len(str(last)) and int(text) <= last
