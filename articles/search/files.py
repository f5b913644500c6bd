"""The files of an index: whether they are what the engine wrote.

The engine maps its files into memory and never looks at their checksums: a file with other bytes finds other stories,
or none, or ends the process. So `FileSignatures` keeps the size and time of each file as the engine left it. They are
compared before each answer, which costs a `stat` for each file. A file that was touched since is held against the
checksum that the engine wrote into its last bytes.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from zlib import crc32

#: The list of segments, written anew by each commit.
META = "meta.json"

#: The engine's list of all files that it wrote there and has not taken away; it opens nothing where that is broken.
MANAGED = ".managed.json"

#: The files of a segment, by the ends of their names; one more holds which of its documents are gone, if any are.
PARTS = ("term", "idx", "pos", "fast", "fieldnorm", "store")

#: How a file of a segment ends: a footer of JSON with the checksum of all before it, its length, this number.
MAGIC = 1337

#: The longest footer, in bytes, that is read as one.
LONGEST_FOOTER = 10_000

CHUNK = 1 << 20

#: Size and time of the last change, of contents or place, in nanoseconds: no writer can set that time.
Signature = tuple[int, int]


class IndexUnavailable(Exception):
    """No index can be asked. The message says why, in Chinese, for whoever runs the archive."""


class IndexMissing(IndexUnavailable):
    """None was built yet, or none is named as the one that serves."""


class IndexDamaged(IndexUnavailable):
    """The files of the index that serves are not what the engine wrote: it is to be built anew."""


class EngineFailure(IndexUnavailable):
    """The engine failed, or panicked, over one question or one write."""


@dataclass(frozen=True)
class FileSignatures:
    """What the files of an index were when they were whole.

    `meta` is the checksum of META; None while a writer is at work, when it may change at any moment.
    """

    meta: int | None
    signatures: dict[str, Signature]

    @classmethod
    def of(cls, data: dict[str, Any]) -> FileSignatures:
        """Return what `data` of a state file says; raises ValueError, TypeError or KeyError where it says nothing."""
        signatures = {name: (int(size), int(changed)) for name, (size, changed) in data["signatures"].items()}
        return cls(None if data["meta"] is None else int(data["meta"]), signatures)

    @property
    def while_written(self) -> FileSignatures:
        """The same, for the time that a writer takes."""
        return FileSignatures(None, self.signatures)


def signatures_written(folder: Path, known: dict[str, Signature]) -> FileSignatures:
    """Return what the files in `folder` are now that the engine has written them.

    Those it wrote before stay as they were `known`: what has happened to them since is not forgotten.
    """
    meta = read_file(folder / META)
    names = segment_files(meta)
    return FileSignatures(crc32(meta), {name: known.get(name) or signature(folder / name) for name in names})


def check_files(folder: Path, meta: bytes, kept: FileSignatures, *, deep: bool = False) -> dict[str, Signature]:
    """Return the signatures of META and of the files that `meta`, its content, lists: all are whole.

    `deep` reads them all to the end. Raises IndexDamaged for the first that is not what the engine wrote.
    """
    _check_list(folder / MANAGED)
    if kept.meta is not None and crc32(meta) != kept.meta:
        raise IndexDamaged(f"{META} 与写入时不同")
    found = {META: signature(folder / META)}
    for name in segment_files(meta):
        path = folder / name
        found[name] = signature(path)
        is_known = kept.signatures.get(name) == found[name]
        if not (_is_whole(path) if deep else is_known or _is_whole_as(path, found[name])):
            raise IndexDamaged(f"{name} 与写入时不同")
    return found


def are_unchanged(folder: Path, signatures: dict[str, Signature]) -> bool:
    """Tell whether the files in `folder` are those of `signatures` still."""
    try:
        return all(signature(folder / name) == held for name, held in signatures.items())
    except IndexDamaged:
        return False


def segment_files(meta: bytes) -> list[str]:
    """Return the names of the files that the content of META lists; raises IndexDamaged where it is no such list."""
    try:
        names = []
        for segment in json.loads(meta)["segments"]:
            stem = segment["segment_id"].replace("-", "")
            names += [f"{stem}.{part}" for part in PARTS]
            if segment["deletes"]:
                names.append(f"{stem}.{int(segment['deletes']['opstamp'])}.del")
        if any(os.sep in name or "\0" in name for name in names):
            raise ValueError("no names of files")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise IndexDamaged(f"{META} 读不懂") from error
    return names


def _check_list(path: Path) -> None:
    with suppress(FileNotFoundError):  # which the engine takes for an empty one
        try:
            names = json.loads(path.read_bytes())
        except ValueError:
            names = None
        except OSError as error:
            raise IndexDamaged(f"{path.name} 读不到（{error.strerror}）") from error
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise IndexDamaged(f"{path.name} 读不懂")


def signature(path: Path) -> Signature:
    """Return the signature of a file; raises IndexDamaged where it can't be looked at."""
    try:
        found = os.stat(path)
    except OSError as error:
        raise IndexDamaged(f"{path.name} 读不到（{error.strerror}）") from error
    return found.st_size, found.st_ctime_ns


def read_file(path: Path) -> bytes:
    """Return the content of a small file; raises IndexDamaged where it can't be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise IndexDamaged(f"{path.name} 读不到（{error.strerror}）") from error


def _is_whole(path: Path) -> bool:
    """Tell whether a file of a segment has the checksum that its footer says."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 8))
            tail = file.read()
            length = int.from_bytes(tail[:4], "little")
            end = size - 8 - length
            if int.from_bytes(tail[4:], "little") != MAGIC or length > LONGEST_FOOTER or end < 0:
                return False
            file.seek(end)
            expected = json.loads(file.read(length))["crc"]
            file.seek(0)
            found = 0
            while end > 0 and (chunk := file.read(min(CHUNK, end))):
                found = crc32(chunk, found)
                end -= len(chunk)
            return end == 0 and found == expected
    except (OSError, ValueError, TypeError, KeyError):
        return False


@lru_cache(maxsize=1000)
def _is_whole_as(path: Path, signature: Signature) -> bool:
    """Tell whether a file is whole; it is read once, as long as it has this signature."""
    return _is_whole(path)
