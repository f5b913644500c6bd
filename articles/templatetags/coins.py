"""The template tag for the COinS of a row of a list. Reference managers read them."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from articles.citing import coins as context_object
from articles.models import Article
from articles.models.stories import Story
from articles.models.story_values import ArticleValues
from articles.views.citations import cited_row

register = template.Library()


@register.simple_tag(takes_context=True)
def coins(context: dict[str, Any], article: Article | ArticleValues, story: Story | None = None) -> SafeString:
    """Return the COinS of a row that shows the story of `article`: {% coins article %}, or {% coins article story %}.

    The tag makes no query, so the COinS without `story` describe only the head. A continuation has no COinS. The page
    of one story has none either, because Zotero would prefer them to the meta tags, which say more.
    """
    if article.continuation_of_id:
        return SafeString()
    if story is None:
        assert isinstance(article, Article)  # lists of stories pass their stories
        story = Story([article], article.signed)
    cited = cited_row(context["request"], story)
    title = context_object(cited).replace("&", "&amp;")  # its values are quoted: it has no other character to escape
    return mark_safe(f'<span class="Z3988" title="{title}" hidden></span>')
