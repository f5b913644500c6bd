"""The pointers of indexes: files in settings.SEARCH_DIR, one for each fingerprint, each with the name of a folder.

Two releases with different fingerprints thus have an index each in one folder, and none rebuilds the other's. A release
without an index of its own asks the one that served before, until its own is whole. The index of a release that is gone
stays for KEPT seconds, so that the way back to that release is short.
"""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from articles.search.files import IndexDamaged

#: The name of a pointer, before the fingerprint. Up to version 0.2.0 there was one pointer, named without any.
POINTER = "current"

#: The seconds for which the index of another release is kept after that release last said that it needs it.
KEPT = 7 * 24 * 3600.0

#: The seconds after which a release says so again.
SAID = 3600.0


def pointer_of(fingerprint: str) -> Path:
    """Return the path of the pointer for a fingerprint."""
    return settings.SEARCH_DIR / f"{POINTER}-{fingerprint}"


def find_folder(fingerprint: str) -> Path | None:
    """Return the folder that serves a release with this fingerprint, or None if no index was built yet.

    Raises IndexDamaged if the release's own pointer can't be read or names no folder.
    """
    with suppress(FileNotFoundError):
        return _read(pointer_of(fingerprint))
    for pointer in _others(fingerprint):
        with suppress(FileNotFoundError, IndexDamaged):
            if (folder := _read(pointer)).is_dir():
                return folder
    return None


def keep(fingerprint: str) -> None:
    """Say that a release with this fingerprint needs its index. Nothing is written if it said so a short time ago."""
    pointer = pointer_of(fingerprint)
    with suppress(OSError):  # without a pointer there is no index to keep
        if time.time() - pointer.stat().st_mtime > SAID:
            os.utime(pointer)


def keep_others(fingerprint: str) -> None:
    """Let the indexes of other releases stay for KEPT seconds from now: a release with this fingerprint takes over."""
    for pointer in _others(fingerprint):
        with suppress(OSError):
            os.utime(pointer)


def needed_folders(fingerprint: str) -> set[Path]:
    """Return the folders that pointers name, after removing the pointers of releases that are long gone.

    The pointer for this fingerprint counts however old it is.
    """
    folders = set()
    for pointer in (pointer_of(fingerprint), *_others(fingerprint)):
        with suppress(OSError, IndexDamaged):
            if pointer != pointer_of(fingerprint) and time.time() - pointer.stat().st_mtime > KEPT:
                pointer.unlink()
            else:
                folders.add(_read(pointer))
    return folders


def _others(fingerprint: str) -> list[Path]:
    """Return the pointers for other fingerprints, the last needed first."""
    times: dict[Path, float] = {}
    for pointer in settings.SEARCH_DIR.glob(f"{POINTER}*"):
        with suppress(OSError):
            times[pointer] = pointer.stat().st_mtime
    times.pop(pointer_of(fingerprint), None)
    return sorted(times, key=lambda pointer: times[pointer], reverse=True)


def _read(pointer: Path) -> Path:
    """Return the folder that a pointer names. Raises FileNotFoundError, or IndexDamaged if it names none."""
    try:
        name = pointer.read_bytes().strip()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise IndexDamaged(f"{POINTER} 读不到（{error.strerror}）") from error
    if not re.fullmatch(b"[0-9a-f]{32}", name):
        raise IndexDamaged(f"{POINTER} 读不懂")
    return settings.SEARCH_DIR / name.decode()
