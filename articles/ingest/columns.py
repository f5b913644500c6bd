"""Stored articles under the standing columns that their kickers name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from django.db.models import Count

from articles.models import Article, Column, archive
from articles.models.articles import ArticleQuerySet
from articles.reading import is_column

#: In how many issues a kicker must stand to be a column's name though it does not look like one: headlines don't recur.
RECURRING = 3

#: Articles changed at a time.
BATCH = 500


@dataclass(frozen=True)
class Filing:
    """Articles that go into a column: its name, whether it is new, and their number."""

    name: str
    is_new: bool
    count: int


def file_articles(*, write: bool) -> list[Filing]:
    """Put each article without a column into the one that its kicker names; what a person has set stays.

    Columns are made of kickers that look like one, or that stand in RECURRING issues or more. Without `write` nothing
    changes. Returns what was, or would be, filed, the largest first.
    """
    filings: list[Filing] = []
    with suppress(_Undo), archive.change() as change:
        held = frozenset(Column.objects.values_list("pk", flat=True))
        for kicker, column in Column.objects.behind(dict(_kickers())).items():
            rows = _unfiled().filter(kicker=kicker).only("edited_fields")
            ids = [row.pk for row in rows if not row.is_protected("column")]
            if ids:
                filings.append(Filing(column.name, column.pk not in held, len(ids)))
            for start in range(0, len(ids), BATCH):
                Article.objects.filter(pk__in=ids[start : start + BATCH]).update(column=column)
            change.articles(ids)
        if not write:
            raise _Undo
    return sorted(filings, key=lambda filing: (-filing.count, filing.name))


class _Undo(Exception):
    """Leaves the transaction of a dry run."""


def _unfiled() -> ArticleQuerySet:
    return Article.objects.filter(column=None).exclude(kicker="")


def _kickers() -> Iterator[tuple[str, bool]]:
    """Yield the kickers of articles without a column, each with whether it is a column's name."""
    rows = _unfiled().order_by().values_list("kicker")
    for kicker, issues in rows.annotate(issues=Count("page__issue", distinct=True)):
        yield kicker, is_column(kicker, times=issues // RECURRING + 1)
