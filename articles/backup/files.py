"""The file of a backup: a ZIP archive with `tables/NAME.jsonl`, `scans/PATH` and `manifest.json`.

Any program that opens ZIP archives can look into it. Its directory is at the end, so that a file that was cut off is
known at once.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path, PurePosixPath
from typing import IO

from articles.backup import manifest
from articles.backup.errors import BackupError
from articles.backup.manifest import Manifest, ScanEntry, TableEntry
from articles.backup.rows import Row
from articles.backup.tables import Table
from articles.backup.values import canonical_line_of, line_of, row_of

#: How well tables are packed, from 1, which is the fastest, to 9.
PACKING = 1

#: Bytes of a scan, and of lines, that are handled at a time.
PIECE = 1 << 20

#: The longest line of a table, in bytes. A longer one is no row of ours, and would fill the memory.
LONGEST_LINE = 1 << 30


class UnreadableScan(Exception):
    """A scan that the disk does not give to its end. Its text is the reason."""


class BackupWriter:
    """The file of a backup while it is written. It is used in a `with` block."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=PACKING, allowZip64=True)

    def __enter__(self) -> BackupWriter:
        return self

    def __exit__(self, *exception: object) -> None:
        with suppress(OSError, ValueError) if exception[0] else nullcontext():
            self._zip.close()

    def add_table(self, table: Table, rows: Iterable[Row], last_id: int | None) -> TableEntry:
        """Write the rows of a table and return the entry for the manifest. Raises BackupError if a row has no form."""
        written, canonical, count = hashlib.sha256(), hashlib.sha256(), 0
        with self._zip.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as member:
            for row in rows:
                try:
                    line = line_of(row)
                    canonical.update(canonical_line_of(row))
                except ValueError as error:
                    raise BackupError(
                        f"表 {table.name} 的一行（{table.key.name}={row.get(table.key.name)}）里有 JSON 写不出的数。"
                    ) from error
                written.update(line)
                member.write(line)
                count += 1
        return TableEntry(count, written.hexdigest(), canonical.hexdigest(), last_id)

    def add_scan(self, name: str, file: IO[bytes]) -> ScanEntry:
        """Write a scan as it is, since pictures are packed already, and return its entry.

        Raises UnreadableScan if it can't be read to its end. The file then has a piece of it that no manifest names.
        """
        info = zipfile.ZipInfo(f"scans/{name}")
        info.external_attr = 0o600 << 16
        digest, size = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=True) as member:
            while piece := _read(file):
                digest.update(piece)
                member.write(piece)
                size += len(piece)
        return ScanEntry(size, digest.hexdigest())

    def finish(self, of: Manifest) -> None:
        """Write the manifest. The end of the block adds the directory of the file."""
        self._zip.writestr(manifest.NAME, of.as_json())


def _read(scan: IO[bytes]) -> bytes:
    try:
        return scan.read(PIECE)
    except OSError as error:
        raise UnreadableScan(error.strerror or str(error)) from error


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """Yield a file that stands at `path`, complete and on the disk, once the block has ended well.

    Until then it is called PATH.part; the next call clears away what a killed one has left. Only its owner may read it.
    Raises BackupError if the path is taken, or can't be written.
    """
    part = path.with_name(path.name + ".part")
    if os.path.lexists(path):
        raise BackupError(f"{path} 已存在：请另取一个文件名，或先移走它。")
    try:
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise BackupError(f"写不了 {part}（{error.strerror}）：请检查目录与权限。") from error
    file = os.fdopen(descriptor, "w+b")
    try:
        _lock(file, part)
        try:
            os.fchmod(descriptor, 0o600)
            file.truncate()
            yield file
            file.flush()
            os.fsync(descriptor)
            os.link(part, path)  # unlike a rename, it never takes the place of another file
        except OSError as error:
            raise BackupError(f"{path} 没有写成（{error.strerror or error}）：请检查磁盘空间与权限后重试。") from error
        finally:
            with suppress(OSError):
                part.unlink()
    finally:
        with suppress(OSError):  # a full disk does not take what the file still holds back
            file.close()
    _sync_folder(path.parent)


def _lock(file: IO[bytes], part: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise BackupError(f"另一个进程正在写 {part}：请等它结束。") from error


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):  # some file systems can't
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class BackupReader:
    """A backup that is read. Each part is checked against the manifest; raises BackupError where they differ."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
            self.manifest = Manifest.of(self._zip.read(manifest.NAME))
        except OSError as error:
            raise BackupError(f"读不了 {path}（{error.strerror}）：请检查路径与权限。") from error
        except (zipfile.BadZipFile, KeyError, ValueError, EOFError, NotImplementedError, RuntimeError) as error:
            raise BackupError(f"{path} 不是完整的备份：请改用另一份。") from error

    def close(self) -> None:
        self._zip.close()

    def __enter__(self) -> BackupReader:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def rows(self, table: Table) -> Iterator[Row]:
        """Yield the rows of a table. After the last one, their number and digests are compared with the manifest."""
        entry = self.manifest.tables[table.name]
        written, canonical, count = hashlib.sha256(), hashlib.sha256(), 0
        with self._member(f"tables/{table.name}.jsonl") as lines:
            while line := lines.readline(LONGEST_LINE):
                written.update(line)
                row = row_of(line)
                canonical.update(canonical_line_of(row))
                count += 1
                yield row
        if (count, written.hexdigest(), canonical.hexdigest()) != (entry.rows, entry.sha256, entry.content):
            raise BackupError(f"备份里表 {table.name} 与清单不符：文件已损坏或被改过，请改用另一份备份。")

    def scan(self, name: str, into: Callable[[bytes], object]) -> None:
        """Hand the bytes of a scan, piece by piece, to `into`, then compare them with the manifest."""
        entry = self.manifest.scans[name]
        digest, size = hashlib.sha256(), 0
        with self._member(f"scans/{name}") as file:
            while piece := file.read(PIECE):
                digest.update(piece)
                size += len(piece)
                into(piece)
        if (size, digest.hexdigest()) != (entry.size, entry.sha256):
            raise BackupError(f"备份里的扫描件 {name} 与清单不符：文件已损坏或被改过，请改用另一份备份。")

    @contextmanager
    def _member(self, name: str) -> Iterator[IO[bytes]]:
        """Yield a member of the ZIP archive. An error in reading it becomes a BackupError."""
        try:
            with self._zip.open(name) as file:
                yield file
        except (zipfile.BadZipFile, zipfile.zlib.error, KeyError, EOFError, ValueError, NotImplementedError) as error:  # type: ignore[attr-defined]
            raise BackupError(f"备份里的 {name} 读不出来：文件已损坏，请改用另一份备份。") from error
        except OSError as error:
            raise BackupError(f"{self.path} 读到一半失败（{error.strerror or error}）：请检查磁盘。") from error


def is_safe(name: str) -> bool:
    """Return whether the name of a scan stays below its folder.

    >>> [is_safe(name) for name in ("2024/05/20/01.jpg", "../01.jpg", "/etc/01.jpg", "a//b", "")]
    [True, False, False, False, False]
    """
    path = PurePosixPath(name)
    return bool(name) and str(path) == name and not path.is_absolute() and ".." not in path.parts and "\0" not in name
