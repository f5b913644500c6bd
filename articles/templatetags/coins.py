"""What a row of a list says to reference managers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.citing import coins as context_object
from articles.models import Article, Byline
from articles.views.citations import cited_row

register = template.Library()


@register.simple_tag(takes_context=True)
def coins(
    context: dict[str, Any], article: Article, bylines: Sequence[Byline] | None = None, parts: Sequence[Article] = ()
) -> SafeString:
    """Return the COinS of a row that shows the story of `article`: {% coins article %}; of what continues one, nothing.

    No query is made: it says of the story what the row has at hand, its head where its parts were not fetched. A page
    that shows one story has none: Zotero would prefer it to the meta tags, which say more.
    """
    if article.continuation_of_id:
        return SafeString()
    cited = cited_row(context["request"], article, article.signed if bylines is None else bylines, parts)
    return format_html('<span class="Z3988" title="{}" hidden></span>', context_object(cited))
