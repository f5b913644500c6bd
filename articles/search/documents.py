"""Stories as the index takes them, read from the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import Prefetch

from articles.models import Article
from articles.search.index import StoryDocument

#: Kinds by number, in the order of Article.Kind.
KINDS = {kind: number for number, kind in enumerate(Article.Kind.values)}

#: Bits of the print order, from the right: id, position, page, edition, day. 63 in all, for a signed integer.
ID_BITS, POSITION_BITS, PAGE_BITS, EDITION_BITS, DAY_BITS = 22, 10, 10, 4, 17

FIRST_DAY = date(1900, 1, 1).toordinal()

#: What of an article's own rows its document holds.
RELATED = ("bylines__contributor", "article_regions__region", "article_topics")


def day_number(day: date) -> int:
    """Return a day as the index counts it."""
    return day.toordinal() - FIRST_DAY


def print_order(day: int, article: Article) -> int:
    """Return where an article stands in all that was ever printed; a page without number comes last in its issue."""
    number = article.page.number or (1 << PAGE_BITS) - 1
    order = day
    for value, bits in (
        (article.page.issue.edition, EDITION_BITS),
        (number, PAGE_BITS),
        (min(article.position, (1 << POSITION_BITS) - 1), POSITION_BITS),
        (article.pk % (1 << ID_BITS), ID_BITS),
    ):
        order = order << bits | value
    return order


def story_documents(ids: Sequence[int]) -> Iterator[StoryDocument]:
    """Yield the document of each visible story among `ids`: heads only, with the text of their parts."""
    parts = Article.objects.visible().select_related("page__issue").prefetch_related(*RELATED)
    heads = Article.objects.visible().stories().filter(pk__in=ids).select_related("page__issue", "column")
    heads = heads.prefetch_related(*RELATED, Prefetch("continuations", parts, to_attr="visible_parts"))
    for head in heads:
        yield _document(head, [head, *head.visible_parts])


def _document(head: Article, parts: list[Article]) -> StoryDocument:
    issue = head.page.issue
    day = day_number(issue.date)
    oldest = print_order(day, head)
    last_day = (1 << DAY_BITS) - 1
    bylines = [row for part in parts for row in part.bylines.all()]
    regions = {row.region for part in parts for row in part.article_regions.all()}
    ancestors = {code for region in regions for code in (region.code, region.code[:4] + "00", region.code[:2] + "0000")}
    return StoryDocument(
        id=head.pk,
        oldest=oldest,
        newest=print_order(last_day - day, head),
        day=day,
        texts={
            "headline": [text for part in parts for text in (part.kicker, part.headline, part.deck) if text],
            "body": [block["text"] for part in parts for block in part.blocks],
            "names": [
                *dict.fromkeys(name for row in bylines for name in (row.name_as_printed, row.contributor.name)),
                *([head.column.name] if head.column else []),
            ],
        },
        facets={
            "kind": [KINDS[head.kind]],
            "region": sorted(int(code) for code in ancestors),
            "topic": sorted({row.topic_id for part in parts for row in part.article_topics.all()}),
            "column": [head.column_id] if head.column_id else [],
            "contributor": sorted({row.contributor_id for row in bylines}),
            "page": sorted({part.page.number for part in parts if part.page.number}),
            "issue": [issue.pk],
            "year": [issue.date.year],
            "month": [issue.date.month],
        },
    )
