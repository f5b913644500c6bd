"""Which commands run on a host that only reads: READ_ONLY=1."""

from __future__ import annotations

from collections.abc import Sequence

#: The commands that write nothing into the database, or whose writing parts the database refuses. All others are
#: refused before they begin.
READING = {
    "backup", "check", "collectstatic", "copy_to", "dbshell", "desk", "diffsettings", "help", "read_pages", "shell",
    "showmigrations", "sqlmigrate", "sync_search", "verify", "version",
}  # fmt: skip


def refusal_of(arguments: Sequence[str]) -> str | None:
    """Return the sentence that refuses a command line of manage.py on a host that only reads, or None if it may run.

    >>> refusal_of(["manage.py", "migrate"])
    'READ_ONLY=1：这台主机只读，不能运行 migrate。请在主库所在的主机上运行。'
    >>> refusal_of(["manage.py", "sync_search", "--follow"]) is refusal_of(["manage.py", "--help"]) is None
    True
    """
    command = arguments[1] if len(arguments) > 1 else "help"
    if command in READING or command.startswith("-"):
        return None
    return f"READ_ONLY=1：这台主机只读，不能运行 {command}。请在主库所在的主机上运行。"
