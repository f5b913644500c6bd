"""Which bigrams of a string to ask the index for."""

from __future__ import annotations

from collections.abc import Sequence


def cheapest_cover(costs: Sequence[int]) -> list[int]:
    """Return which bigrams of a string to ask for, so that each character is in one, at the least cost in all.

    `costs` has the cost of each bigram, at least two, in their order. The first and the last are needed, and of two
    neighbours one.

    >>> cheapest_cover([5, 1, 5, 1, 5, 2])
    [0, 1, 3, 5]
    """
    # (cost of all so far, where the one before stands) of the cheapest cover that ends with each bigram
    best: list[tuple[int, int]] = [(costs[0], -1)]
    for place in range(1, len(costs)):
        before = min(range(max(0, place - 2), place), key=lambda at: best[at][0])
        best.append((best[before][0] + costs[place], before))
    cover = [len(costs) - 1]
    while cover[-1] > 0:
        cover.append(best[cover[-1]][1])
    return cover[::-1]
