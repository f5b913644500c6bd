"""Template tags for the canonical address and the description of a page, and for its link to the display page."""

from __future__ import annotations

import html
from typing import Any

from django import template
from django.core.exceptions import SuspiciousOperation
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from articles.citing.cited import one_line
from articles.paths import path_to
from articles.search.excerpt import excerpt
from articles.web.responses import absolute, path_of

register = template.Library()

#: The length of a description in characters. Search engines show some 80 Chinese or some 160 Latin characters.
DESCRIPTION_LENGTH = 160


@register.simple_tag(takes_context=True)
def canonical(context: dict[str, Any], path: str = "") -> str:
    """Return the absolute canonical address of the page. `path` is given if it is the address of another page.

    Each page of a list has its own address, and so has each narrowed list (`list_url`). A list in another order has
    the address of the first page in the usual order, because its further pages hold other rows.
    """
    request, sorts, rows = context["request"], context.get("sorts"), context.get("page_obj")
    path = path or context.get("list_url") or path_of(request)
    if rows and rows.number > 1 and (not sorts or sorts[0].is_current):
        path += f"{'&' if '?' in path else '?'}page={rows.number}"
    return absolute(request, path)


@register.simple_tag(takes_context=True)
def from_here(context: dict[str, Any]) -> str:
    """Return the query string that tells the display page which page its reader comes from, or "" on the display page.

    The parameter `next` is the path. The parameters of the page follow it, because inside `next` they would be encoded
    twice.
    """
    request = context["request"]
    if request.path == path_to("display"):
        return ""
    try:
        asked = request.GET.urlencode()
    except SuspiciousOperation:  # the request has more parameters than Django reads
        asked = ""
    return f"?{urlencode({'next': request.path})}{asked and f'&{asked}'}"


@register.simple_block_tag
def describe(content: SafeString) -> SafeString:
    """Return the tag with the description of the page, or "" if the block has no text. The description is the text of
    the block on one line, cut at punctuation.

    {% describe %}《健康报》栏目“{{ column.name }}”的文章。{% enddescribe %}
    """
    # Entities are decoded first, because a cut in the middle of &quot; would make another character.
    text = "".join(piece.text for piece in excerpt([one_line(html.unescape(content))], [], DESCRIPTION_LENGTH))
    return format_html('<meta name="description" content="{}">', text) if text else SafeString()
