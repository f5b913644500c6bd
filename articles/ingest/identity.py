"""Which stored page a file is, if any: by its bytes, by its path, by what it says it is and how like it is."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import QuerySet

from articles.ingest.matching import LIKE, likeness
from articles.ingest.sources import PageFile
from articles.models import Issue, Page, SourceText
from articles.reading import PageReading

CURRENT = SourceText.Standing.CURRENT


@dataclass(frozen=True)
class Identity:
    """What a file is: a stored `page` (None: a new one), or one that claims the place of an unlike page, its `rival`.

    `source` is the stored text of the same bytes, if there is one.
    """

    source: SourceText | None
    page: Page | None = None
    rival: Page | None = None


def identify(file: PageFile, reading: PageReading) -> Identity:
    """Return which stored page `file`, read as `reading`, is: by SHA-256, then by path, then by issue and page number.

    A path or a place alone is no proof, for both are reused: the texts must be alike too, else the page is a rival.
    """
    source = SourceText.objects.select_related("page__issue").filter(sha256=file.sha256).first()
    if source and source.page and source.standing == CURRENT:
        page = source.page
        return _unless_held(source, page, reading)

    held_by_path = SourceText.objects.select_related("page__issue").filter(
        path=str(file.path), standing=CURRENT, page__isnull=False
    )
    same_path = [row.page for row in held_by_path]
    holders = list(_holders(reading.date, reading.page_number))
    unnumbered = list(_unnumbered(reading.date))
    for page in (*same_path, *holders, *unnumbered):
        if likeness(_text(page), file.text) >= LIKE:
            return _unless_held(source, page, reading)
    if holders:
        return Identity(source, rival=holders[0])
    for page in same_path:
        # A path used again for another page is a new page only if it says so: another day, another page number.
        if reading.date is None or (
            page.issue and (page.issue.date, page.number) == (reading.date, reading.page_number)
        ):
            return Identity(source, rival=page)
    return Identity(source)


def places_held(page: Page, reading: PageReading) -> QuerySet[Page]:
    """Return the pages that hold the place that `page` has once `reading` is stored, itself perhaps among them."""
    return _holders(*_target(page, reading))


def _unless_held(source: SourceText | None, page: Page, reading: PageReading) -> Identity:
    rivals = [holder for holder in places_held(page, reading) if holder != page]
    return Identity(source, rival=rivals[0]) if rivals else Identity(source, page=page)


def _target(page: Page, reading: PageReading) -> tuple[datetime.date | None, int | None]:
    """Return the date and the number that `page` will have once `reading` is stored; a person's word comes first."""
    number = page.number if page.is_protected("number") else reading.page_number
    settled = page.issue and (page.is_protected("issue") or page.issue.date_basis == Issue.DateBasis.EDITOR)
    date = page.issue.date if page.issue and (settled or reading.date is None) else reading.date
    return date, number


def _holders(date: datetime.date | None, number: int | None) -> QuerySet[Page]:
    """Return the pages that hold a place, the regular issue's first. A place without day or number is nobody's."""
    if date is None or number is None:
        return Page.objects.none()
    pages = Page.objects.select_related("issue").filter(issue__date=date, number=number)
    return pages.order_by("issue__edition")


def _unnumbered(date: datetime.date | None) -> QuerySet[Page]:
    if date is None:
        return Page.objects.none()
    return Page.objects.select_related("issue").filter(issue__date=date, number__isnull=True)


def _text(page: Page) -> str:
    source = page.sources.filter(standing=CURRENT).first()
    return source.text if source else ""
