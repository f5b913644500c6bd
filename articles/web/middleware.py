"""What every response carries, what is answered before any view, and where old URLs lead."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from articles.models import Redirect
from articles.prefix import DESK
from articles.web.parameters import methods_at
from articles.web.responses import moved_along
from articles.web.unavailable import for_now

Handler = Callable[[HttpRequest], HttpResponse]


class ContentSecurityPolicyMiddleware:
    """Send the policy of settings.SECURE_CSP on every response; no page has inline code, so it needs no nonce.

    Django 6 has this built in under the same setting; it goes when the project moves there.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.policy = "; ".join(" ".join([name, *values]) for name, values in settings.SECURE_CSP.items())

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response


class CacheControlMiddleware:
    """Say on each answer that doesn't say so itself how long it may be kept: not without asking, or not at all.

    Where nothing is said, browsers keep a 301, a 404, a 405, a 410 or a 414 for as long as they like (RFC 9110, 15.1),
    and whoever saw an article withdrawn never sees it restored. What the desk shows and what failed is kept nowhere.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_kept = response.status_code < 500 and not request.path_info.startswith(DESK)
        response.headers.setdefault("Cache-Control", "private, no-cache" if is_kept else "no-store")
        return response


class AllowedMethodsMiddleware:
    """Answer OPTIONS, and refuse each method that an address does not take, before anything is read of the request."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        methods = methods_at(request.path_info)
        if methods is None:
            return self.get_response(request)
        allow = ", ".join(methods)
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers={"Allow": allow})
        if request.method in methods:
            return self.get_response(request)
        response = render(request, "405.html", status=405)
        response["Allow"] = allow
        return response


class RejectNulMiddleware:
    """Refuse a NUL in path, query or cookies: no text holds one, and PostgreSQL takes none in a value."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        values = (request.path_info, *request.COOKIES.values())
        if "%00" in request.META.get("QUERY_STRING", "") or any("\0" in value for value in values):
            return render(request, "400.html", status=400)
        return self.get_response(request)


class UnavailableMiddleware(MiddlewareMixin):
    """Answer 503 where a view met what is unavailable for now; handler500 does so where a middleware met it."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return for_now(request, exception)


class RedirectMiddleware(MiddlewareMixin):
    """Answer a 404 with where that URL's content has gone, if it ever had any."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if response.status_code != 404:
            return response
        redirect = Redirect.objects.of(request.path)
        if redirect and not redirect.url:
            return render(request, "410.html", status=410)
        return moved_along(request, redirect.url) if redirect else response
