"""Folding: one form for the many ways to write a text. Texts and queries are compared in their folded form.

Each character is folded regardless of its neighbours:
* Width, case and marks over letters are dropped: Ａ → a, é → e, İ → i, ₂ → 2. A combining accent vanishes.
* Traditional, variant and compatibility ideographs become simplified: 醫 → 医, 衞 → 卫, 飮 → 饮, 薬 → 药, ⼈ and ⻅
  (radicals) → 人, 见, ○ → 〇.
* Marks that keyboards or reading machines write in several ways are one: “”„「」 → ", ‘’『』 → ', － – — ─ → -, ・ •
  → ·, and by their width ，：；！？（）％ → ASCII. Marks of different meaning (。 and . , 、 and ,) stay different.
* Control, zero-width and other format characters and variation selectors vanish.
A run of white space, line breaks and zero-width characters in it included, becomes one space between two letters or
digits of the alphabets. Elsewhere it vanishes: "PD  1" → "pd 1", "王　毅" → "王毅", "第 3 版" → "第3版".

The module guarantees for all texts (tests/text/test_fold.py):
* A part matches: for any substring s of t, fold(s) in fold(t).
* Cuts: fold(a + b) equals fold(a) + fold(b), except for one space between them if the cut touches white space
  (zero-width characters aside) between two letters or digits. So they are equal for all texts without white space.
* fold(fold(t)) == fold(t), and fold(t) is at most as long as t.
The reason: single characters are mapped first, so a part of the text gives a part of the mapped text. A run of spaces
inside the part has the same neighbours as in the whole text, and so the same fate. A run at its end vanishes. Therefore
the module uses OpenCC for single characters only, never for strings (in which 乾隆 stays and 乾 becomes 干). Likewise
it calls lower() on one character at a time (in a string Σ may become ς).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import opencc

from .variants import VARIANTS

#: The ideographs with their extensions: the characters that OpenCC's table of single characters covers.
HAN_RANGES = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x323AF))

#: The same ranges with radicals and compatibility ideographs.
IDEOGRAPHS = (*HAN_RANGES, (0x2E80, 0x2FD5), (0xF900, 0xFAFF))

#: Doubles of other characters, whose plain form is one character by NFKC: radicals, vertical and small marks, full and
#: half width, raised and lowered digits, the micro sign. ①, ℃ and Ⅷ are left out, because they say more.
DOUBLES = (
    (0x00B2, 0x00B3), (0x00B5, 0x00B5), (0x00B9, 0x00B9), (0x2070, 0x209C), (0x2E80, 0x2FD5), (0xFE10, 0xFE19),
    (0xFE30, 0xFE6B), (0xFF01, 0xFFEE),
)  # fmt: skip

#: Accents that combine with the letter before them.
ACCENTS = (0x0300, 0x036F)

#: The pictures of control characters, ␀ to ␦.
CONTROL_PICTURES = (0x2400, 0x2426)

#: Characters that are written for the last one of their row -> that last one.
ALIKE = {
    ord(character): row[-1]
    for row in ('“”„‟「」〝〞"', "‘’‚‛『』'", "‐‑‒–—―−─-", "〜∼~", "•‧・∙⋅·", "○◯〇", "⋯…", "∶:", "⁄∕/", "ςσ")
    for character in row[:-1]
}

#: The letters and digits of alphabets (Latin, Greek, Cyrillic) in a folded text.
ALPHABETIC = r"0-9a-z\u00df-\u00f6\u00f8-\u02af\u0370-\u052f\u1e00-\u1fff"

#: The spaces to drop from a text whose white space is all spaces. Between two letters the first space stays, because it
#: follows a letter and its run (matched whole by "++") precedes one. The other spaces of the run follow a space.
_NEEDLESS_SPACE = re.compile(rf" ++(?![{ALPHABETIC}])|(?<![{ALPHABETIC}]) ++")

#: The characters that belong to the one before them: accents and variation selectors.
_TRAILING_MARKS = re.compile(r"[\u0300-\u036f\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef]*")


class _Table(dict[int, str]):
    """A table of code point -> folded character. It fills itself, because a missing key is slow in str.translate."""

    def __missing__(self, code: int) -> str:
        folded = self.folded(code)
        if code <= HAN_RANGES[-1][1]:  # the million code points beyond are not kept, because no paper prints them
            self[code] = folded
        return folded

    def folded(self, code: int) -> str:
        return _fold_character(chr(code))


class _IdeographTable(_Table):
    def folded(self, code: int) -> str:
        return super().folded(code) if _lies_in(code, IDEOGRAPHS) else chr(code)


_TABLE = _Table()
_IDEOGRAPHS = _IdeographTable()


@cache
def _simplifier() -> Callable[[str], str]:
    return opencc.OpenCC("hk2s").convert  # hk2s simplifies 衞, whereas t2s leaves it as it is


def _fold_character(character: str) -> str:
    """Return the folded form of one character: one character that folds to itself, " " for white space, or ""."""
    if character.isspace():
        return " "
    while character and (simpler := _simpler(character)) != character:
        character = simpler
    return character


def _simpler(character: str) -> str:
    """Return one character a step nearer to its folded form. If it is folded already, return it as it is."""
    code = ord(character)
    if _is_unseen(character):
        return ""
    if code in ALIKE:
        return ALIKE[code]
    if character in VARIANTS:
        return VARIANTS[character]
    if _lies_in(code, DOUBLES) and len(plain := unicodedata.normalize("NFKC", character)) == 1:
        return plain
    letter, *marks = list(
        unicodedata.normalize("NFD", character)
    )  # for a compatibility ideograph, `letter` is the ideograph
    if letter.isalpha() and all(_lies_in(ord(mark), (ACCENTS,)) for mark in marks):
        character = letter
    if len(lower := character.lower()) == 1:
        character = lower
    if _lies_in(code, HAN_RANGES) and len(simple := _simplifier()(character)) == 1:
        character = simple
    return character


def _is_unseen(character: str) -> bool:
    """Tell whether a character vanishes: controls, format characters, accents, variation selectors, surrogates.

    Pictures of controls vanish, too, because the index uses two of them as marks of its own.
    """
    if _lies_in(ord(character), (CONTROL_PICTURES,)):
        return True
    return unicodedata.category(character) in {"Cc", "Cf", "Cs"} or _TRAILING_MARKS.fullmatch(character) is not None


def _lies_in(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)


def fold(text: str) -> str:
    """Return the folded form of `text`, in which texts, names and queries are compared. See the module's docstring.

    >>> fold("王　毅") == fold("王毅")
    True
    >>> fold("ＣＴ檢查，PD  １")
    'ct检查,pd 1'
    """
    folded = text.translate(_TABLE)
    return _NEEDLESS_SPACE.sub("", folded) if " " in folded else folded


def fold_ideographs(text: str) -> str:
    """Return `text` with its ideographs folded and all else unchanged. The result has the same length.

    The reader compares names and words in this form, because its rules distinguish marks and spaces and use offsets in
    the text.

    >>> fold_ideographs("臺灣　醫生，ＣＴ")
    '台湾　医生，ＣＴ'
    """
    return text.translate(_IDEOGRAPHS)


@dataclass(frozen=True)
class Folded:
    """A folded text. `offsets` has the offset in the source of each folded character, then the source's length."""

    source: str
    text: str
    offsets: Sequence[int]

    def source_range(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the source of the folded characters [start, end), without white space around it."""
        if start >= end:
            return self.offsets[start], self.offsets[start]
        last = self.offsets[end - 1]
        marks = _TRAILING_MARKS.match(self.source, last + 1)
        return self.offsets[start], marks.end() if marks else last + 1


def fold_with_offsets(text: str) -> Folded:
    """Return `text` folded, with the offsets into the original.

    >>> folded = fold_with_offsets("请 醫 生来")
    >>> folded.text, folded.source_range(1, 3)
    ('请医生来', (2, 5))
    """
    mapped = text.translate(_TABLE)
    if len(mapped) == len(text) and " " not in mapped:
        return Folded(text, mapped, range(len(text) + 1))
    places = [place for place, character in enumerate(text) if _TABLE[ord(character)]]
    offsets: list[int] = []
    done = 0
    for space in _NEEDLESS_SPACE.finditer(mapped):
        offsets += places[done : space.start()]
        done = space.end()
    offsets += places[done:]
    offsets.append(len(text))
    return Folded(text, _NEEDLESS_SPACE.sub("", mapped), offsets)
