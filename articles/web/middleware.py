"""The middleware for the headers of every response, for answers without a view, and for redirects of old URLs."""

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
    """A middleware that sends the policies of settings.SECURE_CSP and settings.PERMISSIONS_POLICY with every response.

    No page has inline code, so the policy needs no nonce. Django 6 has a middleware with the same setting SECURE_CSP.
    It replaces this class when the project moves to Django 6.
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
    """A middleware that adds Cache-Control to each answer without that header: revalidate always, or store never.

    Without the header, browsers keep a 301, 404, 405, 410 or 414 as long as they like (RFC 9110, 15.1). A reader who
    has seen an article withdrawn would never see it restored. Pages of the desk and answers of 500 and above are stored
    nowhere.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_kept = response.status_code < 500 and not request.path_info.startswith(DESK)
        response.headers.setdefault("Cache-Control", "private, no-cache" if is_kept else "no-store")
        return response


class AllowedMethodsMiddleware:
    """A middleware that answers OPTIONS and refuses methods that an address does not take.

    It does so before the request is read.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD"):  # every address takes them
            return self.get_response(request)
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


class RejectMalformedMiddleware:
    """A middleware that refuses a NUL in path, query or cookies, and a Content-Length that is no number.

    Texts never hold a NUL, and PostgreSQL refuses values with one. Django fails at a length like `x`.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        values = (request.path_info, *request.COOKIES.values())
        length = request.META.get("CONTENT_LENGTH") or "0"
        has_nul = "%00" in request.META.get("QUERY_STRING", "") or any("\0" in value for value in values)
        if has_nul or not (length.isascii() and length.isdigit()):
            return render(request, "400.html", status=400)
        return self.get_response(request)


class UnavailableMiddleware(MiddlewareMixin):
    """A middleware that answers 503 if a view finds the database or the index unavailable. handler500 does the same for
    exceptions in middleware.
    """

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return for_now(request, exception)


class RedirectMiddleware(MiddlewareMixin):
    """A middleware that replaces a 404 by a redirect to the present place of the URL's content, or by 410 if the
    content is gone. The 404 stays if the URL never had content.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if response.status_code != 404:
            return response
        redirect = Redirect.objects.of(request.path)
        if redirect and not redirect.url:
            return render(request, "410.html", status=410)
        return moved_along(request, redirect.url) if redirect else response
