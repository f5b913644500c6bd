"""The cache that answers readers' pages from memory. A page stays the same as long as the archive and the program do.

A page is a function of its path, the parameters that its view takes, its reader's display, and sometimes the date. The
middleware first reads (epoch, revision, release) on the connection that serves the page. Together these values are the
key of the page and of its ETag, and nothing else makes either stale. Only the scans are not part of the archive. A
number that changes as scans come and go is therefore part of the version as well.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date, parse_etags

from articles.metrics import count_event
from articles.models import Archive, archive
from articles.prefix import DESK, STATIC
from articles.scans.finding import scans_version
from articles.web.compression import compress, fill, packed
from articles.web.display import Display
from articles.web.parameters import given_to, view_at
from articles.web.release import release
from articles.web.today import asking_for_today, date_of_paper

#: Paths without readers' pages.
NOT_PAGES = (DESK, STATIC)

#: The seconds for which a proxy of ours may keep a page and give it to others. A correction is to be seen within one.
SHARED = 1

#: The bytes of memory that a stored page takes besides its content: headers, keys, objects.
OVERHEAD = 2000

#: The size of the largest page that is stored, as a share of the whole store.
LARGEST = 0.1


class Key(NamedTuple):
    """The parts of a page's key, apart from the state of the archive and the date."""

    secure: bool
    host: str
    prefix: str
    path: str
    query: str
    display: str


@dataclass(frozen=True)
class StoredPage:
    """A finished page. `content` is packed (articles.web.compression): ten times as many pages fit into the store."""

    content: bytes
    headers: tuple[tuple[str, str], ...]
    etag: str


class PageStore:
    """The pages of one state of the archive, up to `limit` bytes. A full store drops the least recently used pages."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._state = ""
        self._pages: OrderedDict[Key, StoredPage] = OrderedDict()
        self._known = ("", 0)
        self._lock = Lock()

    def since(self, state: str) -> int:
        """Return the second after this process learned of a state, in Unix time. The state began before that second.

        This is the only time that can serve as Last-Modified. Pages change with the program, the date and the scans as
        well as with the archive, and two changes within one second would look like one. A later state has a later
        second, also if the clock was set back: a client that knows the page of before would be told that it is fresh.
        """
        with self._lock:
            if state != self._known[0]:
                self._known = (state, max(math.floor(time.time()), self._known[1]) + 1)
            return self._known[1]

    def get(self, state: str, key: Key) -> StoredPage | None:
        with self._lock:
            if state != self._state or key not in self._pages:
                return None
            self._pages.move_to_end(key)
            return self._pages[key]

    def put(self, state: str, key: Key, page: StoredPage) -> None:
        cost = self._cost(key, page)
        if cost > self.limit * LARGEST:
            return
        with self._lock:
            if state != self._state:
                self._pages.clear()
                self._state, self.size = state, 0
            with suppress(KeyError):
                self.size -= self._cost(key, self._pages.pop(key))
            self._pages[key] = page
            self.size += cost
            while self.size > self.limit:
                self.size -= self._cost(*self._pages.popitem(last=False))

    @staticmethod
    def _cost(key: Key, page: StoredPage) -> int:
        return len(page.content) + len(key.path) + len(key.query) + OVERHEAD


class PageCacheMiddleware:
    """A middleware that answers from the store, or by 304, before sessions, views and templates run.

    It stores only answers of 200 to readers without a session. It is the first middleware, so that stored pages are
    complete. Answers without a session and without a secret are compressed, and no others: the length of a compressed
    answer would give a form's secret away, letter by letter (BREACH, breachattack.com).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.store = PageStore(settings.PAGE_CACHE_MB * 1024 * 1024)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD") or request.path_info.startswith(NOT_PAGES):
            return self.get_response(request)
        try:
            keep_taken_parameters(request)
            key = key_of(request)
        except SuspiciousOperation:
            return self.get_response(request)  # the inner layers refuse it and add the headers to the answer
        state = archive.state()
        if settings.REQUIRE_LOGIN or is_someones(request.COOKIES):  # nothing is kept, and a 304 takes a log-in, too
            return self._ask(request, state)[0]
        version = f"{state.epoch[:8]}-{state.revision}-{release()}-{scans_version():x}"
        # A page that shows the date has the date in its ETag. Only the finished page tells whether it shows the date.
        etags = [f'W/"{version}-{digest(key)}{day}"' for day in ("", f"-{date_of_paper():%Y%m%d}")]
        since = self.store.since(f"{version}-{date_of_paper()}")
        sent = {_weak(etag) for etag in parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))}
        if held := sent.intersection(etags):
            count_event("page_cache_hits")
            return as_asked(request, mark(HttpResponse(), held.pop()), since)
        stored = self.store.get(version, key)
        if stored and stored.etag in etags:
            count_event("page_cache_hits")
            response = HttpResponse(headers=dict(stored.headers))
            return as_asked(request, fill(request, response, stored.content), since)
        count_event("page_cache_misses")
        made, has_date = self._ask(request, state)
        if not isinstance(made, HttpResponse) or has_secret(made):
            return made
        if not is_page(made):
            return compress(request, made)
        mark(made, etags[has_date])
        content = packed(made.content) if self.store.limit else b""
        if content and request.method == "GET":
            self.store.put(version, key, StoredPage(content, tuple(made.headers.items()), made["ETag"]))
        return as_asked(request, compress(request, made, content), since)

    def _ask(self, request: HttpRequest, state: Archive) -> tuple[HttpResponseBase, bool]:
        """Return the answer to a request at this state of the archive, and whether the answer depends on the date."""
        with archive.serving_at(state), asking_for_today() as asking:
            return self.get_response(request), asking.has_asked


def keep_taken_parameters(request: HttpRequest) -> None:
    """Reduce the query string of a request to the non-empty parameters that its view takes, and sort them.

    Other parameters never reach a view. A page therefore has one ETag, and foreign parameters never appear in a link.
    An address without its last slash has no view, and the redirect keeps its parameters. Raises SuspiciousOperation if
    the request has more parameters than Django reads.
    """
    asked = request.META.setdefault("QUERY_STRING", "")  # a server may leave out an empty query string (PEP 3333)
    view = view_at(request.path_info) if asked else None
    if view is None:
        return
    request.META["QUERY_STRING"] = urlencode(given_to(view, request))
    request.GET = QueryDict(request.META["QUERY_STRING"])


def key_of(request: HttpRequest) -> Key:
    """Return the key of the requested page. Raises SuspiciousOperation for a foreign host."""
    display = Display.of(request.COOKIES).cookie
    query = request.META["QUERY_STRING"]
    # Prefix and path are separate, because their sum, request.path, is ambiguous. The prefix "/issues" with the path
    # "/" has the same sum as the prefix "" with the path "/issues/", which is another page.
    return Key(request.is_secure(), request.get_host(), request.META["SCRIPT_NAME"], request.path_info, query, display)


def digest(key: Key) -> str:
    return hashlib.blake2b("\0".join(map(str, key)).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def is_someones(cookies: Mapping[str, str]) -> bool:
    """Return whether the cookies include a session. A session also holds messages to its user."""
    return settings.SESSION_COOKIE_NAME in cookies


def has_secret(response: HttpResponse) -> bool:
    """Return whether an answer sets a cookie or varies by cookie. It may then hold the secret of a form."""
    return bool(response.cookies) or "Cookie" in response.get("Vary", "")


def is_page(response: HttpResponse) -> bool:
    """Return whether an answer without a secret is a page to keep: a 200 without a Cache-Control of its own."""
    return response.status_code == 200 and "Cache-Control" not in response


def mark(response: HttpResponse, etag: str) -> HttpResponse:
    """Add ETag, Cache-Control, X-Accel-Expires and Vary to a page that anybody may see, and return it.

    A page is good until the archive changes. The browser asks each time. The ETag is weak, and thus right for the page
    in any coding (RFC 9110, 8.8.1). X-Accel-Expires is for nginx alone, which sends it to nobody
    (healthnews/operations/nginx.conf).
    """
    response["ETag"] = etag
    response["X-Accel-Expires"] = str(SHARED)
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
    return response


def as_asked(request: HttpRequest, response: HttpResponse, since: int) -> HttpResponse:
    """Return the page, or the answer that the request's conditions demand (RFC 9110, 13): 304 or 412.

    The page has been the same since the Unix second `since`, which becomes Last-Modified. A second in the future is not
    sent, because the page may still change before it.
    """
    if since > time.time():
        return get_conditional_response(request, response["ETag"], None, response) or response
    response["Last-Modified"] = http_date(since)
    return get_conditional_response(request, response["ETag"], since, response) or response


def _weak(etag: str) -> str:
    return etag if etag.startswith("W/") else f"W/{etag}"
