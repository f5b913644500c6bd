"""JSON was stored with each Chinese character as six ASCII bytes. It is stored as plain UTF-8, in half the bytes.

SQLite's rows are rewritten as the encoder writes them, without a new revision and without history: nothing that readers
see changes. PostgreSQL stores `jsonb`, which has no such difference. A run that is killed can start again.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

from django.db import DatabaseError, migrations, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState

from articles.models.plain_json import PlainJSONEncoder, as_plain_json

#: Rows of one transaction.
BATCH = 500

LATER = "腾出的空间以后导入时会用上。"


class StorePlainJSON(Operation):
    """Give every JSONField of the app the encoder, histories included, and rewrite what SQLite has stored."""

    reversible = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        for name, field_name, field in json_fields(app_label, state):
            plain = field.clone()
            plain.encoder = PlainJSONEncoder
            state.alter_field(app_label, name, field_name, plain, preserve_default=True)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        connection = schema_editor.connection
        if connection.vendor != "sqlite":
            return
        columns: dict[str, list[str]] = {}
        for name, field_name, _ in json_fields(app_label, to_state):
            meta = to_state.apps.get_model(app_label, name)._meta
            columns.setdefault(meta.db_table, []).append(meta.get_field(field_name).column)
        rewritten = [rewrite(connection, table, names) for table, names in columns.items()]
        if any(rewritten):
            shrink(connection)

    def database_backwards(self, *args: Any) -> None:
        """Do nothing: Django's own encoder reads both forms."""

    def describe(self) -> str:
        return "Store JSON as plain UTF-8"


def json_fields(app_label: str, state: ProjectState) -> list[tuple[str, str, models.JSONField]]:
    """Return (name of the model, name of the field, field) for each JSONField of the app."""
    own: list[ModelState] = [model for (label, _), model in state.models.items() if label == app_label]
    return [
        (model.name_lower, name, field)
        for model in own
        for name, field in model.fields.items()
        if isinstance(field, models.JSONField)
    ]


def rewrite(connection: BaseDatabaseWrapper, table: str, columns: list[str]) -> bool:
    """Rewrite the JSON of a table in batches, each in a transaction. Return whether any row changed."""
    names = ", ".join(f'"{column}"' for column in columns)
    sets = ", ".join(f'"{column}" = %s' for column in columns)
    last, has_changed = -1, False
    while True:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(f'SELECT rowid, {names} FROM "{table}" WHERE rowid > %s ORDER BY rowid LIMIT {BATCH}', [last])
            rows = cursor.fetchall()
            plain = [(*map(as_plain_json, texts), rowid) for rowid, *texts in rows]
            changed = [new for new, (rowid, *old) in zip(plain, rows, strict=True) if list(new[:-1]) != old]
            if changed:
                cursor.executemany(f'UPDATE "{table}" SET {sets} WHERE rowid = %s', changed)
        if not rows:
            return has_changed
        last, has_changed = rows[-1][0], has_changed or bool(changed)


def shrink(connection: BaseDatabaseWrapper) -> None:
    """Give the freed space back to the disk, or say why not. It takes Django's connection, which knows REGEXP."""
    name = str(connection.settings_dict["NAME"])
    size = os.path.getsize(name) if os.path.exists(name) else 0  # a database in memory has no file
    lacking = [str(folder) for folder in (Path(name).parent, temporary_folder()) if free(folder) < 2 * size]
    if size and lacking:
        say(f"数据库 {size / 1e6:.0f} MB，{lacking[0]} 的空间不足两倍，没有压紧；{LATER}")
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except DatabaseError as error:
        say(f"数据库没有压紧（{error}）；{LATER}")


def temporary_folder() -> Path:
    """Return the folder in which SQLite writes the new copy (sqlite.org/tempfiles.html, section 5)."""
    given = (os.environ.get(name) for name in ("SQLITE_TMPDIR", "TMPDIR"))
    folders = (*given, "/var/tmp", "/usr/tmp", "/tmp")
    return next((Path(each) for each in folders if each and os.access(each, os.W_OK)), Path())


def say(sentence: str) -> None:
    sys.stdout.write(f"\n  {sentence}\n")


def free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


class Migration(migrations.Migration):
    atomic = False  # rows are rewritten in batches, and VACUUM runs outside transactions

    dependencies = [("articles", "0012_written_orders")]

    operations = [StorePlainJSON()]
