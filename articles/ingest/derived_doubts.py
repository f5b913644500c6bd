"""The doubts that the stored rows alone tell, corrections included: open jumps, missing topics, inferred dates …

No reading is needed for them. A correction on the desk therefore makes them go at once: see `derive`.
"""

from __future__ import annotations

import datetime
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from articles.ingest.doubts import Raised, Raising, Target, bring, doubt, doubt_about, with_answers
from articles.models import Article, Byline, Doubt, Issue, Page, PageCredit, SourceText
from articles.models.archive import Change
from articles.models.doubt_kinds import (
    CONFLICT,
    DATE_INFERRED,
    DATE_UNKNOWN,
    DERIVED,
    LEFTOVER_TEXT,
    NO_TOPIC,
    NUMBER_UNKNOWN,
    OPEN_JUMP,
    PROPOSAL,
)
from articles.models.statements import Statement

#: The columns of a row of a set by which a proposal is known. The others, scores and evidence, follow the tables.
_TOLD = {"regions": 2, "topics": 1}

#: The names of the proposed sets. Other fields are called by their models.
_SETS = {"bylines": str(Byline._meta.verbose_name), "credits": str(PageCredit._meta.verbose_name), "items": "新的文章"}


#: A function that returns the model of a name.
Models = Callable[[str], type[Model]]


def _present(name: str) -> type[Model]:
    return apps.get_model("articles", name)


def derive(change: Change, *, pages: Collection[int] = (), articles: Collection[int] = ()) -> None:
    """Bring the DERIVED doubts of these pages and articles (ids) to the stored rows.

    Call it inside `change`, after all other writes. Name
    * each page whose number, issue, segments, proposals or conflicts may have changed; its articles are included
    * all pages of an issue whose date or basis of a date may have changed
    * each article whose kind, jumps, head, topics, edited fields or proposals may have changed, and its head before
    The other parts of their stories are included. Takes at most eleven queries, however many there are.
    """
    raised = derived(pages, articles)
    of_article = Q(article__among=[target.article for target in raised if target.article])
    of_page = Q(page__among=list(pages), article=None)
    of_source = Q(source__among=[target.source for target in raised if target.source])
    stored = Doubt.objects.filter(kind__in=DERIVED)
    bring(raised, [*stored.filter(of_article), *stored.filter(of_page | of_source)], change)


def derived(pages: Collection[int], articles: Collection[int], models: Models = _present) -> Raising:
    """Return the DERIVED doubts about these pages and their articles, these articles, and the parts of their stories.

    Each of them is a key, with or without doubts. A migration has models of its own. Takes at most six queries.
    """

    def rows(query: Query, *ids: Collection[int]) -> Iterable[tuple[Any, ...]]:
        given = [tuple(each) for each in ids]
        return _STATEMENTS[query].rows(*given) if models is _present else query(models, *given)

    raised: dict[Target, list[Raised]] = {}
    for page in map(PageFacts._make, rows(_pages, pages)):
        raised[Target(page.pk)] = of_page(page)
    for pk, page_id, path in rows(_conflicts, pages):
        raised[Target(page_id, source=pk)] = [doubt(CONFLICT, path.rsplit("/", 1)[-1], "")]
    asked = [*rows(_on_pages, pages), *(rows(_heads, articles) if articles else ())]
    parts = [PartFacts._make(row) for row in rows(_parts, {head or pk for pk, head in asked})]
    stories: dict[int, list[PartFacts]] = defaultdict(list)
    for part in parts:
        stories[part.head].append(part)
    for part in parts:
        others = {other.page__number for other in stories[part.head] if other.pk != part.pk}
        raised[Target(part.page, part.pk)] = of_article(part, others)
    own = {part.pk for part in parts}
    for page_id, article, field, value in rows(_proposals, pages, own):
        if article is None or article in own:
            raised.setdefault(Target(page_id, article), []).append(of_proposal(field, value))
    return raised


#: A query for the rows of some ids.
Query = Callable[..., QuerySet[Any, tuple[Any, ...]]]


def _pages(models: Models, pages: tuple[int, ...]) -> QuerySet[Any, tuple[Any, ...]]:
    rows = models("Page")._default_manager.order_by().filter(pk__among=pages)
    return rows.values_list(*PageFacts._fields)


def _conflicts(models: Models, pages: tuple[int, ...]) -> QuerySet[Any, tuple[Any, ...]]:
    rows = models("SourceText")._default_manager.order_by("pk")
    in_conflict = rows.filter(page__among=pages, standing=SourceText.Standing.CONFLICT)
    return in_conflict.values_list("pk", "page_id", "path")


def _on_pages(models: Models, pages: tuple[int, ...]) -> QuerySet[Any, tuple[Any, ...]]:
    rows = models("Article")._default_manager.order_by().filter(page__among=pages)
    return rows.values_list("pk", "continuation_of_id")


def _heads(models: Models, articles: tuple[int, ...]) -> QuerySet[Any, tuple[Any, ...]]:
    rows = models("Article")._default_manager.order_by().filter(pk__among=articles)
    return rows.values_list("pk", "continuation_of_id")


def _parts(models: Models, heads: tuple[int, ...]) -> QuerySet[Any, tuple[Any, ...]]:
    topics = models("ArticleTopic")._default_manager.order_by().filter(article=OuterRef("pk"))
    rows = models("Article")._default_manager.order_by("pk").annotate(has_topics=Exists(topics))
    of_stories = rows.filter(Q(pk__among=heads) | Q(continuation_of__among=heads))
    return of_stories.values_list(*PartFacts._fields)


def _proposals(models: Models, pages: tuple[int, ...], articles: tuple[int, ...]) -> QuerySet[Any, tuple[Any, ...]]:
    rows = models("Proposal")._default_manager.order_by("pk")
    # Without "article is null", by which SQLite would rather look up the proposals of all pages.
    proposed = rows.filter(Q(article__among=articles) | Q(page__among=pages))
    return proposed.values_list("page_id", "article_id", "field", "value")


def _compiled(query: Query, *types: type) -> Statement[tuple[Any, ...]]:
    return Statement(lambda *ids: query(_present, *ids), *types)


#: The queries on the present models, compiled once: an import asks them for each page.
_STATEMENTS: dict[Query, Statement[tuple[Any, ...]]] = {
    **{query: _compiled(query, tuple) for query in (_pages, _conflicts, _on_pages, _heads, _parts)},
    _proposals: _compiled(_proposals, tuple, tuple),
}


def derived_of_new_page(page: Page, articles: Iterable[Article], topical: Collection[int]) -> Raising:
    """Return the DERIVED doubts about a new page and these articles of it, which are stories of their own.

    `topical` are the ids of the articles with topics. Takes no query.
    """
    issue = page.issue
    date, basis = (issue.date, issue.date_basis) if issue else (None, None)
    facts = PageFacts(page.pk, page.number, page.issue_id, date, basis, page.segments, page.edited_fields)
    raised: dict[Target, list[Raised]] = {Target(page.pk): of_page(facts)}
    for row in articles:
        jumps = (row.continued_to, row.continued_from)
        part = PartFacts(row.pk, page.pk, page.number, row.kind, None, *jumps, row.edited_fields, row.pk in topical)
        raised[Target(page.pk, row.pk)] = of_article(part, ())
    return raised


class PageFacts(NamedTuple):
    """The values of a page that decide its doubts, by the names of a query."""

    pk: int
    number: int | None
    issue: int | None
    issue__date: datetime.date | None
    issue__date_basis: str | None
    segments: list[list[Any]]
    edited_fields: list[str]


def of_page(page: PageFacts) -> list[Raised]:
    """Return the doubts about a page: its date, its number, and text that no item has."""
    found = []
    if page.issue is None:
        found.append(doubt(DATE_UNKNOWN, rule=""))
    elif page.issue__date and page.issue__date_basis == Issue.DateBasis.INFERRED:
        found.append(doubt(DATE_INFERRED, page.issue__date.isoformat(), ""))
    if page.number is None:
        found.append(doubt(NUMBER_UNKNOWN, rule=""))
    if any(label == "leftover" for _, _, label in page.segments):
        found.append(doubt(LEFTOVER_TEXT, rule=""))
    return with_answers(found, page.edited_fields)


class PartFacts(NamedTuple):
    """The values of an article that decide its doubts, by the names of a query."""

    pk: int
    page: int
    page__number: int | None
    kind: str
    continuation_of: int | None
    continued_to: int | None
    continued_from: int | None
    edited_fields: list[str]
    has_topics: bool

    @property
    def head(self) -> int:
        """The id of the head of its story."""
        return self.continuation_of or self.pk


def of_article(part: PartFacts, others: Collection[int | None]) -> list[Raised]:
    """Return the doubts about an article: its topics, and jumps that lead nowhere.

    `others` are the numbers of the pages with the other parts of its story. A jump is answered by a part on its page. A
    teaser names the page of another story, and a notice prints page numbers of other kinds: neither has jumps, as in
    stitching.
    """
    found = []
    if part.kind == Article.Kind.ARTICLE and part.continuation_of is None and not part.has_topics:
        found.append(doubt(NO_TOPIC, rule=""))
    if part.kind in (Article.Kind.ARTICLE, Article.Kind.PHOTO):
        jumps = (("下转第{}版", part.continued_to), ("上接第{}版", part.continued_from))
        open_jumps = (form.format(number) for form, number in jumps if number and number not in others)
        found += [doubt(OPEN_JUMP, detail, "") for detail in open_jumps]
    return with_answers(found, part.edited_fields)


def of_proposal(field: str, value: object) -> Raised:
    """Return the doubt about a proposal. Another value is another doubt; another score of the same regions is not."""
    told = [row[: _TOLD[field]] for row in value] if field in _TOLD and isinstance(value, list) else value
    thing = f"{field} {json.dumps(told, ensure_ascii=False, sort_keys=True)}"
    return doubt_about(PROPOSAL, thing, field_name(field), field)


def field_name(field: str) -> str:
    """Return the name that people use for a field or set of an article or a page."""
    return _SETS.get(field) or _field_names().get(field, field)


def _field_names() -> dict[str, str]:
    fields: Iterable[Any] = (*Page._meta.get_fields(), *Article._meta.get_fields())
    return {field.name: str(field.verbose_name) for field in fields if hasattr(field, "verbose_name")}
