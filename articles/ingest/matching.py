"""The likeness of texts, and the pairing of newly read items with stored ones. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from articles.text.fold import fold

#: Texts less alike than this are different texts. Unlike news on one subject share some 0.1 of their trigrams.
LIKE = 0.5

#: Three characters distinguish texts on one subject, and leave whole trigrams beside a misread character.
GRAM_LENGTH = 3

#: A trigram that more stored items than this share ("本报讯") does not distinguish them.
COMMON = 20


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


def pair(stored: Sequence[tuple[str, Sequence[str]]], read: Sequence[tuple[str, str]]) -> dict[int, int]:
    """Pair stored items with read items, each at most once: {index in `read`: index in `stored`}.

    A stored item is (headline, its texts: as the machine read it, as a person corrected it). A read item is (headline,
    text). The pairs most alike come first, down to a likeness of LIKE. Of equally alike pairs, those nearest in order
    come first. The remaining items are paired if they have the same headline.
    """
    if not stored:  # as on a new page
        return {}
    likeness = Likeness()
    stored_grams = [[likeness.trigrams(text) for text in texts] for _, texts in stored]
    index: defaultdict[str, set[int]] = defaultdict(set)
    for j, versions in enumerate(stored_grams):
        for version in versions:
            for gram in version:
                index[gram].add(j)

    scores: list[tuple[float, int, int, int]] = []
    for i, (_, text) in enumerate(read):
        found = likeness.trigrams(text)
        candidates = {j for gram in found for j in index.get(gram, ()) if len(index[gram]) <= COMMON}
        # Items that share only common trigrams (a page of equal notices) are compared with the item in the same place.
        candidates |= {i} & set(range(len(stored)))
        for j in candidates:
            score = max(overlap(found, version) for version in stored_grams[j])
            if score >= LIKE:
                scores.append((score, -abs(i - j), i, j))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, i, j in sorted(scores, reverse=True):
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)

    by_headline: defaultdict[str, list[int]] = defaultdict(list)
    for j, (headline, _) in enumerate(stored):
        if j not in taken and headline:
            by_headline[fold(headline)].append(j)
    for i, (headline, _) in enumerate(read):
        same = by_headline.get(fold(headline)) if i not in pairs and headline else None
        if same:
            pairs[i] = same.pop(0)
    return pairs
