"""Which tables and columns a backup has. The applied migrations tell, so that an old backup is read as it was made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from articles.backup.errors import BackupError
from articles.backup.values import KINDS

#: Apps whose rows are worthless tomorrow, or a secret: log-ins that last, and wrong passwords with their addresses.
TRANSIENT_APPS = {"sessions", "axes"}

#: A migration: its app and its name.
Migration = tuple[str, str]


@dataclass(frozen=True)
class TableColumn:
    """A column with the kind of its values, see `values.KINDS`."""

    name: str
    kind: str


@dataclass(frozen=True)
class Table:
    """A table of the database."""

    name: str
    columns: tuple[TableColumn, ...]
    key: TableColumn
    #: Whether the database counts the ids itself.
    counts_ids: bool

    def column_names(self) -> list[str]:
        return [column.name for column in self.columns]


def applied_migrations() -> list[Migration]:
    """Return the migrations that the database has, in the order in which they were applied."""
    if not MigrationRecorder(connection).has_table():
        return []
    return list(MigrationRecorder.Migration.objects.using(connection.alias).order_by("id").values_list("app", "name"))


def tables_at(migrations: Iterable[Migration]) -> list[Table]:
    """Return the tables of a backup of a database that has these migrations, by name.

    Raises BackupError if this release does not know one of them.
    """
    migrations = list(migrations)
    loader = MigrationLoader(None, ignore_no_migrations=True)
    unknown = [f"{app}.{name}" for app, name in migrations if (app, name) not in loader.disk_migrations]
    if unknown:
        raise BackupError(f"不认得迁移 {unknown[0]}（共 {len(unknown)} 个）：数据来自更新的版本，请用同样新的程序。")
    return _tables_of(loader.project_state(migrations).apps)


def _tables_of(apps: Apps) -> list[Table]:
    found = []
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in TRANSIENT_APPS or model._meta.proxy or not model._meta.managed:
            continue
        columns = []
        for field in model._meta.concrete_fields:
            of: Any = field
            while of.is_relation:
                of = of.target_field
            columns.append(TableColumn(str(field.column), KINDS[of.get_internal_type()]))
        key = next(column for column in columns if column.name == model._meta.pk.column)
        counts = model._meta.pk.get_internal_type().endswith("AutoField")
        found.append(Table(model._meta.db_table, tuple(columns), key, counts))
    return sorted(found, key=lambda table: table.name)
