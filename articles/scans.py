"""Scans of pages: pictures of the paper that lie in settings.SCANS_DIR, named as the text files are."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from django.conf import settings

#: What a scan may be, the first one there is taken.
ENDINGS = (".jpg", ".jpeg", ".png", ".pdf")

#: Shorter names, such as 01, stand in many folders: a scan called so must lie in a folder called as the text's.
TELLING = 5


def find_scan(file_path: str | None) -> Path | None:
    """Return the scan of the page whose text came from `file_path`, or None, which is the usual case.

    For /news/2024/05/20/01.txt that is 2024/05/20/01.jpg below the scans' folder, or 05/20/01.jpg, or 20/01.jpg: the
    more folders agree, the better.
    """
    if not file_path or not settings.SCANS_DIR.is_dir():
        return None
    parts = [part for part in PurePosixPath(file_path).parts if part not in ("/", ".", "..")]
    *folders, name = parts
    stem = PurePosixPath(name).stem
    for first in range(len(folders) + 1):
        below = folders[first:]
        if not below and len(stem) < TELLING:
            break
        found = settings.SCANS_DIR.joinpath(*below, stem)
        for ending in ENDINGS:
            scan = found.with_name(stem + ending)
            if os.path.isfile(scan):  # unlike Path.is_file, no error for a name that is too long
                return scan
    return None


def scans_version() -> int:
    """Return what changes when a file or folder comes into the folder of scans or goes: pages show what is there."""
    try:
        return settings.SCANS_DIR.stat().st_mtime_ns
    except OSError:
        return 0
