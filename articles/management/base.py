"""The base of all commands: their output may vanish without stopping the work, and signals end them in order."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, ClassVar, TextIO

from django.core.management.base import BaseCommand


class SturdyStream:
    """A stream that passes on each write at once, until it vanishes (`| head -1`, a full disk, a closed terminal).

    Later writes are swallowed. Characters that the stream can't encode are escaped.
    """

    def __init__(self, stream: TextIO | None) -> None:
        self.stream = stream
        #: The error of the stream, or None. A reader that closes a pipe early is no error.
        self.error: OSError | None = None
        self.is_gone = stream is None  # Python has no stream if the shell closed it: `>&-`

    def write(self, text: str) -> int:
        try:
            self._write(text)
        except BrokenPipeError:
            self._leave()
        except OSError as error:
            self.error = error
            self._leave()
        except ValueError:  # the stream is closed
            self._leave()
        return len(text)

    def flush(self) -> None:
        """Do nothing, because each write has been passed on already."""

    def isatty(self) -> bool:
        return self.stream is not None and not self.is_gone and self.stream.isatty()

    def _write(self, text: str) -> None:
        if self.stream is None or self.is_gone:
            return
        try:
            self.stream.write(text)
        except UnicodeEncodeError:
            encoding = getattr(self.stream, "encoding", None) or "ascii"
            self.stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        self.stream.flush()

    def _leave(self) -> None:
        """Stop writing. Text in the stream's buffer, and writes of others to the stream, must not fail either."""
        self.is_gone = True
        if self.stream is not None and self.stream in (sys.__stdout__, sys.__stderr__):
            with suppress(OSError, ValueError):
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, self.stream.fileno())  # type: ignore[union-attr] # it isn't None, as asked above
                os.close(nowhere)


class ArchiveCommand(BaseCommand):
    """A command that works to its end whatever happens to its output. The exit code is that of its work.

    Ctrl+C, SIGTERM and SIGHUP end the command like an exception: open files are closed, and a sentence is written.
    """

    #: `manage.py check` and the tests check the project. A command needs none of the pages, which take time to load.
    requires_system_checks = []

    #: Whether signals end the command in order. If False, they end it at once.
    ends_in_order: ClassVar[bool] = True

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run the command on sturdy streams.

        Started from the command line, a command that ends in order exits with 128 + the signal's number on a signal.
        """
        self.output = SturdyStream(options.get("stdout") or sys.stdout)
        options["stdout"] = self.output
        options["stderr"] = SturdyStream(options.get("stderr") or sys.stderr)
        if not (getattr(self, "_called_from_command_line", False) and self.ends_in_order):
            return super().execute(*args, **options)
        try:
            with _signals_raise():
                return super().execute(*args, **options)
        except (KeyboardInterrupt, _Stopped) as stopped:
            self.stderr.write("已中断；此前完成的都已保存，再次运行同一命令即可继续。")
            sys.exit(stopped.code if isinstance(stopped, _Stopped) else 128 + signal.SIGINT)


class _Stopped(SystemExit):
    """The arrival of a signal that ends the process."""


def _stop(number: int, frame: FrameType | None) -> None:
    raise _Stopped(128 + number)


@contextmanager
def _signals_raise() -> Iterator[None]:
    """Let SIGTERM and SIGHUP raise _Stopped in this block. A signal that is ignored (nohup) or handled stays so."""
    wanted = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    taken = [number for number in wanted if signal.getsignal(number) is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, _stop)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)
