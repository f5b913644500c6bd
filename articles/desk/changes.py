"""A row before and after a write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models

from articles.models.editing import Editable
from articles.models.row_values import Values, is_same, key_field, sets_of, tracked_fields

#: A row in the ledger: its model, and its key as text.
Key = tuple[type[models.Model], str]


def key_of(row: models.Model) -> Key:
    """Return the key of a row in the ledger."""
    return type(row), str(getattr(row, key_field(type(row))))


@dataclass(frozen=True)
class Changed:
    """A row before and after a write: its values by field, None where it did not exist. `row` is the row after it.

    `handed_over` has the names of the fields that go from a person to the machine or back, `released` those that the
    write hands back to the machine.
    """

    model: type[models.Model]
    object_id: str
    before: Values | None
    after: Values | None
    row: Any
    handed_over: frozenset[str] = frozenset()
    released: frozenset[str] = frozenset()

    @property
    def key(self) -> Key:
        return self.model, self.object_id

    @property
    def fields(self) -> list[str]:
        """The names of the fields and sets that differ for people or are handed over, if the row was and is there."""
        if self.before is None or self.after is None:
            return []
        before, after = self.before, self.after
        names = (*tracked_fields(self.model), *sets_of(self.model))
        same = {name for name in names if is_same(self.model, name, before[name], after[name])}
        return [name for name in names if name not in same or name in self.handed_over]

    @property
    def differs(self) -> bool:
        return (self.before is None) != (self.after is None) or bool(self.fields)

    @property
    def told(self) -> Values:
        """The values of the row after the write, or before it if the row is gone."""
        return self.after or self.before or {}

    @property
    def either(self) -> list[Values]:
        """The values before and after the write, each if the row existed."""
        return [told for told in (self.before, self.after) if told is not None]

    def protects(self) -> list[str]:
        """Return the changed fields that are a person's from now on."""
        if not issubclass(self.model, Editable) or self.after is None:
            return []
        if self.before is None:
            return protected_when_new(self.model, self.after)
        may = self.model.protectable()
        return [name for name in self.fields if name in may]


def protected_when_new(model: type[models.Model], told: Values) -> list[str]:
    """Return the fields of a new row with the values `told` that are a person's: all, but for its empty sets.

    The archive judges empty sets of regions and topics from the text.
    """
    if not issubclass(model, Editable):
        return []
    return [name for name in model.protectable() if name not in sets_of(model) or told.get(name)]
