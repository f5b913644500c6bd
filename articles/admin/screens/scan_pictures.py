"""The answers that are pictures of a scan: a cutting, the whole file, or the sentence why there is none."""

from __future__ import annotations

from pathlib import Path
from textwrap import wrap

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.html import format_html, format_html_join
from django.utils.http import quote_etag
from django.views.static import serve

from articles.models import SourceText
from articles.web.cutting_request import Cut, NotCut
from articles.web.cuttings import cutting_of, digest_of

#: A browser that opens a picture by itself shows it by inline styles. A picture runs no script.
_OF_PICTURE = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"


def reason_against(source: SourceText) -> str:
    """Return in Chinese why the places of a text on its scan are unknown, or ""."""
    if not source.boxes:
        return "识别结果没有记下文字的位置，剪不出这一篇。"
    if source.extent is None and source.standing != SourceText.Standing.CURRENT:
        return "这一篇还停在旧的文本上，那份文本没有记下版面大小，剪不出这一篇。"
    if source.extent is None:
        return "这份识别结果是旧版本读入的，没有记下版面大小；重新导入这一版，就能剪出这一篇。"
    if SourceText.objects.filter(sha256=source.sha256).exclude(part=source.part).exists():
        return "识别结果的文件里有几版，不知道扫描件是哪一版；请拆成每版一个文件，重新导入。"
    return ""


def cutting(request: HttpRequest, cut: Cut) -> HttpResponseBase:
    """Return a cutting, or the picture of the sentence why it can't be cut."""
    try:
        etag = quote_etag(digest_of(cut))
        response = get_conditional_response(request, etag) or HttpResponse(cutting_of(cut), content_type="image/jpeg")
    except NotCut as error:
        return refusal(f"{error}。")
    response["ETag"] = etag
    response["Content-Security-Policy"] = _OF_PICTURE
    response["Cache-Control"] = "private, no-cache"  # a better scan may replace it
    return response


def whole_file(request: HttpRequest, scan: Path) -> HttpResponseBase:
    """Return the file of a scan as it is."""
    response = serve(request, scan.name, str(scan.parent))
    response["Cache-Control"] = "private, no-cache"
    return response


#: The characters in a line of a refusal, and the height of a line.
_LINE, _HEIGHT = 32, 26


def refusal(reason: str) -> HttpResponse:
    """Return a picture of a sentence. Only a picture is seen where a scan stands."""
    lines = wrap(reason, _LINE)
    height = _HEIGHT * len(lines) + 18
    drawn = format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="{}"><rect width="640" height="{}" fill="#fbf9f3"/>'
        '<text fill="#6b2d12" font-size="18" font-family="sans-serif">{}</text></svg>',
        *(height, height),
        format_html_join("", '<tspan x="12" dy="{}">{}</tspan>', ((_HEIGHT, line) for line in lines)),
    )
    response = HttpResponse(drawn, content_type="image/svg+xml; charset=utf-8", status=404)
    response["Cache-Control"] = "no-store"
    return response
