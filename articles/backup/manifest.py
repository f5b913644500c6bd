"""The manifest of a backup: what it holds, and by which digests each part is known."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from articles.backup.errors import BackupError
from articles.backup.tables import Migration

#: The format that this release writes. It reads this one and all before it.
FORMAT = 1

NAME = "manifest.json"


@dataclass
class TableEntry:
    """A table in a backup."""

    rows: int
    #: SHA-256 of the member of the file, and of its rows in the canonical form, which is the same on both databases.
    sha256: str
    content: str
    #: The highest id that was ever given, or None if the database counts no ids there.
    last_id: int | None


@dataclass
class ScanEntry:
    """A scan in a backup: its length in bytes and its SHA-256."""

    size: int
    sha256: str


@dataclass
class Manifest:
    """All that is known of a backup. `tables` and `scans` are by name, in the order in which they lie in the file."""

    program: str
    made_at: str
    database: str
    epoch: str
    revision: int
    #: The applied migrations, in the order in which they were applied.
    migrations: list[Migration]
    #: The names of the settings that the environment gave. Their values may be secret.
    settings: list[str]
    with_scans: bool = False
    tables: dict[str, TableEntry] = field(default_factory=dict)
    scans: dict[str, ScanEntry] = field(default_factory=dict)
    format: int = FORMAT

    def as_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode() + b"\n"

    @classmethod
    def of(cls, text: bytes) -> Manifest:
        """Return the manifest that `as_json` wrote. Raises BackupError if the text is none, or of a later format."""
        try:
            told = json.loads(text)
            if not isinstance(told["format"], int) or told["format"] < 1:
                raise ValueError(told["format"])
        except (ValueError, TypeError, KeyError) as error:
            raise BackupError("备份里的清单 manifest.json 读不懂：文件已损坏，请改用另一份备份。") from error
        if told["format"] > FORMAT:
            raise BackupError(f"备份的格式 {told['format']} 比本程序认得的 {FORMAT} 新：请用更新的程序恢复。")
        try:
            return cls(**_checked(told))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise BackupError("备份里的清单 manifest.json 不完整：文件已损坏，请改用另一份备份。") from error


def _checked(told: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a manifest with their types. Raises an error of Python's if one is missing or of no use."""
    known = {each.name for each in fields(Manifest)}
    return {name: value for name, value in told.items() if name in known} | {
        "migrations": [(str(app), str(name)) for app, name in told["migrations"]],
        "tables": {str(name): TableEntry(**entry) for name, entry in told["tables"].items()},
        "scans": {str(name): ScanEntry(**entry) for name, entry in told["scans"].items()},
    }
