"""Stories whole, as a page or a file shows them: the parts, who signed them, what they are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import QuerySet

from articles.citing import CitedRegion
from articles.models import Article, ArticleRegion, ArticleTopic, Byline, Column, Topic
from articles.models.articles import ArticleQuerySet
from articles.models.assignments import each_once, each_region_once
from articles.models.stories import Block, paragraphs_of, whole_paragraphs
from articles.reading import DOUBT_LABELS
from articles.search.excerpt import excerpt
from articles.views.counts import shown_topics
from articles.views.story_values import FIELDS, ArticleValues, ColumnValues, Located, Signature, around_id

#: Doubts that tell readers something; that a text has no byline, say, they see themselves.
MISLEADING = frozenset("headline-uncertain split? merged? open-paragraph joined? place-ambiguous".split())

Row = TypeVar("Row")


@dataclass(frozen=True)
class Story:
    """An article that readers may see with all that is said of it and its parts; `parts` begins with the head."""

    parts: list[Article] | list[ArticleValues]
    bylines: list[Byline] | list[Signature]
    regions: list[ArticleRegion] | list[Located]
    topics: list[Topic]

    @property
    def head(self) -> Article | ArticleValues:
        return self.parts[0]

    @property
    def column(self) -> Column | ColumnValues | None:
        """The column of the head, unless it is out of use."""
        column = self.head.column
        return column if column and not column.disabled else None

    @property
    def bodies(self) -> list[tuple[Article | ArticleValues, list[Block]]]:
        """Each part with its blocks, those paragraphs whole that a jump cut in two."""
        return list(zip(self.parts, whole_paragraphs([part.blocks for part in self.parts]), strict=True))

    @property
    def summary(self) -> str:
        """The first paragraph, cut as lists of hits cut a body."""
        paragraphs = [text for _, blocks in self.bodies for text in paragraphs_of(blocks)]
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


def stories_of(ids: Sequence[int]) -> list[Story]:
    """Return the stories with these heads in this order, without those that readers may not see: five queries."""
    return StoryReader()(ids)


class StoryReader:
    """Reads stories, some hundred at a time, with a query for each kind of row: called with ids, as `stories_of` is.

    Without `with_text` no body is read but where it stands for a headline.
    """

    def __init__(self, *, with_text: bool = True) -> None:
        self._with_text = with_text

    def __call__(self, ids: Sequence[int]) -> list[Story]:
        shown = Article.objects.visible()
        heads = {head.pk: head for head in self._read(shown.stories().filter(pk__among=set(ids)).order_by())}
        parts = {pk: [heads[pk]] for pk in ids if pk in heads}
        for part in self._read(shown.filter(continuation_of__among=parts.keys()).in_story_order()):
            parts[part.continuation_of_id].append(part)
        owner = {part.pk: pk for pk, own in parts.items() for part in own}
        topics = {topic.pk: topic for topic in shown_topics()}
        bylines = _by_story(_SIGNED, owner, Signature)
        regions = _by_story(_LOCATED, owner, _located)
        about = _by_story(_ABOUT, owner, int)
        return [
            Story(
                own,
                each_once(bylines[pk]),
                each_region_once(regions[pk]),
                [topics[topic] for topic in dict.fromkeys(about[pk]) if topic in topics],
            )
            for pk, own in parts.items()
        ]

    def _read(self, articles: ArticleQuerySet) -> list[ArticleValues]:
        around = around_id()
        if self._with_text:
            return [ArticleValues.of(row, blocks, around) for *row, blocks in articles.values_list(*FIELDS, "blocks")]
        rows = list(articles.values_list(*FIELDS))
        untitled = [row[0] for row in rows if not row[_HEADLINE]]
        bodies: dict[int, list[Block]] = {}
        if untitled:
            bodies = dict(Article.objects.order_by().filter(pk__among=untitled).values_list("pk", "blocks"))
        return [ArticleValues.of(row, bodies.get(row[0], []), around) for row in rows]


_HEADLINE = FIELDS.index("headline")

#: What hangs on articles: the article's id, then the values of `Signature`, of `Located`, of a topic.
_SIGNED = Byline.objects.order_by("article_id", "position", "pk").values_list(
    "article_id", "of", "role", "name_as_printed", "contributor_id"
)
_LOCATED = ArticleRegion.objects.order_by("-main", "-score", "region_id").values_list(
    "article_id", "region_id", "main", "source", "region__name"
)
_ABOUT = ArticleTopic.objects.order_by("position", "pk").values_list("article_id", "topic_id")


def _located(code: str, main: bool, source: str, name: str) -> Located:
    return Located(code, main, source, CitedRegion(code, name))


def _by_story(rows: QuerySet, owner: dict[int, int], make: Callable[..., Row]) -> dict[int, list[Row]]:
    """Return what `make` makes of `rows` that hang on the articles `owner` maps to their story, by story, in order."""
    found: dict[int, list[Row]] = defaultdict(list)
    for article, *values in rows.filter(article__among=owner.keys()):
        found[owner[article]].append(make(*values))
    return found
