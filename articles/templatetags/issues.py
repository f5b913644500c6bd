"""The template tag for the date of an issue."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.models import Issue

register = template.Library()


@register.simple_tag
def date_of(issue: Issue) -> SafeString:
    """Return the date of an issue in words: {% date_of issue %}. Programs get the day as well, unless it is estimated.

    HTML can't express a doubtful date, and Zotero takes the first <time> of a page as the date of the page.
    """
    if issue.is_date_inferred:
        return format_html('<span class="date">{}</span>', issue)
    return format_html('<time datetime="{}">{}</time>', issue.date, issue)
