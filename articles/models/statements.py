"""Queries of readers' pages, compiled once. Django takes longer to compile a query than a database to answer it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")

#: Values that stand for the values of a statement while it is compiled. No id is as large.
MARKS = tuple(range(2**53 - 8, 2**53))


class _Compiled(NamedTuple):
    rows: QuerySet
    compiler: SQLCompiler
    sql: str
    parameters: list[Any]
    #: (index among the parameters, index among the values of a call)
    places: list[tuple[int, int]]


class Statement(Generic[Row]):
    """A query that differs from call to call in integers alone. It gives what the same QuerySet gives.

    `build` takes `count` integers and returns the QuerySet. It must hand them to the database as they are: a query for
    None, or for a list, is another query. Prefetches are left out.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], count: int = 1) -> None:
        self.build = build
        self.count = count
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, *values: int) -> list[Row]:
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

    def bound(self, *values: int) -> tuple[str, tuple[Any, ...]]:
        """Return the SQL and its parameters for `values`."""
        kept = self.compiled()
        parameters = kept.parameters.copy()
        for at, index in kept.places:
            parameters[at] = values[index]
        return kept.sql, tuple(parameters)

    def compiled(self) -> _Compiled:
        """Return the query for the database in use. Raises ValueError if a value is no parameter of its SQL."""
        connection = connections["default"]
        if connection.vendor not in self._compiled:
            marks = MARKS[: self.count]
            rows = self.build(*marks)
            compiler = rows.query.get_compiler(connection=connection)
            sql, parameters = compiler.as_sql()
            places = [(at, marks.index(each)) for at, each in enumerate(parameters) if each in marks]
            if {index for _, index in places} != set(range(len(marks))):
                raise ValueError(f"not each value is a parameter of {sql}")
            self._compiled[connection.vendor] = _Compiled(rows, compiler, sql, list(parameters), places)
        return self._compiled[connection.vendor]
