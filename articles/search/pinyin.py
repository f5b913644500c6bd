"""Pinyin: the ways in which a reader may type a name with Latin letters.

A character with several readings has several spellings (重庆: zq and cq). All of them are kept within bounds, because a
name does not tell which reading is meant: 单 is dān, as a surname shàn.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from functools import cache
from itertools import islice, product
from typing import NamedTuple

from articles.text.fold import fold

# pypinyin's table of phrases takes 50 MB in each process. The readings of single characters need none of it.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")

from pypinyin import Style, pinyin

#: The characters of a name that are spelt. A reader has found the name before typing more.
MOST_CHARACTERS = 12

#: The spellings of a name at most: by initials, and by whole syllables, of which a reader types the usual ones.
MOST_INITIALS, MOST_SYLLABLES = 24, 8

#: The letters that a clause of a headline is found by, and its spellings at most. A table of phrases would know which
#: reading is meant, for 4 in 100 headlines. A story would take a tenth longer to prepare for the index.
CLAUSE_LENGTH, MOST_OF_CLAUSE = 8, 4

_CLAUSE = re.compile(r"[^\W_]+")

#: Typed text that may be pinyin, and the marks that part syllables or names in it: xi'an, li ming.
_LETTERS = re.compile(r"[0-9]*[a-z][0-9a-z]*")
_BETWEEN = re.compile(r"[' ·]")


class Spellings(NamedTuple):
    """The spellings of a name: by the initial of each syllable (hw), and by whole syllables (hewen)."""

    initials: tuple[str, ...]
    syllables: tuple[str, ...]


@cache
def readings(character: str) -> tuple[str, ...]:
    """Return the syllables of a character without tones, the usual one first, with v for ü. A letter reads as itself.

    >>> readings("重"), readings("女")[0], readings("c")
    (('zhong', 'chong', 'tong'), 'nv', ('c',))
    """
    found = pinyin(character, style=Style.NORMAL, heteronym=True)
    return tuple(dict.fromkeys(syllable for syllable in found[0] if syllable))


@cache
def _initials(character: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(syllable[0] for syllable in readings(character)))


def letters_in(folded: str) -> str:
    """Return the letters of a folded text that may be pinyin, or "" if it holds anything else.

    >>> letters_in("xi'an"), letters_in("何w"), letters_in("2024")
    ('xian', '', '')
    """
    letters = _BETWEEN.sub("", folded)
    return letters if _LETTERS.fullmatch(letters) else ""


def clause_initials(headline: str) -> set[str]:
    """Return the initials from the start of each clause of a headline.

    >>> sorted(clause_initials("三明医改：重庆来人"))
    ['cqlr', 'smyg', 'tqlr', 'zqlr']
    """
    clauses = (fold(clause)[:CLAUSE_LENGTH] for clause in _CLAUSE.findall(headline))
    return {text for clause in clauses for text in _joined(list(map(_initials, clause)), MOST_OF_CLAUSE)}


def spellings(folded: str) -> Spellings:
    """Return the spellings of a folded name. The readings of its first characters vary first, for surnames' sake.

    >>> spellings("何文"), spellings("按drg付费").initials
    (Spellings(initials=('hw',), syllables=('hewen',)), ('adrgff',))
    >>> spellings("重庆").initials, spellings("单霞").syllables
    (('zq', 'cq', 'tq'), ('danxia', 'chanxia', 'shanxia'))
    """
    spelt = [character for character in folded[:MOST_CHARACTERS] if character.isalnum()]
    return Spellings(
        _joined(list(map(_initials, spelt)), MOST_INITIALS), _joined(list(map(readings, spelt)), MOST_SYLLABLES)
    )


def _joined(choices: Sequence[Sequence[str]], most: int) -> tuple[str, ...]:
    """Return up to `most` texts that one of each of `choices` make. The first choices vary first."""
    return tuple("".join(reversed(each)) for each in islice(product(*reversed(choices)), most))
