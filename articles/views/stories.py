"""Stories whole, as a page or a file shows them: the parts, who signed them, what they are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import QuerySet

from articles.models import Article, ArticleRegion, ArticleTopic, Byline, Column, Topic
from articles.models.articles import ArticleQuerySet
from articles.models.parts import each_once, each_region_once
from articles.models.stories import Block, whole_paragraphs
from articles.reading import DOUBT_LABELS
from articles.search.excerpt import excerpt

#: Doubts that tell readers something; that a text has no byline, say, they see themselves.
MISLEADING = frozenset(
    "headline-uncertain kind-uncertain split? merged? open-paragraph joined? place-ambiguous".split()
)

Row = TypeVar("Row", Byline, ArticleRegion, ArticleTopic)


@dataclass(frozen=True)
class Story:
    """An article that readers may see with all that is said of it and its parts; `parts` begins with the head."""

    parts: list[Article]
    bylines: list[Byline]
    regions: list[ArticleRegion]
    topics: list[Topic]

    @property
    def head(self) -> Article:
        return self.parts[0]

    @property
    def column(self) -> Column | None:
        """The column of the head, unless it is out of use."""
        column = self.head.column
        return column if column and not column.disabled else None

    @property
    def bodies(self) -> list[tuple[Article, list[Block]]]:
        """Each part with its blocks, those paragraphs whole that a jump cut in two."""
        return list(zip(self.parts, whole_paragraphs([part.blocks for part in self.parts]), strict=True))

    @property
    def summary(self) -> str:
        """The first paragraph, cut as lists of hits cut a body."""
        paragraphs = [block["text"] for _, blocks in self.bodies for block in blocks if block["type"] == "paragraph"]
        return "".join(piece.text for piece in excerpt(paragraphs[:1], []))

    @property
    def doubts(self) -> list[str]:
        """What the machine was not sure of in reading it, as far as that may mislead a reader, each said once."""
        names = [doubt["name"] for part in self.parts for doubt in part.doubts]
        return [DOUBT_LABELS[name] for name in dict.fromkeys(names) if name in MISLEADING]

    @property
    def pages(self) -> tuple[int, ...]:
        """The page numbers of the parts that have one."""
        return tuple(sorted({part.page.number for part in self.parts if part.page.number}))


def story_of(head: Article) -> Story:
    """Return the story of `head`, whose page, issue and column are fetched already, with four queries."""
    parts = head.story_parts()
    return Story(parts, Article.bylines_of(parts), Article.regions_of(parts), Article.topics_of(parts))


def stories_of(ids: Sequence[int], heads: ArticleQuerySet | None = None) -> list[Story]:
    """Return the stories with these heads in this order, without those that readers may not see.

    That takes five queries for however many; for a few hundred SQLite takes all their ids as parameters. `heads` are
    the articles to take the heads from, where more is to be fetched along with them.
    """
    visible = (Article.objects if heads is None else heads).visible().stories()
    found = visible.with_place().select_related("column").in_bulk(ids)
    parts = {pk: [found[pk]] for pk in ids if pk in found}
    for part in Article.objects.visible().with_place().filter(continuation_of__in=list(parts)).in_story_order():
        parts[part.continuation_of_id].append(part)
    owner = {part.pk: pk for pk, own in parts.items() for part in own}
    bylines = _by_story(Byline.objects.order_by("article", "position", "pk"), owner)
    regions = _by_story(ArticleRegion.objects.select_related("region"), owner)
    topics = _by_story(ArticleTopic.objects.filter(topic__disabled=False).select_related("topic"), owner)
    return [
        Story(
            own,
            each_once(bylines[pk]),
            each_region_once(regions[pk]),
            list(dict.fromkeys(row.topic for row in topics[pk])),
        )
        for pk, own in parts.items()
    ]


def _by_story(rows: QuerySet[Row], owner: dict[int, int]) -> dict[int, list[Row]]:
    """Return those of `rows` that hang on the articles `owner` maps to their story, by story, in their order."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows.filter(article__in=list(owner)):
        found[owner[row.article_id]].append(row)
    return found
