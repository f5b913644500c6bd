"""The state of an article as its form shows it, and the signed copy of it that travels in the form."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core import signing
from django.db.models import Prefetch
from django.utils import timezone

from articles.admin.screens.article.head_lines import HEAD_FIELDS, HeadLine, Printed, head_lines
from articles.admin.screens.article.source_lines import SourceIndex
from articles.models import Article, ArticleRegion, Byline, Region
from articles.models.block_keys import keys_of
from articles.models.reference import tidy_name
from articles.models.row_values import value_of

#: The fields of the form that are columns of an article, in the order of the form.
COLUMNS = (
    *HEAD_FIELDS,
    *("kind", "column", "agency", "blocks", "continued_to", "continued_from", "continuation_of", "position"),
    *("review", "withdrawn"),
)

#: The sets of the form.
SETS = ("topics", "bylines", "regions")

_SALT = "articles.admin.article"


def load(pk: int | str) -> Article | None:
    """Return the article with everything that its form shows, or None. Takes seven queries at most."""
    rows = Article.objects.select_related("page__issue", "source", "column", "continuation_of__page")
    rows = rows.defer("source__original", "source__boxes", "source__extent")
    rows = rows.prefetch_related(
        Prefetch("bylines", Byline.objects.select_related("contributor")),
        Prefetch("article_regions", ArticleRegion.objects.select_related("region__parent__parent")),
        "article_topics__topic",
    )
    return rows.filter(pk=pk).first()


def values_of(article: Article) -> dict[str, Any]:
    """Return {field: value} of everything that the form shows, each in the form that `desk.applying.apply` takes.

    Each block has its key. A contributor's name is "" if it is the printed name.
    """
    values = {name: value_of(article, name) for name in COLUMNS}
    blocks = zip(article.blocks, keys_of(article.blocks), strict=True)
    values["blocks"] = [{**block, "key": key} for block, key in blocks]
    values["topics"] = [row.topic.slug for row in article.article_topics.all()]
    values["bylines"] = [[row.of, row.role, row.name_as_printed, filed_under(row)] for row in article.bylines.all()]
    values["regions"] = [[row.region_id, row.main] for row in article.article_regions.all()]
    return values


def filed_under(row: Byline) -> str:
    """Return the name of a byline's contributor, or "" if it is the printed name."""
    name = row.contributor.name
    return "" if name == tidy_name(row.name_as_printed) else name


def heads_of(article: Article, values: Mapping[str, str]) -> list[HeadLine]:
    """Return the lines of a head with these values, with their roles, beside the printed lines. See `head_lines`."""
    index = SourceIndex(article)
    printed = [
        Printed(label, index.text(start, end), index.line_of(start))
        for start, end, label in sorted(article.segments)
        if label in HEAD_FIELDS and index.text(start, end).strip()
    ]
    return head_lines(values, printed)


def region_text(region: Region) -> str:
    """Return the names of a region and of those that it lies in, from the largest: 北京市 朝阳区."""
    return f"{region_text(region.parent)} {region.name}" if region.parent else region.name


@dataclass(frozen=True)
class Seen:
    """The state that a form was opened on.

    * `at`: when it was opened, in seconds since 1970
    * `batch`: the id of the last batch that had changed the article, or 0
    * `values`: as `values_of` returns them; `heads`: [[text, role, number of the source line], …]
    * `proposals`: {field: the machine's value} that the form offered
    * `met`: the values of others that a question has shown since, or None
    """

    at: float
    batch: int
    values: dict[str, Any]
    heads: list[list[Any]]
    proposals: dict[str, Any] = field(default_factory=dict)
    met: dict[str, Any] | None = None

    @property
    def head_lines(self) -> list[HeadLine]:
        return [HeadLine(*each) for each in self.heads]

    @property
    def opened_at(self) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(self.at, datetime.UTC)

    def signed(self, article: Article) -> str:
        """Return the state as text that only this archive can have written, and only for `article`."""
        return signing.dumps(asdict(self), salt=f"{_SALT}.{article.pk}", compress=True)


def seen_of(article: Article, batch: int, proposals: dict[str, Any]) -> Seen:
    """Return the present state of `article` for its form. `batch` is the id of the last batch that changed it."""
    values = values_of(article)
    heads = [[line.text, line.role, line.line] for line in heads_of(article, values)]
    return Seen(timezone.now().timestamp(), batch, values, heads, proposals)


def unsigned(text: str, article: Article) -> Seen | None:
    """Return the state that a form of `article` sent back, or None if this archive has not signed it."""
    try:
        return Seen(**signing.loads(text, salt=f"{_SALT}.{article.pk}"))
    except (signing.BadSignature, TypeError, ValueError):
        return None
