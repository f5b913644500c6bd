"""What a reading of a stored text would do to its page: told from the stored rows. Nothing is locked or written."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from articles.ingest.classification import JUDGED
from articles.ingest.fitting import fitted
from articles.ingest.item_plan import BOOKKEEPING, ItemPlan, PagePlan, plan_items, stored_articles
from articles.ingest.loading import UNDATED, Outcome, Standing, look_up, segments_outside, staff_read
from articles.ingest.page_place import place_of
from articles.ingest.placements import place_left_over, placed_in
from articles.ingest.stored_texts import StoredReading, let_go, refusal_of
from articles.ingest.story_forecast import StoriesForecast, stories_after
from articles.models import Article, Issue, Page, archive
from articles.reading import ItemReading, PageReading


@dataclass(frozen=True)
class FieldForecast:
    """A field or set whose value the reading tells otherwise: the value now, and as it is read.

    `is_kept` tells that a person has set the field, so that the value stays.
    """

    name: str
    old: Any
    new: Any
    is_kept: bool = False


@dataclass
class ItemForecast:
    """The effect on one article. `action` is that of `ItemPlan`, or "unplaced" for an item that gets no article.

    `pk` is the id of the article, None if there is none. `now` is its title, `read` the title as it is read; either is
    "" where there is none.
    """

    action: str
    pk: int | None
    now: str
    read: str
    fields: list[FieldForecast] = field(default_factory=list)


@dataclass(frozen=True)
class Forecast:
    """The effect of a reading on a page: on the fields of the page, and on its articles in the order of the reading.

    `refusal` is the sentence of `refusal_of`; with one, nothing would be done. `outcome` and `message` are
    those of the report.
    """

    outcome: str
    refusal: str = ""
    fields: list[FieldForecast] = field(default_factory=list)
    items: list[ItemForecast] = field(default_factory=list)
    message: str = ""

    @property
    def counts(self) -> Counter[str]:
        """The number of articles by action."""
        return Counter(item.action for item in self.items)

    @property
    def digest(self) -> str:
        """The SHA-256 digest of everything that it tells. It differs if the page changes meanwhile."""
        return hashlib.sha256(repr((self.outcome, self.refusal, self.fields, self.items)).encode()).hexdigest()


def forecast(read: StoredReading, *, structure_gives_way: bool = False) -> Forecast:
    """Return what `adopt` would do with the same arguments. All rows are read at one state of the archive."""
    with archive.snapshot():
        return _forecast(read, structure_gives_way=structure_gives_way)


def _forecast(read: StoredReading, *, structure_gives_way: bool) -> Forecast:
    refusal = refusal_of(read)
    if refusal:
        return Forecast(Outcome.CONFLICT, refusal)
    page = Page.objects.select_related("issue").get(pk=read.page.pk)
    stored = stored_articles(page)
    if structure_gives_way:
        page.structure_edited = False
        _let_go_all(stored)
    fit = fitted(page, stored, read.reading)
    reading, pieces = fit.reading, fit.pieces
    reading, given = place_left_over(reading, placed_in(page.placed))
    tables = look_up(reading, {}, makes_columns=False)
    plan = plan_items(stored, page, read.source.pk, reading, tables, pieces, given, fit.pairs)
    left_issue = page.issue_id
    fields = _of_page(page, reading)
    items = {id(each): _item(each) for each in (*plan.items.values(), *plan.left)}
    stories = stories_after(page, left_issue, plan, pieces, read.reader.reference)
    _add_stories(items, plan, stories)
    unplaced = [ItemForecast("unplaced", None, "", _title(each.item)) for each in plan.unplaced]
    unclaimed = [segment for each in plan.unplaced for segment in each.segments] + plan.left_over
    held = [segment for each in plan.kept for segment in each.article.segments]
    outside = segments_outside(reading, unclaimed, held)
    has_new_text = page.segments != outside or read.source.standing != Standing.CURRENT
    differs = (
        has_new_text
        or stories.changes
        or any(not each.is_kept for each in fields)
        or any(each.changed for each in plan.kept)
        or any(each.differs or each.action in ("add", "remove") for each in (*plan.items.values(), *plan.left))
        or any(each.action == "change" for each in items.values())
    )
    ordered = [items[id(each)] for _, each in sorted(plan.items.items())] + [items[id(each)] for each in plan.left]
    outcome = Outcome.CHANGED if differs else Outcome.SAME
    return Forecast(outcome, "", fields, [*ordered, *unplaced], "" if page.issue else UNDATED)


def _let_go_all(stored: Iterable[Article]) -> None:
    """Let the articles of a page be the machine's, in memory, as `adopt` stores them."""
    gone = {article.pk for article in stored if article.absorbed}
    for article in stored:
        let_go(article)
        kept = [part for part in article.continuations.all() if part.pk not in gone]
        article._prefetched_objects_cache["continuations"] = kept  # type: ignore[attr-defined] # fetched along


def _of_page(page: Page, reading: PageReading) -> list[FieldForecast]:
    """Return the fields of the page that the reading tells otherwise. The page has its new values afterwards."""
    issue = page.issue
    was = {"issue": str(issue or ""), "number": page.number, "section": page.section}
    issue_number = issue.number if issue else None
    place = place_of(page, reading)
    changed, withheld = page.set_unprotected(place.values)
    told = [FieldForecast(name, was[name], _text(value)) for name, value in changed.items()]
    kept = (place.withheld | withheld).items()
    told += [FieldForecast(name, was[name], _text(value), is_kept=True) for name, value in kept]
    if place.issue and "issue" not in changed and str(place.issue) != was["issue"]:  # the issue itself moves
        told.append(FieldForecast("issue", was["issue"], str(place.issue)))
    if place.issue and place.issue.number != issue_number:
        told.append(FieldForecast("issue__number", issue_number, place.issue.number))
    staff, stored = staff_read(reading), page.sets()["credits"]
    if staff != stored:
        told.append(FieldForecast("credits", stored, staff, is_kept="credits" in page.edited_fields))
    return told


def _text(value: Any) -> Any:  # noqa: ANN401 - the value of a field of a page
    return str(value) if isinstance(value, Issue) else value


def _item(plan: ItemPlan) -> ItemForecast:
    article = plan.article
    is_new = plan.action == "add"
    before = {name: plan.old.get(name, getattr(article, name)) for name in ("kind", "headline", "blocks")}
    now = Article(**before).title
    found = ItemForecast(
        plan.action,
        None if is_new else article.pk,
        "" if is_new else now,
        _title(plan.read.item) if plan.read else "",
    )
    if not is_new:
        found.fields += _of_article(plan)
    return found


def _of_article(plan: ItemPlan) -> Iterator[FieldForecast]:
    article = plan.article
    for name, value in plan.changed.items():
        if name not in BOOKKEEPING:
            yield FieldForecast(name, plan.old[name], value)
    for name, value in plan.withheld.items():
        yield FieldForecast(name, getattr(article, name), value, is_kept=True)
    if plan.sets:
        for name, rows in plan.sets.changed.items():
            yield FieldForecast(name, article.rows_of(name), rows)
        for name, rows in plan.sets.withheld.items():
            yield FieldForecast(name, article.rows_of(name), rows, is_kept=True)


def _title(item: ItemReading) -> str:
    return Article(kind=item.kind, headline=item.headline, blocks=[block.as_json() for block in item.blocks]).title


def _add_stories(items: dict[int, ItemForecast], plan: PagePlan, stories: StoriesForecast) -> None:
    """Add what the stories say: joins, and the regions and topics that are judged by the whole text of a story."""
    plans = {each.article.pk: each for each in (*plan.items.values(), *plan.left)}
    for pk, head in stories.heads.items():
        if pk in plans and plans[pk].action != "add":
            found = items[id(plans[pk])]
            found.fields.append(FieldForecast("continuation_of", plans[pk].article.continuation_of_id, head))
    for verdict in stories.verdicts:
        each, article = plans.get(verdict.article.pk), verdict.article
        if each is None:
            continue
        found = items[id(each)]
        told = [field for field in found.fields if field.name not in JUDGED]
        told += [FieldForecast(name, article.rows_of(name), rows) for name, rows in verdict.sets.changed.items()]
        withheld = verdict.sets.withheld.items()
        told += [FieldForecast(name, article.rows_of(name), rows, is_kept=True) for name, rows in withheld]
        found.fields[:] = told
        if verdict.sets.changed and found.action == "same":
            found.action = "change"
