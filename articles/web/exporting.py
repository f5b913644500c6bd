"""Making long files beside readers: a few at a time, in the pauses that readers leave, each file whole or not at all.

A file is made on disk, of one state of the archive, before any of it is sent. A file that can't be made in time is
answered by an error, never by half a file. Its length is sent before it, so that a client can tell a broken connection
from the end. A slow client holds up neither the database nor the making.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from errno import EPIPE
from tempfile import SpooledTemporaryFile
from typing import IO, Self

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

#: Files being made or sent at a time in each process: half of the server's threads there.
MOST = 2

#: Seconds for making a file, for sending it, and for a client that takes no byte.
MAKING, SENDING, SILENCE = 45, 600, 30

#: Seconds of making between two looks for readers, and the longest wait for them. If readers never leave the process
#: alone, exports get a tenth of it. A reader is held up by little more than one slice of each export.
SLICE, WAIT = 0.01, 0.1

#: Bytes of a file that stay in memory, and bytes in a block that is sent.
IN_MEMORY, BLOCK = 1 << 20, 1 << 16

#: Seconds after which to ask again if MOST files are being made.
RETRY_AFTER = 30


class TooMany(Exception):
    """MOST files are being made or sent."""


class TooLate(Exception):
    """A file took too long to be made."""


class Readers:
    """The readers in this process who wait for a page. Exports let them go first."""

    def __init__(self) -> None:
        self._waiting = 0
        self._changed = threading.Condition()

    @contextmanager
    def one(self, step: int = 1) -> Iterator[None]:
        """Count one reader more in this block, or with a `step` of -1 one reader less."""
        self._step(step)
        try:
            yield
        finally:
            self._step(-step)

    def _step(self, step: int) -> None:
        with self._changed:
            self._waiting += step
            if not self._waiting:
                self._changed.notify_all()

    def let_go_first(self, seconds: float) -> None:
        """Wait until no reader is there, for at most so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting, seconds)


readers = Readers()


class ReadersFirstMiddleware:
    """Count each request as a reader while it is answered. A request that makes a file is not counted meanwhile."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with readers.one():
            return self.get_response(request)


_places = threading.BoundedSemaphore(MOST)


class Export:
    """One of MOST places and the file made there: an iterable of bytes, `size` in all, for a response to send.

    The place is free again when the export is closed or no longer referenced.
    """

    def __init__(self) -> None:
        """Take a place. Raises TooMany if none is free."""
        self.size = 0
        self._file: IO[bytes] = SpooledTemporaryFile(IN_MEMORY, dir=str(settings.VAR_DIR))  # noqa: SIM115 - closed by _leave
        if not _places.acquire(blocking=False):
            self._file.close()
            raise TooMany
        #: Frees the place. Nobody closes a response that is dropped before it is sent, so the finalizer does.
        self.close = weakref.finalize(self, _leave, self._file)
        self._until = time.monotonic() + MAKING

    def make(self, texts: Iterable[str]) -> None:
        """Write `texts`, giving way to readers between them. Raises TooLate when the time is up."""
        slice_end = time.monotonic() + SLICE
        for text in texts:
            self._file.write(text.encode())
            if (now := time.monotonic()) > self._until:
                raise TooLate
            if now > slice_end:
                readers.let_go_first(WAIT)
                slice_end = time.monotonic() + SLICE
        self.size = self._file.tell()
        self._file.seek(0)
        self._until = time.monotonic() + SENDING

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        """Return the next block. Raises OSError when the time is up; the server then breaks the connection."""
        if time.monotonic() > self._until:
            raise BrokenPipeError(EPIPE, "a client took too long to read a file")
        block = self._file.read(BLOCK)
        if not block:
            raise StopIteration
        return block


def _leave(file: IO[bytes]) -> None:
    try:
        file.close()
    finally:
        _places.release()


def break_off_silence(request: HttpRequest) -> None:
    """Let the connection end if its client takes nothing for SILENCE seconds. Otherwise it would hold its thread for
    ever.

    Gunicorn passes its socket in the request, and sets its timeout anew for each request.
    """
    if socket := request.META.get("gunicorn.socket"):
        socket.settimeout(SILENCE)
