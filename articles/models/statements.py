"""Queries of readers' pages and of the import, compiled once. Django takes longer to compile a query than a database
to answer it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.query import ModelIterable, ValuesListIterable
from django.db.models.sql.compiler import SQLCompiler

from articles.models.lookups import Among

Row = TypeVar("Row")

#: Values that stand for the values of a statement while it is compiled, by their type. They fit into any column, and no
#: query has them as constants of its own.
MARKS: dict[type, tuple[Any, ...]] = {
    int: tuple(range(2**15 - 8, 2**15)),
    datetime.date: tuple(datetime.date(9999, 12, day) for day in range(24, 32)),
    str: tuple(f"\ue000{number}" for number in range(8)),
    frozenset: tuple(frozenset({f"\ue001{number}"}) for number in range(8)),
    tuple: tuple((2**15 - 16 + number,) for number in range(8)),
}


class _Shape(NamedTuple):
    """The columns of a row that make a record, and the records that are made along with it.

    `along` holds for each of them its shape, the function that sets it on the record, and the one that sets the record
    on it, as Django's compiler names them.
    """

    model: type[Model]
    columns: slice
    names: tuple[str, ...]
    id_column: int
    along: tuple[tuple[_Shape, Callable[..., None], Callable[..., None]], ...]

    @classmethod
    def of(cls, info: dict[str, Any], select: Sequence[Any]) -> _Shape:
        first, last = info["select_fields"][0], info["select_fields"][-1]
        names = tuple(column.target.attname for column, *_ in select[first : last + 1])
        along = (
            (cls.of(each, select), each["local_setter"], each["remote_setter"])
            for each in info.get("related_klass_infos", ())
        )
        id_column = first + names.index(info["model"]._meta.pk.attname)
        return cls(info["model"], slice(first, last + 1), names, id_column, tuple(along))

    def record(self, row: Sequence[Any]) -> Model:
        """Return the record in `row`, equal to the one of Model.from_db.

        Its fields are set all at once. Model.__init__ sets them one by one, which takes as long as the query. No model
        of the archive has an __init__ of its own or a receiver of post_init, which would be left out.
        """
        record = self.model.__new__(self.model)
        record.__dict__.update(zip(self.names, row[self.columns], strict=True), _state=ModelState())
        record._state.adding, record._state.db = False, "default"
        for shape, set_here, set_there in self.along:
            other = None if row[shape.id_column] is None else shape.record(row)
            set_here(record, other)
            if other is not None:
                set_there(other, record)
        return record


class _Compiled(NamedTuple):
    sql: str
    parameters: list[Any]
    #: For each parameter that is a value of a call: its index, the value's index, and what the database makes of it.
    places: Sequence[tuple[int, int, Callable[[Any, BaseDatabaseWrapper], Any]]]
    #: For each column whose values the database gives in another form: its index, the functions, and the expression.
    converters: Sequence[tuple[int, Sequence[Callable[..., Any]], Any]]
    make: Callable[[list[Any]], Any]


class Statement(Generic[Row]):
    """A query that differs from call to call in its values alone. It gives what the same QuerySet gives.

    `build` takes values of these `types` (int, str, date; for the lookup `among` a frozenset of names or a tuple of
    ids) and returns the QuerySet. It must hand them to the database as they are: a query for None is another query.
    Prefetches are left out.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], *types: type) -> None:
        self.build = build
        self.types = types
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, *values: Any) -> list[Row]:
        """Return the rows of the query for `values`."""
        kept = self.compiled()
        connection = connections["default"]
        with connection.cursor() as cursor:
            cursor.execute(*self.bound(*values))
            rows = [list(row) for row in cursor.fetchall()]
        for at, converters, expression in kept.converters:
            for row in rows:
                for convert in converters:
                    row[at] = convert(row[at], expression, connection)
        return [kept.make(row) for row in rows]

    def bound(self, *values: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the SQL and its parameters for `values`."""
        kept, connection = self.compiled(), connections["default"]
        parameters = kept.parameters.copy()
        for at, index, adapt in kept.places:
            parameters[at] = adapt(values[index], connection)
        return kept.sql, tuple(parameters)

    def compiled(self) -> _Compiled:
        """Return the query for the database in use. Raises ValueError if a value is no parameter of its SQL."""
        connection = connections["default"]
        if connection.vendor not in self._compiled:
            marks = [MARKS[kind][index] for index, kind in enumerate(self.types)]
            adapts = [_adapts(kind) for kind in self.types]
            shown = [adapt(mark, connection) for adapt, mark in zip(adapts, marks, strict=True)]
            rows = self.build(*marks)
            compiler = rows.query.get_compiler(connection=connection)
            sql, parameters = compiler.as_sql()
            indexes = [(at, shown.index(each)) for at, each in enumerate(parameters) if each in shown]
            if {index for _, index in indexes} != set(range(len(marks))):
                raise ValueError(f"not each value is a parameter of {sql}")
            places = [(at, index, adapts[index]) for at, index in indexes]
            columns = [column for column, *_ in compiler.select[: compiler.col_count]]
            converters = [(at, *each) for at, each in compiler.get_converters(columns).items()]
            made = _Compiled(sql, list(parameters), places, converters, _maker(rows, compiler))
            self._compiled[connection.vendor] = made
        return self._compiled[connection.vendor]


def _adapts(kind: type) -> Callable[[Any, BaseDatabaseWrapper], Any]:
    """Return the function that makes of a value of this type the parameter for a database."""
    if kind is datetime.date:
        return lambda day, connection: connection.ops.adapt_datefield_value(day)
    return Among.parameter if kind in {frozenset, tuple} else lambda value, _: kind(value)


def _maker(rows: QuerySet, compiler: SQLCompiler) -> Callable[[list[Any]], Any]:
    """Return the function that makes a row of the QuerySet from a row of the database.

    Raises ValueError for a QuerySet that gives neither records nor what `values_list` gives.
    """
    if rows._iterable_class is ValuesListIterable:
        return tuple
    if rows._iterable_class is not ModelIterable or rows._known_related_objects:  # type: ignore[attr-defined]
        raise ValueError(f"no statement gives rows as {rows._iterable_class.__name__} does")
    shape = _Shape.of(compiler.klass_info, compiler.select)
    annotations = compiler.annotation_col_map
    if not annotations:
        return shape.record

    def record(row: list[Any]) -> Model:
        made = shape.record(row)
        made.__dict__.update({name: row[at] for name, at in annotations.items()})
        return made

    return record
