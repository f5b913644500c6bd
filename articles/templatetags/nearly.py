"""The template tag for the stories that nearly hold a string."""

from __future__ import annotations

from django import template
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

from articles.search.near import NearHit, Nearly
from articles.search.nearness import Piece
from articles.search.query_tree import Phrase, quotable, serialise
from articles.templatetags.rows import when
from articles.web.markup import escape

register = template.Library()


@register.filter
def quoted(text: str) -> str:
    """Return the query for a string as it stands: {% querystring q=text|quoted %}."""
    return serialise(Phrase(quotable(text), quoted=True))


@register.simple_tag
def nearest(nearly: Nearly) -> SafeString:
    """Return the list of the sentences that come nearest, each with what differs: {% nearest nearly %}."""
    return mark_safe(f'<ol class="rows nearest">\n{"".join(map(_row, nearly.hits))}</ol>\n')


def _row(hit: NearHit) -> str:
    head = hit.story.head
    asked = urlencode({"q": quoted(hit.quoted)})
    pieces = "".join(map(_piece, hit.pieces))
    return f"""<li><p class="near">{escape(hit.before)}{pieces}{escape(hit.after)}</p>
  {when(head.page)}
  <h3 class="headline"><a href="{escape(head.get_absolute_url())}?{escape(asked)}#hit-1">{escape(head.title)}</a></h3>
  <p class="line"><span>差 {hit.distance} 字：{_said(hit.pieces)}</span></p></li>
"""


def _piece(piece: Piece) -> str:
    """Return a piece as printed. What differs is underlined, with the reader's characters above it.

    >>> print(_piece(Piece("靠", "凭")))
    <ruby>凭<rp>（</rp><rt>靠</rt><rp>）</rp></ruby>
    """
    if piece.is_same:
        return escape(piece.printed)
    typed = f"<rp>（</rp><rt>{escape(piece.typed) or '无'}</rt><rp>）</rp>"
    if piece.printed:
        return f"<ruby>{escape(piece.printed)}{typed}</ruby>"
    return f'<ruby class="lacking"><span class="gap">∧</span>{typed}</ruby>'


def _said(pieces: tuple[Piece, ...]) -> str:
    """Return in words what differs.

    >>> _said((Piece("靠", "凭"), Piece("本事", "本事"), Piece("", "去"), Piece("们", "")))
    '“靠”报上作“凭”，报上多“去”，报上无“们”'
    """
    return "，".join(_difference(escape(piece.typed), escape(piece.printed)) for piece in pieces if not piece.is_same)


def _difference(typed: str, printed: str) -> str:
    if not typed:
        return f"报上多“{printed}”"
    return f"“{typed}”报上作“{printed}”" if printed else f"报上无“{typed}”"
