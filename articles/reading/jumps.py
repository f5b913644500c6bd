"""Functions that read printed numbers, and the page numbers in jump lines, teasers and folios."""

from __future__ import annotations

import re

_DIGITS = {**{str(n): n for n in range(10)}, **{ch: n for n, ch in enumerate("０１２３４５６７８９")}}
_DIGITS |= {ch: n for n, ch in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "O": 0, "Ｏ": 0, "两": 2}

#: The greatest number of pages that a newspaper has.
PAGES = 200


def read_number(text: str) -> int | None:
    """Return the value of a printed number: "12", "１２", "十二", "二十", "二〇二四".

    Return None for any other text, and for a number with 百.
    """
    text = "".join(text.split())
    if not text:
        return None
    if "百" in text:
        return None
    if "十" in text:
        tens, _, ones = text.partition("十")
        if any(len(part) > 1 or (part and part not in _DIGITS) for part in (tens, ones)):
            return None
        return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
    if any(ch not in _DIGITS for ch in text):
        return None
    return int("".join(str(_DIGITS[ch]) for ch in text))


def read_page_number(match: re.Match[str]) -> int | None:
    """Return the page number in a jump line, a teaser or a folio, or None if it is unreadable, 0 or above PAGES."""
    number = read_number(match["page"])
    return number if number is not None and 0 < number <= PAGES else None
