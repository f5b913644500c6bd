"""The citation of a story, and the tags for machines in the page of an article."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from articles.citing import Cited, CitedRegion, gbt_2025, json_ld, meta_tags, share, source_line
from articles.models import Article
from articles.models.bodies import paragraphs_of
from articles.models.issues import SAMPLE_MARK
from articles.models.reference import tidy_name
from articles.models.stories import Story
from articles.search.excerpt import excerpt
from articles.web.markup import escape
from articles.web.responses import absolute
from articles.web.today import date_of_paper, today

#: The archive's note on an article whose date is inferred, wherever it is cited. The only other note is SAMPLE_MARK.
INFERRED_NOTE = "报上未印日期，此日期据正文所记事件推算"


@dataclass(frozen=True)
class CitationHead:
    """The tags for machines in the head of an article's page, and the reference by GB/T 7714—2025.

    `description` says where the article was printed, then gives the archive's notes on it and its first words.
    """

    tags: SafeString
    description: str
    reference: str


#: Stands before the caption of a picture without a headline.
PICTURE = Article.Kind.PHOTO.label


def cited_of(request: HttpRequest, story: Story, accessed: datetime.date | None = None) -> Cited:
    """Return the citation of a story, accessed on the day `accessed` or today, at its URL on the request's host."""
    return Cited(
        **_in_its_place(request, story, accessed or today()),
        column=story.column.name if story.column else "",
        regions=tuple(CitedRegion(row.region_id, row.region.name) for row in story.regions),
        topics=tuple(topic.name for topic in story.topics),
        lead=summary_of(story),
    )


def summary_of(story: Story) -> str:
    """Return the first paragraph of a story, cut as the search page cuts a body."""
    return "".join(fragment.text for fragment in excerpt(paragraphs_of(story.blocks)[:1], []))


def cited_row(request: HttpRequest, story: Story) -> Cited:
    """Return the citation of a story in a list.

    Column, regions, topics and the first words of the text are left out: they would cost queries and time.
    """
    return Cited(**_in_its_place(request, story, date_of_paper()))


def _in_its_place(request: HttpRequest, story: Story, accessed: datetime.date) -> dict[str, Any]:
    """Return the fields of `Cited` that head, page, issue and bylines of a story give: {name: value}."""
    head, issue = story.head, story.issue
    authors, translators = share((row.role, tidy_name(row.name_as_printed)) for row in story.bylines)
    notes = [(SAMPLE_MARK, head.is_sample), (INFERRED_NOTE, issue.is_date_inferred)]
    return {
        "id": head.pk,
        "url": absolute(request, head.get_absolute_url()),
        "title": head.title if head.headline or head.kind != Article.Kind.PHOTO else f"{PICTURE}：{head.title}",
        "is_title_printed": bool(head.headline),
        "kicker": head.kicker,
        "deck": head.deck,
        "section": head.page.section,
        "authors": authors,
        "translators": translators,
        "date": issue.date,
        "is_date_inferred": issue.is_date_inferred,
        "edition": issue.edition,
        "issue_number": issue.number,
        "pages": story.pages,
        "accessed": accessed,
        "notes": tuple(note for note, holds in notes if holds),
    }


def citation_head(request: HttpRequest, story: Story) -> CitationHead:
    """Return the tags, description and reference of a story, without a query."""
    cited = cited_of(request, story, date_of_paper())  # none of them prints this day: the page is the same tomorrow
    notes = "".join(f"，{note}" for note in cited.notes)
    description = f"{source_line(cited)}{notes}：{cited.lead}" if cited.lead else ""
    return CitationHead(_tags(cited), description, gbt_2025(cited))


def _tags(cited: Cited) -> SafeString:
    """Return the tags of the head. A template takes as long for them as for the rest of an article's page."""
    tags = [
        f'<meta {attribute}="{name}" content="{escape(content)}">\n' for attribute, name, content in meta_tags(cited)
    ]
    return mark_safe(f'{"".join(tags)}<script type="application/ld+json">{json_ld(cited)}</script>')
