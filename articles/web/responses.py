"""Which URL a page has and where its content is now, and what a file is called that it is saved as."""

from __future__ import annotations

import re
from urllib.parse import quote

from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.utils.http import RFC3986_SUBDELIMS

from articles.text.cleaning import clean_line

#: What no file system, or not every one, has in a file's name.
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')

#: Characters of a query that goes along to another address.
LONGEST_QUERY = 8000

#: Characters of a title that a file's name has.
TITLE_IN_NAME = 40


def moved_to(path: str, query: str = "") -> HttpResponsePermanentRedirect:
    """Return a permanent redirect to `path` with `query`, that browsers ask about again each time.

    What was moved may be moved back: a 301 kept for ever would then send its reader round in a circle.
    """
    page, mark, place = path.partition("#")
    location = f"{page}?{query}{mark}{place}" if query else path
    return HttpResponsePermanentRedirect(location, headers={"Cache-Control": "no-cache"})


def moved_along(request: HttpRequest, path: str) -> HttpResponsePermanentRedirect:
    """Return the same for a request whose parameters go along: who asked for a file is not to get a page.

    Parameters of a length that no form and no link makes stay behind: no redirect may be as long.
    """
    query = request.META.get("QUERY_STRING", "")
    return moved_to(path, query if len(query) <= LONGEST_QUERY else "")


def path_of(request: HttpRequest) -> str:
    """Return the path of a request as links have it, with the characters escaped that `reverse` escapes."""
    return quote(request.path, safe=f"{RFC3986_SUBDELIMS}/~:@")


#: Where `absolute` keeps the beginning of all URLs of a request; no server and no header writes there.
_ORIGIN = "archive.origin"


def absolute(request: HttpRequest, path: str) -> str:
    """Return the URL of a path of ours on the host that was asked, as `build_absolute_uri` has it.

    That takes ten times as long, and a file of ten thousand stories has thirty thousand URLs.
    """
    origin = request.META.get(_ORIGIN)
    if origin is None:
        origin = request.META[_ORIGIN] = f"{request.scheme}://{request.get_host()}"
    return f"{origin}{path}"


def saved_as(plain: str, title: str, suffix: str) -> str:
    """Return the header Content-Disposition of a file: `plain` (ASCII) for old programs, `title` before it for others.

    >>> print(saved_as("jkb-1", "谁/为?", "bib"))
    attachment; filename="jkb-1.bib"; filename*=UTF-8''%E8%B0%81%20%E4%B8%BA%20jkb-1.bib
    """
    words = " ".join(_NOT_IN_NAMES.sub(" ", clean_line(title)).split())[:TITLE_IN_NAME].strip(" .")
    name = " ".join(filter(None, [words, plain]))
    return f"attachment; filename=\"{plain}.{suffix}\"; filename*=UTF-8''{quote(f'{name}.{suffix}', safe='')}"
