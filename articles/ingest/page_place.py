"""The place that a reading gives its page: issue, number, section. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from articles.ingest.doubts import Raised, doubt
from articles.ingest.stitching import joined_by_person
from articles.models import Issue, Page
from articles.models.doubt_kinds import OTHER_ISSUE_NUMBER
from articles.reading import PageReading


@dataclass
class PagePlace:
    """The place of a page by its reading.

    * `values`: the values of the page's fields, for `Editable.set_unprotected`
    * `issue`: the issue if it is new or has changed; it is saved before the page
    * `withheld`: {field: machine's value} that a person's date or join keeps out
    * `doubts`: the doubts about the place
    """

    values: dict[str, Any]
    issue: Issue | None = None
    withheld: dict[str, Any] = field(default_factory=dict)
    doubts: list[Raised] = field(default_factory=list)


def place_of(page: Page, reading: PageReading) -> PagePlace:
    """Return the place that `reading` gives to `page`. The issue of the page may change in memory.

    Values that a person has set stay. So does the issue of a page with a story that a person has joined across pages,
    because a story lies in one issue. A reading without a number or section removes neither: a folio line that OCR lost
    is no evidence.
    """
    place = PagePlace({"number": reading.page_number or page.number, "section": reading.section or page.section})
    leaves = bool(reading.date and page.issue and page.issue.date != reading.date)
    if reading.date and leaves and (page.is_dated_by_editor or joined_by_person(page)):
        place.withheld["issue"] = reading.date.isoformat()
    elif reading.date and not page.is_dated_by_editor:
        _date(place, page, reading)
    return place


def _date(place: PagePlace, page: Page, reading: PageReading) -> None:
    """Put the page into the issue of the reading's date, and tell whether this makes or changes the issue."""
    assert reading.date is not None and reading.date_basis is not None  # the caller has asked
    if page.issue and page.issue.date == reading.date:
        issue, changed = page.issue, False
    else:
        issue = Issue.objects.for_page(page, reading.date)
        changed = issue.pk is None or issue is page.issue
    alone = issue.pk is None or not issue.pages.exclude(pk=page.pk).exists()
    changed |= issue.rest_date_on(reading.date_basis, alone=alone)
    if reading.issue_number and reading.issue_number != issue.number and not issue.is_protected("number"):
        if issue.number is None or alone:
            issue.number = reading.issue_number
            changed = True
        else:
            place.doubts.append(doubt(OTHER_ISSUE_NUMBER, f"{reading.issue_number}，本期为 {issue.number}"))
    place.values["issue"] = issue
    place.issue = issue if changed else None
