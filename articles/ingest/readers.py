"""The tables of fixtures/, readers on these tables or on the corrected tables of the database, and reader versions."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from articles.digest import digest_of
from articles.models import Region, RegionAlias, Topic
from articles.reading import Gazetteer, Model, Reference, TopicWords
from articles.text.tokens import split_words

CODE = Path(__file__).resolve().parent.parent

#: The rooms whose code decides readings: the reader, the fold and word splitter below it, and the extraction of pages
#: from the files of recognition tools.
READING_ROOMS = ("reading", "text", "ingest/extraction")

#: The weights of the labelling, in fixtures/.
LABELLING = "labelling.json"

#: The libraries of which another version may fold a name or cut a word differently.
READING_LIBRARIES = ("opencc", "rjieba")


@dataclass(frozen=True)
class Reader:
    """A reader: its tables, and a version that changes whenever its readings could change."""

    reference: Reference
    version: str


def region_rows() -> list[dict[str, str]]:
    """Return the rows of fixtures/regions.csv."""
    return _csv("regions.csv")


def alias_rows() -> list[dict[str, str]]:
    """Return the rows of fixtures/region_aliases.csv."""
    return _csv("region_aliases.csv")


def schedule_rows() -> list[dict[str, str]]:
    """Return the rows of fixtures/publication_schedule.csv."""
    return _csv("publication_schedule.csv")


def synonym_rows() -> list[dict[str, str]]:
    """Return the rows of fixtures/synonyms.csv."""
    return _csv("synonyms.csv")


def topic_rows() -> list[dict[str, Any]]:
    """Return the topics of fixtures/topics.json, in order."""
    return json.loads((settings.FIXTURES_DIR / "topics.json").read_text("utf-8"))


def _csv(name: str) -> list[dict[str, str]]:
    with (settings.FIXTURES_DIR / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def reader_from_files() -> Reader:
    """Return a reader on the shipped tables. It needs no database."""
    regions = [
        (row["code"], row["name"], row["short"], int(row["level"]), row["parent"] or None) for row in region_rows()
    ]
    aliases = [
        (row["old_name"], row["current_code"], int(row["last_year"]) if row["last_year"] else None, row["flag"].strip())
        for row in alias_rows()
    ]
    topics = [(row["slug"], row["name"], row["headline_boost"], row["words"]) for row in topic_rows()]
    return _reader(regions, aliases, topics)


def reader_from_database() -> Reader:
    """Return a reader on the tables of the database, which include people's corrections."""
    regions = list(Region.objects.values_list("code", "name", "short", "level", "parent"))
    aliases = list(RegionAlias.objects.filter(disabled=False).values_list("old_name", "region", "last_year", "flag"))
    topics = list(Topic.objects.filter(disabled=False).values_list("slug", "name", "headline_boost", "words"))
    return _reader(regions, aliases, topics)


def _reader(regions: list[tuple], aliases: list[tuple], topics: list[tuple]) -> Reader:
    given = regions, aliases, topics
    for rows, reader in _kept:
        if rows == given:
            return reader
    # All sources get one order. Files, SQLite and PostgreSQL each have their own.
    regions, aliases, topics = (sorted(rows, key=str) for rows in (regions, aliases, topics))
    # The keys are sorted because PostgreSQL has its own order of keys.
    tables = json.dumps([regions, aliases, topics], ensure_ascii=False, sort_keys=True)
    version = f"{_code_digest()}-{digest_of([], values=[tables])[:12]}"
    for _, reader in _kept:
        if reader.version == version:
            return reader
    reference = Reference(
        gazetteer=Gazetteer.from_rows(regions, aliases),
        topics=tuple(TopicWords(*row) for row in topics),
        words=split_words,
        labelling=labelling(),
    )
    reader = Reader(reference, version)
    _kept[:] = [(given, reader)]
    return reader


#: The reader made last, with the rows of its tables as they came. The tables rarely change, and to make a gazetteer at
#: each save on the desk would take a tenth of a second, a digest of the tables a fortieth.
_kept: list[tuple[tuple[list[tuple], ...], Reader]] = []


@cache
def labelling() -> Model:
    """Return the model with the weights of fixtures/labelling.json."""
    return Model.from_json(json.loads((settings.FIXTURES_DIR / LABELLING).read_text("utf-8")))


@cache
def _code_digest() -> str:
    """Return a digest of everything that decides readings except the tables.

    With another rule or another splitter, the reader is another reader.
    """
    files = [path for room in READING_ROOMS for path in (CODE / room).rglob("*.py")]
    weights = (settings.FIXTURES_DIR / LABELLING).read_text("utf-8")
    return digest_of(files, libraries=READING_LIBRARIES, values=[weights])[:12]
