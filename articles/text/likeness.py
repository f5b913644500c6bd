"""The likeness of texts: how many of their trigrams they share."""

from __future__ import annotations

from collections import Counter

from .fold import fold

#: Texts less alike than this are different texts. Unlike news on one subject share some 0.1 of their trigrams.
LIKE = 0.5

#: Three characters distinguish texts on one subject, and leave whole trigrams beside a misread character.
GRAM_LENGTH = 3


def trigrams(text: str) -> Counter[str]:
    """Return the trigrams of the folded text with their counts. A shorter text is its own single gram."""
    folded = fold(text)
    if len(folded) < GRAM_LENGTH:
        return Counter([folded] if folded else [])
    return Counter(folded[start : start + GRAM_LENGTH] for start in range(len(folded) - GRAM_LENGTH + 1))


def overlap(first: Counter[str], second: Counter[str]) -> float:
    """Return Dice's coefficient of two multisets of grams, 0 to 1. Two empty multisets are alike."""
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 1.0


class Likeness:
    """The likeness of the texts of one import. The trigrams of each text are counted once."""

    def __init__(self) -> None:
        self._counted: dict[str, Counter[str]] = {}

    def trigrams(self, text: str) -> Counter[str]:
        """Return the trigrams of a text with their counts."""
        if text not in self._counted:
            self._counted[text] = trigrams(text)
        return self._counted[text]

    def of(self, first: str, second: str) -> float:
        """Return how alike two texts are, 0 (nothing in common) to 1 (the same but for width, case, spaces)."""
        return overlap(self.trigrams(first), self.trigrams(second))
