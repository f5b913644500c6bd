"""What the head of a page says to programs: its one address, and what is on it."""

from __future__ import annotations

import html
from typing import Any

from django import template
from django.core.exceptions import SuspiciousOperation
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from articles.citing.cited import one_line
from articles.search.excerpt import excerpt
from articles.web.responses import path_of

register = template.Library()

#: Characters of a description: search engines show some 80 Chinese ones, some 160 Latin ones.
DESCRIPTION_LENGTH = 160


@register.simple_tag(takes_context=True)
def canonical(context: dict[str, Any], path: str = "") -> str:
    """Return the one address of the page, absolute; `path` is given where that is another page's.

    Each page of a list is its own, as is each narrowed list (`list_url`). In another order a list is the same, known by
    its first page in the usual order: further pages would hold other rows.
    """
    request, sorts, rows = context["request"], context.get("sorts"), context.get("page_obj")
    path = path or context.get("list_url") or path_of(request)
    if rows and rows.number > 1 and (not sorts or sorts[0].is_current):
        path += f"{'&' if '?' in path else '?'}page={rows.number}"
    return request.build_absolute_uri(path)


@register.simple_tag(takes_context=True)
def from_here(context: dict[str, Any]) -> str:
    """Return the query string that tells the choice of display where its reader comes from, "" on that page itself.

    The path as `next`, and beside it what the page was asked for: within it that would be encoded twice.
    """
    request = context["request"]
    if request.path == reverse("display"):
        return ""
    try:
        asked = request.GET.urlencode()
    except SuspiciousOperation:  # more parameters than are read
        asked = ""
    return f"?{urlencode({'next': request.path})}{asked and f'&{asked}'}"


@register.simple_block_tag
def describe(content: SafeString) -> SafeString:
    """Return the tag that tells what is on the page: the text of the block on one line, cut at punctuation; or nothing.

    {% describe %}《健康报》栏目“{{ column.name }}”的文章。{% enddescribe %}
    """
    # As text, for what is cut in the middle of &quot; would be another character.
    text = "".join(piece.text for piece in excerpt([one_line(html.unescape(content))], [], DESCRIPTION_LENGTH))
    return format_html('<meta name="description" content="{}">', text) if text else SafeString()
