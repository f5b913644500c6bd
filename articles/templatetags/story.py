"""The template tags for parts of a story's page: its trail, names, places, the blocks of its body, its neighbours.

They write HTML themselves, because they stand on each page of an article: a template takes three times as long.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from django import template
from django.template import loader
from django.utils.safestring import SafeString, mark_safe

from articles.models import Article, ArticleRegion, Byline, Issue, Page
from articles.models.bodies import Block
from articles.paths import path_to
from articles.templatetags.issues import date_of
from articles.views.highlighting import Highlighter
from articles.web.markup import escape

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
def signed(bylines: Iterable[Byline], marker: Highlighter, role: str = "") -> SafeString:
    """Return the names of bylines, a role once for all who follow it; `role` stands for those without one."""
    said = []
    for own, rows in groupby(bylines, key=lambda byline: byline.role or role):
        names = " ".join(_name(byline, marker) for byline in rows)
        said.append(f'<span class="name">{escape(own)} {names}</span>')
    return mark_safe("".join(said))


def _name(byline: Byline, marker: Highlighter) -> str:
    return _link(byline.contributor.get_absolute_url(), marker.mark(byline.name_as_printed, "names"))


@register.simple_tag(takes_context=True)
def beside(context: dict[str, Any]) -> SafeString:
    """Return the links to the stories and the issues beside a story. The arrow keys of a hit belong to the hits."""
    is_hit = bool(context["hit"])
    links = [
        _beside(context["before"], "left", 'rel="prev" ', "上一篇", "" if is_hit else "ArrowLeft"),
        _beside(context["after"], "right", 'rel="next" ', "下一篇", "" if is_hit else "ArrowRight"),
        _beside(context.get("previous_issue"), "left issue", "", "上一期", "Shift+ArrowLeft"),
        _beside(context.get("next_issue"), "right issue", "", "下一期", "Shift+ArrowRight"),
    ]
    if not any(links):
        return SafeString()
    lines = "".join(f"  {link}\n" for link in links)
    return mark_safe(f'\n<nav class="beside" aria-label="上下篇和前后各期">\n{lines}</nav>\n')


def _beside(to: Article | Issue | None, side: str, relation: str, label: str, keys: str) -> str:
    if to is None:
        return ""
    title = to.title if isinstance(to, Article) else str(to)
    shortcut = f' aria-keyshortcuts="{keys}"' if keys else ""
    head = f'<a class="{side}" {relation}href="{escape(to.get_absolute_url())}"{shortcut}>'
    return f"{head}<span>{label}</span> {escape(title)}</a>"


@register.simple_tag
def body(blocks: Iterable[Block], anchors: Iterable[Sequence[str]], marker: Highlighter) -> SafeString:
    """Return the blocks of a body, with the highlights of `marker`: {% body blocks anchors marker %}.

    `anchors` are the ids of each block. A block has the first as its own; the others stand within it.
    """
    shown = (_block(block, ids, marker) for block, ids in zip(blocks, anchors, strict=True))
    return mark_safe("".join(f"{html}\n    " for html in shown))


def _block(block: Block, ids: Sequence[str], marker: Highlighter) -> str:
    if block["type"] == "table":
        return loader.render_to_string("articles/_table.html", {"block": block, "anchor": ids[0], "marker": marker})
    tag = "h2" if block["type"] == "subhead" else "p"
    within = "".join(f'<span id="{escape(each)}"></span>' for each in ids[1:])
    return f'<{tag} id="{escape(ids[0])}">{within}{marker.mark(block["text"], "body")}</{tag}>'


def _link(path: str, text: str) -> str:
    return f'<a href="{escape(path)}">{text}</a>'
