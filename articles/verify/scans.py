"""The checks of the files of scans, against the records of their arrival."""

from __future__ import annotations

import errno
import os
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from pathlib import PurePosixPath

from django.conf import settings

from articles.models import Page, Scan, SourceText
from articles.scans.files import content_of
from articles.scans.finding import names_of
from articles.scans.recording import unrecorded
from articles.verify.faults import Fault
from articles.verify.reading import streamed


def file_faults() -> Iterator[Fault]:
    """Yield each recorded scan that is missing, or whose size is not that of its arrival.

    If the folder itself is not there, that is the one fault.
    """
    if not settings.SCANS_DIR.is_dir():
        if number := Scan.objects.count():
            yield Fault(f"扫描件的目录 {settings.SCANS_DIR} 不在，登记过 {number} 个扫描件")
        return
    places = _Places()
    for name, size in streamed(Scan.objects.order_by("path").values_list("path", "size")):
        try:
            now = os.stat(settings.SCANS_DIR / name).st_size
        except OSError as error:
            said = "不在了" if error.errno in (errno.ENOENT, errno.ENOTDIR) else f"读不了（{error.strerror}）"
            yield places.fault(name, said)
            continue
        if now != size:
            yield places.fault(name, f"有 {now} 字节，到达时有 {size} 字节")


def content_faults() -> Iterator[Fault]:
    """Yield each recorded scan of the right size whose SHA-256 is not that of its arrival, or that can't be read."""
    places = _Places()
    for name, size, sha256 in streamed(Scan.objects.order_by("path").values_list("path", "size", "sha256")):
        path = settings.SCANS_DIR / name
        try:
            if os.stat(path).st_size != size:  # `file_faults` tells
                continue
            content = content_of(path)
        except FileNotFoundError:
            continue
        except OSError as error:
            yield places.fault(name, f"读不了（{error.strerror}）")
            continue
        if content is None or content.sha256 != sha256:
            yield places.fault(name, "内容与到达时不同")


def unrecorded_faults() -> Iterator[Fault]:
    """Yield each scan without a record, and each file or folder of scans that can't be read. What was written within
    the last minute is left to the next run.
    """
    unread: list[str] = []
    places = _Places()
    for name, _, is_settled in unrecorded(unread):
        if is_settled:
            yield places.fault(name, "没有登记摘要")
    yield from (Fault(f"读不了扫描件 {each}") for each in unread)


class _Places:
    """The pages of scans. Their texts' paths are read once, for the first fault: most archives have none."""

    def fault(self, name: str, said: str) -> Fault:
        """Return the fault of the scan `name`, with its page if it has one."""
        page = self._page_of(name)
        return Fault(f"扫描件 {name} {said}", Page if page else None, page)

    def _page_of(self, name: str) -> int | None:
        beside = self._by_stem.get(PurePosixPath(name).stem, [])
        return next((page for path, page in beside if name in names_of(path)), None)

    @cached_property
    def _by_stem(self) -> dict[str, list[tuple[str, int]]]:
        found: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        current = SourceText._base_manager.filter(standing=SourceText.Standing.CURRENT, page__isnull=False)
        for path, page in streamed(current.order_by("pk").values_list("path", "page")):
            found[PurePosixPath(path).stem].append((path, page))
        return found
