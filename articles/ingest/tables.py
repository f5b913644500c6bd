"""Loading reference data from the files of fixtures/ into the database. Values that a person has set stay."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Hashable, Iterable
from functools import partial
from typing import Any

from articles.ingest.readers import alias_rows, region_rows, schedule_rows, synonym_rows, topic_rows
from articles.models import Article, PublicationSchedule, Region, RegionAlias, Synonym, Topic, archive
from articles.models.editing import Editable

Values = dict[str, Any]


def load_tables() -> int:
    """Bring regions, old names, topics, publication schedule and synonyms to the state of the files.

    Rows that the files do not name stay. Returns the number of rows that were added or changed.
    """
    with archive.change() as change:
        added_regions, changed_regions = _load(Region, ["code"], _region_values())
        added_aliases, changed_aliases = _load(RegionAlias, ["old_name", "region_id"], _alias_values())
        added_topics, changed_topics = _load(Topic, ["slug"], _topic_values())
        added_spans, changed_spans = _load(PublicationSchedule, ["code"], _schedule_values())
        added_names, changed_names = _load(Synonym, ["subject", "name"], _synonym_values())
        for row in (*changed_regions, *changed_topics):
            change.articles(Article.objects.showing(row))
        seen_by_readers = sum(
            len(rows)
            for rows in (
                *(added_regions, changed_regions, added_topics, changed_topics, added_spans, changed_spans),
                *(added_names, changed_names),
            )
        )
        if seen_by_readers:
            change.other()
        return seen_by_readers + len(added_aliases) + len(changed_aliases)


def _region_values() -> Iterable[Values]:
    # Rows are sorted by level, so that a parent is stored before its children.
    for row in sorted(region_rows(), key=lambda row: row["level"]):
        yield {
            "code": row["code"],
            "name": row["name"],
            "short": row["short"],
            "level": int(row["level"]),
            "parent_id": row["parent"] or None,
        }


def _alias_values() -> Iterable[Values]:
    for row in alias_rows():
        yield {
            "old_name": row["old_name"],
            "region_id": row["current_code"],
            "last_year": int(row["last_year"]) if row["last_year"] else None,
            "event": row["event"],
            "flag": row["flag"].strip(),
        }


def _topic_values() -> Iterable[Values]:
    for position, row in enumerate(topic_rows(), start=1):
        names = ("slug", "name", "description", "words", "headline_boost")
        yield {**{name: row[name] for name in names}, "position": position}


def _schedule_values() -> Iterable[Values]:
    # Two rows of a kind never begin on one day. An existing row of that day, most likely a person's, stays.
    taken = {(row.first_day, row.is_suspension): row.code for row in PublicationSchedule.objects.in_force()}
    for row in schedule_rows():
        first = datetime.date.fromisoformat(row["first_day"])
        if taken.get((first, row["kind"] == PublicationSchedule.Kind.SUSPENDED), row["code"]) != row["code"]:
            continue
        texts = ("code", "kind", "weekdays", "month_days", "reason", "source")
        last = datetime.date.fromisoformat(row["last_day"]) if row["last_day"] else None
        yield {**{name: row[name] for name in texts}, "first_day": first, "last_day": last}


def _synonym_values() -> Iterable[Values]:
    for position, row in enumerate(synonym_rows()):
        years = {name: int(row[name]) if row[name] else None for name in ("first_year", "last_year")}
        yield {**{name: row[name] for name in ("subject", "name", "source")}, **years, "position": position}


def _load(model: type[Editable], key: list[str], rows: Iterable[Values]) -> tuple[list[Editable], list[Editable]]:
    """Add and update rows of `model`, identified by `key`. Return (added, changed)."""

    def key_of(get: Callable[[str], Hashable]) -> tuple[Hashable, ...]:
        return tuple(get(name) for name in key)

    stored = {key_of(partial(getattr, row)): row for row in model._default_manager.all()}
    added: dict[tuple[Hashable, ...], Editable] = {}
    changed: list[Editable] = []
    fields: set[str] = set()
    for values in rows:
        row_key = key_of(values.__getitem__)
        row = stored.get(row_key)
        if row is None:
            added[row_key] = model(**values)
        elif differing := row.set_unprotected(values)[0]:
            changed.append(row)
            fields.update(differing)
    model._default_manager.bulk_create(added.values())
    if changed:
        model._default_manager.bulk_update(changed, sorted(fields))
    return list(added.values()), changed
