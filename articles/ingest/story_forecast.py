"""The stories of a page as they would be after a reading: joins, and regions and topics judged. Nothing is written.

`Loading` stores the articles of a page, joins stories anew, and judges those that the reading of one page can't tell.
The same is told here from the planned articles. Of several jumps between the same two pages, which are paired by
headlines and bylines, it may tell another pair: the bylines are those that are stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from articles.ingest.classification import (
    JUDGED,
    Verdict,
    heads_of,
    is_judged_apart,
    load_judged,
    try_judge,
    verdict_on,
)
from articles.ingest.item_plan import PagePlan
from articles.ingest.sets import Known
from articles.ingest.stitching import joins, jumping_in
from articles.models import Article, Page
from articles.models.fields import judged_fields
from articles.reading import Reference


@dataclass(frozen=True)
class StoriesForecast:
    """The stories of a page after a reading.

    * `heads`: {id of an article: id of its head or None} for each join that changes
    * `verdicts`: those on the articles of the page, and on those of other pages whose story changes
    """

    heads: dict[int, int | None] = field(default_factory=dict)
    verdicts: list[Verdict] = field(default_factory=list)

    @property
    def changes(self) -> bool:
        """Whether a join changes, or the regions or topics of an article."""
        return bool(self.heads or any(verdict.sets.changed for verdict in self.verdicts))


def stories_after(
    page: Page, left_issue: int | None, plan: PagePlan, pieces: Iterable[int], reference: Reference
) -> StoriesForecast:
    """Return the stories after `plan` for `page`, which has its new place already.

    `left_issue` is the id of the issue that the page leaves, or that it stays in. The new articles of the plan get
    negative ids.
    """
    gone = {each.article.pk for each in plan.left if each.action == "remove"}
    planned = _planned(plan, gone)
    changed = plan.changed_ids()
    heads = _joins_after(page, left_issue, planned, gone)

    def head_of(article: Article) -> int | None:
        told = heads.get(article.pk, article.continuation_of_id)
        return None if told in gone else told

    # Cut items and given text are judged as the stories of several parts.
    cut = {plan.items[index].article.pk for index in pieces if index in plan.items} | plan.given.keys()
    apart = {pk for pk, article in planned.items() if pk > 0 and (pk in cut or is_judged_apart(article))}
    apart |= set().union(*(each.article.ids_beside() for each in plan.left)) - gone
    seeds = apart | {pk for pk in (*heads, *heads.values()) if pk}
    if not seeds:
        return StoriesForecast(heads)
    rows = _rows(seeds, planned, gone)
    stories: dict[int, list[Article]] = {}
    for row in rows.values():
        stories.setdefault(head_of(row) or row.pk, []).append(row)
    touched = {head_of(rows[pk]) or pk for pk in seeds if pk in rows}
    moved = changed | heads.keys() | {head for head in heads.values() if head}
    moved |= {row.continuation_of_id for row in rows.values() if row.pk in heads and row.continuation_of_id}
    known = Known.subjects()
    found = []
    for pk in sorted(touched & rows.keys()):
        parts = sorted(stories[pk], key=lambda row: (row.pk != pk, *_place(row)))
        judgement = try_judge(parts, reference, known)
        if judgement is None:
            continue
        is_changed = any(part.pk in moved for part in parts)
        concerned = [part for part in parts if part.pk > 0 and (part.pk in planned or is_changed)]
        found += [verdict_on(part, judgement, is_head=part.pk == pk) for part in concerned]
    return StoriesForecast(heads, found)


def _planned(plan: PagePlan, gone: set[int]) -> dict[int, Article]:
    """Return {id: article} of the articles as they would be, with a negative id for each new one."""
    added = {-1 - index: each.article for index, each in plan.items.items() if each.action == "add"}
    for pk, article in added.items():
        article.pk = pk
    return {**{article.pk: article for article in plan.stored if article.pk not in gone}, **added}


def _joins_after(
    page: Page, left_issue: int | None, planned: Mapping[int, Article], gone: set[int]
) -> dict[int, int | None]:
    found: dict[int, int | None] = {}
    for issue in dict.fromkeys(each for each in (left_issue, page.issue_id) if each):  # the new one has the last word
        stored = {row.pk: row for row in jumping_in(issue) if row.pk not in gone}
        # The articles of a page that leaves are stored in the issue, those of one that comes are not.
        rows = [planned.get(pk, row) for pk, row in stored.items()]
        rows += [article for pk, article in planned.items() if pk not in stored and _jumps(article)]
        for row in rows:
            _set_page(row, page)
            if row.continuation_of_id in gone:
                row.continuation_of = None
            elif row.continuation_of is not None:
                _set_page(row.continuation_of, page)
        near = [row for row in rows if row.page.issue_id == issue and _jumps(row)]
        apart = [
            row
            for row in rows
            if row.page.issue_id != issue and row.continuation_of and row.continuation_of.page.issue_id == issue
        ]
        found |= {row.pk: head for row, head in joins(issue, [*sorted(near, key=_place), *apart])}
    return found


def _jumps(article: Article) -> bool:
    return bool(article.continued_to or article.continued_from or article.continuation_of_id)


def _set_page(article: Article, page: Page) -> None:
    """Let an article on the page be on the page as it would be."""
    if article.page_id == page.pk:
        article.page = page


def _place(article: Article) -> tuple[int, int, int]:
    return article.page.number or 0, article.position, article.pk


def _rows(seeds: set[int], planned: Mapping[int, Article], gone: set[int]) -> dict[int, Article]:
    """Return {id: article} of the stories of these articles, as they would be, with what `verdict_on` compares."""
    stored = {row.pk: row for story in load_judged(heads_of({pk for pk in seeds if pk > 0})) for row in story}
    for pk, row in stored.items():
        if pk in planned:
            _renew(row, planned[pk])
    added = {pk: article for pk, article in planned.items() if pk < 0 and pk in seeds}
    return {pk: row for pk, row in {**stored, **added}.items() if pk not in gone}


def _renew(row: Article, planned: Article) -> None:
    """Give a stored article the text and the place that it would have."""
    for name in judged_fields() | {"kind", "blocks"}:
        if name not in JUDGED:
            setattr(row, name, getattr(planned, name))
    row.page, row.position = planned.page, planned.position
    row.continuation_of_id = planned.continuation_of_id
