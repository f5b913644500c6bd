"""The names by which digests call rows, in place of ids that nobody sees."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from articles.models import Column, Issue, Page, PublicationSchedule, Region, RegionAlias, Synonym, Topic

#: The columns that name a row of each model. A row of another model is named by its id, which is in its URL.
NAMES: dict[type[models.Model], tuple[str, ...]] = {
    Issue: ("date", "edition"),
    Column: ("name",),
    Region: ("code",),
    RegionAlias: ("old_name", "region_id"),
    Topic: ("slug",),
    Synonym: ("subject", "name"),
    PublicationSchedule: ("kind", "first_day", "disabled", "last_day"),
}


def page_key(issue: Issue | None, number: int | None, pk: int) -> list[Any]:
    """Return the name of a page: its issue and number, or its id if its URL has it."""
    return [issue.key, number] if issue and number else [issue.key if issue else None, None, pk]


def page_keys(ids: Iterable[int], using: str) -> dict[int, list[Any]]:
    """Return {id: name} of the pages with these ids."""
    rows = Page._base_manager.using(using).filter(pk__in=list(ids)).select_related("issue").only("number", *_OF_ISSUE)
    return {page.pk: page_key(page.issue, page.number, page.pk) for page in rows}


_OF_ISSUE = ("issue__date", "issue__edition")


def key_of(row: models.Model) -> list[Any]:
    """Return the name of a row."""
    if isinstance(row, Page):
        return page_key(row.issue, row.number, row.pk)
    return [getattr(row, name) for name in NAMES.get(type(row), ("pk",))]
