"""The page on citing a story: each reference and each citation format in a block to copy, and links to the files."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.citing import REFERENCES, article_formats
from articles.models import Article
from articles.models.stories import load_story
from articles.views.heads import of_head
from articles.views.records import StoryEntry


@of_head
def cite(request: HttpRequest, found: Article) -> HttpResponse:
    """Show how a story is cited."""
    entry, formats = StoryEntry(request, load_story(found)), article_formats().values()
    texts = [(each.label, each.block, each.write(entry.cited)) for each in REFERENCES]
    texts += [(each.label, each.block, each.write(entry)) for each in formats if each.block]
    context = {
        "article": found,
        "cited": entry.cited,
        "blocks": [_block(*text) for text in texts],
        "formats": formats,
    }
    return render(request, "articles/cite.html", context)


def _block(label: str, block: str, text: str) -> tuple[str, str, str, int]:
    """Return (label, id, text, rows) of a block. The text has the line ends of HTML."""
    text = text.replace("\r\n", "\n").strip()
    return label, block, text, text.count("\n") + 2
