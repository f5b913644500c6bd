"""Bytes of deleted rows that databases, indexes and caches still hold: cleared away, as often as it is called."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from contextlib import suppress

from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db import connection

from articles.models import Scan
from articles.scans.finding import find_scan
from articles.search.sync import sync

Say = Callable[[str], object]

#: The seconds for which readers may keep SQLite from emptying its log, and those between two attempts.
PATIENCE, TICK = 20.0, 0.2


def purge_database(say: Say) -> bool:
    """Let the database give back the space of deleted rows. Return whether nothing of them is left in its files.

    SQLite is written anew, without what lies between the rows, and its log is emptied. PostgreSQL makes the space free
    for other rows; the bytes stay until these come, and in the log of the server.
    """
    if connection.vendor != "sqlite":
        tables = [model._meta.db_table for model in apps.get_app_config("articles").get_models()]
        tables.append(LogEntry._meta.db_table)
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"VACUUM {connection.ops.quote_name(table)}")
        return False
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        until = time.monotonic() + PATIENCE
        while True:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            is_busy, left, _ = cursor.fetchone()
            if not is_busy and left <= 0:
                return True
            if time.monotonic() >= until:
                say("数据库的日志（-wal）还有读者在用，没有清空：请稍后再运行一次。")
                return False
            time.sleep(TICK)


def purge_index(say: Say) -> bool:
    """Build the search index anew, because its old files keep the words of stories that are gone.

    Return False if another process is building it. Raises what `sync` raises.
    """
    if sync(say=say, rebuild=True):
        return True
    say("另一个进程正在重建检索索引：请等它结束后再运行一次。")
    return False


def purge_cuttings() -> None:
    """Remove all kept cuttings of scans. The desk makes them anew when they are asked for."""
    with suppress(FileNotFoundError):
        shutil.rmtree(settings.CUTTINGS_DIR)


def remove_scan(file_path: str) -> str | None:
    """Remove the scan of the page whose text came from `file_path`, with its record. Return its path, None if there is
    no scan. Raises OSError if it can't be removed.
    """
    found = find_scan(file_path)
    if found is None:
        return None
    name = found.relative_to(settings.SCANS_DIR).as_posix()
    found.unlink()
    Scan.objects.filter(path=name).delete()
    return name
