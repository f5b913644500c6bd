"""What the tables know for the reading of an article's form, and the names that the form shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max

from articles.admin.placing import position_after
from articles.admin.screens.article.state import region_text
from articles.admin.widgets import RegionField
from articles.models import Article, Byline, Column, Region, Topic
from articles.models.columns import tidy_title


class TableLookups:
    """The lookups for the form of one article."""

    kinds = frozenset(Article.Kind.values)
    reviews = frozenset(Article.Review.values)
    signed = frozenset(Byline.Of.values)

    def __init__(self, article: Article) -> None:
        self.article = article
        self.topics = frozenset(Topic.objects.order_by().values_list("slug", flat=True))

    def region(self, text: str) -> str:
        """Return the code of the region called `text`. Raises ValidationError as RegionField does."""
        region = RegionField(required=False).clean(text)
        if region is None:
            raise ValidationError("请填地区的代码或名称，如 410000 或 河南省。")
        return region.pk

    def column(self, name: str) -> int:
        """Return the id of the column with this name or alias. Raises ValidationError if there is none in use."""
        column = Column.objects.printed_as([tidy_title(name)]).get(tidy_title(name))
        if column is None:
            raise ValidationError(f"没有叫“{name}”的栏目，请从列表里选，或先在“栏目”里添加。")
        if column.disabled and column.pk != self.article.column_id:
            raise ValidationError(f"栏目“{column.name}”已停用，请另选，或先在“栏目”里启用。")
        return column.pk

    def head(self, pk: int) -> int:
        """Return `pk` if it is the id of an article. Raises ValidationError if it is not."""
        if not Article.objects.filter(pk=pk).exists():
            raise ValidationError(f"没有编号是 {pk} 的文章，请填这一组文章首篇的编号。")
        return pk

    def last_place(self) -> int:
        """Return the place after the other articles of the page, or the article's own place if it is the last."""
        others = Article.objects.filter(page=self.article.page_id).exclude(pk=self.article.pk)
        place = position_after(others.aggregate(last=Max("position"))["last"])
        return max(place, self.article.position)


def names_for(article: Article, *states: Mapping[str, Any]) -> dict[tuple[str, Any], str]:
    """Return the names of the regions and columns in these states: {("regions", code): …, ("column", id): …}.

    The names of the article's own rows take no query.
    """
    codes = {code for state in states for code, _ in state["regions"]}
    columns = {state["column"] for state in states} - {None}
    regions = {row.region_id: row.region for row in article.article_regions.all()}
    if missing := codes - regions.keys():
        found = Region.objects.filter(pk__in=missing).select_related("parent__parent")
        regions |= {region.pk: region for region in found}
    names: dict[tuple[str, Any], str] = {("regions", code): region_text(regions[code]) for code in regions}
    held = {article.column_id: article.column.name} if article.column else {}
    if columns - held.keys():
        held |= dict(Column.objects.filter(pk__in=columns).values_list("pk", "name"))
    return names | {("column", pk): name for pk, name in held.items()}
