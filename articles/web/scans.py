"""Scans of pages: pictures of the paper that lie in settings.SCANS_DIR, named as the text files are."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from django.conf import settings

#: What a scan may be, the first one there is taken.
ENDINGS = (".jpg", ".jpeg", ".png", ".pdf", ".JPG", ".JPEG", ".PNG", ".PDF")

#: Shorter names, such as 01 or page01, stand in many folders: a scan called so must lie in one called as the text's.
TELLING = 8


def find_scan(file_path: str | None) -> Path | None:
    """Return the scan of the page whose text came from `file_path`, or None, which is the usual case.

    For /news/2024/05/20/01.txt that is 2024/05/20/01.jpg below the scans' folder, or 05/20/01.jpg, or 20/01.jpg: the
    more folders agree, the better.
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
            # Unlike Path.is_file, no error for a name that is too long; what can't be read is as good as not there.
            if os.path.isfile(scan) and os.access(scan, os.R_OK):
                return scan
    return None


def may_lie_deeper(file_path: str | None) -> bool:
    """Whether the scan of the page whose text came from `file_path` may come or go without `scans_version` changing."""
    return any(os.path.isdir(settings.SCANS_DIR / folder) for folder in _folders(file_path or ""))


def _folders(file_path: str) -> list[str]:
    return [part for part in PurePosixPath(file_path).parent.parts if part not in ("/", ".", "..")]


def scans_version() -> int:
    """Return what changes when a file or folder comes into the folder of scans itself, or goes."""
    try:
        return settings.SCANS_DIR.stat().st_mtime_ns
    except OSError:
        return 0
