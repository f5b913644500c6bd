"""The door of an internal archive (REQUIRE_LOGIN=1): each address takes a log-in unless it is declared open."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import Resolver404, resolve

from articles.prefix import DESK, STATIC

#: Paths that need no log-in. The desk asks for a log-in of the staff itself.
OPEN_PATHS = ("/login/", "/robots.txt", "/favicon.ico", "/healthz", "/.well-known/security.txt")

#: Names of addresses that end like pages and answer programs.
FOR_PROGRAMS = ("suggest", "scan")

REFUSAL = "这个档案只供内部使用：请先在 {login} 登录，再取这个文件。\n"


class RequireLoginMiddleware:
    """A middleware that sends readers without a log-in to the log-in page, and refuses programs by 403."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not settings.REQUIRE_LOGIN or is_open(request.path_info):
            return self.get_response(request)
        if not request.user.is_authenticated:
            return _refuse(request)
        response = self.get_response(request)
        if "public" in response.get("Cache-Control", ""):  # no shared cache may keep a page that takes a log-in
            response["Cache-Control"] = response["Cache-Control"].replace("public", "private")
        return response


def is_open(path: str) -> bool:
    """Return whether `path` below the prefix can be had without a log-in of a reader."""
    return path in OPEN_PATHS or path.startswith((DESK, STATIC))


def _refuse(request: HttpRequest) -> HttpResponse:
    if request.method == "GET" and _is_page(request):
        answer: HttpResponse = redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
    else:
        text = REFUSAL.format(login=request.build_absolute_uri(resolve_url(settings.LOGIN_URL)))
        answer = HttpResponse(text, status=403, content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    return answer


def _is_page(request: HttpRequest) -> bool:
    """Return whether an address answers with a page. Unknown addresses look like pages if they end in a slash."""
    if not request.path_info.endswith("/") or request.GET.get("as"):
        return False
    try:
        name = resolve(request.path_info).url_name or ""
    except Resolver404:
        return True
    return name not in FOR_PROGRAMS and not name.endswith("feed")
