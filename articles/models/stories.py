"""Stories: an article with its continuations on other pages, and the bylines, regions and topics of all of them.

`story_parts` alone decides which articles a story consists of, and in which order. Pages, lists, feeds, files,
citations, search documents and the judging of regions and topics all begin there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Protocol, TypeVar

from django.db.models import QuerySet

from articles.models.articles import Article, ArticleQuerySet
from articles.models.assignments import ArticleRegion, ArticleTopic, Byline, each_once, each_region_once
from articles.models.block_keys import anchors
from articles.models.bodies import Block, whole_paragraphs
from articles.models.columns import Column
from articles.models.doubts import with_is_doubted
from articles.models.issues import Issue, Page
from articles.models.reference import Topic
from articles.models.statements import Statement
from articles.models.story_values import (
    BYLINE_FIELDS,
    FIELDS,
    REGION_FIELDS,
    TOPIC_FIELDS,
    ArticleRegionValues,
    ArticleValues,
    BylineValues,
    ColumnValues,
    IssueValues,
    PageValues,
    TopicValues,
)


class Part(Protocol):
    """The attributes of an article that `story_parts` uses."""

    @property
    def pk(self) -> int: ...

    @property
    def continuation_of_id(self) -> int | None: ...


P = TypeVar("P", bound=Part)
Row = TypeVar("Row")


@dataclass(frozen=True)
class Story:
    """An article with its continuations, and the bylines, regions and topics of all of them.

    `parts` begins with the head; the others follow as printed. `signatures` are the names under text and photos, in the
    order of the parts. Each region and each topic stands once, the main one first.
    """

    parts: Sequence[Article] | Sequence[ArticleValues]
    signatures: Sequence[Byline] | Sequence[BylineValues]
    regions: Sequence[ArticleRegion] | Sequence[ArticleRegionValues] = ()
    topics: Sequence[Topic] | Sequence[TopicValues] = ()

    @property
    def head(self) -> Article | ArticleValues:
        return self.parts[0]

    @property
    def issue(self) -> Issue | IssueValues:
        """The issue of the head: a story that readers may see has one."""
        issue = self.head.page.issue
        assert issue is not None
        return issue

    @property
    def bylines(self) -> list[Byline | BylineValues]:
        """The names under the text."""
        return [row for row in self.signatures if row.of == _TEXT]

    @property
    def credits(self) -> list[Byline | BylineValues]:
        """The names under photos."""
        return [row for row in self.signatures if row.of == _PHOTO]

    @property
    def column(self) -> Column | ColumnValues | None:
        """The column of the head, or None if the column is disabled."""
        column = self.head.column
        return column if column and not column.disabled else None

    @cached_property
    def bodies(self) -> list[tuple[Article | ArticleValues, list[Block]]]:
        """Each part with its blocks. A paragraph that a jump cut in two stands whole in the part where it begins."""
        return list(zip(self.parts, whole_paragraphs(self.parts), strict=True))

    @property
    def anchors(self) -> list[list[list[str]]]:
        """For each block of `bodies` its ids on the story's page. They stay when the story is joined or parted."""
        return anchors([(part.pk, part.blocks) for part in self.parts], [blocks for _, blocks in self.bodies])

    @property
    def blocks(self) -> list[Block]:
        """The blocks of all parts in order, with the whole paragraphs of `bodies`."""
        return [block for _, blocks in self.bodies for block in blocks]

    @property
    def sheets(self) -> list[Page | PageValues]:
        """The pages that the story stands on, each once, in the order of the parts."""
        return list({part.page.pk: part.page for part in self.parts}.values())

    @property
    def is_continued(self) -> bool:
        """Whether the story has continuations beside what was merged into its head on the head's own page."""
        page = self.head.page.pk
        return any(part.continuation_of_id and not (part.absorbed and part.page.pk == page) for part in self.parts)

    @property
    def pages(self) -> tuple[int, ...]:
        """The page numbers of the parts, in ascending order. A page without a number is left out."""
        return tuple(sorted({part.page.number for part in self.parts if part.page.number}))


def page_turns(parts: Sequence[Article] | Sequence[ArticleValues]) -> list[bool]:
    """Return for each part of a story whether it stands on another page than the part before it."""
    return [False, *(one != other for one, other in pairwise([part.page.pk for part in parts]))]


# As plain strings: comparing with a member of an enumeration takes ten times as long.
_TEXT, _PHOTO = Byline.Of.values


def story_parts(
    ids: Collection[int], read: Callable[[ArticleQuerySet], Iterable[P]], *, visible: bool = True
) -> list[list[P]]:
    """Return the articles of the stories with the heads `ids`, in this order: each head, then its continuations.

    `read` fetches the rows of a query, in its order. Heads and continuations that readers may not see are left out.
    Without `visible`, only continuations that are withdrawn, or whose page is, are left out. Takes one query, and any
    further ones of `read`.
    """
    return _joined(ids, read(Article.objects.parts(set(ids), visible=visible)))


def _joined(ids: Collection[int], parts: Iterable[P]) -> list[list[P]]:
    """Return the stories with the heads `ids`, in this order. `parts` are those of all, as printed."""
    heads: dict[int, P] = {}
    continuations: dict[int, list[P]] = defaultdict(list)
    for part in parts:
        if part.continuation_of_id is None:
            heads[part.pk] = part
        else:
            continuations[part.continuation_of_id].append(part)
    return [[heads[pk], *continuations[pk]] for pk in dict.fromkeys(ids) if pk in heads]


def parts_of(head: Article) -> list[Article]:
    """Return the articles of the story of `head`, itself first. Takes one query if it has continuations."""
    if not head.has_parts:
        return [head]
    return [head, *with_is_doubted(Article.objects.continuing([head.pk]).with_place())]


# The queries leave out the fields that no page shows: the words of a topic, what was edited.
def _signatures_of(**articles: object) -> QuerySet[Byline]:
    rows = Byline.objects.filter(**articles).order_by("position", "pk").select_related("contributor")
    return rows.only("article_id", "of", "role", "name_as_printed", "contributor__name")


def _regions_of(**articles: object) -> QuerySet[ArticleRegion]:
    rows = ArticleRegion.objects.filter(**articles).order_by(*REGION_ORDER).select_related("region__parent__parent")
    return rows.defer(
        *("region__edited_fields", "region__parent__edited_fields", "region__parent__parent__edited_fields")
    )


def _topics_of(**articles: object) -> QuerySet[ArticleTopic]:
    shown = ArticleTopic.objects.filter(topic__disabled=False, **articles)
    rows = shown.order_by(*TOPIC_ORDER).select_related("topic")
    return rows.only("article_id", "topic__slug", "topic__name")


def _of_one(of: Callable[..., QuerySet[Any, Row]]) -> Callable[[int], QuerySet[Any, Row]]:
    return lambda article: of(article=article)


#: The queries above for a story of one article, as nearly all are.
_OF_ONE: dict[Any, Statement[Any]] = {
    of: Statement(_of_one(of), int) for of in (_signatures_of, _regions_of, _topics_of)
}


def _rows_of(of: Callable[..., QuerySet[Any, Row]], ids: Sequence[int]) -> Iterable[Row]:
    """Return the rows of one of the queries above for the articles of a story."""
    return _OF_ONE[of].rows(*ids) if len(ids) == 1 else of(article__in=ids)


def load_story(head: Article) -> Story:
    """Return the story of `head` as records, in four queries. Page, issue and column of `head` must be fetched."""
    parts = parts_of(head)
    ids = [part.pk for part in parts]
    bylines: dict[int, list[Byline]] = defaultdict(list)
    for row in _rows_of(_signatures_of, ids):
        bylines[row.article_id].append(row)
    return Story(
        parts,
        _signatures(parts, bylines),
        each_region_once(_rows_of(_regions_of, ids)),
        list(dict.fromkeys(row.topic for row in _rows_of(_topics_of, ids))),
    )


def load_stories(
    ids: Sequence[int], *, visible: bool = True, with_text: bool = True, with_subjects: bool = True
) -> list[Story]:
    """Return the stories whose heads are `ids`, in this order, as values: four queries, two without `with_subjects`.

    For `visible` see `story_parts`. Without `with_text`, only the bodies of articles without a headline are read, by up
    to two more queries: their first words are the title. Without `with_subjects`, regions and topics are left out.
    """
    read = _values_with_text if with_text else _values_without_text
    stories = _joined(ids, read(_PARTS[visible, with_text].rows(tuple(ids))))
    heads = {part.pk: parts[0].pk for parts in stories for part in parts}
    bylines = _grouped(_BYLINES, {pk: pk for pk in heads}, BylineValues)
    regions = _grouped(_REGIONS, heads, ArticleRegionValues.of) if with_subjects else {}
    topics = _grouped(_TOPICS, heads, TopicValues) if with_subjects else {}
    return [
        Story(
            parts,
            _signatures(parts, bylines),
            each_region_once(regions.get(parts[0].pk, [])),
            list(dict.fromkeys(topics.get(parts[0].pk, []))),
        )
        for parts in stories
    ]


#: The main region comes first, then the region with the highest score. The best topic comes first.
REGION_ORDER, TOPIC_ORDER = ("-main", "-score", "region_id"), ("position", "pk")

#: The queries of `load_stories`, compiled once: compiling them takes longer than everything else in a list of hits.
_BYLINES, _REGIONS, _TOPICS = (
    Statement(lambda ids, rows=rows: rows.filter(article__among=ids), tuple)
    for rows in (
        Byline.objects.order_by("article_id", "position", "pk").values_list("article_id", *BYLINE_FIELDS),
        ArticleRegion.objects.order_by(*REGION_ORDER).values_list("article_id", *REGION_FIELDS),
        ArticleTopic.objects.filter(topic__disabled=False)
        .order_by(*TOPIC_ORDER)
        .values_list("article_id", *TOPIC_FIELDS),
    )
)


def _parts(visible: bool, fields: tuple[str, ...]) -> Statement[tuple]:
    return Statement(lambda heads: Article.objects.parts(heads, visible=visible).values_list(*fields), tuple)


#: {(visible, with_text): the query for the parts of stories}
_PARTS = {
    (visible, with_text): _parts(visible, (*FIELDS, "blocks") if with_text else FIELDS)
    for visible in (True, False)
    for with_text in (True, False)
}


def _signatures(parts: Iterable[Part], bylines: Mapping[int, list[Any]]) -> list[Any]:
    """Return the signatures of a story in the order of its parts, each name in each role once."""
    return each_once(row for part in parts for row in bylines.get(part.pk, ()))


def _grouped(rows: Statement[tuple], groups: Mapping[int, int], make: Callable[..., Row]) -> dict[int, list[Row]]:
    """Return {group: rows as made by `make`}; `groups` maps the ids of articles to groups."""
    found: dict[int, list[Row]] = defaultdict(list)
    for article, *values in rows.rows(tuple(groups)):
        found[groups[article]].append(make(*values))
    return found


def _values_with_text(rows: Iterable[tuple]) -> list[ArticleValues]:
    return [ArticleValues.of(row, blocks) for *row, blocks in rows]


def _values_without_text(rows: Sequence[tuple]) -> list[ArticleValues]:
    untitled = [row[0] for row in rows if not row[_HEADLINE]]
    bodies: dict[int, list[Block]] = {}
    if untitled:
        bodies = dict(Article.objects.order_by().filter(pk__among=untitled).values_list("pk", "blocks"))
    return [ArticleValues.of(row, bodies.get(row[0], [])) for row in rows]


_HEADLINE = FIELDS.index("headline")
