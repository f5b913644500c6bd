"""The template tag for the menu of every page."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.urls import get_script_prefix
from django.utils.safestring import SafeString, mark_safe

from articles.paths import path_to
from articles.templatetags.page_head import from_here
from articles.web.markup import escape

register = template.Library()

#: The rooms of the archive by the names of their URLs, and their names in the menu.
ROOMS = {
    "issues": "期次",
    "regions": "地区",
    "topics": "主题",
    "columns": "栏目",
    "sections": "版名",
    "contributors": "作者",
    "search": "检索",
}


@register.simple_tag(takes_context=True)
def menu(context: dict[str, Any]) -> SafeString:
    """Return the menu, in which the room of the page is marked: {% menu %}."""
    path = context["request"].path
    links = _rooms(get_script_prefix(), next((name for name in ROOMS if path.startswith(path_to(name))), ""))
    current = _current(path == path_to("display"))
    display = f'<li><a rel="nofollow"{current} href="{path_to("display")}{escape(from_here(context))}">显示</a></li>'
    return mark_safe(f'<nav aria-label="全站">\n    <ul>{links}{display}</ul>\n  </nav>')


@lru_cache(maxsize=64)
def _rooms(prefix: str, current: str) -> str:
    """Return the links to the rooms for the `prefix` of the archive's paths."""
    return "".join(
        f'<li><a{_current(name == current)} href="{path_to(name)}">{text}</a></li>' for name, text in ROOMS.items()
    )


def _current(is_current: bool) -> str:
    return ' aria-current="true"' if is_current else ""
