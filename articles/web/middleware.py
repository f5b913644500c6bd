"""Headers of every response, answers that need no view, and redirects of old URLs."""

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
    """Send the policy of settings.SECURE_CSP with every response. No page has inline code, so the policy needs no
    nonce.

    Django 6 has this under the same setting; the class goes when the project moves there.
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
    """Add a Cache-Control header to each answer without one: revalidate always, or store never.

    Without the header, browsers keep a 301, 404, 405, 410 or 414 as long as they like (RFC 9110, 15.1). A reader who
    saw an article withdrawn would never see it restored. Pages of the desk and errors are stored nowhere.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_kept = response.status_code < 500 and not request.path_info.startswith(DESK)
        response.headers.setdefault("Cache-Control", "private, no-cache" if is_kept else "no-store")
        return response


class AllowedMethodsMiddleware:
    """Answer OPTIONS, and refuse methods that an address does not take, before the request is read."""

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
    """Answer 503 if a view met something unavailable. For middleware, handler500 does the same."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return for_now(request, exception)


class RedirectMiddleware(MiddlewareMixin):
    """Answer a 404 with a redirect to where the content of that URL has gone, if it ever had any."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if response.status_code != 404:
            return response
        redirect = Redirect.objects.of(request.path)
        if redirect and not redirect.url:
            return render(request, "410.html", status=410)
        return moved_along(request, redirect.url) if redirect else response
