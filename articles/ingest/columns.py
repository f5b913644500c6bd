"""Filing stored articles under the standing columns that their kickers name."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from articles.models import Article, Column, archive
from articles.models.articles import ArticleQuerySet
from articles.models.columns import tidy_title
from articles.reading import is_column

#: The number of issues in which a kicker must stand to be the name of a column if it does not look like one. Headlines
#: don't recur.
RECURRING = 3

#: Articles changed in one change.
BATCH = 500


@dataclass(frozen=True)
class Filing:
    """Articles that go into one column: its name, whether it is new, and the number of articles."""

    name: str
    is_new: bool
    count: int


def file_articles(*, write: bool) -> list[Filing]:
    """File each article without a column under the column that its kicker names. A column that a person has set stays.

    A kicker becomes a new column if it looks like the name of a column, or if it stands in at least RECURRING issues.
    Returns the filings, the largest first. Without `write` nothing changes, and the filings are those that would be
    made. Each batch is one change.
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
    """File articles under the columns of `names`, {id: name of the column}.

    Articles that have been corrected meanwhile are left out.
    """
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
    """The articles that may be filed by a kicker, and all issues in which it stands."""

    articles: list[int]
    issues: set[int]


def _kickers() -> dict[str, _Kicker]:
    """Return the kickers of articles without a column, {tidied name: kicker}, from one pass over these articles."""
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
