"""The limits of searches and exports by one address: token buckets, and the 429 beyond them.

Each worker process has its own buckets, so that a count takes no lock of a file and no question to the database. An
address thus gets at most the limit times the number of workers. Log-ins have their own count (articles.web.logins).
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from importlib import import_module
from threading import Lock

from django.conf import settings
from django.contrib.auth import get_user
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from articles.metrics import count_event
from articles.web.logins import client_network

#: The paths of searches, with the tokens that each takes. A reader who types asks for a suggestion at each pause.
SEARCHES = {"/search/": 1.0, "/search/feed/": 1.0, "/trends/": 1.0, "/suggest/": 0.2}

#: The most addresses that have a bucket. A full store drops the bucket that has been unused the longest.
MOST_ADDRESSES = 10_000

#: The page of a refusal. It is a text and no template: refusing must cost next to nothing.
PAGE = """<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>请求太多 · 健康报档案</title></head>
<body><main>
<h1>请求太多</h1>
<p>从您的网络来的{kind}太多，每分钟至多 {limit} 次。请过 {seconds} 秒再试；其他页面照常可读。</p>
</main></body>
</html>
"""


class Buckets:
    """The buckets of all addresses. Each holds the tokens of a minute, and fills again evenly."""

    def __init__(self, most: int = MOST_ADDRESSES) -> None:
        self.most = most
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # address: tokens, second of the count
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, address: str, limit: int, cost: float, now: float) -> float:
        """Take `cost` tokens from the bucket of an address that holds `limit`, at the second `now`.

        Return 0, or without enough tokens the seconds until there are.
        """
        with self._lock:
            tokens, since = self._buckets.get(address, (float(limit), now))
            tokens = min(limit, tokens + (now - since) * limit / 60)
            is_enough = tokens >= cost
            self._buckets[address] = (tokens - cost if is_enough else tokens, now)
            self._buckets.move_to_end(address)
            if len(self._buckets) > self.most:
                self._buckets.popitem(last=False)
            return 0 if is_enough else (cost - tokens) * 60 / limit


class LimitsMiddleware:
    """A middleware that refuses searches and exports beyond the limit of their address by 429. Staff have no limit."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.searches, self.exports = Buckets(), Buckets()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.META.get("QUERY_STRING"):
            return self.get_response(request)
        if _is_export(request):
            kind, buckets, limit, cost = "导出", self.exports, settings.EXPORTS_PER_MINUTE, 1.0
        else:
            cost = SEARCHES.get(request.path_info, 0)
            kind, buckets, limit = "检索", self.searches, settings.SEARCHES_PER_MINUTE
        if not limit or not cost:
            return self.get_response(request)
        wait = buckets.take(client_network(request), limit, cost, time.monotonic())
        if not wait or _is_staff(request):
            return self.get_response(request)
        count_event("requests_refused")
        seconds = math.ceil(wait)
        page = PAGE.format(kind=kind, limit=limit, seconds=seconds)
        return HttpResponse(page, status=429, headers={"Retry-After": str(seconds), "Cache-Control": "no-store"})


def _is_export(request: HttpRequest) -> bool:
    try:
        return bool(request.GET.get("as"))
    except SuspiciousOperation:  # too many parameters: the inner layers refuse them
        return False


def _is_staff(request: HttpRequest) -> bool:
    """Return whether the session of a request is one of the staff. Only requests beyond a limit are asked."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if not key:
        return False
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    try:
        return bool(getattr(get_user(request), "is_staff", False))
    except (DatabaseError, InterfaceError):  # the inner layers would answer 503; beyond the limit 429 is as true
        return False
