"""The template tags for parts of a story's page: its trail, its places, the blocks of its body.

They write HTML themselves, because they stand on each page of an article: a template takes three times as long.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape  # as Django's, which first looks for texts to be translated

from django import template
from django.template import loader
from django.utils.safestring import SafeString, mark_safe

from articles.models import ArticleRegion, Issue, Page
from articles.models.bodies import Block
from articles.paths import path_to
from articles.templatetags.issues import date_of
from articles.views.highlighting import Highlighter

register = template.Library()


@register.simple_tag
def trail(issue: Issue, page: Page | None = None) -> SafeString:
    """Return the trail of a page or an article: {% trail issue %}, or {% trail issue page %} for one with a page."""
    year = issue.date.year
    steps = [
        (path_to("issues"), "期次"),
        (path_to("issue-year", year), f"{year}年"),
        (issue.get_absolute_url(), date_of(issue)),
    ]
    if page:
        steps.append((page.get_absolute_url(), escape(page.label)))
    links = " ".join(_link(path, text) for path, text in steps)
    return mark_safe(f'\n<nav class="trail" aria-label="所在位置">{links}</nav>\n')


@register.simple_tag
def places(rows: Iterable[ArticleRegion]) -> SafeString:
    """Return the regions of a story, each after the regions around it, with the former names in the text."""
    return mark_safe("".join(map(_place, rows)))


def _place(row: ArticleRegion) -> str:
    around = [row.region]
    while around[0].parent:
        around.insert(0, around[0].parent)
    links = " ".join(_link(region.get_absolute_url(), escape(region.name)) for region in around)
    former = "".join(f"“{escape(name)}”" for name in row.former_names)
    note = f"<small>（文中作{former}）</small>" if former else ""
    main = ' class="main"' if row.main else ""
    return f"<span{main}>{links}{note}</span>"


@register.simple_tag
def body(blocks: Iterable[Block], marker: Highlighter) -> SafeString:
    """Return the blocks of a body, with the highlights of `marker`: {% body blocks marker %}."""
    return mark_safe("".join(f"{_block(block, marker)}\n    " for block in blocks))


def _block(block: Block, marker: Highlighter) -> str:
    if block["type"] == "table":
        return loader.render_to_string("articles/_table.html", {"block": block, "marker": marker})
    tag = "h2" if block["type"] == "subhead" else "p"
    return f"<{tag}>{marker.mark(block['text'], 'body')}</{tag}>"


def _link(path: str, text: str) -> str:
    return f'<a href="{escape(path)}">{text}</a>'
