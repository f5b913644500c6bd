"""The pairing of newly read items with stored ones. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from articles.text.fold import fold
from articles.text.likeness import LIKE, Likeness, overlap

#: A trigram that more stored items than this share ("本报讯") does not distinguish them.
COMMON = 20


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
