"""The fields and structures that are a person's after a write, and the machine's values beside them."""

from __future__ import annotations

from collections.abc import Iterable

from articles.desk.changes import Changed, Key
from articles.desk.doubts import close_proposal
from articles.desk.machine_values import as_proposed, is_proposed
from articles.models import Article, Issue, Page, Proposal, SourceText
from articles.models.editing import Editable


def structure_edits(changed: Iterable[Changed]) -> list[int]:
    """Return the ids of the pages whose structure a write changes: order, kinds, joins, articles that come or go.

    A join belongs to the structure of both pages.
    """
    pages: set[int] = set()
    heads: set[int] = set()
    for each in changed:
        is_whole = each.before is None or each.after is None
        if each.model is Article and (is_whole or set(each.fields) & set(Article.STRUCTURE)):
            pages |= {told["page"] for told in each.either}
            heads |= {told["continuation_of"] for told in each.either} if not is_whole else set()
    pages |= set(Article.objects.filter(pk__in=heads - {None}).values_list("page", flat=True))
    return list(Page.objects.filter(pk__in=pages, structure_edited=False).order_by("pk").values_list("pk", flat=True))


def protect(
    changed: Iterable[Changed], decided: dict[tuple[Key, str], bool], user: int | None, *, is_undo: bool
) -> None:
    """Protect the changed fields of each row, or free them where `decided` says so. Keep the machine's values.

    An undo decides for each of its fields; rows that it brings back have their own. `user` is the id of who writes.

    The machine's value that a person has replaced stays as a proposal that nobody needs to look at: a release of the
    field takes it, and a later reading with the same value proposes nothing new.
    """
    for each in changed:
        if each.row is None or not issubclass(each.model, Editable):
            continue
        edited = set(each.row.edited_fields)
        if not is_undo:
            edited |= set(each.row.protected_with(each.protects()))
        for (key, name), is_protected in decided.items():
            if key == each.key:
                edited = edited | {name} if is_protected else edited - {name}
        if edited != set(each.row.edited_fields):
            each.row.edited_fields = sorted(edited)
            each.model._base_manager.filter(pk=each.row.pk).update(edited_fields=each.row.edited_fields)
        if isinstance(each.row, (Article, Page)) and each.before is not None:
            _keep_proposals(each, edited, user)
        elif isinstance(each.row, Issue) and "date" in each.fields:
            _keep_dates(each, user, is_edited="date" in edited)


def _keep_proposals(each: Changed, edited: set[str], user: int | None) -> None:
    page, article = (each.row.page, each.row) if isinstance(each.row, Article) else (each.row, None)
    stored = {row.field: row for row in Proposal.objects.of(page, article)}
    assert each.before is not None and each.after is not None  # the caller has asked
    was_edited = set(each.before["edited_fields"])
    for name in each.fields:
        row = stored.get(name)
        if name not in edited:
            if row:
                row.delete()
            continue
        source = _source_of(each.row)
        if row is None and name not in was_edited and source and is_proposed(each.row, name, each.before):
            proposed = as_proposed(each.row, name, each.before)
            kept = {"page": page, "article": article, "field": name, "value": proposed, "source_id": source}
            close_proposal(Proposal.objects.create(**kept), user)
        elif row and row.value == as_proposed(each.row, name, each.after):
            row.delete()  # the person and the machine agree


def _keep_dates(each: Changed, user: int | None, *, is_edited: bool) -> None:
    """Keep the machine's date of each page of an issue whose date a person has changed, as `_keep_proposals` does."""
    assert each.before is not None and each.after is not None  # it has fields that differ
    stored = {row.page_id: row for row in Proposal.objects.filter(page__issue=each.row, article=None, field="issue")}
    for page in each.row.pages.all():
        row, source = stored.get(page.pk), _source_of(page)
        if row and (not is_edited or row.value == each.after["date"]):
            row.delete()
        elif row is None and is_edited and "date" not in each.before["edited_fields"] and source:
            kept = {"page": page, "field": "issue", "value": each.before["date"], "source_id": source}
            close_proposal(Proposal.objects.create(**kept), user)


def _source_of(row: Article | Page) -> int | None:
    if isinstance(row, Article):
        return row.source_id
    current = row.sources.filter(standing=SourceText.Standing.CURRENT)
    return current.values_list("pk", flat=True).first()
