"""Logging in: how often a password may be wrong, and what is answered after that.

django-axes counts in the database, for all processes and hosts that share it. Counted is by account together with
network, so that nobody elsewhere can lock an editor out, and by network alone, so that nobody tries one password on
every account. All counts end by themselves: settings.AXES_COOLOFF_TIME after the last wrong password.
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

#: Wrong passwords from a network under whatever names that weigh as much as one under one name: an office has many
#: editors behind one address, and each mistypes now and then.
NETWORK_SHARE = 4

#: The address of a client of which nothing is known: one behind a socket, or a proxy that says nothing.
UNKNOWN = "0.0.0.0"

#: Of an IPv6 address the part that a household or an office gets; the rest each device picks, as often as it likes.
IPV6_PREFIX = 64

#: An address as proxies write it: 192.0.2.1, 192.0.2.1:443, 2001:db8::1, [2001:db8::1]:443.
_ADDRESS = re.compile(r"\[(?P<v6>[^]]+)\](?::\d+)?|(?P<v4>[^:]+)(?::\d+)?|(?P<other>.*)", re.DOTALL)


class LoginHandler(AxesDatabaseHandler):
    """Counts wrong passwords by account and network, and by network, each against a limit of its own."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Return how many failures count against this attempt, to be compared with settings.AXES_FAILURE_LIMIT."""
        own, of_network = self.get_user_attempts(request, credentials)
        return max(_failures(own), _failures(of_network) // NETWORK_SHARE)

    def reset_user_attempts(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Forget the failures of the account that has logged in, from its network; not those under other names."""
        own, _ = self.filter_user_attempts(request, credentials)
        return own.delete()[0]

    def wait(self, request: HttpRequest, credentials: dict[str, Any] | None) -> int:
        """Return the seconds until this attempt may be made again."""
        own, of_network = self.get_user_attempts(request, credentials)
        counting = own if _failures(own) >= settings.AXES_FAILURE_LIMIT else of_network
        now: datetime.datetime = request.axes_attempt_time  # type: ignore[attr-defined] # as axes sets it
        newest = counting.aggregate(newest=Max("attempt_time"))["newest"] or now
        return max(1, math.ceil((newest + get_cool_off(request) - now).total_seconds()))


def _failures(attempts: QuerySet) -> int:
    return attempts.aggregate(count=Sum("failures_since_start"))["count"] or 0


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """Answer an attempt that is one too many, in place of `response`: how long to wait, and who can help."""
    seconds = AxesProxyHandler.get_implementation().wait(request, credentials)
    answer = render(request, "429.html", {"minutes": math.ceil(seconds / 60)}, status=429)
    answer["Retry-After"] = str(seconds)
    add_never_cache_headers(answer)
    return answer


def client_network(request: HttpRequest) -> str:
    """Return the address by which wrong passwords of this client are counted: IPv4 whole, of IPv6 the network.

    Behind a proxy it is the last one of X-Forwarded-For, which the proxy itself has written: whatever stands before it
    the client may have made up.
    """
    said = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_PROXY else ""
    return _network(said.rpartition(",")[2]) or _network(request.META.get("REMOTE_ADDR", "")) or UNKNOWN


def _network(text: str) -> str:
    """Return the network of an address as proxies write it; empty for what is none."""
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
