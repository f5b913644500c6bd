"""The 503 for a database or index that can't be asked at present. A failure never looks like an empty answer."""

from __future__ import annotations

import logging
import sqlite3
import sys
import time

import psycopg
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string

from articles.search.files import IndexUnavailable
from articles.web.budget import OutOfTime
from healthnews.logs import request_id

logger = logging.getLogger(__name__)

#: PostgreSQL's code for a statement that took too long. SQLite has `SQLITE_INTERRUPT`, see `budget`.
QUERY_CANCELED = "57014"

#: PostgreSQL's code for a query that a standby cancels, since it needs rows that the primary has removed.
CANCELLED_BY_RECOVERY = "40001"

#: PostgreSQL's classes of codes for a server that can't serve: no connection, no resources, stopped by an operator,
#: failed system (PostgreSQL's manual, appendix A).
SERVER_FAILS = ("08", "53", "57P", "58")

#: SQLite's results for a file that can't be used, whatever the statement. Other results mean an error of the program.
FILE_FAILS = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_READONLY,
}

#: Seconds after which a reader may search again. An archive of some thousand articles has a new index by then.
INDEX_SECONDS = 10

#: Seconds after which a reader may ask again if a statement took too long or the database failed.
DATABASE_SECONDS = 60

#: Seconds after which a reader may ask again if a standby has cancelled a query twice.
RECOVERY_SECONDS = 5

#: The least number of seconds between two log lines on a failing database, in each process.
LOG_SECONDS = 60

_logged = float("-inf")


def server_failed(request: HttpRequest) -> HttpResponse:
    """Return the answer to an exception outside the views: 503 if the database or the index is unavailable, else 500.

    Django calls the function while it handles the exception. It does not pass the exception as an argument.
    """
    return for_now(request, sys.exc_info()[1]) or HttpResponse(
        # Without the request, whose context may be the part that failed.
        render_to_string("500.html", {"request_id": request_id.get()}),
        status=500,
    )


def for_now(request: HttpRequest, exception: BaseException | None) -> HttpResponse | None:
    """Return the 503 for an exception that means unavailability. It has the time to ask again. Return None for other
    exceptions.
    """
    if isinstance(exception, IndexUnavailable):  # the index logs its damage once for all requests
        return _unavailable(request, "search_unavailable.html", INDEX_SECONDS)
    if took_too_long(exception):
        logger.error("a page took too long: %s", str(exception).strip())
        return _unavailable(request, "503.html", DATABASE_SECONDS)
    if _sqlstate(exception) == CANCELLED_BY_RECOVERY and settings.READ_ONLY:
        response = _unavailable(request, "503.html", RECOVERY_SECONDS)
        response.was_cancelled_by_recovery = True  # type: ignore[attr-defined] # see the function of this name
        return response
    if exception is not None and database_fails(exception):
        _log(exception)
        return _unavailable(request, "database_unavailable.html", DATABASE_SECONDS)
    return None


def took_too_long(exception: BaseException | None) -> bool:
    """Return whether an exception means that a statement, or all of a page together, took longer than they may."""
    if isinstance(exception, OutOfTime) or _sqlstate(exception) == QUERY_CANCELED:
        return True
    return getattr(getattr(exception, "__cause__", None), "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT


def database_fails(exception: BaseException | None) -> bool:
    """Return whether an exception means that the database is of no use: stopped, unreachable, full, damaged, locked."""
    if not isinstance(exception, DatabaseError | InterfaceError):
        return False
    cause = exception.__cause__
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in FILE_FAILS  # the higher bits are details
    if not isinstance(cause, psycopg.Error):
        return False
    if cause.sqlstate is None:  # the connection failed or was lost, so there is no code from the server
        return isinstance(exception, OperationalError | InterfaceError)
    return cause.sqlstate.startswith(SERVER_FAILS)


def was_cancelled_by_recovery(response: HttpResponseBase) -> bool:
    """Return whether this is the 503 for a query that a standby has cancelled."""
    return getattr(response, "was_cancelled_by_recovery", False)


def _sqlstate(exception: BaseException | None) -> str | None:
    """Return PostgreSQL's code for an exception, or None."""
    return getattr(getattr(exception, "__cause__", None), "sqlstate", None)


def _log(exception: BaseException) -> None:
    """Log a failure of the database, at most once in LOG_SECONDS."""
    global _logged
    if time.monotonic() - _logged >= LOG_SECONDS:
        _logged = time.monotonic()
        logger.error("the database fails: %s", str(exception).strip(), exc_info=exception)


def _unavailable(request: HttpRequest, template: str, seconds: int) -> HttpResponse:
    response = render(request, template, {"request_id": request_id.get()}, status=503)
    response["Retry-After"] = str(seconds)
    # Django logs each answer of 500 and above without this mark, and only after the request has lost its id.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
