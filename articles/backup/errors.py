"""The error of backups and restores."""

from __future__ import annotations


class BackupError(Exception):
    """A backup, a restore or a copy that can't be made. Its text is one Chinese sentence with place and remedy."""
