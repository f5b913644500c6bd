"""The names that may be suggested to a reader who types: those of everything with a page of its own, and terms.

They are held in each process, because a reader types faster than a database finds names by their pinyin. The tables
only find candidates. The database says which of them readers may see, and the index has the number of their stories.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

from django.conf import settings

from articles.models import (
    Archive,
    Article,
    Column,
    ColumnAlias,
    Contributor,
    ContributorAlias,
    Page,
    Region,
    RegionAlias,
    Synonym,
    Topic,
)
from articles.models.statements import Statement
from articles.search.current import OpenIndex
from articles.search.index import MOST_VALUES, StoryIndex
from articles.search.name_table import NameTable
from articles.search.query import parse
from articles.search.query_tree import Phrase, serialise
from articles.text.tokens import read_words

#: Seconds between two readings of the tables. A reading takes half a second, and an import raises the revision every
#: second.
REFRESH = 120

#: (key in the index, name).
Names = Iterable[tuple[int, str]]


@dataclass(frozen=True)
class Kind:
    """A kind of things with a page of their own: its label, its field in the index, and its rows.

    `names` returns all names, the usual one of a thing first. `shown` returns those rows with the given keys that
    readers may see.
    """

    label: str
    field: str
    names: Callable[[], Names]
    shown: Callable[[Sequence[int]], Sequence[Any]]


def _topics() -> Names:
    return Topic.objects.shown().order_by("position", "pk").values_list("pk", "name")


def _regions() -> Names:
    today = Region.objects.order_by("code").values_list("pk", "name", "short")
    former = RegionAlias.objects.other_names().values_list("region", "old_name")
    return [(int(code), name) for code, *names in (*today, *former) for name in names]


def _people() -> Names:
    aliases = ContributorAlias.objects.order_by("pk").values_list("contributor", "name")
    return [*Contributor.objects.order_by("pk").values_list("pk", "name"), *aliases]


def _columns() -> Names:
    aliases = ColumnAlias.objects.filter(column__disabled=False).order_by("pk").values_list("column", "name")
    return [*Column.objects.shown().order_by("pk").values_list("pk", "name"), *aliases]


def _region_rows(keys: Sequence[int]) -> list[Region]:
    return _REGIONS.rows(frozenset(f"{key:06}" for key in keys))


# Compiling these queries takes longer than everything else in an answer.
_TOPICS = Statement(lambda pks: Topic.objects.shown().filter(pk__among=pks), tuple)
_REGIONS = Statement(lambda codes: Region.objects.filter(pk__among=codes).select_related("parent"), frozenset)
_PEOPLE = Statement(
    lambda pks: Contributor.objects.behind(Article.objects.visible(), Page.objects.visible()).filter(pk__among=pks),
    tuple,
)
_COLUMNS = Statement(lambda pks: Column.objects.shown().filter(pk__among=pks), tuple)

TOPICS = Kind("主题", "topic", _topics, lambda keys: _TOPICS.rows(tuple(keys)))
REGIONS = Kind("地区", "region", _regions, _region_rows)
PEOPLE = Kind("作者", "contributor", _people, lambda keys: _PEOPLE.rows(tuple(keys)))
COLUMNS = Kind("栏目", "column", _columns, lambda keys: _COLUMNS.rows(tuple(keys)))

KINDS = (TOPICS, REGIONS, PEOPLE, COLUMNS)


@dataclass(frozen=True)
class Candidates:
    """The tables as of a state of the archive: terms, whose keys are queries, and the names of each of KINDS.

    `is_ordered` tells whether the index knew all stories of that state, so that the most frequent names come first.
    """

    terms: NameTable[str]
    names: dict[Kind, NameTable[int]]
    epoch: str
    revision: int
    is_ordered: bool
    read_at: float

    def are_of(self, now: Archive) -> bool:
        """Tell whether the tables are exactly those of the state `now`."""
        return self.is_ordered and (self.epoch, self.revision) == (now.epoch, now.revision)

    def serve(self, now: Archive) -> bool:
        """Tell whether the tables need no new reading yet at the state `now`."""
        is_recent = self.epoch == now.epoch and time.monotonic() - self.read_at < REFRESH
        return is_recent or self.are_of(now)


_held: Candidates | None = None
_reading = Lock()


def candidates(opened: OpenIndex, now: Archive) -> Candidates:
    """Return the tables of this process, read anew if they are too old for the state `now`.

    While one thread reads, the others use the former tables of the same archive, if there are any.
    """
    global _held
    held = _held
    if held and held.serve(now):
        return held
    if not _reading.acquire(blocking=not held or held.epoch != now.epoch):
        assert held is not None
        return held
    try:
        if not (_held and _held.serve(now)):
            _held = _read(opened, now)
        return _held
    finally:
        _reading.release()


def forget() -> None:
    """Forget the tables, so that the next reader's are read anew."""
    global _held
    _held = None


def _read(opened: OpenIndex, now: Archive) -> Candidates:
    names = {kind: _by_frequency(opened.index, kind) for kind in KINDS}
    return Candidates(_terms(), names, now.epoch, now.revision, opened.holds(now), time.monotonic())


def _by_frequency(index: StoryIndex, kind: Kind) -> NameTable[int]:
    names: dict[int, list[str]] = defaultdict(list)
    for key, name in kind.names():
        names[key].append(name)
    counts = dict(index.most_frequent(index.both(), kind.field, MOST_VALUES))
    return NameTable(sorted(names.items(), key=lambda row: -counts.get(row[0], 0)))


def _terms() -> NameTable[str]:
    synonyms = (
        Synonym.objects.filter(disabled=False).order_by("subject", "position", "pk").values_list("name", flat=True)
    )
    queries = {name: query_of(name) for name in (*_words(), *synonyms)}
    return NameTable((query, [name]) for name, query in queries.items() if query)


@cache
def _words() -> list[str]:
    return read_words(settings.WORDS_FILE)


def query_of(term: str) -> str:
    """Return the query that searches for a term as it is, or "" if there is none."""
    phrase = Phrase(term, quoted=not term.isalnum())
    query = serialise(phrase)
    return query if parse(query).tree == phrase else ""
