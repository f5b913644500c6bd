"""A map of the provinces as equal squares: there are no borders to draw, and Macau is as easy to hit as Xinjiang."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from django.conf import settings

from articles.models import Region

#: Shades for provinces with stories, from light to dark, each for about as many provinces.
SHADES = 4


@dataclass(frozen=True)
class Tile:
    """A province on the map: column and row (from 1), number of stories, and shade (0 without stories)."""

    region: Region
    column: int
    row: int
    count: int
    shade: int

    @property
    def number(self) -> str:
        """The count in the form that fits on a tile: 9,999, then 1.2万."""
        return f"{self.count:,}" if self.count < 10_000 else f"{self.count / 10_000:.1f}万"


@dataclass(frozen=True)
class TileMap:
    """The tiles in rows from the north-west, and the meaning of the shades: [(shade, words)]."""

    tiles: list[Tile]
    legend: list[tuple[int, str]]


def tile_map(provinces: Iterable[Region], counts: dict[str, int]) -> TileMap:
    """Return the map of `provinces`. `counts` has the number of stories about each: {code: number}."""
    ranges = _ranges([count for count in counts.values() if count])
    tiles = [
        Tile(region, *_places()[region.code], (count := counts.get(region.code, 0)), _shade(count, ranges))
        for region in provinces
        if region.code in _places()  # the desk can add a province, which has no place in the file
    ]
    legend = [(shade, _words(*span)) for shade, span in enumerate(ranges, start=1)]
    if any(tile.shade == 0 for tile in tiles):
        legend.insert(0, (0, "没有文章"))
    return TileMap(sorted(tiles, key=lambda tile: (tile.row, tile.column)), legend)


def _ranges(counts: list[int]) -> list[tuple[int, int]]:
    """Return (lowest, highest) of each shade: quarters of `counts` by rank. Equal counts stay together.

    >>> _ranges([900, 1, 2, 2, 3, 5, 8, 40])
    [(1, 2), (3, 3), (5, 8), (40, 900)]
    """
    ordered = sorted(counts)
    groups: dict[int, list[int]] = {}
    for count in ordered:
        first = ordered.index(count)
        groups.setdefault(first * SHADES // len(ordered), []).append(count)
    return [(group[0], group[-1]) for group in groups.values()]


def _shade(count: int, ranges: list[tuple[int, int]]) -> int:
    return next((shade for shade, (low, high) in enumerate(ranges, start=1) if low <= count <= high), 0)


def _words(low: int, high: int) -> str:
    return f"{low:,} 篇" if low == high else f"{low:,}—{high:,} 篇"


@cache
def _places() -> dict[str, tuple[int, int]]:
    """Return {code: (column, row)} from fixtures/province_tiles.csv, both counted from 1."""
    with (settings.FIXTURES_DIR / "province_tiles.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: (int(row["column"]), int(row["row"]) + 1) for row in csv.DictReader(file)}
