"""What the reader is handed: the table of regions, the words of the topics, and the word splitter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from .places import AliasRow, Gazetteer, RegionRow


@dataclass(frozen=True)
class TopicWords:
    """A topic and the words that speak for it, each with its weight."""

    slug: str
    name: str
    headline_boost: float
    words: Mapping[str, float]


@dataclass(frozen=True)
class Reference:
    """Everything that `read_page` looks up; built once, from files or from the database."""

    gazetteer: Gazetteer
    topics: tuple[TopicWords, ...]
    words: Callable[[str], list[str]]

    @classmethod
    def from_rows(
        cls,
        regions: Iterable[RegionRow],
        aliases: Iterable[AliasRow],
        topics: Iterable[TopicWords],
        words: Callable[[str], list[str]],
    ) -> Reference:
        """Build a reference of rows, wherever they come from: CSV files, JSON, or the database."""
        return cls(Gazetteer.from_rows(regions, aliases), tuple(topics), words)
