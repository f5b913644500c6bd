"""Log-ins: the limits of wrong passwords, and the answer beyond them.

django-axes counts wrong passwords in the database, for all processes and hosts that share it. It counts by account and
network together, so that people elsewhere can't lock an editor out. It also counts by network alone, so that an
attacker can't try one password on every account. Each count ends settings.AXES_COOLOFF_TIME after the last wrong
password.
"""

from __future__ import annotations

import datetime
import ipaddress
import math
import re
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_cool_off
from django.conf import settings
from django.db.models import Max, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from articles.metrics import count_event

#: The number of wrong passwords from a network, under any names, that weighs as much as one under one name. An office
#: has many editors behind one address, and each mistypes now and then.
NETWORK_SHARE = 4

#: The address of an unknown client: one behind a socket, or behind a proxy that names no address.
UNKNOWN = "0.0.0.0"

#: The bits of an IPv6 address that a household or an office gets. Devices choose the rest freely.
IPV6_PREFIX = 64

#: An address as proxies write it: 192.0.2.1, 192.0.2.1:443, 2001:db8::1, [2001:db8::1]:443.
_ADDRESS = re.compile(r"\[(?P<v6>[^]]+)\](?::\d+)?|(?P<v4>[^:]+)(?::\d+)?|(?P<other>.*)", re.DOTALL)


class LoginHandler(AxesDatabaseHandler):
    """The handler that counts wrong passwords by account and network, and by network. Each count has its own limit."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Return the number of failures that count against this attempt. Its limit is settings.AXES_FAILURE_LIMIT."""
        own, of_network = self.get_user_attempts(request, credentials)
        return max(_failures(own), _failures(of_network) // NETWORK_SHARE)

    def reset_user_attempts(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Delete the failures of the account that has logged in, from its network. Return their number.

        The failures under other names stay.
        """
        own, _ = self.filter_user_attempts(request, credentials)
        return own.delete()[0]

    def wait(self, request: HttpRequest, credentials: dict[str, Any] | None) -> int:
        """Return the seconds until this attempt may be made again."""
        own, of_network = self.get_user_attempts(request, credentials)
        counting = own if _failures(own) >= settings.AXES_FAILURE_LIMIT else of_network
        now: datetime.datetime = request.axes_attempt_time  # type: ignore[attr-defined] # set by axes
        newest = counting.aggregate(newest=Max("attempt_time"))["newest"] or now
        return max(1, math.ceil((newest + get_cool_off(request) - now).total_seconds()))


def _failures(attempts: QuerySet) -> int:
    return attempts.aggregate(count=Sum("failures_since_start"))["count"] or 0


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """Return the 429 for an attempt beyond the limit. It tells the time to wait and who can help.

    The function ignores `response`, the answer that this one replaces.
    """
    count_event("logins_refused")
    seconds = AxesProxyHandler.get_implementation().wait(request, credentials)
    answer = render(request, "429.html", {"minutes": math.ceil(seconds / 60)}, status=429)
    answer["Retry-After"] = str(seconds)
    add_never_cache_headers(answer)
    return answer


def client_network(request: HttpRequest) -> str:
    """Return the address by which wrong passwords of this client are counted: a whole IPv4 address, or the network of
    an IPv6 address.

    Behind proxies of our own it is the address in X-Forwarded-For that the outermost of them has written. The client
    may have invented the addresses before it. With fewer addresses than proxies, it is the last. An unknown address is
    UNKNOWN.
    """
    said = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if settings.BEHIND_PROXY else [""]
    hop = settings.BEHIND_PROXY if len(said) >= settings.BEHIND_PROXY > 0 else 1
    return _network(said[-hop]) or _network(request.META.get("REMOTE_ADDR", "")) or UNKNOWN


def _network(text: str) -> str:
    """Return the network of `text`, an address as proxies write it, or "" if it is no address."""
    found = _ADDRESS.fullmatch(text.strip())
    try:
        address = ipaddress.ip_address((found["v6"] or found["v4"] or found["other"]) if found else "")
    except ValueError:
        return ""
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(address), IPV6_PREFIX), strict=False).network_address)
