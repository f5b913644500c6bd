from __future__ import annotations

from dataclasses import dataclass
from collections.abc import Iterable

from .model import RegionHit

RegionRow = tuple[str, str, str, int, str]
AliasRow = tuple[str, str, "int | None", str]


@dataclass(frozen=True)
class Gazetteer:
    @classmethod
    def from_rows(cls, regions: Iterable[RegionRow], aliases: Iterable[AliasRow]) -> Gazetteer:
        return cls()


def find_regions(headline: str, deck: str, paragraphs: list[str], gazetteer: Gazetteer) -> tuple[RegionHit, ...]:
    return ()
