"""A lookup for many rows at once."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import AutoField, BigAutoField, CharField, ForeignKey, Lookup
from django.db.models.sql.compiler import SQLCompiler


@AutoField.register_lookup
@BigAutoField.register_lookup
@ForeignKey.register_lookup
class Among(Lookup):
    """`pk__among=ids` finds the same rows as `pk__in`, for integer ids.

    The ids are a single parameter. With `in` each id is a parameter: Django then takes longer than the database takes
    to read the row, and SQLite takes at most 32,766. Pass a set or dict keys: Django looks at each element of a list.
    """

    lookup_name = "among"
    prepare_rhs = False
    #: The type of the values in PostgreSQL.
    array = "bigint[]"

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        left, parameters = self.process_lhs(compiler, connection)
        return f"{left} IN (SELECT value FROM json_each(%s))", [*parameters, self.parameter(self.rhs, connection)]

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        left, parameters = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s::{self.array})", [*parameters, self.parameter(self.rhs, connection)]

    @staticmethod
    def parameter(values: Collection[Any], connection: BaseDatabaseWrapper) -> str | list[Any]:
        """Return the parameter that hands the values to the database."""
        return json.dumps(list(values)) if connection.vendor == "sqlite" else list(values)


@CharField.register_lookup
class TextAmong(Among):
    """`name__among=names` finds the same rows as `name__in`."""

    array = "text[]"
