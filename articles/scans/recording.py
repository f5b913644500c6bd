"""Recording scans when they arrive: size and SHA-256, by which `verify` knows a scan that was cut, changed or lost."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from django.conf import settings

from articles.models import Scan
from articles.scans.files import content_of, is_scan, scan_files

#: Seconds after the last write to a file. Earlier, its copying may still go on.
SETTLED = 60

#: Recorded scans are stored after so many files, or after so many seconds, so that a run that is stopped goes on there.
AT_ONCE, STORED_EVERY = 200, 2.0


#: The longest path in bytes. PostgreSQL's index takes values of 2,700 bytes.
LONGEST_PATH = 2000


class NoScan(ValueError):
    """A path at which no scan is or was. Its text is a Chinese sentence."""


@dataclass
class Recorded:
    """The result of a run: the numbers of scans recorded and of those written a moment ago.

    `is_whole` is False if the time ended before the folder did. `unread` are the files and folders that can't be read,
    each with the reason.
    """

    new: int = 0
    young: int = 0
    is_whole: bool = True
    unread: list[str] = field(default_factory=list)


class TimeIsUp(Exception):
    """The folder of scans has not been walked whole in the time given."""


def unrecorded(unread: list[str], until: float = math.inf) -> Iterator[tuple[str, Path, bool]]:
    """Yield each scan without a record: its path below the scans' folder, its file, and whether it is settled.

    What can't be read, or can't be stored, goes to `unread`. Raises TimeIsUp at the first file after `until`, a time of
    the monotonic clock: an archive of years has a million files, recorded long ago.
    """
    known = set(Scan.objects.values_list("path", flat=True))
    for name, path in scan_files(unread):
        if time.monotonic() > until:
            raise TimeIsUp
        if name in known or not is_scan(name):
            continue
        if not is_storable(name):
            unread.append(f"{name!a}（路径太长，或有不能显示的字符）")
            continue
        try:
            age = time.time() - os.stat(path).st_mtime
        except OSError as error:
            unread.append(f"{name}（{error.strerror}）")
            continue
        yield name, path, not 0 <= age < SETTLED  # a time in the future says nothing


def is_storable(name: str) -> bool:
    """Return whether a database can hold the path. Bytes that are no UTF-8 are characters that are not printable.

    >>> [is_storable(name) for name in ("20/01.jpg", "20/01\\udcff.jpg", "20/" * 1000 + "01.jpg")]
    [True, False, False]
    """
    return name.isprintable() and len(name.encode()) <= LONGEST_PATH


def record_scans(seconds: float = math.inf) -> Recorded:
    """Record each scan that has no record yet. After `seconds` no further file is looked at.

    Readers see nothing of it, so that it is no change of the archive. Two runs at once do no harm: the first record
    counts.
    """
    result = Recorded()
    made: list[Scan] = []
    began = stored = time.monotonic()
    try:
        for name, path, is_settled in unrecorded(result.unread, began + seconds):
            content = None
            if is_settled:
                try:
                    content = content_of(path)
                except OSError as error:
                    result.unread.append(f"{name}（{error.strerror}）")
                    continue
            if content is None:
                result.young += 1
                continue
            result.new += 1
            made.append(Scan(path=name, size=content.size, sha256=content.sha256))
            if len(made) >= AT_ONCE or time.monotonic() - stored > STORED_EVERY:
                Scan.objects.bulk_create(made, ignore_conflicts=True)
                made, stored = [], time.monotonic()
    except TimeIsUp:
        result.is_whole = False
    Scan.objects.bulk_create(made, ignore_conflicts=True)
    return result


def renew_scan(given: str) -> Scan | None:
    """Take the file at `given`, a path in the scans' folder, as it is from now on, and return its record.

    If there is no file, the record goes, and None is returned. Raises NoScan if neither is there or the path lies
    outside, and OSError if the file can't be read.
    """
    name = _name_of(given)
    path = settings.SCANS_DIR / name
    if not os.path.lexists(path):
        if not Scan.objects.filter(path=name).delete()[0]:
            raise NoScan(f"{path} 不存在，也没有登记过：请核对路径。")
        return None
    content = content_of(path)
    if content is None:
        raise NoScan(f"{path} 正在写入：请稍后再试。")
    scan, _ = Scan.objects.update_or_create(path=name, defaults=content._asdict())
    return scan


def _name_of(given: str) -> str:
    path = PurePosixPath(given)
    if path.is_absolute() and path.is_relative_to(settings.SCANS_DIR):
        path = path.relative_to(settings.SCANS_DIR)
    if path.is_absolute() or ".." in path.parts or not is_scan(str(path)) or not is_storable(given):
        raise NoScan(f"“{given!a}”不是 {settings.SCANS_DIR} 里一个扫描件的路径：请写成 2024/05/20/01.jpg 这样。")
    return str(path)
