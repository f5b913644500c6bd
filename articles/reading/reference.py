"""What the reader is handed: the table of regions, the words of the topics, and the word splitter."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .gazetteer import AliasRow, Gazetteer, RegionRow
from .subjects import TopicWords


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
