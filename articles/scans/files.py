"""The files in the scans' folder, in order, and their digests."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from articles.scans.finding import ENDINGS


def scan_files(unread: list[str]) -> Iterator[tuple[str, Path]]:
    """Yield each file below the scans' folder with its path below it, in order. Folders that can't be read go to
    `unread`.
    """

    def leave_out(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            unread.append(f"{error.filename}（{error.strerror}）")

    for folder, folders, names in os.walk(settings.SCANS_DIR, onerror=leave_out, followlinks=True):
        folders.sort()
        for name in sorted(names):
            path = Path(folder, name)
            if path.is_file():
                yield path.relative_to(settings.SCANS_DIR).as_posix(), path


def is_scan(name: str) -> bool:
    """Return whether the file of this name may be the scan of a page. Hidden files are those of copying tools.

    >>> [is_scan(name) for name in ("20/01.jpg", "20/Thumbs.db", "20/.01.jpg.x7Q", "20/.01.jpg")]
    [True, False, False, False]
    """
    return name.endswith(ENDINGS) and not name.rpartition("/")[2].startswith(".")


class Content(NamedTuple):
    """The size of a file in bytes, and the SHA-256 of its content."""

    size: int
    sha256: str


def content_of(path: Path) -> Content | None:
    """Return the content of a file, or None if somebody has written to it meanwhile. Raises OSError if it can't be
    read.
    """
    with path.open("rb") as file:
        before = os.fstat(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        after = os.stat(path)
    is_same = (before.st_ino, before.st_size, before.st_mtime_ns) == (after.st_ino, after.st_size, after.st_mtime_ns)
    return Content(after.st_size, digest) if is_same else None
