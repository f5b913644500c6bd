"""The log: one JSON object a line, in a file or on standard error, and the configuration that settings.py uses.

Texts of users stand in it (paths, and whatever an exception repeats). They are escaped, so that no text can end its
line, pretend to be another line, or steer the terminal on which the log is read. This module uses the standard library
only, because gunicorn needs it before anything is loaded.
"""

from __future__ import annotations

import datetime
import errno
import fcntl
import json
import logging
import os
import re
import sys
import time
from contextlib import suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any

#: The id of the request that is being answered, or "" outside requests.
request_id: ContextVar[str] = ContextVar("request_id", default="")

#: The time zone of the log. China has no summer time.
ZONE = datetime.timezone(datetime.timedelta(hours=8))

#: Characters that JSON leaves as they are, though they steer terminals, turn the direction of text, end lines, are
#: invisible or are no characters: DEL, C1, soft hyphen, zero width, bidirectional marks, separators, surrogates, tags.
UNSAFE = re.compile(
    "[\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)

# One encoder for all lines: json.dumps makes a new one for each, which takes longer than the encoding.
_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode

#: Seconds between two complaints on standard error about a log that can't be written, in each process.
COMPLAINT_SECONDS = 60


def escaped(line: str) -> str:
    r"""Return a line of JSON with its unsafe characters written as JSON escapes them. The line stays the same value.

    >>> escaped('"a\u202eb"')
    '"a\\u202eb"'
    """
    return UNSAFE.sub(lambda found: json.dumps(found[0])[1:-1], line)


class JsonFormatter(logging.Formatter):
    """A formatter that writes a record as one line of JSON: time, level, logger, request, message, traceback.

    A record with the attribute `fields`, a dict, has these in place of its message.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of `record`, without its end."""
        moment = datetime.datetime.fromtimestamp(record.created, ZONE).isoformat(timespec="milliseconds")
        said: dict[str, Any] = {"time": moment, "level": record.levelname, "logger": record.name}
        if asked := request_id.get():
            said["request"] = asked
        said |= getattr(record, "fields", None) or {"message": record.getMessage()}
        if record.exc_info and record.exc_info[0]:
            said["traceback"] = self.formatException(record.exc_info)
        return escaped(_encode(said))


class PrivacyFilter(logging.Filter):
    """A filter for gunicorn, which repeats requests: it takes out queries and addresses, and what was asked stays.

    >>> PrivacyFilter.without("Invalid request from ip=192.0.2.1: 'GET /search/?q=a HTTP/1.1'")
    "Invalid request from ip=…: 'GET /search/?… HTTP/1.1'"
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the message of `record`, and return True."""
        record.msg, record.args = self.without(record.getMessage()), None
        return True

    @staticmethod
    def without(message: str) -> str:
        """Return a message without queries and addresses."""
        return re.sub(r"\bip=\S+?(?=:? |$)", "ip=…", re.sub(r"\?[^\s'\"]*", "?…", message))


class LineHandler(logging.Handler):
    """A handler that appends each record to a file, whole, in one call of the system. Processes may share the file.

    The file is opened anew when it was moved, as logrotate moves it. A file larger than `most` bytes is moved to the
    same name with `.1`, in place of the one before it; with a `most` of 0 it grows for ever. Without a `path` the lines
    go to standard error. A log that can't be written, as on a full disk, never stops the work that is logged: the
    handler complains on standard error, once a minute.
    """

    def __init__(self, path: str = "", most: int = 0) -> None:
        super().__init__()
        self.path = path
        self.most = most
        self._file: int | None = None
        self._identity = (0, 0)
        self._is_torn = False
        self._complained = float("-inf")

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line of `record`."""
        try:
            self._write(f"{self.format(record)}\n".encode())
        except Exception:  # noqa: BLE001 - whatever fails here must not fail the request
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """Say on standard error why the log was not written. A failure to say so is ignored."""
        if time.monotonic() - self._complained < COMPLAINT_SECONDS:
            return
        self._complained = time.monotonic()
        with suppress(OSError, ValueError, AttributeError):
            sys.stderr.write(f"日志写不进 {self.path or '标准错误'}（{sys.exc_info()[1]}）：请检查磁盘空间与权限。\n")

    def _write(self, line: bytes) -> None:
        file = self._opened() if self.path else sys.__stderr__.fileno() if sys.__stderr__ else 2
        if self._is_torn:
            line = b"\n" + line  # a full disk took a part of the last line
        written = os.write(file, line)
        self._is_torn = 0 < written < len(line) or (self._is_torn and not written)
        if written < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _opened(self) -> int:
        """Return the open file at the path, after moving a file that has grown too large."""
        if self._file is not None:
            with suppress(FileNotFoundError):
                found = os.stat(self.path)
                if (found.st_dev, found.st_ino) == self._identity:
                    if not self.most or found.st_size <= self.most:
                        return self._file
                    self._move()
            os.close(self._file)
            self._file = None
        self._file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
        opened = os.fstat(self._file)
        self._identity = (opened.st_dev, opened.st_ino)
        return self._file

    def _move(self) -> None:
        """Move the file away, unless another process has just done so."""
        with open(f"{self.path}.lock", "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if os.stat(self.path).st_ino == self._identity[1]:
                os.replace(self.path, f"{self.path}.1")


def handler_of(path: str = "", most: int = 0) -> dict[str, Any]:
    """Return the configuration of a `LineHandler` with its formatter, for dictConfig."""
    return {"()": "healthnews.logs.LineHandler", "path": path, "most": most, "formatter": "json"}


#: The formatters of dictConfig.
FORMATTERS = {"json": {"()": "healthnews.logs.JsonFormatter"}}


def configuration(file: Path | None, most: int) -> dict[str, Any]:
    """Return Django's setting LOGGING: everything goes to `file`, or to standard error without one."""
    own = {"handlers": ["log"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": FORMATTERS,
        "handlers": {"log": handler_of(str(file) if file else "", most)},
        "loggers": {
            "archive.requests": {**own, "level": "INFO"},
            "archive.statements": {**own, "level": "WARNING"},
            "articles": {**own, "level": "ERROR"},
            "axes": {**own, "level": "WARNING"},
            "django": {**own, "level": "ERROR"},
            # Anybody can name any host. The line of the request tells its 400.
            "django.security.DisallowedHost": {**own, "level": "CRITICAL"},
        },
    }


def gunicorn_configuration() -> dict[str, Any]:
    """Return gunicorn's setting `logconfig_dict`: its warnings go to standard error, in the form of the log."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": FORMATTERS,
        "filters": {"privacy": {"()": "healthnews.logs.PrivacyFilter"}},
        "handlers": {"log": {**handler_of(), "filters": ["privacy"]}},
        "root": {"level": "WARNING", "handlers": []},
        "loggers": {
            "gunicorn.error": {"level": "WARNING", "handlers": ["log"], "propagate": False},
            "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
        },
    }
