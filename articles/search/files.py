"""The check that the files of an index are as the engine wrote them.

The engine maps its files into memory and never checks their checksums. With a damaged file it finds the wrong stories
or none, or the process ends. So `FileSignatures` keeps the size and time of each file as the engine left it. They are
compared before each answer, which costs one `stat` for each file. If a file was touched since then, its content is
compared with the checksum that the engine wrote into the last bytes of the file.
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

#: The list of segments. Each commit rewrites it.
META = "meta.json"

#: The engine's list of all files that it wrote in the folder and has not removed. If the list is broken, the engine
#: can't open the index.
MANAGED = ".managed.json"

#: The suffixes of a segment's files. If some of its documents are deleted, one more file (.del) lists them.
PARTS = ("term", "idx", "pos", "fast", "fieldnorm", "store")

#: The number at the end of each segment file. Before it stand a JSON footer, with the checksum of all bytes before the
#: footer, and the footer's length.
MAGIC = 1337

#: The greatest length of a footer in bytes. A file that claims a longer one is damaged.
LONGEST_FOOTER = 10_000

CHUNK = 1 << 20

#: A file's size and its st_ctime in nanoseconds: the time of the last change of content or place. No writer can set it.
Signature = tuple[int, int]


class IndexUnavailable(Exception):
    """Raised if no index can answer. The message gives the reason in Chinese, for the people who run the archive."""


class IndexMissing(IndexUnavailable):
    """Raised if no index was built yet, or no index is named as the serving one."""


class IndexDamaged(IndexUnavailable):
    """Raised if the files of the serving index differ from what the engine wrote. The index must be rebuilt."""


class EngineFailure(IndexUnavailable):
    """Raised if the engine fails or panics over one question or one write."""


@dataclass(frozen=True)
class FileSignatures:
    """The signatures of an index's files when they were whole.

    `meta` is the checksum of META. It is None while a writer works, because META may then change at any moment.
    """

    meta: int | None
    signatures: dict[str, Signature]

    @classmethod
    def of(cls, data: dict[str, Any]) -> FileSignatures:
        """Return the signatures in `data` of a state file. Raises ValueError, TypeError or KeyError if malformed."""
        signatures = {name: (int(size), int(changed)) for name, (size, changed) in data["signatures"].items()}
        return cls(None if data["meta"] is None else int(data["meta"]), signatures)

    @property
    def while_written(self) -> FileSignatures:
        """The same signatures without the checksum of META, for the time in which a writer works."""
        return FileSignatures(None, self.signatures)


def signatures_written(folder: Path, known: dict[str, Signature]) -> FileSignatures:
    """Return the signatures of the files in `folder`, after the engine has written there.

    Files in `known` keep their known signatures, so that damage which they have suffered since is still found.
    """
    meta = read_file(folder / META)
    names = segment_files(meta)
    return FileSignatures(crc32(meta), {name: known.get(name) or signature(folder / name) for name in names})


def check_files(folder: Path, meta: bytes, kept: FileSignatures, *, deep: bool = False) -> dict[str, Signature]:
    """Return the signatures of META and of the files that its content `meta` lists, after checking that all are whole.

    With `deep` each file is read to its end. Raises IndexDamaged for the first file that is not as written.
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
    """Tell whether the files in `folder` still have `signatures`."""
    try:
        return all(signature(folder / name) == held for name, held in signatures.items())
    except IndexDamaged:
        return False


def segment_files(meta: bytes) -> list[str]:
    """Return the names of the files that `meta`, the content of META, lists. Raises IndexDamaged if it is malformed."""
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
    with suppress(FileNotFoundError):  # the engine treats a missing list as an empty one
        try:
            names = json.loads(path.read_bytes())
        except ValueError:
            names = None
        except OSError as error:
            raise IndexDamaged(f"{path.name} 读不到（{error.strerror}）") from error
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise IndexDamaged(f"{path.name} 读不懂")


def signature(path: Path) -> Signature:
    """Return the signature of a file. Raises IndexDamaged if `stat` fails."""
    try:
        found = os.stat(path)
    except OSError as error:
        raise IndexDamaged(f"{path.name} 读不到（{error.strerror}）") from error
    return found.st_size, found.st_ctime_ns


def read_file(path: Path) -> bytes:
    """Return the content of a small file. Raises IndexDamaged if it can't be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise IndexDamaged(f"{path.name} 读不到（{error.strerror}）") from error


def _is_whole(path: Path) -> bool:
    """Tell whether a segment file has the checksum that its footer gives."""
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
    """Tell whether a file is whole. The file is read once for each signature."""
    return _is_whole(path)
