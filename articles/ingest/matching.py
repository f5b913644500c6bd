"""Likeness of texts, and pairing what a new reading found with what is stored. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from articles.search.fold import fold

#: Below this two texts are different texts. Unlike news of one subject share some 0.1 of their trigrams.
LIKE = 0.5

#: Three characters hold enough to tell texts of one subject apart, and survive a misread character nearby.
GRAM = 3


def grams(text: str) -> Counter[str]:
    """Return the folded text's runs of three characters with their number; a shorter text is its own one gram."""
    folded = fold(text)
    if len(folded) < GRAM:
        return Counter([folded] if folded else [])
    return Counter(folded[start : start + GRAM] for start in range(len(folded) - GRAM + 1))


def overlap(first: Counter[str], second: Counter[str]) -> float:
    """Return Dice's coefficient of two multisets of grams, 0..1; two empty ones are alike."""
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 1.0


def likeness(first: str, second: str) -> float:
    """Return how alike two texts are, 0 (nothing in common) to 1 (the same but for width, case, spaces)."""
    return overlap(grams(first), grams(second))


def pair(stored: Sequence[tuple[str, str]], read: Sequence[tuple[str, str]]) -> dict[int, int]:
    """Pair stored items with read ones, each at most once: {index in `read`: index in `stored`}.

    Items are (headline, whole text). The most alike are paired first, down to a likeness of 0.5; of equally alike ones
    those that keep the order. What is left is paired where both have one and the same headline.
    """
    stored_grams = [grams(text) for _, text in stored]
    read_grams = [grams(text) for _, text in read]
    scores = [(overlap(a, b), -abs(i - j), i, j) for i, a in enumerate(read_grams) for j, b in enumerate(stored_grams)]
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for score, _, i, j in sorted(scores, reverse=True):
        if score < LIKE:
            break
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    for i, (headline, _) in enumerate(read):
        if i in pairs or not headline:
            continue
        for j, (other, _) in enumerate(stored):
            if j not in taken and fold(headline) == fold(other):
                pairs[i] = j
                taken.add(j)
                break
    return pairs
