"""The values of an article that lists of many stories show. They behave as the records they are read from.

Making a record of each row would take longer than everything else that is done for the row.
"""

# mypy knows no methods that a NamedTuple takes over from a model.
# mypy: disable-error-code="misc,call-arg"

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, NamedTuple, Self

from articles.models.articles import Article
from articles.models.assignments import Byline
from articles.models.bodies import Block
from articles.models.issues import Issue, Page
from articles.paths import path_to


class IssueValues(NamedTuple):
    """An issue."""

    date: datetime.date
    edition: int
    number: int | None
    date_basis: str

    DateBasis = Issue.DateBasis
    __str__ = Issue.__str__
    key = Issue.key
    date_text = Issue.date_text
    is_date_inferred = Issue.is_date_inferred
    get_absolute_url = Issue.get_absolute_url


class PageValues(NamedTuple):
    """A page of a dated issue."""

    pk: int
    number: int | None
    section: str
    is_sample: bool
    issue: IssueValues

    number_text = Page.number_text
    label = Page.label
    get_absolute_url = Page.get_absolute_url


class ColumnValues(NamedTuple):
    """A column."""

    pk: int
    name: str
    disabled: bool


class ArticleValues(NamedTuple):
    """An article. `blocks` is empty if the text was left out and the article has a headline: see `load_stories`."""

    pk: int
    position: int
    kind: str
    kicker: str
    headline: str
    deck: str
    agency: str
    continued_from: int | None
    continued_to: int | None
    continuation_of_id: int | None
    absorbed: bool
    review: str
    revision: int
    changed_at: datetime.datetime | None
    page: PageValues
    column: ColumnValues | None
    blocks: list[Block]
    path: str

    title = Article.title
    paragraphs = Article.paragraphs
    is_sample = Article.is_sample

    def get_absolute_url(self) -> str:
        return self.path

    def get_kind_display(self) -> str:
        return Article.Kind(self.kind).label

    @classmethod
    def of(cls, row: Sequence[Any], blocks: list[Block]) -> Self:
        """Return the article of `row`, the values of FIELDS."""
        page = PageValues(*row[OWN:ISSUE], IssueValues(*row[ISSUE:COLUMN]))
        column = ColumnValues(*row[COLUMN:]) if row[COLUMN] else None
        return cls(*row[:OWN], page, column, blocks, path_to("article", row[0]))


#: The fields of an article that `ArticleValues.of` takes: its own, then its page and issue, then its column.
FIELDS = (
    *ArticleValues._fields[: ArticleValues._fields.index("page")],
    "page_id", "page__number", "page__section", "page__is_sample",
    "page__issue__date", "page__issue__edition", "page__issue__number", "page__issue__date_basis",
    "column_id", "column__name", "column__disabled",
)  # fmt: skip
OWN, ISSUE, COLUMN = map(FIELDS.index, ("page_id", "page__issue__date", "column_id"))


class BylineValues(NamedTuple):
    """A byline."""

    of: str
    role: str
    name_as_printed: str
    contributor_id: int

    __str__ = Byline.__str__


BYLINE_FIELDS = BylineValues._fields


class RegionValues(NamedTuple):
    """A region."""

    code: str
    name: str
    short: str


class ArticleRegionValues(NamedTuple):
    """A region that an article is about."""

    region_id: str
    main: bool
    source: str
    region: RegionValues

    @classmethod
    def of(cls, code: str, main: bool, source: str, name: str, short: str) -> Self:
        """Return the values of a row of REGION_FIELDS."""
        return cls(code, main, source, RegionValues(code, name, short))


REGION_FIELDS = ("region_id", "main", "source", "region__name", "region__short")


class TopicValues(NamedTuple):
    """A topic."""

    pk: int
    slug: str
    name: str


TOPIC_FIELDS = ("topic_id", "topic__slug", "topic__name")
