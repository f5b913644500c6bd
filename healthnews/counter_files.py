"""The files in which gunicorn's workers keep their counters (articles/metrics.py), so that one of them can sum all.

prometheus-client maps the files into memory. A page of such a file that the disk has no room for would end the process
(SIGBUS), so the room is taken at the start. This module uses the standard library only, because gunicorn's first
process loads nothing else.
"""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path

#: The variable in which prometheus-client finds the folder of the files.
VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

#: The kinds of counters that have a file in each process, and the bytes of a file. All routes take a quarter of them.
KINDS, SIZE = ("counter", "histogram"), 1 << 20


def begin(folder: Path) -> None:
    """Give this server an empty folder for the files of its workers, and remove the folders of servers that ended.

    A server that takes over from another one runs beside it for a while, so each has a folder, named by its process.
    A folder that can't be made is told on standard error. Each worker then counts for itself.
    """
    os.environ.pop(VARIABLE, None)
    own = folder / str(os.getpid())
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for each in folder.iterdir():
            if each == own or not _lives(each.name):
                shutil.rmtree(each, ignore_errors=True)
        own.mkdir()
    except OSError as error:
        _complain(error)
    else:
        os.environ[VARIABLE] = str(own)


def reserve() -> None:
    """Take the room of this worker's files. Without room, the worker counts for itself and says so."""
    if VARIABLE not in os.environ:
        return
    files = [Path(os.environ[VARIABLE]) / f"{kind}_{os.getpid()}.db" for kind in KINDS]
    scratch = [path.with_suffix(".new") for path in files]
    try:
        for path in scratch:
            with path.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, SIZE)
        for path, new in zip(files, scratch, strict=True):
            if not path.exists():  # a worker that ended had the same number, and its counts go on
                new.rename(path)  # another worker may read the files at this moment, and must find them whole
    except OSError as error:
        del os.environ[VARIABLE]
        _complain(error)
    for path in scratch:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _lives(name: str) -> bool:
    if not name.isdecimal():
        return False
    try:
        os.kill(int(name), 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's process has the number
        return True
    return True


def _complain(error: OSError) -> None:
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(f"计数文件建不成（{error}），/metrics 只有单个进程的数字：请检查 VAR_DIR 的空间与权限。\n")
