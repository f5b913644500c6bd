"""Checks of the database below the records: migrations, files and constraints, foreign keys, sequences, choices."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.apps import apps
from django.db import connection, models
from django.db.backends.utils import CursorWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Exists, Max, OuterRef

from articles.models import Archive, Article, VanishedArticle
from articles.verify.faults import Fault


def migration_faults() -> Iterator[Fault]:
    """Yield a fault for each migration that is not applied, or that this program does not know."""
    executor = MigrationExecutor(connection)
    for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield Fault(f"迁移 {migration.app_label}.{migration.name} 还没有执行")
    known = executor.loader.disk_migrations
    replaced = {each for migration in known.values() for each in migration.replaces}
    for key in sorted(executor.loader.applied_migrations):
        if key[0] in executor.loader.migrated_apps and key not in known and key not in replaced:
            yield Fault(f"迁移 {key[0]}.{key[1]} 来自别的版本的程序")


def integrity_faults() -> Iterator[Fault]:
    """Yield what the database finds in its own files and indexes."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA integrity_check")
            yield from (Fault(f"SQLite：{said}") for (said,) in cursor.fetchall() if said != "ok")
            return
        cursor.execute(
            "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE NOT (i.indisvalid AND i.indisready) AND n.nspname = current_schema() ORDER BY 1"
        )
        yield from (Fault(f"数据库索引 {name} 无效") for (name,) in cursor.fetchall())
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE NOT convalidated AND connamespace = current_schema()::regnamespace"
            " ORDER BY 1"
        )
        yield from (Fault(f"约束 {name} 没有核对过已有的行") for (name,) in cursor.fetchall())


def constraint_faults() -> Iterator[Fault]:
    """Yield each constraint and index of the records that the database lacks: a hand may have left it out."""
    with connection.cursor() as cursor:
        for model in apps.get_app_config("articles").get_models():
            table = model._meta.db_table
            held = _names_held(cursor, table)
            for kind, parts in (("约束", model._meta.constraints), ("索引", model._meta.indexes)):
                for part in parts:
                    if part.name not in held:
                        yield Fault(f"表 {table} 缺{kind} {part.name}")


def _names_held(cursor: CursorWrapper, table: str) -> set[str]:
    """Return the names of the constraints and indexes of a table.

    Django's own function fails at the constraint of a JSON field in SQLite.
    """
    if connection.vendor == "sqlite":
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE tbl_name = %s", [table])
        rows = cursor.fetchall()
        return {name for name, _ in rows} | {name for _, sql in rows for name in _CONSTRAINT.findall(sql or "")}
    cursor.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass"
        " UNION SELECT indexname FROM pg_indexes WHERE tablename = %s AND schemaname = current_schema()",
        [table, table],
    )
    return {name for (name,) in cursor.fetchall()}


_CONSTRAINT = re.compile(r'CONSTRAINT "(\w+)"')


def orphan_faults() -> Iterator[Fault]:
    """Yield each row with a foreign key to a row that is missing."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            target = field.related_model
            if not isinstance(field, models.ForeignKey) or not isinstance(target, type):
                continue
            key = field.target_field.attname
            held = target._base_manager.filter(**{key: OuterRef(field.attname)})
            rows = model._base_manager.filter(**{f"{field.name}__isnull": False}).exclude(Exists(held))
            for pk, missing in rows.order_by("pk").values_list("pk", field.attname):
                yield Fault(f"“{field.verbose_name}”指向 {target._meta.verbose_name} {missing}，没有这一行", model, pk)


def sequence_faults() -> Iterator[Fault]:
    """Yield each table whose next id was given already. The ids of deleted articles are never given again."""
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if not isinstance(model._meta.pk, models.AutoField | models.BigAutoField) or not model._meta.managed:
                continue
            greatest = model._base_manager.aggregate(last=Max("pk"))["last"] or 0
            if model is Article:
                greatest = max(greatest, VanishedArticle.objects.aggregate(last=Max("pk"))["last"] or 0)
            table = model._meta.db_table
            if not greatest or model is Archive:  # the one row has the id 1, which no sequence gives
                continue
            last = _last_given(cursor, table, str(model._meta.pk.column))
            if last < greatest:
                yield Fault(f"表 {table} 的编号已用到 {greatest}，序列却停在 {last}，下一行会撞上已用的编号")


def _last_given(cursor: CursorWrapper, table: str, column: str) -> int:
    """Return the last id that the database has given to a row of the table by itself."""
    if connection.vendor == "sqlite":
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        return int((cursor.fetchone() or [0])[0])
    cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{table}"', column])
    (name,) = cursor.fetchone()
    if name is None:
        return 0
    cursor.execute(f"SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM {name}")
    return int(cursor.fetchone()[0])


def choice_faults() -> Iterator[Fault]:
    """Yield each row with a value that its field does not offer."""
    for model in apps.get_app_config("articles").get_models():
        for field in model._meta.concrete_fields:
            if not field.choices:
                continue
            offered = [value for value, _ in field.flatchoices]
            rows = model._base_manager.exclude(**{f"{field.name}__in": offered}).order_by("pk")
            for pk, value in rows.values_list("pk", field.attname):
                yield Fault(f"“{field.verbose_name}”是 {value!r}，没有这一种", model, pk)
