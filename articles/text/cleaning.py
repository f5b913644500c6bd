"""The cleaning of a text, which keeps the printable characters. It is the one cleaning at the inlet.

It is applied to page texts, manifests and typed text. Letters, marks, digits, signs and white space are kept. The other
rules, by Unicode's general category:
* Cc, control characters, are removed: no paper prints any. Tab and the rarer white space become a space. The rarer line
  breaks (\\v, \\f, \\x1c-\\x1e, \\x85, U+2028, U+2029) become a line feed, because files and forms know only that one.
* Cf, format characters, are removed: zero-width spaces, soft hyphens (a paper's line ends are not the archive's), byte
  order marks inside a text, and direction marks, which make a name or a file's suffix look like another. But the Arabic
  signs that Unicode counts among Cf are printed and stay. A zero-width joiner or non-joiner stays where it has an
  effect: between emoji, and between letters that join.
* Cs and noncharacters are removed: halves of a character, which UTF-8 can't hold, and code points without a character.
* Co, private use: the font decides how such a character looks. Some have a known meaning in Word's symbol fonts or in
  GB 18030 and become that character. Nobody can read the others. A space replaces them and separates their neighbours.
* Blank letters (fillers of Hangul and Khmer, Braille's empty cell) and U+FFFC, the place of a picture, are removed.
* Radicals and compatibility ideographs (⻓, U+F900), which text layers of PDFs have, become the ideographs that Unicode
  gives for them (EquivalentUnifiedIdeograph and the decompositions). Nothing is simplified. So a name has one form.
* Variation selectors (Mn) stay after a character that has variants, one for each such character. Others are removed.

Characters that Python's Unicode tables don't know yet count as unassigned and are kept.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from .variants import RADICALS

#: The labels of removed characters: those that nobody sees (except white space), and those that nobody can read.
CONTROL, UNREADABLE = "control", "unreadable"

#: The private-use characters of known meaning. In each row, the plain character stands before the private one.
# From Wingdings and Symbol: marks of list items. Word and PDF write code c of these fonts as U+F000 + c.
_SYMBOLS = (
    "●\uf06c•\uf09f•\uf0b7■\uf06e▪\uf0a7□\uf06f□\uf0a8□\uf071□\uf072◆\uf075◆\uf076◆\uf077○\uf0a1★\uf0ab"
    "►\uf0d8→\uf0e0→\uf0e8✓\uf0fc☑\uf0fe \uf020"
)
# The two blanks at the beginning of GB 18030's user-defined areas. Chinese programs pad lines with them.
_BLANKS = "\u3000\ue5e5\u3000\ue4c6"
# Characters that GB 18030 kept in private use until Unicode had them. For these Python's table is older than glibc's.
_ADMITTED = (
    "︐\ue78d︒\ue78e︑\ue78f︓\ue790︔\ue791︕\ue792︖\ue793︗\ue794︘\ue795︙\ue796ḿ\ue7c7"
    "𠂇\ue816𠂉\ue817𠃌\ue818龴\ue81e龵\ue826龶\ue82b龷\ue82c𡗗\ue831龸\ue832𢦏\ue83b龹\ue843龺\ue854𤇾\ue855龻\ue864"
)
KNOWN_PRIVATE = {
    private: plain for row in (_SYMBOLS, _BLANKS, _ADMITTED) for plain, private in zip(row[::2], row[1::2], strict=True)
}

_RADICALS = {pair[0]: pair[1] for pair in RADICALS.split()}
#: The ranges of the Kangxi radicals and the compatibility ideographs.
_DECOMPOSED = (("\u2f00", "\u2fd5"), ("\uf900", "\ufaff"), ("\U0002f800", "\U0002fa1f"))

_LINE_BREAKS = frozenset("\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_JOINERS = frozenset("\u200c\u200d")
#: Signs before Arabic, Syriac and Kaithi numbers. They are visible although their category is Cf.
_SEEN_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
#: Characters of other categories that are invisible.
_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffc")
#: The categories of characters that may have variants, and those of the parts of an emoji.
_VARIED = frozenset({"Lo", "So", "Sm", "Sc", "Po", "Nd"})
_EMOJI = frozenset({"So", "Sk", "Mn", "Me"})
#: The scripts whose letters join (Arabic, Indic, Mongolian) lie before this code point, those of East Asia after it.
_EAST_ASIA = 0x2E80

_NEW_LINES = re.compile(r"[\r\n]+")
_ANY_BREAK = re.compile(f"[\r\n{''.join(sorted(_LINE_BREAKS))}]")


@dataclass(frozen=True)
class Cleaned:
    """A cleaned text.

    `taken` are the spans [start, end) of the source that were removed, each with its label. `gone` are the offsets in
    the source of the characters that left nothing behind, not even a space.
    """

    source: str
    text: str
    taken: tuple[tuple[int, int, str], ...] = ()
    gone: tuple[int, ...] = ()

    def source_range(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the source of the cleaned characters [start, end). The range must not be empty."""
        if not self.gone:
            return start, end
        return self._in_source(start), self._in_source(end - 1) + 1

    def _in_source(self, offset: int) -> int:
        # In the cleaned text, the i-th gone character would stand before the character at gone[i] - i.
        return offset + bisect_right(range(len(self.gone)), offset, key=lambda index: self.gone[index] - index)

    def kept_ranges(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the spans in the source of the cleaned characters [start, end), without the spans in `taken`."""
        at, last = self.source_range(start, end)
        for index in range(bisect_right(self.taken, at, key=lambda taken: taken[1]), len(self.taken)):
            first, after, _ = self.taken[index]
            if first >= last:
                break
            if first > at:
                yield at, first
            at = after
        if at < last:
            yield at, last


def clean(text: str) -> Cleaned:
    """Return `text` without the characters that no paper prints. The module's docstring gives the rules.

    >>> clean("巡\\u00ad诊\\x02点\\u202e").text
    '巡诊点'
    >>> clean("\\uf06c 医生\\ue123上山\\u2028").text
    '● 医生 上山\\n'
    """
    suspects = "".join(character for character in set(text) if not _is_plain(character))
    if not suspects:
        return Cleaned(text, text)
    parts: list[str] = []
    taken: list[tuple[int, int, str]] = []
    gone: list[int] = []
    done, before = 0, ""
    for match in re.finditer(f"[{re.escape(suspects)}]", text):
        at = match.start()
        before = text[done:at][-1:] or before  # the preceding character, after cleaning
        plain, label = _fate(text[at], before, text[at + 1 : at + 2])
        parts += [text[done:at], plain]
        done, before = at + 1, plain or before
        if not plain:
            gone.append(at)
        if label and taken and taken[-1][1:] == (at, label):
            taken[-1] = (taken[-1][0], at + 1, label)
        elif label:
            taken.append((at, at + 1, label))
    parts.append(text[done:])
    return Cleaned(text, "".join(parts), tuple(taken), tuple(gone))


def clean_line(text: str) -> str:
    """Return `text` cleaned and joined into one line, without white space at its ends.

    >>> clean_line("要闻\\u2028\\u202e综合\\x00 ")
    '要闻 综合'
    """
    return _NEW_LINES.sub(" ", clean(text).text).strip()


def visible(text: str) -> str:
    """Return `text` cleaned, with each removed character shown by its code point.

    >>> visible("page\\u202etxt.exe")
    'page[U+202E]txt.exe'
    """
    parts: list[str] = []
    done = 0
    for start, end, _ in clean(text).taken:
        parts += [clean(text[done:start]).text, *map(_code, text[start:end])]
        done = end
    return "".join([*parts, clean(text[done:]).text])


def visible_line(text: str) -> str:
    """Return `visible` text as one line, with line breaks shown by their code points, too. For file names in sentences.

    >>> visible_line("一\\n版.txt")
    '一[U+000A]版.txt'
    """
    return visible(_ANY_BREAK.sub(lambda match: _code(match[0]), text))


def _code(character: str) -> str:
    return f"[U+{ord(character):04X}]"


@cache
def _plain_form(character: str) -> tuple[str, str]:
    """Return the cleaned form of a character regardless of its neighbours, and the label of its removal or ""."""
    if character in "\n\r \u3000":
        return character, ""
    if character in _LINE_BREAKS:
        return "\n", ""
    if character.isspace():
        return " ", ""
    if character in _RADICALS:
        return _RADICALS[character], ""
    if any(first <= character <= last for first, last in _DECOMPOSED):
        return unicodedata.normalize("NFKC", character), ""
    category = unicodedata.category(character)
    if category == "Co":
        known = KNOWN_PRIVATE.get(character)
        if known is None:
            return " ", UNREADABLE
        return known, CONTROL if known.isspace() else ""
    is_none = ord(character) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF
    is_unseen = category == "Cf" and character not in _SEEN_FORMATS or character in _BLANK_LETTERS
    return ("", CONTROL) if is_none or is_unseen or category in ("Cc", "Cs") else (character, "")


@cache
def _is_plain(character: str) -> bool:
    """Tell whether a character always stays as it is."""
    return _plain_form(character) == (character, "") and not _is_selector(character)


def _is_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _fate(character: str, before: str, after: str) -> tuple[str, str]:
    """Return the cleaned form of a character between two neighbours, and the label of its removal or ""."""
    if character in _JOINERS and _joins(before) and _joins(after) and not _is_selector(after):
        return character, ""
    if _is_selector(character):
        has_variants = bool(before) and unicodedata.category(before) in _VARIED
        return (character, "") if has_variants else ("", CONTROL)
    return _plain_form(character)


def _joins(character: str) -> bool:
    """Tell whether a joiner beside this character has an effect."""
    if not character:
        return False
    category = unicodedata.category(character)
    return category in _EMOJI or (category == "Lo" and ord(character) < _EAST_ASIA)
