"""A story in files: as a record of data, as a row of a spreadsheet, as plain text."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import Any

from django.http import HttpRequest

from articles.citing import Cell, Cited, gbt_2025, source_line
from articles.models import Article, Issue
from articles.models.block_keys import without_keys
from articles.models.bodies import Block, is_headed
from articles.models.stories import Story, page_turns
from articles.models.story_values import ArticleValues
from articles.views.citations import cited_of
from articles.web.responses import absolute

# As plain strings: comparing with a member of an enumeration takes ten times as long.
_KINDS, _BASES = dict(Article.Kind.choices), dict(Issue.DateBasis.choices)

#: The version of `record`. It rises when a field is removed or changes its meaning. A new field leaves it as it is.
VERSION = 1


class StoryEntry:
    """A story as the formats of articles.citing take it, accessed on `day` or today. URLs are on the request's host."""

    def __init__(self, request: HttpRequest, story: Story, day: datetime.date | None = None) -> None:
        self.request = request
        self.story = story
        self.day = day

    @cached_property
    def cited(self) -> Cited:
        return cited_of(self.request, self.story, self.day)

    def record(self) -> dict[str, Any]:
        return record(self.story, self.cited, partial(absolute, self.request))

    def row(self) -> Sequence[Cell]:
        return _row(self.story, self.cited)

    def plain_text(self) -> str:
        return plain_text(self.story, self.cited)


def _row(story: Story, cited: Cited) -> list[Cell]:
    """Return the cells of a story in a spreadsheet, in the order of articles.citing.COLUMNS."""
    head, page, issue = story.head, story.head.page, story.issue
    return [
        head.pk,
        cited.url,
        str(issue.date),
        _BASES[issue.date_basis],
        issue.edition,
        issue.number,
        "、".join(map(str, cited.pages)),  # a spreadsheet would take 2-3 for a date
        page.section,
        _KINDS[head.kind],
        head.kicker,
        head.headline,
        head.deck,
        cited.column,
        "；".join(cited.authors),
        "；".join([str(row) for row in story.bylines]),
        "；".join([str(row) for row in story.credits]),
        "；".join([region.name for region in cited.regions]),
        "；".join([region.code for region in cited.regions]),
        "；".join(cited.topics),
        gbt_2025(cited),
        "；".join(cited.notes),
    ]


def record(story: Story, cited: Cited, absolute: Callable[[str], str]) -> dict[str, Any]:
    """Return everything that readers may see of a story, as JSON can hold it.

    The natural key of a story is issue (date, edition), page number and position. `blocks` is the body of the whole
    story; `parts` has the blocks as each page prints them. `absolute` makes a URL of a path.
    """
    head, page, issue = story.head, story.head.page, story.issue
    return {
        "schema": "healthnews/article",
        "version": VERSION,
        "id": head.pk,
        "url": cited.url,
        "revision": head.revision,
        "notes": list(cited.notes),
        "citation": gbt_2025(cited),
        "issue": {
            "date": str(issue.date),
            "date_inferred": issue.is_date_inferred,
            "edition": issue.edition,
            "number": issue.number,
            "url": absolute(issue.get_absolute_url()),
        },
        "page": {"number": page.number, "section": page.section, "url": absolute(page.get_absolute_url())},
        "pages": list(story.pages),
        "position": head.position,
        "kind": head.kind,
        "kicker": head.kicker,
        "headline": head.headline,
        "deck": head.deck,
        "column": story.column.name if story.column else "",
        "agency": head.agency,
        "bylines": [
            {"of": row.of, "role": row.role, "name": row.name_as_printed, "contributor": row.contributor_id}
            for row in story.signatures
        ],
        "regions": [
            {"code": row.region_id, "name": row.region.name, "main": row.main, "source": row.source}
            for row in story.regions
        ],
        "topics": [{"slug": topic.slug, "name": topic.name} for topic in story.topics],
        "review": head.review,
        "blocks": without_keys(story.blocks),
        "parts": [_part(part) for part in story.parts],
    }


def _part(part: Article | ArticleValues) -> dict[str, Any]:
    return {
        "id": part.pk,
        "page": part.page.number,
        "position": part.position,
        "kicker": part.kicker,
        "headline": part.headline,
        "deck": part.deck,
        "agency": part.agency,
        "continued_from": part.continued_from,
        "continued_to": part.continued_to,
        "blocks": without_keys(part.blocks),
    }


def plain_text(story: Story, cited: Cited) -> str:
    """Return a story as plain text: titles, names, paragraphs, and where it was printed."""
    head = story.head
    above = [head.kicker, head.title, f"——{head.deck}" if head.deck else ""]
    signed = "　".join(str(row) for row in story.bylines)
    pictures = "　".join(str(row) for row in story.credits)
    body: list[str] = []
    for (part, blocks), turns in zip(story.bodies, page_turns(story.parts), strict=True):
        if part is not head and not part.absorbed:
            body.append(f"（续见{part.page.label}）")
        elif turns:
            body.append(f"（印在{part.page.label}）")
        if is_headed(part, head):
            body.append(f"\n{part.headline}")
        if part.agency:
            body.append(f"据{part.agency}电")
        body += [_line(block) for block in blocks]
    below = [source_line(cited), cited.url, *cited.notes]
    paragraphs = ["\n".join(filter(None, lines)) for lines in (above, [signed, pictures], body, below)]
    return "\n\n".join(filter(None, paragraphs)) + "\n"


def _line(block: Block) -> str:
    if block["type"] == "table":
        caption = f"{block['caption']}\n" if block.get("caption") else ""
        return f"\n{caption}{block['text']}\n"
    return f"\n{block['text']}" if block["type"] == "subhead" else f"　　{block['text']}"
