"""Finding the stored page that a file is: by its bytes, by its path, by the place that it claims.

A path or a place counts only if the texts are alike.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from articles.ingest.sources import PageFile
from articles.models import Page, SourceText
from articles.models.statements import Statement
from articles.reading import PageReading
from articles.text.likeness import LIKE, Likeness

CURRENT = SourceText.Standing.CURRENT

#: A place in the archive: (day, edition of that day, page number).
Place = tuple[datetime.date | None, int, int | None]


@dataclass(frozen=True)
class Identity:
    """The identity of a file: the stored `page` that it is, or None for a new page.

    `rival` is an unlike page whose place the file claims. `source` is the stored text with the same bytes. Both may be
    None. A file can be a known page and have a rival at once: its page then claims to move to a place that is taken.
    """

    source: SourceText | None
    page: Page | None = None
    rival: Page | None = None


def identify(file: PageFile, reading: PageReading, likeness: Likeness) -> Identity:
    """Return the identity of `file`, read as `reading`. `likeness` compares the texts of the import.

    The file is looked up by SHA-256, then by path, then by day and page number, then among the pages of that day
    without a number. Paths and places are reused, so neither is proof. The texts must be alike as well. Otherwise the
    stored page is a rival.
    """
    source = source_with(file.sha256, file.part)
    if source and source.page and source.standing == CURRENT:
        return _unless_held(source, source.page, reading)

    same_path = _AT_PATH.rows(str(file.path), file.part)
    holders, unnumbered = _claiming(reading.date, reading.page_number)
    for page in dict.fromkeys((*same_path, *holders, *unnumbered)):
        if likeness.of(current_text(page), file.text) >= LIKE:
            return _unless_held(source, page, reading)
    for page in holders:
        if page.issue and (page.issue.date, page.issue.edition, page.number) == (reading.date, 1, reading.page_number):
            return Identity(source, rival=page)
    for page in same_path:
        # A reused path holds a new page only if the text shows another day or another page number.
        place = (page.issue.date, page.number) if page.issue else None
        if reading.date is None or place == (reading.date, reading.page_number):
            return Identity(source, rival=page)
    return Identity(source)


def source_with(sha256: str, part: int) -> SourceText | None:
    """Return the stored text with these bytes, with its page and issue, or None."""
    return next(iter(_WITH_BYTES.rows(sha256, part)), None)


def places_held(page: Page, reading: PageReading) -> QuerySet[Page]:
    """Return the pages at the place where `page` will be once `reading` is stored. `page` itself may be among them."""
    return _holding(_target(page, reading))


def pages_like(text: str, pages: Iterable[Page]) -> list[Page]:
    """Return those of `pages` whose current text has a likeness to `text` of at least LIKE."""
    likeness = Likeness()
    return [page for page in pages if likeness.of(current_text(page), text) >= LIKE]


def current_text(page: Page) -> str:
    """Return the text that `page` shows at present."""
    source = page.sources.filter(standing=CURRENT).first()
    return source.text if source else ""


def _unless_held(source: SourceText | None, page: Page, reading: PageReading) -> Identity:
    rivals = [holder for holder in places_held(page, reading) if holder != page]
    return Identity(source, page=page, rival=rivals[0] if rivals else None)


def _target(page: Page, reading: PageReading) -> Place:
    """Return the place of `page` once `reading` is stored. A person's value comes first."""
    number = page.number if page.is_protected("number") else reading.page_number or page.number
    if page.issue and (page.is_dated_by_editor or reading.date is None):
        return page.issue.date, page.issue.edition, number
    return reading.date, page.issue.edition if page.issue else 1, number


def _current(**conditions: object) -> QuerySet[Page]:
    """Return the pages whose current source text meets `conditions`."""
    return Page.objects.select_related("issue").filter(sources__standing=CURRENT, **conditions).order_by("pk")


def _holding(place: Place) -> QuerySet[Page]:
    """Return the pages at a place. A place without a day or without a number holds no page."""
    date, edition, number = place
    if date is None or number is None:
        return Page.objects.none()
    held = Page.objects.filter(issue__date=date, issue__edition=edition, number=number)
    return held.select_related("issue").order_by("pk")


def _claiming(date: datetime.date | None, number: int | None) -> tuple[list[Page], list[Page]]:
    """Return the pages with that day and number in any edition, and the pages of that day without a number.

    Pages whose text claims that day and number are among the first, even if a person has placed them elsewhere. Each
    query follows an index: a condition on either table at once would read all pages.
    """
    if date is None:
        return [], []
    of_day = _OF_DAY.rows(date)
    unnumbered = [page for page in of_day if page.number is None]
    if number is None:
        return [], unnumbered
    said = _SAYING.rows(date, number)
    claiming = {page.pk: page for page in (*said, *(page for page in of_day if page.number == number))}
    return sorted(claiming.values(), key=lambda page: (page.issue.edition if page.issue else 0, page.pk)), unnumbered


_WITH_BYTES = Statement(
    lambda sha256, part: SourceText.objects.select_related("page__issue").filter(sha256=sha256, part=part),
    *(str, int),
)
_AT_PATH = Statement(lambda path, part: _current(sources__path=path, sources__part=part), str, int)
_OF_DAY = Statement(
    lambda date: Page.objects.filter(issue__date=date).select_related("issue").order_by("issue__edition", "pk"),
    datetime.date,
)
_SAYING = Statement(
    lambda date, number: _current(sources__claimed_date=date, sources__claimed_number=number), datetime.date, int
)
