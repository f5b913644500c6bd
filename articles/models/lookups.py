"""Asking the database for many rows at once."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigAutoField, ForeignKey, Lookup
from django.db.models.sql.compiler import SQLCompiler


@BigAutoField.register_lookup
@ForeignKey.register_lookup
class Among(Lookup):
    """`pk__among=ids` finds what `pk__in` finds, of ids that are integers.

    The ids are one parameter. With `in`, each is a parameter of its own: that takes Django longer than it takes the
    database to read the row, and SQLite has no more than 32,766 of them. Give a set or keys: of a list, Django looks at
    each element as well.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        left, parameters = self.process_lhs(compiler, connection)
        return f"{left} IN (SELECT value FROM json_each(%s))", [*parameters, json.dumps(list(self._ids))]

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        left, parameters = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s::bigint[])", [*parameters, list(self._ids)]

    @property
    def _ids(self) -> Collection[int]:
        return self.rhs
