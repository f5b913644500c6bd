"""The making of long files while readers wait for pages. The process makes a few files at a time and gives way to
readers. It sends each file whole or not at all.

A file is made on disk, from one state of the archive, before any of it is sent. If a file can't be made in time, the
answer is an error, never half a file. The length of the file is sent first, so that a client can tell a broken
connection from the end. A slow client delays neither the database nor the making of files.
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

from articles.web.budget import allow

#: The largest number of files made or sent at a time in each process: half of the server's threads in the process.
MOST = 2

#: Seconds allowed for making a file, for sending it, and for the silence of a client that takes no byte.
MAKING, SENDING, SILENCE = 45, 600, 30

#: Seconds of work between two checks for readers, and the share of the time that an export gets if readers never leave
#: the process alone. An export delays a reader by little more than one slice. When it has loaded many rows at once, it
#: waits for as much longer.
SLICE, SHARE = 0.01, 0.1

#: Bytes of a file that stay in memory, and bytes in each block that is sent.
IN_MEMORY, BLOCK = 1 << 20, 1 << 16

#: Seconds after which a client may ask again if MOST files are being made.
RETRY_AFTER = 30


class TooMany(Exception):
    """The error for a file that is asked for while MOST files are being made or sent."""


class TooLate(Exception):
    """The error for a file that took too long to make."""


class Readers:
    """The number of readers in this process who wait for a page. Exports let them go first."""

    def __init__(self) -> None:
        self._waiting = 0
        self._changed = threading.Condition()

    @contextmanager
    def one(self, step: int = 1) -> Iterator[None]:
        """Count one more reader during the block, or one fewer with a `step` of -1."""
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
        """Wait until there are no readers, for at most `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting, seconds)


readers = Readers()


class ReadersFirstMiddleware:
    """A middleware that counts each request as a reader while it is answered.

    A request that makes a file is not counted meanwhile.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with readers.one():
            return self.get_response(request)


_places = threading.BoundedSemaphore(MOST)


class Export:
    """One of MOST places, and the file that is made in it. A response sends the export: an iterable of `size` bytes.

    The place is free again when the export is closed or no longer referenced.
    """

    def __init__(self) -> None:
        """Take a place. Raises TooMany if none is free."""
        self.size = 0
        self._file: IO[bytes] = SpooledTemporaryFile(IN_MEMORY, dir=str(settings.VAR_DIR))  # noqa: SIM115 - closed by _leave
        if not _places.acquire(blocking=False):
            self._file.close()
            raise TooMany
        #: Frees the place. A response that is dropped before it is sent is never closed, so the finalizer frees it.
        self.close = weakref.finalize(self, _leave, self._file)
        self._until = time.monotonic() + MAKING

    def make(self, texts: Iterable[str]) -> None:
        """Write `texts` to the file, and give way to readers between them. Raises TooLate when the time is up."""
        allow(MAKING + settings.STATEMENT_SECONDS)  # a statement may begin in the last moment
        begun = time.thread_time()
        for text in texts:
            self._file.write(text.encode())
            if time.monotonic() > self._until:
                raise TooLate
            worked = time.thread_time() - begun
            if worked > SLICE:
                readers.let_go_first(worked / SHARE - worked)
                begun = time.thread_time()
        self.size = self._file.tell()
        self._file.seek(0)
        self._until = time.monotonic() + SENDING

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        """Return the next block of bytes. Raises OSError when the time is up. The server then breaks the connection."""
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
    """Make the connection end if its client takes no byte for SILENCE seconds. Otherwise the client would hold its
    thread for ever.

    Gunicorn passes its socket in the request, and sets the socket's timeout anew for each request.
    """
    if socket := request.META.get("gunicorn.socket"):
        socket.settimeout(SILENCE)
