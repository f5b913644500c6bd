"""Filing articles under a column whose names a person has changed, as an import files new articles."""

from __future__ import annotations

from django.db import models

from articles.desk.changes import Changed
from articles.models import Article, Column, archive
from articles.models.row_values import Values


def refile(each: Changed, change: archive.Change) -> None:
    """File articles under a changed column, or take them out. The column that a person has chosen for one stays.

    `each` is the column before and after the write.
    """
    column: Column | None = each.row
    before, after = _printed_names(each.before), _printed_names(each.after)
    if column is None or column.disabled:
        _file(Article.objects.filter(column_id=int(each.object_id)), None, change)
        return
    own = Article.objects.filter(column=column)
    _file(own.with_kicker(before - after), None, change)
    out_of_use = models.Q(column=None) | models.Q(column__disabled=True)
    _file(Article.objects.filter(out_of_use).with_kicker(after), column, change)


def _printed_names(told: Values | None) -> set[str]:
    return {told["name"], *(name for (name,) in told["aliases"])} if told else set()


def _file(articles: models.QuerySet[Article], column: Column | None, change: archive.Change) -> None:
    ids = {row.pk for row in articles.only("edited_fields") if not row.is_protected("column")}
    for part in archive.batches(ids):
        Article.objects.filter(pk__in=part).update(column=column)
    change.articles(ids)
