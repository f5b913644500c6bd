"""One digest of code, data and libraries. Caches and indexes use it to notice that another program made them."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path


def digest_of(files: Iterable[Path], *, libraries: Iterable[str] = (), values: Iterable[object] = ()) -> str:
    """Return 64 hexadecimal digits that change with any file's name or content, any library's version, any value.

    Files are named relative to the folder that holds all of them, so a moved checkout is the same program. `libraries`
    are names of installed packages. The version of Python's Unicode tables, which decide what a letter is, always
    counts. Values count by their `repr`. Raises FileNotFoundError or PackageNotFoundError for a missing one.
    """
    paths = sorted(files)
    top = os.path.commonpath([path.parent for path in paths]) if paths else ""
    parts = [(path.relative_to(top).as_posix().encode(), path.read_bytes()) for path in paths]
    parts += [(name.encode(), version(name).encode()) for name in sorted(libraries)]
    parts += [(b"unicode", unicodedata.unidata_version.encode())]
    parts += [(b"value", repr(value).encode()) for value in values]
    digest = hashlib.sha256()
    for name, content in parts:
        # The lengths are included, so that the list "ab", "c" differs from "a", "bc".
        digest.update(b"%d %d " % (len(name), len(content)) + name + content)
    return digest.hexdigest()
