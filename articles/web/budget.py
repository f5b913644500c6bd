"""The time that a page may take: a bound for each of its statements, and one for all of them together."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponseBase

from articles.prefix import DESK

#: Steps of SQLite's machine between two looks at the clock, about a millisecond.
SQLITE_STEPS = 100_000


class OutOfTime(OperationalError):
    """The page has used up its time before the statement began."""


class Budget:
    """The time of one page, used as one of Django's execute wrappers."""

    def __init__(self, statement: float, page: float) -> None:
        self._statement = statement
        self._end = time.monotonic() + page
        self._until = self._end

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: ANN401 - as Django calls it
        """Run a statement. Raises OutOfTime if the page's time is over.

        PostgreSQL itself cancels a statement that takes too long. SQLite is interrupted: it computes rows while they
        are read, so that the bound holds until the next statement.
        """
        now = time.monotonic()
        if now >= self._end:
            raise OutOfTime(f"no time is left for: {str(sql)[:200]}")
        self._until = min(self._end, now + self._statement)
        if connection.vendor == "sqlite":
            context["connection"].connection.set_progress_handler(self._is_over, SQLITE_STEPS)
        return execute(sql, params, many, context)

    def allow(self, seconds: float) -> None:
        """Let the rest of the page, and each of its statements, take `seconds` from now."""
        self._statement, self._end = seconds, time.monotonic() + seconds
        self._until = self._end

    def _is_over(self) -> bool:
        return time.monotonic() >= self._until


def allow(seconds: float) -> None:
    """Let the rest of this thread's request take `seconds` from now. The making of a file asks for it."""
    for wrapper in connection.execute_wrappers:
        if isinstance(wrapper, Budget):
            wrapper.allow(seconds)


class TimeBudgetMiddleware:
    """A middleware that bounds the time of a readers' page.

    The desk is left out: it may read a thousand pages again for one button, each by many short statements.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(DESK):
            return self.get_response(request)
        try:
            with connection.execute_wrapper(Budget(settings.STATEMENT_SECONDS, settings.PAGE_SECONDS)):
                return self.get_response(request)
        finally:
            if connection.vendor == "sqlite" and connection.connection is not None:
                connection.connection.set_progress_handler(None, 0)
