"""Scans of pages: pictures of the paper in settings.SCANS_DIR, named as the text files are."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from django.conf import settings

#: The endings of scans; the first that exists is taken.
ENDINGS = (".jpg", ".jpeg", ".png", ".pdf", ".JPG", ".JPEG", ".PNG", ".PDF")

#: Shorter names, such as 01 or page01, stand in many folders. Such a scan must lie in a folder named as the text's.
TELLING = 8


def find_scan(file_path: str | None) -> Path | None:
    """Return the scan of the page whose text came from `file_path`, or None, which is the usual case.

    For /news/2024/05/20/01.txt the scan is 2024/05/20/01.jpg below the scans' folder, or 05/20/01.jpg, or 20/01.jpg.
    The longest agreement of folders wins.
    """
    if not file_path or not settings.SCANS_DIR.is_dir():
        return None
    folders, stem = _folders(file_path), PurePosixPath(file_path).stem
    for first in range(len(folders) + 1):
        below = folders[first:]
        if not below and len(stem) < TELLING:
            break
        found = settings.SCANS_DIR.joinpath(*below, stem)
        for ending in ENDINGS:
            scan = found.with_name(stem + ending)
            # Unlike Path.is_file, this raises nothing for a name that is too long. An unreadable scan counts as
            # missing.
            if os.path.isfile(scan) and os.access(scan, os.R_OK):
                return scan
    return None


def may_lie_deeper(file_path: str | None) -> bool:
    """Return whether the scan of this page may come or go without a change of `scans_version`."""
    return any(os.path.isdir(settings.SCANS_DIR / folder) for folder in _folders(file_path or ""))


def _folders(file_path: str) -> list[str]:
    return [part for part in PurePosixPath(file_path).parent.parts if part not in ("/", ".", "..")]


def scans_version() -> int:
    """Return a number that changes when a file or folder is added to the scans' folder itself or removed from it."""
    try:
        return settings.SCANS_DIR.stat().st_mtime_ns
    except OSError:
        return 0
