"""What of a text can be printed: the one cleaning at the inlet, of page texts, manifests and what people type.

Kept are letters, marks, digits, signs and white space. By Unicode's general category, with the reason:
* Cc, control characters: no paper prints any. Tab and the rarer white space become a space, and the rarer line breaks
  (\\v, \\f, \\x1c-\\x1e, \\x85, U+2028, U+2029) a line feed, for files and forms know but one.
* Cf, format characters: zero-width spaces, soft hyphens (a paper's line ends are not the archive's), byte order marks
  inside a text, and marks of direction, which make a name or a file's ending look like another. But the signs of
  Arabic that Cf counts among them are print, and a zero-width joiner or non-joiner stays where it does its work:
  between emoji, and between letters that join.
* Cs and noncharacters: halves of a character and code points that are none. UTF-8 can't hold the former.
* Co, private use: what it looks like is a matter of a font. What Word's symbol fonts and GB 18030 mean by some of them
  is known and takes their place; any other one is a glyph that nobody can read, and a space keeps its neighbours apart.
* Letters that are blank by nature (fillers of Hangul and Khmer, Braille's empty cell), and U+FFFC, a picture's place.
* Radicals and compatibility ideographs (⻓, U+F900), which text layers of PDFs have, become the ideographs that Unicode
  says they stand for, by EquivalentUnifiedIdeograph and the decompositions; nothing is simplified. So a name is one.
* Variation selectors (Mn) stay where they follow a character that has variants, one to each; any other is unseen.

Python knows no newer characters than its Unicode tables do: what is unassigned there is kept.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from .variants import RADICALS

#: Labels of what is taken out: what nobody sees (white space aside), and what nobody can read.
CONTROL, UNREADABLE = "control", "unreadable"

#: Private characters of known meaning, each written before it.
# From Wingdings and Symbol, whose code c Word and PDF write as U+F000 + c: what marks the items of a list.
_SYMBOLS = (
    "●\uf06c•\uf09f•\uf0b7■\uf06e▪\uf0a7□\uf06f□\uf0a8□\uf071□\uf072◆\uf075◆\uf076◆\uf077○\uf0a1★\uf0ab"
    "►\uf0d8→\uf0e0→\uf0e8✓\uf0fc☑\uf0fe \uf020"
)
# GB 18030's user-defined areas begin with two blanks that Chinese programs pad lines with.
_BLANKS = "\u3000\ue5e5\u3000\ue4c6"
# Characters that GB 18030 kept in private use until Unicode had them: where Python's table of it is older than glibc's.
_ADMITTED = (
    "︐\ue78d︒\ue78e︑\ue78f︓\ue790︔\ue791︕\ue792︖\ue793︗\ue794︘\ue795︙\ue796ḿ\ue7c7"
    "𠂇\ue816𠂉\ue817𠃌\ue818龴\ue81e龵\ue826龶\ue82b龷\ue82c𡗗\ue831龸\ue832𢦏\ue83b龹\ue843龺\ue854𤇾\ue855龻\ue864"
)
KNOWN_PRIVATE = {
    private: plain for row in (_SYMBOLS, _BLANKS, _ADMITTED) for plain, private in zip(row[::2], row[1::2], strict=True)
}

_RADICALS = dict(RADICALS.split())
#: Kangxi's radicals, and the compatibility ideographs.
_DECOMPOSED = (("\u2f00", "\u2fd5"), ("\uf900", "\ufaff"), ("\U0002f800", "\U0002fa1f"))

_LINE_BREAKS = frozenset("\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_JOINERS = frozenset("\u200c\u200d")
#: Signs that stand before Arabic, Syriac and Kaithi numbers and are seen, whatever their category says.
_SEEN_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
#: Characters of other categories that show nothing.
_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffc")
#: Categories of what may have variants, and of what an emoji is made of.
_VARIED = frozenset({"Lo", "So", "Sm", "Sc", "Po", "Nd"})
_EMOJI = frozenset({"So", "Sk", "Mn", "Me"})
#: Before this code point lie the scripts whose letters join (Arabic, Indic, Mongolian), behind it those of East Asia.
_EAST_ASIA = 0x2E80

_NEW_LINES = re.compile(r"[\r\n]+")
_ANY_BREAK = re.compile(f"[\r\n{''.join(sorted(_LINE_BREAKS))}]")


@dataclass(frozen=True)
class Cleaned:
    """A text cleaned; `taken` are the stretches of the source that are not in it, [start, end), each with its label.

    `gone` are the offsets of those characters of which not even a space is left.
    """

    source: str
    text: str
    taken: tuple[tuple[int, int, str], ...] = ()
    gone: tuple[int, ...] = ()

    def source_range(self, start: int, end: int) -> tuple[int, int]:
        """Return where the cleaned characters [start, end), at least one, stand in the source."""
        if not self.gone:
            return start, end
        return self._in_source(start), self._in_source(end - 1) + 1

    def _in_source(self, offset: int) -> int:
        # The i-th that is gone stands, in the cleaned text, before the character at gone[i] - i.
        return offset + bisect_right(range(len(self.gone)), offset, key=lambda index: self.gone[index] - index)

    def kept_ranges(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield what of the cleaned characters [start, end) stands in the source: the stretches between `taken`."""
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
    """Return `text` without what no paper prints.

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
        before = text[done:at][-1:] or before  # the character that it follows when all before it is done
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
    """Return `text` cleaned, as one line.

    >>> clean_line("要闻\\u2028\\u202e综合\\x00 ")
    '要闻 综合'
    """
    return _NEW_LINES.sub(" ", clean(text).text).strip()


def visible(text: str) -> str:
    """Return `text` cleaned, but with what is taken out written by its code, to be looked at as it is.

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
    """Return the same as one line, its line breaks by their codes too: for names of files in sentences.

    >>> visible_line("一\\n版.txt")
    '一[U+000A]版.txt'
    """
    return visible(_ANY_BREAK.sub(lambda match: _code(match[0]), text))


def _code(character: str) -> str:
    return f"[U+{ord(character):04X}]"


@cache
def _plain_form(character: str) -> tuple[str, str]:
    """Return what is left of a character wherever it stands, and the label of what is taken out."""
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
    """Tell whether a character stays as it is wherever it stands."""
    return _plain_form(character) == (character, "") and not _is_selector(character)


def _is_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _fate(character: str, before: str, after: str) -> tuple[str, str]:
    """Return what is left of a character between two others, and the label of what is taken out."""
    if character in _JOINERS and _joins(before) and _joins(after) and not _is_selector(after):
        return character, ""
    if _is_selector(character):
        has_variants = bool(before) and unicodedata.category(before) in _VARIED
        return (character, "") if has_variants else ("", CONTROL)
    return _plain_form(character)


def _joins(character: str) -> bool:
    """Tell whether a joiner beside this character does something."""
    if not character:
        return False
    category = unicodedata.category(character)
    return category in _EMOJI or (category == "Lo" and ord(character) < _EAST_ASIA)
