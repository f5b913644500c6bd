"""Names found while they are typed: by their characters, by pinyin, or by both (何w). Pure.

The names stand as lines in one text, in the order in which they are to be found. A search through that text takes
microseconds, finds what begins with the typed text as well as what holds it, and comes to the first names first. In a
sorted list, a single letter would find thousands of names in the order of the alphabet.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Hashable, Iterable, Iterator
from itertools import accumulate, islice, product
from typing import Generic, TypeVar

from articles.search.pinyin import letters_in, spellings
from articles.text.fold import fold

Key = TypeVar("Key", bound=Hashable)

#: The names that are compared, at most, if characters and letters are mixed.
MOST_COMPARED = 500

#: Typed text that ends in pinyin.
_MIXED = re.compile(r"(.*[^\x00-\x7f])([a-z]+)")


class _Lines(Generic[Key]):
    """Texts, each a line, with the key that each belongs to."""

    def __init__(self, lines: Iterable[tuple[str, Key]]) -> None:
        held = [(text, key) for text, key in lines if text]
        self._text = "\n".join(["", *(text for text, _ in held), ""])
        self._starts = list(accumulate((len(text) + 1 for text, _ in held), initial=0))
        self._keys = [key for _, key in held]

    def holding(self, part: str) -> Iterator[tuple[str, Key]]:
        """Yield (text, key) of the lines that hold `part`, in order. A line break in `part` is the end of a line."""
        at = self._text.find(part)
        while at >= 0:
            number = bisect_right(self._starts, at) - 1
            end = self._starts[number + 1]
            yield self._text[self._starts[number] + 1 : end], self._keys[number]
            at = self._text.find(part, end)


class NameTable(Generic[Key]):
    """A table of names with their keys."""

    def __init__(self, names: Iterable[tuple[Key, Iterable[str]]]) -> None:
        """Take (key, its names) in the order in which they are to be found. Each key may have several names."""
        folded = [(fold(name), key) for key, each in names for name in each]
        spelt = [(spellings(name), key) for name, key in folded]
        self._characters = _Lines((name, key) for name, key in folded)
        #: By initials and by syllables: the usual readings, and all others after them.
        self._usual, self._rare = (
            [_Lines((text, key) for each, key in spelt for text in each[way][part]) for way in range(2)]
            for part in (slice(1), slice(1, None))
        )

    def found(self, typed: str) -> Iterator[Key]:
        """Yield the keys that `typed` may mean, each once.

        First come the names that are the typed text, then those that begin with it, those that pinyin spells so, by the
        usual readings of their characters before others, and those that hold it. Each of these groups is in the order
        of the table.
        """
        seen: set[Key] = set()
        for key in self._each(fold(typed)):
            if key not in seen:
                seen.add(key)
                yield key

    def _each(self, folded: str) -> Iterator[Key]:
        if not folded:
            return
        for part in (f"\n{folded}\n", f"\n{folded}"):
            yield from (key for _, key in self._characters.holding(part))
        if letters := letters_in(folded):
            for ways, end in product((self._usual, self._rare), ("\n", "")):
                for lines in ways:
                    yield from (key for _, key in lines.holding(f"\n{letters}{end}"))
        elif mixed := _MIXED.fullmatch(folded):
            yield from self._mixed(*mixed.groups())
        yield from (key for _, key in self._characters.holding(folded))

    def _mixed(self, characters: str, letters: str) -> Iterator[Key]:
        """Yield the keys of the names that begin with `characters`, and whose next characters are spelt `letters`."""
        for name, key in islice(self._characters.holding(f"\n{characters}"), MOST_COMPARED):
            spelt = spellings(name[len(characters) :])
            if any(text.startswith(letters) for way in spelt for text in way):
                yield key
