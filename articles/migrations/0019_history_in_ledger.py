"""The history of corrections moves from django-simple-history's tables into the ledger, and those tables go.

The old desk wrote each version of a row into a table beside the row's own: articles and reference data whole, and each
byline, region, topic, credit and alias as a row of its own. The ledger has what changed. One save of a person becomes
one batch, with a correction for each field that differs from the version before, and one for each set of rows.

Nothing but the ledger is written. Readers' pages and the archive's revision stay as they are.
"""

from __future__ import annotations

import datetime
import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.management.color import no_style
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

#: The reason of a version that keeps the machine's reading before a correction.
MACHINE_READING = "机器读取"

#: The reason of the last version of a sample that a machine removed.
REMOVAL = "示例版面移除"

#: The longest time between two versions of one save. The desk writes them in one request, some milliseconds apart.
PAUSE = datetime.timedelta(seconds=2)

#: Fields that a person may change and that imports never set. A person's value in them needs no protection.
UNPROTECTED = {"page", "review", "withdrawn", "date_basis", "is_sample"}

#: Rows whose versions are held in memory at once. An article's body stands in each of its versions.
ROWS_AT_ONCE = 200

#: Saves that are stored at once.
SAVES_AT_ONCE = 500

Values = dict[str, Any]

#: The sets of a row: {name: rows as the ledger holds them}.
Sets = dict[str, list[list[Any]]]

#: A correction: field, old value, new value, whether it was a person's before. The empty field is the whole row.
Written = tuple[str, Any, Any, bool]


@dataclass(frozen=True)
class RowSet:
    """Rows that are corrected as one field of the row that `parent` points to.

    `columns` are what the ledger keeps of each row, in the order `key`. The desk kept the machine's rows of a set
    before it changed any of them, but it did not for sets that only people write.
    """

    name: str
    model: str
    parent: str
    columns: tuple[str, ...]
    key: Callable[[Values], Any]
    is_peoples: bool = False

    def as_json(self, rows: Iterable[Values]) -> list[list[Any]]:
        return [[row[name] for name in self.columns] for row in sorted(rows, key=self.key)]


def in_order(row: Values) -> tuple[int, int]:
    return row["position"], row["id"]


def best_first(row: Values) -> tuple[bool, float, str]:
    return not row["main"], -row["score"], row["region_id"]


def by_name(row: Values) -> str:
    return row["name"]


BYLINE = ("of", "role", "name_as_printed", "contributor_id")

#: The models of rows, each with its sets.
SETS: dict[str, tuple[RowSet, ...]] = {
    "Article": (
        RowSet("bylines", "Byline", "article_id", BYLINE, in_order),
        RowSet(
            "regions", "ArticleRegion", "article_id", ("region_id", "main", "score", "evidence", "source"), best_first
        ),
        RowSet("topics", "ArticleTopic", "article_id", ("slug", "score", "evidence", "source"), in_order),
    ),
    "Page": (RowSet("credits", "PageCredit", "page_id", ("role", "name_as_printed", "contributor_id"), in_order),),
    "Issue": (),
    "Region": (),
    "RegionAlias": (),
    "Topic": (),
    "Column": (RowSet("aliases", "ColumnAlias", "column_id", ("name",), by_name, is_peoples=True),),
    "Contributor": (RowSet("aliases", "ContributorAlias", "contributor_id", ("name",), by_name, is_peoples=True),),
    "PublicationSchedule": (),
    "Synonym": (),
}


@dataclass(frozen=True)
class Version:
    """A version of a row, or of the row `id` of its set `of`. `kind` is "+", "~" or "-": added, changed, deleted.

    `number` is the version's place in its table.
    """

    of: str
    number: int
    id: Any
    at: datetime.datetime
    user: int | None
    kind: str
    reason: str
    values: Values

    @property
    def is_baseline(self) -> bool:
        """Whether the desk kept here what a machine had written, before a person changed it."""
        return self.reason == MACHINE_READING

    @property
    def is_removal(self) -> bool:
        return self.kind == "-" and self.reason == REMOVAL


@dataclass(frozen=True)
class Past:
    """Everything that is known of one row.

    `present` holds today's rows of its sets, by set and id. `edited` are the fields that are a person's today, or None
    if the row is gone.
    """

    versions: list[Version]
    present: dict[str, dict[Any, Values]]
    edited: list[str] | None

    def start(self, rows: RowSet) -> dict[Any, Values]:
        """Return the rows of a set, by id, before its first version.

        A row whose first version is a change or a deletion had been there. So had a row of today without any version,
        if the set is a person's: no import writes such a set after its first correction. Imports may have replaced the
        rows of all other sets at any time, and their rows of today say nothing about the past.
        """
        firsts: dict[Any, Version] = {}
        for version in self.versions:
            if version.of == rows.name:
                firsts.setdefault(version.id, version)
        known = {pk: first.values for pk, first in firsts.items() if first.kind != "+" and not first.is_baseline}
        if rows.is_peoples or rows.name in (self.edited or ()):
            present = self.present.get(rows.name, {})
            known |= {pk: values for pk, values in present.items() if pk not in firsts}
        return known

    def replaced(self) -> set[tuple[str, int]]:
        """Return (set, number) of the last versions of rows that an import replaced, which left no version.

        The set was not a person's then, and it is one from the next correction on. Such a row therefore goes right
        after its last version. Where the row with the set is gone, too, by a machine, the rows of the set had stayed.
        """
        own = [version for version in self.versions if not version.of]
        if self.edited is None and (not own or own[-1].kind != "-" or own[-1].is_removal):
            return set()
        lasts = {(version.of, version.id): version for version in self.versions if version.of}
        return {
            (version.of, version.number)
            for version in lasts.values()
            if version.kind != "-" and version.id not in self.present.get(version.of, {})
        }


def saves_of(versions: Iterable[Version]) -> Iterator[list[Version]]:
    """Yield the versions of each save, in order.

    The desk first kept the row as the machine had written it, then wrote the row, then did the same with its sets. It
    deleted the rows of sets before their row.
    """
    save: list[Version] = []
    for version in versions:
        if save and not belongs(version, save):
            yield save
            save = []
        save.append(version)
    if save:
        yield save


def belongs(version: Version, save: list[Version]) -> bool:
    """Return whether `version` is part of the same save. One save wrote at most one version of the row itself."""
    if abs(version.at - save[-1].at) > PAUSE:
        return False
    theirs = [each for each in save if not each.is_baseline]
    if not theirs:
        return True
    if version.is_baseline:
        return bool(version.of)
    return version.user == theirs[0].user and bool(version.of or all(each.of for each in theirs))


def replay(past: Past, sets: tuple[RowSet, ...], fields: dict[str, str]) -> Iterator[tuple[Version, list[Written]]]:
    """Yield (the version that tells when, who and why, the corrections) for each save that changed anything.

    `fields` are the names of the row's fields, each with its column. A first version that is a change was written past
    the desk. It tells only how the row was from then on.
    """
    row: Values | None = None
    rows = {each.name: past.start(each) for each in sets}
    corrected: set[str] = set()
    replaced = past.replaced()
    for save in saves_of(past.versions):
        before = {name: dict(known) for name, known in rows.items()}
        for version in save:
            if not version.of:
                row = version.values if version.is_baseline else row
            elif version.kind == "-":
                rows[version.of].pop(version.id, None)
            else:
                rows[version.of][version.id] = version.values
                if version.is_baseline:
                    before[version.of][version.id] = version.values
        theirs = [version for version in save if not version.is_baseline]
        own = next((version for version in theirs if not version.of), None)
        old = {each.name: each.as_json(before[each.name].values()) for each in sets}
        new = {each.name: each.as_json(rows[each.name].values()) for each in sets}
        changed = changes(row, own, old, new, fields)
        if own and own.kind == "-":  # a row that comes back by an undo stays a person's
            changed[""][0]["edited_fields"] = sorted(corrected - UNPROTECTED)
        if changed:
            yield own or theirs[0], [(name, *values, name in corrected) for name, values in changed.items()]
            corrected |= changed.keys() - {""}
        if own and own.kind == "+":  # who adds a row sets its fields, and those of its sets that have rows
            corrected |= {name for name in changed[""][1] if name in fields or new[name]}
        row = own.values if own else row
        for version in save:
            if (version.of, version.number) in replaced:
                rows[version.of].pop(version.id, None)


def changes(
    row: Values | None, own: Version | None, old: Sets, new: Sets, fields: dict[str, str]
) -> dict[str, tuple[Any, Any]]:
    """Return {field: (old value, new value)} of one save.

    `row` is the row before and `own` its version of this save. `old` and `new` are its sets before and after.
    """
    if own and own.kind == "+":
        return {"": (None, whole(own.values, fields, new))}
    if own and own.kind == "-":
        return {"": (whole(own.values, fields, old), None)}
    was, now = (row, own.values) if own and row else ({}, {})
    differing = [(name, column) for name, column in fields.items() if was.get(column) != now.get(column)]
    return {name: (plain(was[column]), plain(now[column])) for name, column in differing} | {
        name: (old[name], new[name]) for name in old if old[name] != new[name]
    }


def whole(values: Values, fields: dict[str, str], sets: Sets) -> Values:
    """Return a row as the ledger holds it: its fields and its sets."""
    return {name: plain(values[column]) for name, column in fields.items()} | sets


def plain(value: Any) -> Any:
    """Return a value of a column as JSON holds it."""
    return value.isoformat() if isinstance(value, datetime.date) else value


class Histories:
    """The old tables of history, read a few rows at a time."""

    def __init__(self, apps: StateApps) -> None:
        self.apps = apps
        topics = (self._rows(name).order_by("pk").values_list("id", "slug") for name in ("HistoricalTopic", "Topic"))
        self.slugs = {pk: slug for rows in topics for pk, slug in rows}  # history knows a topic that is gone

    def saves(self) -> Iterator[tuple[str, Any, Version, list[Written]]]:
        """Yield (model, id of the row, the version that tells when, who and why, corrections) of each save.

        The saves of one row come in their order.
        """
        for name, sets in SETS.items():
            key = self.apps.get_model("articles", name)._meta.pk.attname
            fields = self._fields(name, key)
            ids = set(self._rows(f"Historical{name}").order_by().values_list(key, flat=True).distinct())
            for each in sets:
                ids |= set(
                    self._rows(f"Historical{each.model}").order_by().values_list(each.parent, flat=True).distinct()
                )
            ordered = iter(sorted(ids - {None}))
            while chunk := list(islice(ordered, ROWS_AT_ONCE)):
                for pk, past in self._pasts(name, key, sets, chunk):
                    for version, written in replay(past, sets, fields):
                        yield name.lower(), pk, version, written

    def _rows(self, name: str) -> models.QuerySet:
        return self.apps.get_model("articles", name)._base_manager.all()

    def _fields(self, name: str, key: str) -> dict[str, str]:
        fields = self.apps.get_model("articles", f"Historical{name}")._meta.concrete_fields
        return {
            field.name: field.attname
            for field in fields
            if field.attname != key and not field.name.startswith("history_")
        }

    def _pasts(self, name: str, key: str, sets: tuple[RowSet, ...], ids: list[Any]) -> Iterator[tuple[Any, Past]]:
        edited = dict(self._rows(name).filter(pk__in=ids).values_list("pk", "edited_fields"))
        tables = [self._versions("", f"Historical{name}", key, key, ids)]
        tables += [self._versions(each.name, f"Historical{each.model}", each.parent, "id", ids) for each in sets]
        present = {
            each.name: self._present(each, [pk for pk in ids if pk in table])
            for each, table in zip(sets, tables[1:], strict=True)
        }
        for pk in ids:
            # Each table is in the order in which it was written. A clock may have been set back meanwhile.
            versions = list(heapq.merge(*(table.get(pk, []) for table in tables), key=lambda version: version.at))
            yield pk, Past(versions, {each: rows.get(pk, {}) for each, rows in present.items()}, edited.get(pk))

    def _versions(self, of: str, name: str, parent: str, key: str, ids: list[Any]) -> dict[Any, list[Version]]:
        found: dict[Any, list[Version]] = {}
        for row in self._rows(name).filter(**{f"{parent}__in": ids}).order_by("history_id").values().iterator():
            found.setdefault(row[parent], []).append(
                Version(
                    of=of,
                    number=row["history_id"],
                    id=row[key],
                    at=row["history_date"],
                    user=row["history_user_id"],
                    kind=row["history_type"],
                    reason=row["history_change_reason"] or "",
                    values=self._as_now(of, row),
                )
            )
        return found

    def _present(self, rows: RowSet, ids: list[Any]) -> dict[Any, dict[Any, Values]]:
        """Return {parent: {id: row}} of the rows that the set has today."""
        found: dict[Any, dict[Any, Values]] = {}
        for row in self._rows(rows.model).filter(**{f"{rows.parent}__in": ids}).order_by("pk").values().iterator():
            found.setdefault(row[rows.parent], {})[row["id"]] = self._as_now(rows.name, row)
        return found

    def _as_now(self, of: str, row: Values) -> Values:
        """Return a row with what its set needs besides its columns.

        The evidence of regions was once a list of names. Migration 0004 cleared it in the rows themselves, and it must
        not come back by an undo.
        """
        if of == "topics":
            return row | {"slug": self.slugs.get(row["topic_id"], str(row["topic_id"]))}
        if of == "regions" and any(isinstance(each, str) for each in row["evidence"]):
            return row | {"evidence": []}
        return row


def carry(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write the histories into the ledger. Batches are numbered in the order of time, which is how the desk lists them.

    The histories are read twice, row by row: their times decide the numbers, and the values would not fit into memory.
    """
    Batch, Correction = (apps.get_model("articles", name) for name in ("Batch", "Correction"))
    histories = Histories(apps)
    times = [version.at for _, _, version, _ in histories.saves()]
    following = (Batch.objects.aggregate(last=models.Max("pk"))["last"] or 0) + 1
    numbers = [0] * len(times)
    for number, place in enumerate(sorted(range(len(times)), key=times.__getitem__), start=following):
        numbers[place] = number
    names = dict(apps.get_model(settings.AUTH_USER_MODEL)._base_manager.values_list("pk", "username"))
    saves = zip(numbers, histories.saves(), strict=True)
    while chunk := list(islice(saves, SAVES_AT_ONCE)):
        Batch.objects.bulk_create(
            Batch(
                pk=number,
                kind="removal" if version.is_removal else "history",
                user_id=version.user,
                user_name=names.get(version.user, ""),
                at=version.at,
                reason=version.reason,
            )
            for number, (_, _, version, _) in chunk
        )
        Correction.objects.bulk_create(
            Correction(
                batch_id=number,
                seq=seq,
                model=model,
                object_id=str(pk),
                field=field,
                old=old,
                new=new,
                was_protected=was_protected,
            )
            for number, (model, pk, _, written) in chunk
            for seq, (field, old, new, was_protected) in enumerate(written)
        )
    connection = schema_editor.connection
    with connection.cursor() as cursor:  # PostgreSQL would give the same numbers again
        for statement in connection.ops.sequence_reset_sql(no_style(), [Batch]):
            cursor.execute(statement)


def forget(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Delete the batches of the old history. The old tables are made again, and stay empty.

    The ledger has no more than the differences, and the old desk works without its history.
    """
    Batch, Correction = (apps.get_model("articles", name).objects for name in ("Batch", "Correction"))
    Batch.filter(undoes__kind="history").update(undoes=None)
    Correction.filter(batch__kind="history").delete()
    Batch.filter(kind="history").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0018_doubt_rows"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(carry, forget, elidable=True),
        *(
            migrations.DeleteModel(f"Historical{name}")
            for name in (*SETS, *(each.model for sets in SETS.values() for each in sets))
        ),
    ]
