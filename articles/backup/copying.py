"""Copying the archive into another database: a backup without a name, restored by a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from django.conf import settings

from articles.backup.errors import BackupError
from articles.backup.making import Say, write_backup
from healthnews.environment import SCHEMES


def copy_archive(url: str, *, say: Say = lambda text: None) -> None:
    """Copy the archive into the empty database `url`, with ids, history and sequences. Scans stay where they are.

    The restore is a process of its own, because migrations work on the database of their settings. Raises BackupError,
    also with what the restore said. The URL may have a password, so that no message repeats it.
    """
    if not url.startswith(tuple(f"{scheme}://" for scheme in SCHEMES)):
        raise BackupError("DATABASE_URL 须以 postgres:// 或 sqlite:/// 开头，如 postgres://user@host/name。")
    with tempfile.TemporaryFile(dir=settings.VAR_DIR) as file:
        try:
            write_backup(file, with_scans=False, say=say)
            file.flush()
        except OSError as error:
            raise BackupError(
                f"{settings.VAR_DIR} 里写不下副本（{error.strerror or error}）：请检查磁盘空间。"
            ) from error
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "restore", f"/dev/fd/{file.fileno()}"]
        done = subprocess.run(
            [*command, "--no-scans", "--no-color"],
            env=os.environ | {"DATABASE_URL": url, "PYTHONIOENCODING": "utf-8"},
            pass_fds=[file.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise BackupError(f"没有复制成：{lines[-1].removeprefix('CommandError: ') if lines else done.returncode}")
