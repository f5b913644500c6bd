"""The archive's place on its host: at the root, or below settings.URL_PREFIX.

Only that setting decides the place. A request is for the path that it asks for. Headers that name scripts, hosts and
schemes are believed only from a proxy of our own (BEHIND_PROXY).
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from importlib import import_module
from typing import Any
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings
from django.core.checks import Error, register
from django.utils.http import RFC3986_SUBDELIMS

#: The characters that may stand unescaped in a query string (RFC 3986, 3.4), and the % of those already escaped.
SAFE = f"{RFC3986_SUBDELIMS}/?:@~%"

#: The paths of the desk and of the static files below the prefix.
DESK, STATIC = "/admin/", "/static/"

#: The paths that articles.web.watching answers before Django.
HEALTH, METRICS = "/healthz", "/metrics"


def without_prefix(path: str) -> str:
    """Return `path` as it would be if the archive were at the root of its host: /topics/ for /archive/topics/."""
    return path.removeprefix(settings.URL_PREFIX) if path.startswith(f"{settings.URL_PREFIX}/") else path


def with_prefix(path: str) -> str:
    """Return the path on the host of a path that `without_prefix` returned."""
    return f"{settings.URL_PREFIX}{path}"


def believing_no_one(application: WSGIApplication) -> WSGIApplication:
    """Return `application` served below the prefix. It ignores the headers by which a request describes itself.

    A proxy may leave the prefix on the path or take it off. Both kinds of path are served. By default gunicorn believes
    the headers SCRIPT_NAME and X-Forwarded-Proto of requests from the same machine. healthnews/gunicorn_conf.py turns
    that off.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not settings.BEHIND_PROXY:
            _forget_claims(environ)
        prefix = settings.URL_PREFIX
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        if prefix and path == prefix:
            return _redirect_to_home(environ, start_response)
        environ["SCRIPT_NAME"] = prefix
        environ["PATH_INFO"] = without_prefix(path) or "/"
        return application(environ, start_response)

    return answer


def _forget_claims(environ: WSGIEnvironment) -> None:
    """Remove the headers that only a proxy can know, and undo the URL scheme that the server derived from them."""
    claims = [name for name in environ if name.startswith(("HTTP_X_FORWARDED", "HTTP_FORWARDED", "HTTP_X_REAL_IP"))]
    for name in claims:
        del environ[name]
    connection = environ.get("gunicorn.socket")
    if claims and connection and not isinstance(connection, ssl.SSLSocket):
        environ["wsgi.url_scheme"] = "http"


def _redirect_to_home(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    query = environ.get("QUERY_STRING", "")
    place = f"{settings.URL_PREFIX}/{'?' if query else ''}{quote(query, safe=SAFE, encoding='latin-1')}"
    headers = [("Location", place), ("Cache-Control", "no-cache"), ("Content-Length", "0"), *bare_headers(environ)]
    start_response("301 Moved Permanently", headers)
    return []


def bare_headers(environ: WSGIEnvironment) -> list[tuple[str, str]]:
    """Return the headers of settings.BARE_HEADERS for an answer to this request.

    Only an answer by HTTPS may bind a browser to HTTPS (RFC 6797, 7.2).
    """
    scheme = environ.get("HTTP_X_FORWARDED_PROTO") if settings.BEHIND_PROXY else environ["wsgi.url_scheme"]
    bare = settings.BARE_HEADERS.items()
    return [(name, value) for name, value in bare if scheme == "https" or name != "Strict-Transport-Security"]


@register()
def check_prefix(**options: Any) -> list[Error]:
    """Return an error if the prefix begins like an address of the archive, because paths would become ambiguous."""
    _, *names = settings.URL_PREFIX.split("/")
    patterns = [*import_module(settings.ROOT_URLCONF).urlpatterns, *import_module("articles.urls").urlpatterns]
    own = {
        *(each.strip("/") for each in (STATIC, HEALTH, METRICS)),
        *(str(each.pattern).split("/")[0] for each in patterns),
    }
    if names and names[0] in own:
        said = f"URL_PREFIX={settings.URL_PREFIX}: the archive has addresses that begin so itself"
        return [Error(said, hint="Choose another path, such as /archive.", id="articles.E001")]
    return []
