"""The template tag for the items of a page in their layout.

It writes the rows itself: an issue has some sixty, and a template takes longer for them than for everything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.template import loader
from django.utils.safestring import SafeString, mark_safe

from articles.models import Article, Page
from articles.templatetags.coins import coins
from articles.views.layout import Cell
from articles.web.markup import escape

register = template.Library()


@register.simple_tag(takes_context=True)
def cells_of_page(context: dict[str, Any], cells: Iterable[Cell], level: str) -> SafeString:
    """Return the list of the cells of a page: {% cells_of_page cells "h2" %}. `level` is the level of a headline.

    Whether the page is a sample is said by the page.
    """
    return mark_safe(_cells(context, cells, level))


@register.simple_tag(takes_context=True)
def sheets_of_issue(context: dict[str, Any], sheets: Iterable[tuple[Page, Sequence[Cell]]]) -> SafeString:
    """Return the pages of an issue, each with its cells: {% sheets_of_issue sheets %}."""
    return mark_safe("".join(_sheet(context, page, cells) for page, cells in sheets))


@register.simple_tag
def contents_of_issue(sheets: Iterable[tuple[Page, Sequence[Cell]]]) -> SafeString:
    """Return the links to the pages of an issue on its own page, each with its number of items."""
    links = (
        f'<li><a href="#page-{page.pk}">{escape(page.short_label)}</a> <span>{len(cells)} 篇</span></li>'
        for page, cells in sheets
    )
    return mark_safe("".join(links))


def _sheet(context: dict[str, Any], page: Page, cells: Iterable[Cell]) -> str:
    sample = f" {loader.render_to_string('articles/_sample.html')}" if page.is_sample else ""
    link = f'<a href="{escape(page.get_absolute_url())}">{escape(page.short_label)}</a>'
    return f"""
<section class="page" id="page-{page.pk}" aria-labelledby="title-{page.pk}">
  <h2 id="title-{page.pk}">{link}{sample}</h2>
  {_cells(context, cells, "h3")}
</section>
"""


def _cells(context: dict[str, Any], cells: Iterable[Cell], level: str) -> str:
    rows = "".join(_cell(context, cell, level) for cell in cells)
    rows = rows or '<li class="cell span-12">这一版没有可读的文章。</li>'
    return f'\n<ol class="cells">\n{rows}\n</ol>\n'


def _cell(context: dict[str, Any], cell: Cell, level: str) -> str:
    article = cell.article
    kicker = f'<p class="kicker">{escape(article.kicker)}</p>' if article.kicker else ""
    deck = f'<p class="deck">——{escape(article.deck)}</p>' if article.deck else ""
    excerpt = f'<p class="excerpt">{escape(cell.excerpt)}</p>' if cell.excerpt else ""
    link = f'<a href="{escape(article.story_url)}">{escape(article.title)}</a>{coins(context, article)}'
    return f"""<li class="{cell.classes}">
  {kicker}
  <{level} class="headline">{link}</{level}>
  {deck}
  {_meta(article)}
  {excerpt}
</li>
"""


def _meta(article: Article) -> str:
    """Return the paragraph with the kind of an article that is none in the usual sense, and with who wrote it."""
    said = []
    if article.kind != Article.Kind.ARTICLE:
        said.append(f'<span class="kind">{escape(article.get_kind_display())}</span>')
    said += [f'<span class="name">{escape(str(byline))}</span>' for byline in article.writers]
    return f'<p class="meta">{"".join(said)}</p>' if said else ""
