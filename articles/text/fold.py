"""One form for the many ways to write a text: the form in which text and query are compared.

Of each character, whatever stands around it:
* width, case and marks over letters are taken off: Ａ → a, é → e, İ → i, ₂ → 2, and a combining accent vanishes;
* traditional, variant and compatibility ideographs become simplified: 醫 → 医, 衞 → 卫, 飮 → 饮, 薬 → 药, ⼈ and ⻅
  (radicals) → 人, 见, ○ → 〇;
* marks that a keyboard or a reading machine writes in several ways are one: “”„「」 → ", ‘’『』 → ', － – — ─ → -,
  ・ • → ·, and by their width ，：；！？（）％ → ASCII. What differs in meaning (。 and . , 、 and ,) stays apart;
* control, zero-width and other format characters and variation selectors vanish.
Of white space (with zero-width characters in it or not, line breaks too) one space is left where it stands between
two letters or digits of the alphabets, nothing anywhere else: "PD  1" → "pd 1", "王　毅" → "王毅", "第 3 版" → "第3版".

What may be relied on, for all texts (tests/text/test_fold.py):
* A part is found: for any cut s of t, wherever it begins and ends, fold(s) in fold(t).
* Cuts: fold(a + b) is fold(a) + fold(b), but for one space between them where the cut touches white space (zero-width
  characters aside) that stands between two letters or digits. So they are equal for all texts without white space.
* fold(fold(t)) == fold(t), and fold(t) is no longer than t.
Why: single characters are mapped first. Of the result a cut is a cut. A run of spaces inside it has the neighbours it
has in the whole and so the same fate; a run at its end vanishes. That is why only OpenCC's single characters are used,
never OpenCC on strings (there 乾隆 stays and 乾 becomes 干), and lower() on one character (in a string Σ may become ς).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import opencc

from .variants import VARIANTS

#: Ideographs with their extensions: what OpenCC's table of single characters speaks of.
HAN_RANGES = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x323AF))

#: Those, with radicals and compatibility ideographs.
IDEOGRAPHS = (*HAN_RANGES, (0x2E80, 0x2FD5), (0xF900, 0xFAFF))

#: Doubles of other characters, whose plain form is one character by NFKC: radicals, vertical and small marks, full and
#: half width, raised and lowered digits, the micro sign. Not ①, ℃, Ⅷ: those say more.
DOUBLES = (
    (0x00B2, 0x00B3), (0x00B5, 0x00B5), (0x00B9, 0x00B9), (0x2070, 0x209C), (0x2E80, 0x2FD5), (0xFE10, 0xFE19),
    (0xFE30, 0xFE6B), (0xFF01, 0xFFEE),
)  # fmt: skip

#: Accents that combine with the letter before them.
ACCENTS = (0x0300, 0x036F)

#: ␀ to ␦.
CONTROL_PICTURES = (0x2400, 0x2426)

#: What is written for the character at the end of the row.
ALIKE = {
    ord(character): row[-1]
    for row in ('“”„‟「」〝〞"', "‘’‚‛『』'", "‐‑‒–—―−─-", "〜∼~", "•‧・∙⋅·", "○◯〇", "⋯…", "∶:", "⁄∕/", "ςσ")
    for character in row[:-1]
}

#: Letters and digits of alphabets (Latin, Greek, Cyrillic), as they stand in a folded text.
ALPHABETIC = r"0-9a-z\u00df-\u00f6\u00f8-\u02af\u0370-\u052f\u1e00-\u1fff"

#: White space to drop from a text whose white space is all spaces. Between two letters the first space stays, for it
#: follows a letter and its run (taken whole: "++") precedes one; the others of the run follow a space.
_NEEDLESS_SPACE = re.compile(rf" ++(?![{ALPHABETIC}])|(?<![{ALPHABETIC}]) ++")

#: What belongs to the character before it: accents and variation selectors.
_TRAILING_MARKS = re.compile(r"[\u0300-\u036f\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef]*")


class _Table(dict[int, str]):
    """Code point -> folded character, worked out when it is first met: a missing key is slow in str.translate."""

    def __missing__(self, code: int) -> str:
        folded = self.folded(code)
        if code <= HAN_RANGES[-1][1]:  # beyond lie a million code points that no paper prints: not kept
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
    return opencc.OpenCC("hk2s").convert  # hk2s knows 衞, which t2s leaves as it is


def _fold_character(character: str) -> str:
    """Return one character in its folded form: a character that stays so, a space for white space, or nothing."""
    if character.isspace():
        return " "
    while character and (simpler := _simpler(character)) != character:
        character = simpler
    return character


def _simpler(character: str) -> str:
    """Return one character a step nearer to its folded form, or as it is."""
    code = ord(character)
    if _is_unseen(character):
        return ""
    if code in ALIKE:
        return ALIKE[code]
    if character in VARIANTS:
        return VARIANTS[character]
    if _lies_in(code, DOUBLES) and len(plain := unicodedata.normalize("NFKC", character)) == 1:
        return plain
    letter, *marks = unicodedata.normalize("NFD", character)  # of a compatibility ideograph, the ideograph itself
    if letter.isalpha() and all(_lies_in(ord(mark), (ACCENTS,)) for mark in marks):
        character = letter
    if len(lower := character.lower()) == 1:
        character = lower
    if _lies_in(code, HAN_RANGES) and len(simple := _simplifier()(character)) == 1:
        character = simple
    return character


def _is_unseen(character: str) -> bool:
    """Tell whether a character only steers others: controls, format characters, selectors; or is half a character.

    So are pictures of controls: the index has two of them for marks of its own.
    """
    if _lies_in(ord(character), (CONTROL_PICTURES,)):
        return True
    return unicodedata.category(character) in {"Cc", "Cf", "Cs"} or _TRAILING_MARKS.fullmatch(character) is not None


def _lies_in(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)


def fold(text: str) -> str:
    """Return `text` in the one form that texts, names and queries are compared in; see the head of this module.

    >>> fold("王　毅") == fold("王毅")
    True
    >>> fold("ＣＴ檢查，PD  １")
    'ct检查,pd 1'
    """
    folded = text.translate(_TABLE)
    return _NEEDLESS_SPACE.sub("", folded) if " " in folded else folded


def fold_ideographs(text: str) -> str:
    """Return `text` with its ideographs in the form that `fold` gives them and all else as it is; of the same length.

    The reader compares names and words so: its rules tell marks and spaces apart, and count places in the text.

    >>> fold_ideographs("臺灣　醫生，ＣＴ")
    '台湾　医生，ＣＴ'
    """
    return text.translate(_IDEOGRAPHS)


@dataclass(frozen=True)
class Folded:
    """A text folded, and where in the source each folded character stands; the last offset is the source's length."""

    source: str
    text: str
    offsets: Sequence[int]

    def source_range(self, start: int, end: int) -> tuple[int, int]:
        """Return where the folded characters [start, end) stand in the source, without white space around them."""
        if start >= end:
            return self.offsets[start], self.offsets[start]
        last = self.offsets[end - 1]
        return self.offsets[start], _TRAILING_MARKS.match(self.source, last + 1).end()


def fold_with_offsets(text: str) -> Folded:
    """Return `text` folded, with the way back to the original.

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
