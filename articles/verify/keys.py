"""The names by which digests call rows, in place of ids that nobody sees."""

from __future__ import annotations

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


def page_key(page: Page) -> list[Any]:
    """Return the name of a page: its issue and number, or its id if its URL has it."""
    issue = page.issue.key if page.issue else None
    return [issue, page.number] if issue and page.number else [issue, None, page.pk]


def key_of(row: models.Model) -> list[Any]:
    """Return the name of a row."""
    if isinstance(row, Page):
        return page_key(row)
    return [getattr(row, name) for name in NAMES.get(type(row), ("pk",))]
