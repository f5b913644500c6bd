"""Withdrawing articles, pages and issues from readers, and restoring them. The ledger has day, reason and person."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from articles.desk.standing import History, histories
from articles.models import Article, Issue, Page

if TYPE_CHECKING:
    from articles.desk.writing import Writing

#: A row that can be withdrawn.
Withdrawable = Article | Page | Issue

#: The words for a row of each model.
WORDS: dict[type, str] = {Article: "篇", Page: "版", Issue: "期"}


@dataclass(frozen=True)
class Withdrawal:
    """The standing correction that has withdrawn a row: its time, its reason ("" for none), the name of the person."""

    at: datetime.datetime
    reason: str
    user_name: str


def withdraw(this: Writing, rows: Iterable[Withdrawable]) -> None:
    """Hide `rows` from readers, within a write of a person. Rows that are withdrawn already stay as they are.

    Their URLs answer 410. An import changes nothing of it. Raises ValidationError with a sentence if no row changes.
    """
    rows = list(rows)
    if not _set(this, rows, True):
        raise ValidationError(f"{_name(rows[0])}已经撤下，不用再撤。" if rows else "请先勾选要撤下的。")


def restore(this: Writing, rows: Iterable[Withdrawable]) -> None:
    """Show withdrawn `rows` to readers again, within a write of a person. Rows that are not withdrawn stay.

    Raises ValidationError with a sentence if no row changes; it names the row that hides them, if there is one.
    """
    rows = list(rows)
    if _set(this, rows, False):
        return
    if not rows:
        raise ValidationError("请先勾选要恢复的。")
    hiding = hidden_by(rows[0])
    if hiding is None:
        raise ValidationError(f"{_name(rows[0])}没有撤下，不用恢复。")
    raise ValidationError(f"{_name(rows[0])}随{_name(hiding)}撤下，请恢复那一{WORDS[type(hiding)]}。")


def check_reason(reason: str) -> None:
    """Raise ValidationError unless there is a reason. The screens of pages and issues ask for one."""
    if not reason.strip():
        raise ValidationError("撤下须填原因。")


def _set(this: Writing, rows: Iterable[Withdrawable], is_withdrawn: bool) -> bool:
    """Set the field of the rows in which it differs. Return whether there are any."""
    changing = [row for row in rows if row.withdrawn != is_withdrawn]
    this.watch(*changing)
    for model in dict.fromkeys(type(row) for row in changing):
        ids = [row.pk for row in changing if type(row) is model]
        model._base_manager.filter(pk__among=ids).update(withdrawn=is_withdrawn)
    for row in changing:
        row.withdrawn = is_withdrawn
    return bool(changing)


def _name(row: Withdrawable) -> str:
    return f"《{row}》" if isinstance(row, Article) else f"{row}"


def hidden_by(row: Withdrawable) -> Withdrawable | None:
    """Return the withdrawn row that hides `row` from readers, or None: itself, its head, their pages, their issues."""
    return next((each for each in _above(row) if each.withdrawn), None)


def _above(row: Withdrawable) -> list[Withdrawable]:
    """Return `row` and the rows that hide it when they are withdrawn, the nearest first."""
    articles = [row] if isinstance(row, Article) else []
    if isinstance(row, Article) and row.continuation_of is not None:
        articles.append(row.continuation_of)
    pages = [row] if isinstance(row, Page) else [article.page for article in articles]
    issues = [row] if isinstance(row, Issue) else [page.issue for page in pages if page.issue is not None]
    return [*articles, *pages, *issues]


def withdrawal_of(row: Withdrawable) -> Withdrawal | None:
    """Return how a row itself was withdrawn; None if it is not, or if that was before there was a ledger."""
    return withdrawals_of([row]).get((type(row), row.pk))


def withdrawals_of(rows: Iterable[Withdrawable]) -> dict[tuple[type, int], Withdrawal]:
    """Return {(model, id): withdrawal} of those of `rows` that `withdrawal_of` tells. One query for each model."""
    keys = {(str(row._meta.model_name), str(row.pk)): (type(row), row.pk) for row in rows if row.withdrawn}
    found = {keys[key]: _last(history) for key, history in histories(keys).items()}
    return {key: withdrawal for key, withdrawal in found.items() if withdrawal is not None}


def _last(history: History) -> Withdrawal | None:
    for each in reversed(history.standing()):
        told: Any = each.new
        if each.field == "withdrawn":
            is_withdrawn = bool(told)
        elif each.field == "" and told is not None:
            is_withdrawn = bool(told.get("withdrawn"))
        else:
            continue
        return Withdrawal(each.batch.at, each.batch.reason, each.batch.user_name) if is_withdrawn else None
    return None


def withdrawn_at(row: Withdrawable) -> datetime.datetime | None:
    """Return when `row`, or the row that hides it, was withdrawn; None if the ledger does not tell.

    An issue without a page left was hidden when the last one was withdrawn.
    """
    hiding = hidden_by(row)
    hiders: list[Withdrawable] = [hiding] if hiding else list(row.pages.all()) if isinstance(row, Issue) else []
    return max((withdrawal.at for withdrawal in withdrawals_of(hiders).values()), default=None)
