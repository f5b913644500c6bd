"""The rows of tables: read in the order of their keys, and stored with all values as given, `auto_now` or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from articles.backup.errors import BackupError
from articles.backup.tables import Table
from articles.backup.values import plain, stored_as

#: Rows that are held at a time.
CHUNK = 500

Row = dict[str, Any]


def read_rows(table: Table) -> Iterator[Row]:
    """Yield the rows of a table, by key, as plain values. NULLs are left out.

    On PostgreSQL it must be asked within a transaction. Raises BackupError for a value that is none of its kind.
    """
    quote = connection.ops.quote_name
    is_postgresql = connection.vendor == "postgresql"
    # SQLite converts a column by its declared type, and makes None of what it can't convert. An expression has no type.
    selected = ", ".join(
        f"{quote(column.name)}::text" if is_postgresql and column.kind == "json"
        else quote(column.name) if is_postgresql
        else f"+{quote(column.name)}"
        for column in table.columns
    )  # fmt: skip
    order = quote(table.key.name)
    if is_postgresql and table.key.kind == "text":
        order += ' COLLATE "C"'  # SQLite's order, whatever the language of the database
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {selected} FROM {quote(table.name)} ORDER BY {order}")
        while rows := cursor.fetchmany(CHUNK):
            for values in rows:
                yield _row(table, values)


def _row(table: Table, values: tuple[Any, ...]) -> Row:
    row: Row = {}
    for column, value in zip(table.columns, values, strict=True):
        if value is None:
            continue
        try:
            row[column.name] = plain(column.kind, value)
        except (ValueError, TypeError, OverflowError) as error:
            raise BackupError(
                f"表 {table.name} 的 {column.name} 列里有不合其类型的值（{_where(table, row)}）：请改正这一行后重试。"
            ) from error
    return row


def store_rows(table: Table, rows: Iterable[Row]) -> int:
    """Store the rows of an empty table and return their number.

    Raises BackupError for a row with a column that the table lacks, or with a value that the database does not take.
    """
    if connection.vendor == "postgresql":
        return _copy_rows(table, rows)
    quote = connection.ops.quote_name
    names = ", ".join(map(quote, table.column_names()))
    marks = ", ".join(["%s"] * len(table.columns))
    statement = f"INSERT INTO {quote(table.name)} ({names}) VALUES ({marks})"
    count, each = 0, iter(rows)
    with connection.cursor() as cursor:
        while chunk := list(islice(each, CHUNK)):
            cursor.executemany(statement, [_values(table, row) for row in chunk])
            count += len(chunk)
    return count


def _copy_rows(table: Table, rows: Iterable[Row]) -> int:
    quote = connection.ops.quote_name
    names = ", ".join(map(quote, table.column_names()))
    count = 0
    with connection.cursor() as cursor, cursor.copy(f"COPY {quote(table.name)} ({names}) FROM STDIN") as copy:
        for row in rows:
            values = _values(table, row)
            if any(isinstance(value, str) and "\0" in value for value in values):
                raise BackupError(f"表 {table.name} 的一行（{_where(table, row)}）含有 PostgreSQL 存不下的空字符。")
            copy.write_row(values)
            count += 1
    return count


def _values(table: Table, row: Row) -> list[Any]:
    if row.keys() - set(table.column_names()):
        raise BackupError(f"表 {table.name} 没有备份中的列 {min(row.keys() - set(table.column_names()))}。")
    values = []
    for column in table.columns:
        try:
            value = stored_as(column.kind, row[column.name]) if column.name in row else None
        except (ValueError, TypeError) as error:
            raise BackupError(
                f"备份里表 {table.name} 的一行（{_where(table, row)}），{column.name} 列的值不合其类型。"
            ) from error
        if column.kind == "datetime":
            value = connection.ops.adapt_datetimefield_value(value)
        elif column.kind == "date":
            value = connection.ops.adapt_datefield_value(value)
        values.append(value)
    return values


def _where(table: Table, row: Row) -> str:
    """Return which row of its table this is, for a message."""
    return f"{table.key.name}={row.get(table.key.name, '？')}"


def count_rows(table: Table) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table.name)}")
        return cursor.fetchone()[0]


def delete_rows(table: Table) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {connection.ops.quote_name(table.name)}")


def last_id(table: Table) -> int:
    """Return the highest id that the database has ever given in this table, deleted rows included; 0 if none."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT last_value, is_called FROM {_sequence(cursor, table)}")
            value, is_called = cursor.fetchone()
            return value if is_called else value - 1
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table.name])
        found = cursor.fetchone()
        return found[0] if found else 0


def set_last_id(table: Table, value: int) -> None:
    """Let the database give ids above `value` in this table."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = _sequence(cursor, table)
            cursor.execute("SELECT setval(%s::regclass, %s, %s)", [sequence, max(value, 1), value > 0])
        else:
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table.name])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table.name, value])


def _sequence(cursor: CursorWrapper, table: Table) -> str:
    """Return the quoted name of the sequence of ids."""
    quoted = connection.ops.quote_name(table.name)
    cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [quoted, table.key.name])
    return cursor.fetchone()[0]
