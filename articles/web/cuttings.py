"""Cuttings of scans for the desk: made by a process of its own, and kept in settings.CUTTINGS_DIR by digest."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from django.conf import settings

from articles.web.cutting_request import REFUSED, Cut, NotCut
from articles.web.release import release

logger = logging.getLogger(__name__)

#: Seconds in which a cutting is made. From the largest PNG it takes some eight (tests/bench/cuttings.py).
TIMEOUT = 30

#: Seconds for which a request waits for its turn. Readers need the threads that wait.
PATIENCE = 10

#: Seconds for which a refusal is remembered, so that a scan that can't be drawn is not tried at each opening of a form,
#: and the most refusals that are.
REMEMBERED, MOST_REFUSED = 600, 1000

#: The most pictures that are kept, some 200 kB each. Past it, the eighth that was asked for longest ago goes.
MOST_KEPT = 2000

#: One scan is cut at a time in each process of the server, so that memory stays bounded.
_turn = threading.Lock()

#: {digest: (when, the sentence)} of the scans that this process could not cut.
_refused: dict[str, tuple[float, str]] = {}


def digest_of(cut: Cut) -> str:
    """Return the name of a cutting: a digest of the request, of the state of the scan's file and of the program.

    Raises NotCut if the scan is gone.
    """
    try:
        scan = os.stat(cut.scan)
    except OSError:
        raise NotCut(f"扫描件 {Path(cut.scan).name} 刚被移走，请刷新") from None
    told = json.dumps([asdict(cut), scan.st_mtime_ns, scan.st_size, release()])
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def cutting_of(cut: Cut) -> bytes:
    """Return the JPEG of a cutting, kept or new.

    Raises NotCut if it can't be cut, with the reason and the remedy in Chinese.
    """
    digest = digest_of(cut)
    kept = settings.CUTTINGS_DIR / f"{digest}.jpg"
    if (picture := _known(digest, kept)) is not None:
        return picture
    if not _turn.acquire(timeout=PATIENCE):
        raise NotCut("服务器正忙着剪别的扫描件，请稍后刷新")
    try:
        if (picture := _known(digest, kept)) is None:  # another thread may have cut it meanwhile
            picture = _cut_or_remember(cut, digest)
            _keep(kept, picture)
    finally:
        _turn.release()
    return picture


def _known(digest: str, kept: Path) -> bytes | None:
    """Return a kept picture, or None. Raises NotCut for a scan that could not be cut a moment ago."""
    when, reason = _refused.get(digest, (0.0, ""))
    if reason and time.monotonic() - when < REMEMBERED:
        raise NotCut(reason)
    return _read(kept)


def _cut_or_remember(cut: Cut, digest: str) -> bytes:
    """Return the picture of a new cutting. Raises NotCut, and remembers it, if there is none.

    A program that did not start is no fault of the scan: the next request tries again.
    """
    try:
        return _cut(cut)
    except OSError as error:
        logger.error("The cutter of scans did not start: %s", error)
        raise NotCut("服务器暂时无法剪取扫描件，请稍后再试") from None
    except NotCut as refusal:
        while len(_refused) >= MOST_REFUSED:
            del _refused[next(iter(_refused))]
        _refused[digest] = time.monotonic(), str(refusal)
        raise


def _read(kept: Path) -> bytes | None:
    """Return a kept picture, or None. A file without a byte is one that a crash of the host has emptied."""
    try:
        picture = kept.read_bytes()
    except OSError:
        return None
    with suppress(OSError):  # a disk that takes nothing still gives
        os.utime(kept)
    return picture or None


def _cut(cut: Cut) -> bytes:
    """Run the cutter. Raises NotCut if it refuses, takes too long or dies, and OSError if it does not start."""
    name = Path(cut.scan).name
    command = [sys.executable, "-m", "articles.web.cutter"]
    try:
        done = subprocess.run(
            command,
            input=json.dumps(asdict(cut)).encode(),
            cwd=settings.BASE_DIR,
            capture_output=True,
            timeout=TIMEOUT,
        )
    except subprocess.TimeoutExpired:
        raise NotCut(f"扫描件 {name} 太复杂，{TIMEOUT} 秒内没有画出来，请转换成 JPG") from None
    if done.returncode == REFUSED:
        raise NotCut(done.stdout.decode())
    if done.returncode or not done.stdout:
        logger.error(
            "Cutting %r ended with %s: %s", cut.scan, done.returncode, done.stderr.decode(errors="replace")[-2000:]
        )
        raise NotCut(f"扫描件 {name} 无法剪取，可能已损坏，请转换成 JPG 后再放")
    return done.stdout


def _keep(kept: Path, picture: bytes) -> None:
    """Keep a picture, and remove old ones if there are too many. A full disk or a read-only one keeps none."""
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        handle, path = tempfile.mkstemp(dir=kept.parent, suffix=".new")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(picture)
            os.replace(path, kept)
        except OSError:
            with suppress(OSError):
                os.unlink(path)
            raise
        _prune(kept.parent)
    except OSError as error:
        logger.warning("A cutting was not kept: %s", error)


def _prune(folder: Path) -> None:
    names = os.listdir(folder)
    if len(names) <= MOST_KEPT:
        return
    asked = []
    for name in names:
        with suppress(OSError):  # another process may have removed it
            asked.append((os.stat(folder / name).st_mtime_ns, name))
    for _, name in sorted(asked)[: MOST_KEPT // 8]:
        with suppress(OSError):
            os.unlink(folder / name)
