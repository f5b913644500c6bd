"""Pages about the archive itself: help for readers, what browsers fetch by themselves, whom to tell of a hole."""

from __future__ import annotations

import re

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from articles.citing import list_formats
from articles.views.search import examples

#: Seconds for which a browser may keep the icon: a month, since it hardly ever changes.
KEPT = 30 * 24 * 3600

#: An address at which people are told of a hole: of e-mail, or of a page.
_EMAIL, _PAGE = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII), re.compile(r"https://[!-~]+")


def help_page(request: HttpRequest) -> HttpResponse:
    """Show how to search, read, cite and report an error."""
    context = {
        "examples": examples(),
        "formats": list_formats().values(),
        "counts_searches": settings.COUNT_SEARCHES_WITHOUT_HIT,
    }
    return render(request, "articles/help.html", context)


def opensearch(request: HttpRequest) -> HttpResponse:
    """Describe the search to a browser (OpenSearch 1.1), which can then offer it in its own box."""
    context = {"origin": request.build_absolute_uri("/")[:-1]}
    return render(request, "opensearch.xml", context, content_type="application/opensearchdescription+xml")


def favicon(request: HttpRequest) -> HttpResponse:
    """Send the icon that browsers and feed readers fetch by themselves."""
    icon = (settings.BASE_DIR / "static" / "favicon.ico").read_bytes()
    return HttpResponse(icon, content_type="image/x-icon", headers={"Cache-Control": f"public, max-age={KEPT}"})


def security_txt(request: HttpRequest) -> HttpResponse:
    """Tell whom to write to about a hole, in the form of RFC 9116, from the setting CONTACT.

    It expires on the first day of a month, one to two months from now, so that an archive that nobody looks after does
    not go on promising an answer. Raises Http404 if CONTACT has no address.
    """
    address = _EMAIL.search(settings.CONTACT)
    page = _PAGE.search(settings.CONTACT)
    if address is None and page is None:
        raise Http404("没有设报告漏洞的地址")
    lines = [f"Contact: mailto:{address[0]}"] if address else []
    lines += [f"Contact: {page[0]}"] if page else []
    months = timezone.localdate().month + 1
    first = timezone.localdate().replace(day=1)
    expires = first.replace(year=first.year + months // 12, month=months % 12 + 1)
    lines += [f"Expires: {expires:%Y-%m-%d}T00:00:00Z", "Preferred-Languages: zh, en"]
    if request.is_secure():
        lines.append(f"Canonical: {request.build_absolute_uri(request.path)}")
    response = HttpResponse("".join(f"{line}\n" for line in lines), content_type="text/plain; charset=utf-8")
    add_never_cache_headers(response)  # its date changes without any change of the archive
    return response
