"""One line of the log for each request, a line for each slow statement, and the counts of both.

A line tells what an operator needs and nothing of what somebody looks for: the path without its query, no address, no
browser. An account is told by its number, because people are answerable for the desk.
"""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve

from articles.metrics import request_counted
from articles.prefix import DESK, STATIC
from healthnews.logs import request_id

_requests = logging.getLogger("archive.requests")
_statements = logging.getLogger("archive.statements")

#: The form of a request id that our own proxy may send.
PROXY_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

#: The most characters of a path and of a statement in a line.
PATH_LENGTH, STATEMENT_LENGTH = 500, 2000

#: Values in a statement: strings, blobs and numbers that Django or a person has written into it.
_VALUES = re.compile(r"[xX]?'(?:[^']|'')*'|\$(\w*)\$.*?\$\1\$|(?<![\w.\"])\d+(?:\.\d+)?(?![\w\"])", re.DOTALL)

#: A list of parameters, however long.
_LIST = re.compile(r"(?:(?:%s|\?)\s*,\s*)+(?:%s|\?)")

_BLANKS = re.compile(r"\s+")


class Statements:
    """The statements of one request: their number and their time. A slow one is logged by its shape."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self.count = 0
        self.seconds = 0.0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: ANN401 - as Django calls it
        """Run a statement, as one of Django's execute wrappers."""
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            took = time.perf_counter() - started
            self.count += 1
            self.seconds += took
            if took >= self.limit:
                _statements.warning("", extra={"fields": {"sql": shape_of(str(sql)), "ms": round(took * 1000)}})


class RequestLogMiddleware:
    """A middleware that gives a request its id, logs its line and counts it. It is the outermost one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.limit = settings.SLOW_QUERY_MS / 1000

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        statements = Statements(self.limit)
        token = request_id.set(id_of(request))
        started = time.perf_counter()
        try:
            with connection.execute_wrapper(statements):
                response = self.get_response(request)
            took = time.perf_counter() - started
            request_counted(
                route_of(request, response.status_code),
                part_of(request.path_info),
                response.status_code,
                took,
                statements.count,
                statements.seconds,
            )
            if _requests.isEnabledFor(logging.INFO):
                _requests.info("", extra={"fields": _line(request, response.status_code, took, statements)})
            return response
        finally:
            request_id.reset(token)


def _line(request: HttpRequest, status: int, took: float, statements: Statements) -> dict[str, Any]:
    said: dict[str, Any] = {
        "method": request.method,
        "path": request.path[:PATH_LENGTH],
        "status": status,
        "ms": round(took * 1000, 1),
        "queries": statements.count,
        "query_ms": round(statements.seconds * 1000, 1),
    }
    # Django keeps the account here once somebody has asked for it. Asking for it would take two statements.
    user = getattr(request, "_cached_user", None)
    if user is not None and user.pk is not None:
        said["user"] = user.pk
    return said


def id_of(request: HttpRequest) -> str:
    """Return the id of a request: that of our own proxy, if it has the form of one, otherwise a new one.

    A new one has twelve letters and digits, few enough to be read out.
    """
    sent = request.META.get("HTTP_X_REQUEST_ID", "") if settings.BEHIND_PROXY else ""
    return sent if PROXY_ID.fullmatch(sent) else os.urandom(6).hex()


def route_of(request: HttpRequest, status: int) -> str:
    """Return the name of the route that answered: `static` for a file, `none` for an address without a view."""
    if request.path_info.startswith(STATIC):
        return "static"
    if match := request.resolver_match:
        return match.view_name
    # A page from memory has asked no resolver. Other answers without a view are refusals, whose paths are arbitrary.
    return _route_at(request.path_info) if status in (200, 304) else "none"


@lru_cache(maxsize=1024)
def _route_at(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        return "none"


def part_of(path: str) -> str:
    """Return the part of the archive to which a path belongs: desk, static or pages."""
    return "desk" if path.startswith(DESK) else "static" if path.startswith(STATIC) else "pages"


def shape_of(sql: str) -> str:
    """Return a statement without its values: `?` stands for each, and `…` for the rest of a list.

    >>> shape_of("SELECT a FROM b WHERE c IN (%s, %s, %s) AND d = '某人' AND e1 > 20")
    'SELECT a FROM b WHERE c IN (?, …) AND d = ? AND e1 > ?'
    """
    shape = _LIST.sub("?, …", _VALUES.sub("?", sql)).replace("%s", "?")
    return _BLANKS.sub(" ", shape).strip()[:STATEMENT_LENGTH]
