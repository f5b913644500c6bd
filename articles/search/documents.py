"""The documents of stories for the index, read from the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet

from articles.models import Article, ArticleRegion, ArticleTopic, Byline
from articles.models.articles import ArticleQuerySet
from articles.models.bodies import values_of, whole_paragraphs
from articles.models.fields import searched_lines
from articles.models.stories import story_parts
from articles.search.index_rows import StoryDocument
from articles.search.roles import role_of, signature

#: The number of each kind, in the order of Article.Kind.
KINDS = {kind: number for number, kind in enumerate(Article.Kind.values)}

#: Bits of a key of the print order, from the right: id, position, page, edition, day. 63 in all, for a signed integer.
ID_BITS, POSITION_BITS, PAGE_BITS, EDITION_BITS, DAY_BITS = 22, 10, 10, 4, 17

_PHOTO = Byline.Of.PHOTO.value

FIRST_DAY = date(1900, 1, 1).toordinal()

#: Stories read at a time, and articles in a query: older builds of SQLite take 999 parameters.
BATCH = 450


class _Part(NamedTuple):
    """The values of an article's own row in a document. The names are those of the query that reads the row."""

    pk: int
    continuation_of_id: int | None
    position: int
    kind: str
    headline: str
    absorbed: bool
    blocks: list[dict[str, str]]
    column: int | None
    column__name: str | None
    page__number: int | None
    page__section: str
    page__issue: int
    page__issue__date: date
    page__issue__edition: int
    page__issue__number: int | None
    #: The lines of print that are searched as headlines.
    lines: tuple[str, ...]


_OWN = _Part._fields[:-1]


def _parts(articles: ArticleQuerySet) -> Iterator[_Part]:
    rows = articles.values_list(*_OWN, *searched_lines("headline"))
    return (_Part._make((*row[: len(_OWN)], row[len(_OWN) :])) for row in rows)


def day_number(day: date) -> int:
    """Return the number of a day in the index: days since FIRST_DAY."""
    return day.toordinal() - FIRST_DAY


def day_of(number: int) -> date:
    """Return the day that has this number in the index."""
    return date.fromordinal(FIRST_DAY + number)


def story_documents(ids: Iterable[int]) -> Iterator[StoryDocument]:
    """Yield the document of each visible story whose head is among `ids`, with the text of all its parts."""
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), BATCH):
        yield from _batch(ordered[start : start + BATCH])


def _batch(ids: list[int]) -> Iterator[StoryDocument]:
    stories = story_parts(ids, _parts)
    owners = {part.pk: parts[0].pk for parts in stories for part in parts}
    bylines = _rows_by_story(Byline.objects.order_by("position", "pk"), owners, *_SIGNED)
    regions = _rows_by_story(ArticleRegion.objects.order_by(), owners, "region")
    topics = _rows_by_story(ArticleTopic.objects.order_by(), owners, "topic")
    for parts in stories:
        head = parts[0].pk
        yield _document(parts, bylines[head], regions[head], topics[head])


_SIGNED = ("contributor", "of", "role", "name_as_printed", "contributor__name")


def _rows_by_story(rows: QuerySet, owners: dict[int, int], *fields: str) -> dict[int, list[tuple]]:
    """Return {story: values of `fields`} for the `rows` of the articles that `owners` maps to their story."""
    found: dict[int, list[tuple]] = defaultdict(list)
    articles = list(owners)
    for start in range(0, len(articles), BATCH):  # stories of several parts have more articles than ids
        held = rows.filter(article__in=articles[start : start + BATCH])
        for article, *values in held.values_list("article", *fields):
            found[owners[article]].append(tuple(values))
    return found


def _print_order(day: int, part: _Part) -> int:
    """Return the key of an article in the order of print, over all days. A page without number is last in its issue."""
    order = day
    for value, bits in (
        (part.page__issue__edition, EDITION_BITS),
        (part.page__number or (1 << PAGE_BITS) - 1, PAGE_BITS),
        (min(part.position, (1 << POSITION_BITS) - 1), POSITION_BITS),
        (part.pk % (1 << ID_BITS), ID_BITS),
    ):
        order = order << bits | value
    return order


def _document(parts: list[_Part], bylines: list[tuple], regions: list[tuple], topics: list[tuple]) -> StoryDocument:
    head = parts[0]
    day = day_number(head.page__issue__date)
    codes = {code for (code,) in regions}
    ancestors = {int(code) for own in codes for code in (own, own[:4] + "00", own[:2] + "0000")}
    names = dict.fromkeys(name for *_, printed, name in bylines for name in (printed, name))
    signatures = {signature(role_of(role, photo=of == _PHOTO), pk) for pk, of, role, *_ in bylines}
    return StoryDocument(
        id=head.pk,
        oldest=_print_order(day, head),
        newest=_print_order((1 << DAY_BITS) - 1 - day, head),
        day=day,
        texts={
            "headline": [text for part in parts for text in part.lines if text],
            "body": [text for body in whole_paragraphs(parts) for text in values_of(body)],
            "names": list(names),
            "column": [head.column__name] if head.column__name else [],
        },
        facets={
            "kind": [KINDS[head.kind]],
            "region": sorted(ancestors),
            "province": sorted(code for code in ancestors if code % 10_000 == 0),
            "topic": sorted({topic for (topic,) in topics}),
            "column": [head.column] if head.column else [],
            "contributor": sorted({contributor for contributor, *_ in bylines}),
            "signature": sorted(signatures),
            "page": sorted({part.page__number for part in parts if part.page__number}),
            "issue": [head.page__issue],
            "year": [head.page__issue__date.year],
            "month": [head.page__issue__date.month],
            "month_day": [head.page__issue__date.month * 100 + head.page__issue__date.day],
            "number": [head.page__issue__number] if head.page__issue__number else [],
        },
        section=head.page__section,
    )
