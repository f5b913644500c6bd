"""Stored articles under the standing columns that their kickers name."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from articles.models import Article, Column, archive
from articles.models.articles import ArticleQuerySet
from articles.models.reference import tidy_title
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
    changes. Returns what was, or would be, filed, the largest first. Each batch is one change.
    """
    kickers = _kickers()
    known = Column.objects.printed_as(kickers)
    counts: dict[tuple[str, bool], int] = defaultdict(int)
    filed: list[tuple[int, str]] = []
    for name, kicker in sorted(kickers.items()):
        column = known.get(name)
        if column.disabled if column else not is_column(name, times=len(kicker.issues) // RECURRING + 1):
            continue
        if kicker.articles:
            counts[column.name if column else name, column is None] += len(kicker.articles)
        filed += [(pk, name) for pk in kicker.articles]
    if write:
        for start in range(0, len(filed), BATCH):
            _file(dict(filed[start : start + BATCH]))
    filings = [Filing(name, is_new, count) for (name, is_new), count in counts.items()]
    return sorted(filings, key=lambda filing: (-filing.count, filing.name))


def _file(names: dict[int, str]) -> None:
    """Put articles into the columns of these names, but for those that have been corrected meanwhile."""
    with archive.change() as change:
        columns = Column.objects.behind(dict.fromkeys(names.values(), True))
        filed: dict[Column, list[int]] = defaultdict(list)
        for article in _unfiled().filter(pk__in=names).only("kicker", "edited_fields"):
            column = columns.get(tidy_title(article.kicker))
            if column and not article.is_protected("column"):
                filed[column].append(article.pk)
        for column, ids in filed.items():
            Article.objects.filter(pk__in=ids).update(column=column)
            change.articles(ids)


@dataclass
class _Kicker:
    """Where a kicker stands: articles that may be filed by it, and all issues."""

    articles: list[int]
    issues: set[int]


def _kickers() -> dict[str, _Kicker]:
    """Return the kickers of articles without a column, as names of columns are written, from one look at all."""
    kickers: dict[str, _Kicker] = defaultdict(lambda: _Kicker([], set()))
    rows = _unfiled().order_by("pk").values_list("pk", "kicker", "page__issue", "edited_fields")
    for pk, printed, issue, edited_fields in rows.iterator(chunk_size=BATCH):
        kicker = kickers[tidy_title(printed)]
        if issue:
            kicker.issues.add(issue)
        if "column" not in edited_fields:
            kicker.articles.append(pk)
    return kickers


def _unfiled() -> ArticleQuerySet:
    return Article.objects.filter(column=None).exclude(kicker="")
