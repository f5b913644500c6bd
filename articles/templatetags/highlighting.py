"""The template tag for the highlights of a search."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from articles.views.highlighting import Highlighter

register = template.Library()


@register.simple_tag
def marked(text: str, marker: Highlighter, kind: str) -> SafeString:
    """Return `text`, a value of a story, with the highlights of `marker`.

    {% marked article.headline marker "headline" %}
    """
    return marker.mark(text, kind)
