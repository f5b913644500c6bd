"""Redirects, the URLs of pages, and the names of downloaded files."""

from __future__ import annotations

import re
from urllib.parse import quote

from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.utils.http import RFC3986_SUBDELIMS

from articles.text.cleaning import clean_line

#: Characters that one file system or another refuses in the name of a file.
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')

#: The longest query that a redirect carries along, in characters.
LONGEST_QUERY = 8000

#: The largest number of characters of a title in the name of a file.
TITLE_IN_NAME = 40


def moved_to(path: str, query: str = "") -> HttpResponsePermanentRedirect:
    """Return a permanent redirect to `path` with `query`. Browsers must revalidate the redirect each time.

    A moved page may move back. A 301 that is kept for ever would then send the reader round in a circle.
    """
    page, mark, place = path.partition("#")
    location = f"{page}?{query}{mark}{place}" if query else path
    return HttpResponsePermanentRedirect(location, headers={"Cache-Control": "no-cache"})


def moved_along(request: HttpRequest, path: str) -> HttpResponsePermanentRedirect:
    """Return a redirect to `path` with the parameters of the request. A reader who asks for a file must not get a page.

    A query longer than LONGEST_QUERY is left out, because a redirect can't be as long. Forms and links of the archive
    make shorter ones.
    """
    query = request.META.get("QUERY_STRING", "")
    return moved_to(path, query if len(query) <= LONGEST_QUERY else "")


def path_of(request: HttpRequest) -> str:
    """Return the path of a request, escaped as `reverse` escapes it for links."""
    return quote(request.path, safe=f"{RFC3986_SUBDELIMS}/~:@")


#: The key in request.META under which `absolute` keeps the origin of a request. Servers and headers don't use the key.
_ORIGIN = "archive.origin"


def absolute(request: HttpRequest, path: str) -> str:
    """Return the URL of a path of the archive on the requested host, as `build_absolute_uri` does.

    `build_absolute_uri` takes ten times as long, and a file of ten thousand stories has thirty thousand URLs.
    """
    origin = request.META.get(_ORIGIN)
    if origin is None:
        origin = request.META[_ORIGIN] = f"{request.scheme}://{request.get_host()}"
    return f"{origin}{path}"


def saved_as(plain: str, title: str, suffix: str) -> str:
    """Return the header Content-Disposition of a file. Old programs use the name `plain` (ASCII). Others use `title`
    and `plain`.

    >>> print(saved_as("jkb-1", "谁/为?", "bib"))
    attachment; filename="jkb-1.bib"; filename*=UTF-8''%E8%B0%81%20%E4%B8%BA%20jkb-1.bib
    """
    words = " ".join(_NOT_IN_NAMES.sub(" ", clean_line(title)).split())[:TITLE_IN_NAME].strip(" .")
    name = " ".join(filter(None, [words, plain]))
    return f"attachment; filename=\"{plain}.{suffix}\"; filename*=UTF-8''{quote(f'{name}.{suffix}', safe='')}"
