"""Withdrawals in the words of the desk: which row hides another one, since when, by whom, and for which reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from articles.admin.mixins import AdminMixin
from articles.desk.withdrawing import (
    WORDS,
    Withdrawable,
    Withdrawal,
    hidden_by,
    withdrawal_of,
    withdrawals_of,
)
from articles.models import Article, Page


@dataclass(frozen=True)
class Hidden:
    """A row that readers can't see. `row` is the withdrawn row that hides it, `url` its address on the desk.

    `is_own` tells whether the row itself is withdrawn. `withdrawal` is None if it is older than the ledger.
    """

    row: Withdrawable
    url: str
    word: str
    is_own: bool
    withdrawal: Withdrawal | None


def hidden(row: Withdrawable) -> Hidden | None:
    """Return what hides `row` from readers by a withdrawal, or None."""
    hiding = hidden_by(row)
    if hiding is None:
        return None
    return Hidden(hiding, url_of(hiding), WORDS[type(hiding)], hiding == row, withdrawal_of(hiding))


def url_of(row: Withdrawable) -> str:
    """Return the address at which the desk restores a row."""
    if isinstance(row, Article):
        return reverse("admin:articles_article_change", args=[row.pk])
    return reverse("admin:desk-page" if isinstance(row, Page) else "admin:desk-issue", args=[row.pk])


def in_words(withdrawal: Withdrawal | None) -> str:
    """Return day, person and reason of a withdrawal, as far as the ledger has them: 2026-11-29 赵编辑：重复刊出."""
    if withdrawal is None:
        return ""
    told = " ".join(filter(None, (f"{timezone.localtime(withdrawal.at):%Y-%m-%d}", withdrawal.user_name)))
    return f"{told}：{withdrawal.reason}" if withdrawal.reason else told


class ShowsWithdrawal(AdminMixin):
    """A mixin for lists of rows that can be withdrawn. Its column 撤下 takes one query for a page of the list."""

    def get_changelist_instance(self, request: HttpRequest) -> Any:  # noqa: ANN401 - as Django's stubs type it
        changelist = super().get_changelist_instance(request)
        rows = [row for row in changelist.result_list if row.withdrawn]
        told = withdrawals_of(rows)
        for row in rows:
            row.withdrawal_told = in_words(told.get((type(row), row.pk)))
        return changelist

    @admin.display(description="撤下", ordering="withdrawn")
    def is_withdrawn(self, row: Any) -> str:  # noqa: ANN401 - a row of the list, with what was added above
        """When, by whom and why the row was withdrawn, or which row hides it; "" if readers may see it."""
        if row.withdrawn:
            return f"已撤下 {row.withdrawal_told}".rstrip()
        hiding = hidden_by(row)
        if hiding is None:
            return ""
        if isinstance(hiding, Article):
            return f"随《{hiding}》撤下"
        # The list has the day in a column of its own.
        return f"随{hiding.label}撤下" if isinstance(hiding, Page) else "随那一期撤下"
