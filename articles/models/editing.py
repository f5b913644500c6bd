"""Corrections by people: which fields they protect, and their history."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar

from django.apps import apps
from django.db import models
from django.utils import timezone
from simple_history.models import HistoricalRecords

from articles.models.plain_json import PlainJSONEncoder

#: The reason in a history row that keeps the machine's reading, before the first correction.
MACHINE_READING = "机器读取"


_machine_writes: ContextVar[bool] = ContextVar("machine_writes", default=False)


@contextmanager
def machine_writes() -> Iterator[None]:
    """Write no history in this block: the history is of corrections, and an import is none."""
    token = _machine_writes.set(True)
    try:
        yield
    finally:
        _machine_writes.reset(token)


class CorrectionHistory(HistoricalRecords):
    """A history of people's corrections to a row."""

    def create_historical_record(self, instance: models.Model, history_type: str, using: str | None = None) -> None:
        if not _machine_writes.get():
            super().create_historical_record(instance, history_type, using)


class Editable(models.Model):
    """A row that both a machine and people write. No machine overwrites a person's fields.

    The fields in `edited_fields` are a person's. A whole set (bylines, regions, topics) counts as one field. Each
    subclass keeps a history, and lists in `UNTRACKED` the fields that are no part of a correction.
    """

    edited_fields = models.JSONField(
        "人工修改过的字段", encoder=PlainJSONEncoder, default=list, blank=True, editable=False
    )

    #: Fields that change without any correction.
    UNTRACKED: ClassVar[tuple[str, ...]] = ("edited_fields",)

    class Meta:
        abstract = True

    @classmethod
    def protectable(cls) -> tuple[str, ...]:
        """Return the names of the fields and sets that imports leave alone once a person has set them."""
        fields = (field.name for field in cls._meta.concrete_fields if not field.primary_key)
        return tuple(name for name in fields if name not in cls.UNTRACKED)

    def protected_with(self, names: Collection[str]) -> Collection[str]:
        """Return the fields that are a person's once a person has set the fields `names`."""
        return names

    def sets(self) -> dict[str, list[list[Any]]]:
        """Return the sets of rows that belong to this row and that people may correct, as lists for JSON."""
        return {}

    def proposals_for(self, fields: Collection[str]) -> models.QuerySet:
        """Return the machine's proposals for `fields`. Only articles and pages have any."""
        return apps.get_model("articles", "Proposal").objects.none()

    def state(self) -> list[Any]:
        """Return everything that a form of this row shows. It differs after each change by a person or an import."""
        return [[getattr(self, field.attname) for field in self._meta.concrete_fields], self.sets()]

    def protect(self, *fields: str) -> None:
        """Mark `fields` as set by a person. The row is not saved."""
        self.edited_fields = sorted({*self.edited_fields, *fields})

    def is_protected(self, name: str) -> bool:
        """Return whether a person has set the field `name`. The column of a foreign key counts as its field."""
        return self._meta.get_field(name).name in self.edited_fields

    def set_unprotected(self, values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Set those of `values` whose fields no person has set (not saved).

        Returns (changed, withheld), each {field: machine's value}: the values that changed the row, and those that a
        person's value kept out.
        """
        differing = {name: value for name, value in values.items() if getattr(self, name) != value}
        withheld = {name: value for name, value in differing.items() if self.is_protected(name)}
        changed = {name: value for name, value in differing.items() if name not in withheld}
        for name, value in changed.items():
            setattr(self, name, value)
        return changed, withheld


def history_of(model: type[models.Model]) -> Any:  # noqa: ANN401 - django-simple-history has no types
    """Return the manager of the history of a model that keeps one."""
    return model.history  # type: ignore[attr-defined] # which django-simple-history adds


def keep_baseline(row: models.Model) -> None:
    """Write the stored state of `row` into its history, unless the newest entry of the history has the same state.

    Imports write no history. Without this entry the first correction would be the only one, and the machine's reading
    would be lost. Call it before saving, in the same transaction. The function fetches `row` again.
    """
    stored = type(row)._base_manager.filter(pk=row.pk).first()
    if stored is None:
        return
    history = history_of(type(row))
    tracked = [field.attname for field in history.model.tracked_fields]
    newest = history.filter(**{row._meta.pk.attname: row.pk}).first()
    if newest and all(getattr(newest, name) == getattr(stored, name) for name in tracked):
        return
    stored._history_user = None  # type: ignore[attr-defined] # of django-simple-history
    history.bulk_history_create([stored], update=newest is not None, default_change_reason=MACHINE_READING)


def keep_farewell(rows: Iterable[models.Model], reason: str) -> None:
    """Write the deletion of `rows`, all of one model, and its reason into their history, with each row as it stands.

    A person's work can thus be looked at for ever. Imports write no history by themselves. Call it before deleting.
    """
    rows = list(rows)
    if not rows:
        return
    model = history_of(type(rows[0])).model
    fields = [field.attname for field in model.tracked_fields]
    now = timezone.now()
    model.objects.bulk_create(
        model(
            history_date=now,
            history_type="-",
            history_change_reason=reason,
            **{name: getattr(row, name) for name in fields},
        )
        for row in rows
    )
