"""The template tag for a list of stories, the same on every page that has one.

It writes the rows itself: a template would take as long for them as the search does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from articles.models import Article, Page
from articles.models.bodies import paragraphs_of, values_of
from articles.models.issues import SAMPLE_MARK
from articles.models.stories import Story
from articles.models.story_values import PageValues
from articles.templatetags.coins import coins
from articles.views.counts import all_provinces, reference
from articles.views.highlighting import Highlighter
from articles.views.rows import HEADINGS, Row
from articles.web.markup import escape

register = template.Library()

#: The length of an excerpt in characters: one line on a desktop, two on a phone. The characters before its first mark.
EXCERPT, LEAD = 64, 24

#: The regions and the topics that a row names at most.
MOST_PLACES, MOST_TOPICS = 2, 3

# As plain strings: comparing with a member of an enumeration takes ten times as long.
_ARTICLE, _PHOTO = Article.Kind.ARTICLE.value, Article.Kind.PHOTO.value


@register.simple_tag(takes_context=True)
def rows_of(context: dict[str, Any], rows: Iterable[Row], headings: str = "", level: str = "") -> SafeString:
    """Return a list of stories: {% rows_of rows %}, or {% rows_of rows "month" %} with headings (a key of HEADINGS).

    `level` is the level of a headline below other headings: {% rows_of rows level="h4" %}.
    """
    level = level or ("h3" if headings else "h2")
    shorts = _province_names()
    written = []
    if headings:
        for text, held in groupby(rows, key=lambda row: HEADINGS[headings](row.story)):
            written.append(f'<li class="period"><h2>{text}</h2></li>\n')
            written += [_row(context, row, level, shorts) for row in held]
    else:
        written = [_row(context, row, level, shorts) for row in rows]
    return mark_safe(f'<ol class="rows">\n{"".join(written)}</ol>\n')


def _province_names() -> dict[str, str]:
    """Return {the first two digits of its code: the short name of a province}."""
    return reference("province-names", lambda: {region.code[:2]: region.short for region in all_provinces()})


def _row(context: dict[str, Any], row: Row, level: str, shorts: dict[str, str]) -> str:
    story, marker, head, is_listed = row.story, row.marker, row.story.head, row.reason is None
    # A row beside a story has no COinS either: a program that cites the page takes its own story alone.
    title, excerpt = _title_and_excerpt(story, marker) if is_listed else (escape(head.title), "")
    kind = "" if head.kind == _ARTICLE else f'<span class="kind">{escape(head.get_kind_display())}</span>'
    caption = " caption" if head.kind == _PHOTO and not head.headline else ""
    above, below = _marked_lines(story, marker)
    link = f'{kind}<a href="{escape(row.url)}">{title}</a>'
    if is_listed:
        link += coins(context, head, story)
    return f"""<li>{above}<{level} class="headline{caption}">{link}</{level}>
  {when(head.page)}{below}
  <p class="line">{_line(row, shorts)}</p>{excerpt}</li>
"""


def _title_and_excerpt(story: Story, marker: Highlighter) -> tuple[str, str]:
    """Return the title and the paragraph with the excerpt, as HTML.

    The title of a picture without a headline is its caption. Its excerpt would say the same again, unless it shows a
    mark that the title lacks.
    """
    head = story.head
    title = marker.mark(head.title, "headline" if head.headline else "body")
    # Without strings to show, the first paragraph says more than the subhead above it.
    texts = values_of(story.blocks) if marker.needles["body"] else paragraphs_of(story.blocks)
    excerpt = marker.excerpt(texts, EXCERPT, LEAD)
    if head.kind == _PHOTO and not head.headline and ("<mark" in title or "<mark" not in excerpt):
        return title, ""
    return title, f'<p class="excerpt">{excerpt}</p>' if excerpt else ""


def _marked_lines(story: Story, marker: Highlighter) -> tuple[str, str]:
    """Return the kicker, and the deck and the headlines of further parts: those that hold a mark."""
    if not marker.needles["headline"]:
        return "", ""
    head = story.head
    kicker = _if_marked(head.kicker, marker, "kicker", "")
    lines = [_if_marked(head.deck, marker, "deck", "——")]
    for part in story.parts[1:]:
        if part.headline != head.headline:
            lines.append(_if_marked(part.headline, marker, "deck", "续篇："))
    return kicker, "".join(lines)


def _if_marked(text: str, marker: Highlighter, name: str, before: str) -> str:
    marked = marker.mark(text, "headline") if text else ""
    return f'<p class="{name}">{before}{marked}</p>' if "<mark" in marked else ""


def when(page: Page | PageValues) -> str:
    """Return the link to the page where a story was printed, with the day."""
    issue = page.issue
    assert issue is not None  # of a story that readers may see
    day = issue.date.isoformat()
    # HTML can't express a doubtful date, and Zotero takes a <time> as a date.
    said = f'<span class="day">约 {day}</span>' if issue.is_date_inferred else f'<time datetime="{day}">{day}</time>'
    number = f"{page.number}版" if page.number else page.number_text
    edition = f"（第{issue.edition}种）" if issue.edition > 1 else ""
    return (
        f'<a class="when" href="{escape(page.get_absolute_url())}">{said} {number}{edition} {escape(page.section)}</a>'
    )


def _line(row: Row, shorts: dict[str, str]) -> str:
    """Return the one line below a headline: who wrote it, its column, the regions and topics that it is about.

    The reason of a row comes first.
    """
    story, marker = row.story, row.marker
    places = _places([(row.region_id, row.region.short) for row in story.regions[:MOST_PLACES]], shorts)
    topics = "、".join(topic.name for topic in story.topics[:MOST_TOPICS])
    pieces = [
        escape(row.reason or ""),
        _names(story, marker),
        marker.mark(story.column.name, "column") if story.column else "",
        escape(places),
        escape(topics),
    ]
    sample = f'<span class="sample">{SAMPLE_MARK}</span> ' if story.head.is_sample else ""
    return sample + "".join(f"<span>{piece}</span>" for piece in pieces if piece)


def _names(story: Story, marker: Highlighter) -> str:
    """Return the names under the text, a role once for all who follow it; for a picture also those under photos."""
    signed: Sequence[Any] = story.bylines
    if story.head.kind == _PHOTO or not signed or marker.needles["names"]:
        signed = [*signed, *story.credits]
    said = []
    for role, rows in groupby(signed, key=lambda row: row.role or ("摄影" if row.of == "photo" else "")):
        names = "　".join(marker.mark(row.name_as_printed, "names") for row in rows)
        said.append(f"{escape(role)} {names}" if role else names)
    return "　".join(dict.fromkeys(said))


def _places(regions: Iterable[tuple[str, str]], provinces: dict[str, str]) -> str:
    """Return regions, given as (code, short name), in short, each after its province unless the one before has it, too.

    >>> _places([("350400", "三明"), ("350425", "大田"), ("330000", "浙江")], {"35": "福建", "33": "浙江"})
    '福建 三明、大田、浙江'
    """
    said, before = [], ""
    for code, short in regions:
        province = provinces.get(code[:2], "")
        is_whole = code.endswith("0000")
        said.append(short if is_whole or province == before else f"{province} {short}".strip())
        before = province
    return "、".join(said)
