"""Long files beside readers: a few at a time, made in the pauses that readers leave, each whole or not at all.

A file is made on disk, of one state of the archive, before any of it is sent. What can't be made in time is therefore
answered by an error and never by half a file; its length is said before it, so that a client knows a broken connection
from its end; and how fast a client reads holds up neither the database nor the making.
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

#: Files being made or sent at a time, in each process: half the threads that a server starts there.
MOST = 2

#: Seconds that one may take to be made; then to be sent, and without a byte taken by the client.
MAKING, SENDING, SILENCE = 45, 600, 30

#: Seconds of making between two looks for readers, and the most that it waits for them. Exports so have a tenth of a
#: process that readers never leave alone, and a reader is held up by little more than one such slice of each.
SLICE, WAIT = 0.01, 0.1

#: Bytes of a file that stay in memory, and that are sent at once.
IN_MEMORY, BLOCK = 1 << 20, 1 << 16

#: When to ask again, in seconds, where as many files as may be are being made.
RETRY_AFTER = 30


class TooMany(Exception):
    """As many files are being made or sent as may be."""


class TooLate(Exception):
    """A file took too long to be made."""


class Readers:
    """Who in this process waits for a page: those whom an export lets go first."""

    def __init__(self) -> None:
        self._waiting = 0
        self._changed = threading.Condition()

    @contextmanager
    def one(self, step: int = 1) -> Iterator[None]:
        """Count one more in this block, or by a `step` of -1 one less."""
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
        """Wait until none is there, so many seconds at most."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting, seconds)


readers = Readers()


class ReadersFirstMiddleware:
    """Count each request as a reader while it is answered; one that makes a file is none, for so long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with readers.one():
            return self.get_response(request)


_places = threading.BoundedSemaphore(MOST)


class Export:
    """A place among MOST, and the file made there: an iterable of bytes, `size` of them, that a response sends.

    The place is free again when it is closed, or given up by whoever held it.
    """

    def __init__(self) -> None:
        """Take a place; raises TooMany where none is free."""
        self.size = 0
        self._file: IO[bytes] = SpooledTemporaryFile(IN_MEMORY, dir=str(settings.VAR_DIR))  # noqa: SIM115 - closed by _leave
        if not _places.acquire(blocking=False):
            self._file.close()
            raise TooMany
        #: Frees the place. A response that is dropped before it is sent is closed by nobody.
        self.close = weakref.finalize(self, _leave, self._file)
        self._until = time.monotonic() + MAKING

    def make(self, texts: Iterable[str]) -> None:
        """Write `texts`, giving way to readers between them; raises TooLate when the time is up."""
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
        """Return the next block; raises OSError, by which a server breaks the connection, when the time is up."""
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
    """Let the connection end whose client takes nothing for SILENCE seconds: it would hold its thread for ever.

    Gunicorn hands its socket along, and sets it anew for each request.
    """
    if socket := request.META.get("gunicorn.socket"):
        socket.settimeout(SILENCE)
