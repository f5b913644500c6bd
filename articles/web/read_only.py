"""A host that only reads: READ_ONLY=1, on a standby of PostgreSQL. The desk is on the host of the primary."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from articles.prefix import DESK
from articles.web.unavailable import was_cancelled_by_recovery

#: The readers' log-in of an internal archive. A session that the primary has made is valid here, too.
LOGIN = "/login/"


class ReadOnlyMiddleware:
    """A middleware that keeps the desk and its log-in closed on a host that only reads.

    It also asks once more where the standby has cancelled a query, because rows that the query needed had to go (the
    manual's section 27.4.2). The second try begins with the rows of then. If it is cancelled, too, its 503 stands.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not settings.READ_ONLY:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith((DESK, LOGIN)):
            return render_read_only(request)
        response = self.get_response(request)
        if was_cancelled_by_recovery(response) and request.method in ("GET", "HEAD"):
            response.close()
            response = self.get_response(request)
        return response


def render_read_only(request: HttpRequest) -> HttpResponse:
    return render(request, "read_only.html", status=403)
