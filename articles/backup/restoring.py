"""Restoring a backup into an empty place."""

from __future__ import annotations

import fcntl
import hashlib
import os
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from articles.backup.errors import BackupError
from articles.backup.files import BackupReader, is_safe
from articles.backup.making import Say
from articles.backup.rows import count_rows, delete_rows, read_rows, set_last_id, store_rows
from articles.backup.tables import Migration, Table, applied_migrations, tables_at
from articles.backup.values import canonical_line_of
from articles.models.archive import new_epoch
from articles.whole_migrations import WholeMigrationExecutor

#: Tables that `migrate` itself fills, with the rights and the roles. Rows there do not make a place an archive.
FILLED_BY_MIGRATE = {"django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}


def check_backup(path: Path, *, say: Say = lambda text: None) -> None:
    """Read a whole backup and compare each part with the manifest. Nothing is written. Raises BackupError."""
    with BackupReader(path) as backup:
        for table in _tables_of(backup):
            count = sum(1 for _ in backup.rows(table))
            say(f"{table.name}：{count} 行")
        for name in backup.manifest.scans:
            backup.scan(name, lambda piece: None)


def restore_backup(path: Path, *, with_scans: bool = True, say: Say = lambda text: None) -> None:
    """Load a backup into a database without an archive, then bring it to the migrations of this release.

    All rows come in one transaction, and are read again and compared before it ends. The archive begins a new epoch.
    Raises BackupError if the backup is damaged or newer than this release, if the place is not empty, or if the
    database refuses; then the database has at most empty tables.
    """
    with BackupReader(path) as backup:
        tables = _tables_of(backup)
        _refuse_taken(tables, backup.manifest.migrations)
        if with_scans:
            _restore_scans(backup, say)
        _migrate_to(backup.manifest.migrations)
        try:
            with transaction.atomic():
                _load(backup, tables, say)
                _begin_epoch()
        except DatabaseError as error:
            raise BackupError(
                f"数据库没有收下备份（{type(error).__name__}：{str(error).strip().splitlines()[0]}）；未存入任何内容。"
            ) from error
    call_command("migrate", interactive=False, verbosity=0)
    if connection.vendor == "postgresql":  # otherwise its first queries would be planned for empty tables
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _tables_of(backup: BackupReader) -> list[Table]:
    """Return the tables of a backup. Raises BackupError if it has not just those that its migrations make."""
    tables = tables_at(backup.manifest.migrations)
    names = {table.name for table in tables}
    if odd := names ^ backup.manifest.tables.keys():
        raise BackupError(f"备份里的表与它的迁移不符（{min(odd)}）：文件已损坏或被改过，请改用另一份备份。")
    return tables


def _refuse_taken(tables: list[Table], migrations: list[Migration]) -> None:
    """Raises BackupError if the database holds an archive, or tables of a later release."""
    if later := set(applied_migrations()) - set(migrations):
        app, name = min(later)
        raise BackupError(f"这个数据库已迁移到比备份更新的结构（{app}.{name}）：请给一个全新的空库。")
    present = set(connection.introspection.table_names())
    for table in tables:
        if table.name in present and table.name not in FILLED_BY_MIGRATE and (count := count_rows(table)):
            raise BackupError(f"这个数据库不是空的（表 {table.name} 有 {count} 行）：请给一个空库，以免覆盖。")


def _migrate_to(migrations: list[Migration]) -> None:
    """Make the tables as the backup has them."""
    executor = WholeMigrationExecutor(connection)
    graph = executor.loader.graph
    state = set(migrations)
    last = [node for node in migrations if not any(child in state for child in graph.node_map[node].children)]
    executor.migrate(last)


def _load(backup: BackupReader, tables: list[Table], say: Say) -> None:
    if connection.vendor == "postgresql":  # each change of the archive locks its row first, and waits here
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE articles_archive IN EXCLUSIVE MODE")
    _refuse_taken(tables, backup.manifest.migrations)
    for table in tables:
        delete_rows(table)
    for table in tables:
        entry = backup.manifest.tables[table.name]
        count = store_rows(table, backup.rows(table))
        if entry.last_id is not None:
            set_last_id(table, entry.last_id)
        say(f"{table.name}：{count} 行")
    for table in tables:
        digest = hashlib.sha256()
        for row in read_rows(table):
            digest.update(canonical_line_of(row))
        if digest.hexdigest() != backup.manifest.tables[table.name].content:
            raise BackupError(f"表 {table.name} 存入后读出的与备份不同：未存入任何内容，请报告此事。")


def _begin_epoch() -> None:
    """Give the archive a new epoch, without a timeline, which would be that of another server."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE articles_archive SET epoch = %s", [new_epoch()])
        columns = {each.name for each in connection.introspection.get_table_description(cursor, "articles_archive")}
        if "timeline" in columns:  # the first format lacks it
            cursor.execute("UPDATE articles_archive SET timeline = 0")


def _restore_scans(backup: BackupReader, say: Say) -> None:
    """Put the scans of a backup into their folder. A scan that is there already with the same content stays."""
    for name in backup.manifest.scans:
        if not is_safe(name):
            raise BackupError(f"备份里扫描件的路径“{name}”越出了文件夹：文件被改过，请改用另一份备份。")
    for name, entry in backup.manifest.scans.items():
        target = settings.SCANS_DIR / name
        if os.path.lexists(target):
            if not target.is_file() or _sha256(target) != entry.sha256:
                raise BackupError(f"{target} 已存在，与备份里的不同：请移走它，或用 --no-scans。")
            continue
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            _write_scan(backup, name, target)
        except OSError as error:
            raise BackupError(f"{target} 没有写成（{error.strerror or error}）：请检查磁盘空间与权限。") from error
    if backup.manifest.scans:
        say(f"扫描件：{len(backup.manifest.scans)} 个")


def _write_scan(backup: BackupReader, name: str, target: Path) -> None:
    """Write a scan of the backup to the file `target`, which then is there whole. Raises OSError or BackupError.

    The half-made file of a run that was killed is taken up by the next run, which gives its own the same name.
    """
    half = target.with_name(f".restoring-{hashlib.sha256(target.name.encode()).hexdigest()[:16]}")
    with half.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # If the other restoring has just renamed the file, it is the whole scan.
            is_ours = half.exists() and os.path.samestat(half.stat(), os.fstat(file.fileno()))
        except BlockingIOError:
            is_ours = False
        if not is_ours:
            raise BackupError(f"{target} 正由另一次恢复写入：请等它结束。")
        try:
            file.truncate(0)
            backup.scan(name, file.write)
            file.flush()
            os.fsync(file.fileno())
            os.chmod(half, 0o644)
            os.rename(half, target)
        except BaseException:  # on a damaged backup, a full disk or Ctrl-C, no half of a scan stays
            half.unlink(missing_ok=True)
            raise


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
