"""Queries of readers' pages, compiled once. Django takes longer to compile a query than a database to answer it."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")

#: Values that stand for the values of a statement while it is compiled, by their type. They fit into any column, and no
#: query has them as constants of its own.
MARKS: dict[type, tuple[Any, ...]] = {
    int: tuple(range(2**15 - 8, 2**15)),
    datetime.date: tuple(datetime.date(9999, 12, day) for day in range(24, 32)),
}


class _Compiled(NamedTuple):
    rows: QuerySet
    compiler: SQLCompiler
    sql: str
    parameters: list[Any]
    #: For each parameter that is a value of a call: its index, the value's index, and what the database makes of it.
    places: Sequence[tuple[int, int, Callable[[Any], Any]]]


class Statement(Generic[Row]):
    """A query that differs from call to call in its values alone. It gives what the same QuerySet gives.

    `build` takes values of these `types`, int or date, and returns the QuerySet. It must hand them to the database as
    they are: a query for None, or for a list, is another query. Prefetches are left out.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], *types: type) -> None:
        self.build = build
        self.types = types
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, *values: Any) -> list[Row]:
        """Return the rows of the query for `values`."""
        kept = self.compiled()
        bound = self.bound(*values)
        compiler = copy.copy(kept.compiler)
        compiler.connection = connections["default"]  # of this thread
        compiler.as_sql = lambda *_, **__: bound  # type: ignore[method-assign]
        # What makes rows of the answer asks its QuerySet for no more than this.
        query = SimpleNamespace(get_compiler=lambda *_, **__: compiler)
        asked = SimpleNamespace(query=query, db="default", model=kept.rows.model, _known_related_objects={})
        make: Any = kept.rows._iterable_class
        return list(make(asked))

    def bound(self, *values: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the SQL and its parameters for `values`."""
        kept = self.compiled()
        parameters = kept.parameters.copy()
        for at, index, adapt in kept.places:
            parameters[at] = adapt(values[index])
        return kept.sql, tuple(parameters)

    def compiled(self) -> _Compiled:
        """Return the query for the database in use. Raises ValueError if a value is no parameter of its SQL."""
        connection = connections["default"]
        if connection.vendor not in self._compiled:
            marks = [MARKS[kind][index] for index, kind in enumerate(self.types)]
            adapts = [connection.ops.adapt_datefield_value if kind is datetime.date else int for kind in self.types]
            shown = [adapt(mark) for adapt, mark in zip(adapts, marks, strict=True)]
            rows = self.build(*marks)
            compiler = rows.query.get_compiler(connection=connection)
            sql, parameters = compiler.as_sql()
            indexes = [(at, shown.index(each)) for at, each in enumerate(parameters) if each in shown]
            if {index for _, index in indexes} != set(range(len(marks))):
                raise ValueError(f"not each value is a parameter of {sql}")
            places = [(at, index, adapts[index]) for at, index in indexes]
            self._compiled[connection.vendor] = _Compiled(rows, compiler, sql, list(parameters), places)
        return self._compiled[connection.vendor]
