"""Making a backup: one state of the database, and the scans beside it."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection

from articles.backup.errors import BackupError
from articles.backup.files import BackupWriter, UnreadableScan, new_file
from articles.backup.manifest import Manifest
from articles.backup.rows import last_id, read_rows
from articles.backup.tables import applied_migrations, tables_at
from articles.models import archive
from articles.scans.files import scan_files
from healthnews.environment import NAMES

Say = Callable[[str], object]

#: The file in VAR_DIR whose time is that of the last backup. /metrics tells its age.
LAST_BACKUP = "last_backup"


def make_backup(path: Path, *, with_scans: bool = True, say: Say = lambda text: None) -> list[str]:
    """Write a backup to the new file `path`, and return as `write_backup` does. If it fails, there is no file.

    The file `LAST_BACKUP` then has the time of the backup.
    """
    with new_file(path) as file:
        unread = write_backup(file, with_scans=with_scans, say=say)
    with suppress(OSError):  # a full disk of VAR_DIR does not undo a backup on another
        (settings.VAR_DIR / LAST_BACKUP).touch()
    return unread


def write_backup(file: IO[bytes], *, with_scans: bool = True, say: Say = lambda text: None) -> list[str]:
    """Write a backup to an open file. Others may read and write meanwhile: the backup has one state of the database.

    Return the scans that could not be read, each with the reason; the backup lacks them. Raises BackupError if there is
    no archive, and OSError if the file can't be written.
    """
    with BackupWriter(file) as writer:
        made = _add_tables(writer, say)
        unread = _add_scans(writer, made, say) if with_scans else []
        writer.finish(made)
    return unread


def _add_tables(writer: BackupWriter, say: Say) -> Manifest:
    """Add all tables at one state of the database, and return the manifest without scans."""
    with archive.snapshot() as state:
        migrations = applied_migrations()
        if not migrations:
            raise BackupError("数据库里没有档案：请检查 DATABASE_URL 与 VAR_DIR。")
        made = Manifest(
            program=settings.VERSION,
            made_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            database=f"{connection.vendor} {'.'.join(map(str, connection.get_database_version()))}",
            epoch=state.epoch,
            revision=state.revision,
            migrations=migrations,
            settings=given_settings(),
        )
        for table in tables_at(migrations):
            entry = writer.add_table(table, read_rows(table), last_id(table) if table.counts_ids else None)
            made.tables[table.name] = entry
            say(f"{table.name}：{entry.rows} 行")
    return made


def _add_scans(writer: BackupWriter, made: Manifest, say: Say) -> list[str]:
    """Add the scans to a backup, after the transaction of the tables. Return those that can't be read."""
    made.with_scans = True
    unread: list[str] = []
    for name, scan in scan_files(unread):
        try:
            picture = scan.open("rb")
        except OSError as error:
            unread.append(f"{name}（{error.strerror}）")
            continue
        with picture:
            try:
                made.scans[name] = writer.add_scan(name, picture)
            except UnreadableScan as error:
                unread.append(f"{name}（{error}）")
    say(f"扫描件：{len(made.scans)} 个")
    return unread


def given_settings() -> list[str]:
    """Return the names of the settings that the environment gives."""
    return sorted(name for name in NAMES if name in os.environ)
