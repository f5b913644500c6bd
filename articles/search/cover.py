"""The choice of the bigrams with which a string is looked up in the index."""

from __future__ import annotations

from collections.abc import Sequence


def cheapest_cover(costs: Sequence[int]) -> list[int]:
    """Return the indices of the bigrams that together cover each character of a string at the least total cost.

    `costs` holds the cost of each bigram in the order of the string. There are at least two. The cover needs the first
    bigram, the last bigram and at least one of each two neighbours.

    >>> cheapest_cover([5, 1, 5, 1, 5, 2])
    [0, 1, 3, 5]
    """
    # For each bigram: the cost of the cheapest cover that ends with it, and the index of the bigram before it there.
    best: list[tuple[int, int]] = [(costs[0], -1)]
    for place in range(1, len(costs)):
        before = min(range(max(0, place - 2), place), key=lambda at: best[at][0])
        best.append((best[before][0] + costs[place], before))
    cover = [len(costs) - 1]
    while cover[-1] > 0:
        cover.append(best[cover[-1]][1])
    return cover[::-1]
