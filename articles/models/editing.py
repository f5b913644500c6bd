"""Corrections by people: which fields they protect."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from django.apps import apps
from django.db import models

from articles.models.plain_json import PlainJSONEncoder


class Editable(models.Model):
    """A row that both a machine and people write. No machine overwrites a person's fields.

    The fields in `edited_fields` are a person's. A whole set (bylines, regions, topics) counts as one field. Each
    subclass lists in `UNTRACKED` the fields that are no part of a correction.
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
