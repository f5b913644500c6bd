"""The reader's reference: tables of regions and topics, the word splitter, and the weights of the labelling."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .gazetteer import AliasRow, Gazetteer, RegionRow
from .labelling import Model
from .subjects import TopicWords


@dataclass(frozen=True)
class Reference:
    """Everything that `read_page` looks up. It is built once, from files or from the database."""

    gazetteer: Gazetteer
    topics: tuple[TopicWords, ...]
    words: Callable[[str], list[str]]
    labelling: Model

    @classmethod
    def from_rows(
        cls,
        regions: Iterable[RegionRow],
        aliases: Iterable[AliasRow],
        topics: Iterable[TopicWords],
        words: Callable[[str], list[str]],
        labelling: Model,
    ) -> Reference:
        """Return the reference that is built from rows of CSV files, JSON or the database."""
        return cls(Gazetteer.from_rows(regions, aliases), tuple(topics), words, labelling)
