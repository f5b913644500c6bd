"""Raised and lowered digits and signs of formulas and tags."""

from __future__ import annotations

_PLAIN = "0123456789+-=()n"
_RAISED = dict(zip(_PLAIN + "−－＋", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ⁻⁻⁺", strict=True))


def superscript(text: str) -> str | None:
    """Return the raised form of digits and signs, or None if any character has none.

    >>> superscript("-1"), superscript("注")
    ('⁻¹', None)
    """
    raised = [_RAISED.get(character) for character in text]
    return "".join(raised) if raised and None not in raised else None  # type: ignore[arg-type]


def subscript(text: str) -> str | None:
    """Return a lowered text as running text writes it: PM2.5 and SpO2, not PM₂.₅.

    >>> subscript("2.5")
    '2.5'
    """
    return text
