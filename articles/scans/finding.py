"""Scans of pages: pictures of the paper in settings.SCANS_DIR. A scan has the same name as its page's text file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from django.conf import settings

#: The endings of scans. If a page has several scans, the first ending wins.
ENDINGS = (".jpg", ".jpeg", ".png", ".pdf", ".JPG", ".JPEG", ".PNG", ".PDF")

#: The smallest length of a name that identifies its page. Shorter names, such as 01 or page01, occur in many folders.
#: A scan with a shorter name must be in a folder with the same name as the text's folder.
TELLING = 8


def find_scan(file_path: str | None) -> Path | None:
    """Return the scan of the page whose text came from `file_path`, or None. Usually there is no scan.

    For /news/2024/05/20/01.txt the scan is 2024/05/20/01.jpg below the scans' folder, or 05/20/01.jpg, or 20/01.jpg.
    The path with the most folders in common wins.
    """
    if not file_path or not settings.SCANS_DIR.is_dir():
        return None
    for name in names_of(file_path):
        scan = settings.SCANS_DIR / name
        # Path.is_file raises OSError for a name that is too long, and os.path.isfile doesn't. An unreadable scan counts
        # as missing.
        if os.path.isfile(scan) and os.access(scan, os.R_OK):
            return scan
    return None


def names_of(file_path: str) -> Iterator[str]:
    """Yield the paths below the scans' folder at which the scan of a text may lie, the best first.

    >>> list(names_of("/05/20/01.txt"))[:2], list(names_of("/05/01.txt"))[-1]
    (['05/20/01.jpg', '05/20/01.jpeg'], '05/01.PDF')
    """
    folders, stem = _folders(file_path), PurePosixPath(file_path).stem
    for first in range(len(folders) + 1):
        below = folders[first:]
        if not below and len(stem) < TELLING:
            break
        for ending in ENDINGS:
            yield "/".join([*below, stem + ending])


def may_lie_deeper(file_path: str | None) -> bool:
    """Return whether the scan of this page may come or go without a change of `scans_version`.

    It may if a folder of `file_path` has a namesake in the scans' folder.
    """
    return any(os.path.isdir(settings.SCANS_DIR / folder) for folder in _folders(file_path or ""))


def _folders(file_path: str) -> list[str]:
    return [part for part in PurePosixPath(file_path).parent.parts if part not in ("/", ".", "..")]


def scans_version() -> int:
    """Return a number that changes when a file or folder is added to the scans' folder itself or removed from it.

    The number is the folder's time of modification in nanoseconds, or 0 if the folder can't be read.
    """
    try:
        return settings.SCANS_DIR.stat().st_mtime_ns
    except OSError:
        return 0
