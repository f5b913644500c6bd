"""Checks of pages and stories: the order of articles, heads and continuations, sets of rows, reference tables."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q

from articles.models import (
    Article,
    ArticleTopic,
    Byline,
    Column,
    ColumnAlias,
    Contributor,
    ContributorAlias,
    Doubt,
    PageCredit,
    Region,
    SearchWithoutHit,
    SourceText,
    Synonym,
)
from articles.models.doubt_kinds import NOT_IN_READING
from articles.verify.faults import Fault
from articles.verify.reading import streamed


def position_faults() -> Iterator[Fault]:
    """Yield each article that has not the place that its reading gave it: 0, 1, 2 … on each page.

    Pages whose structure is a person's have gaps where articles went. Articles that the newest reading lacks, those of
    an older text and those without a text keep their position beside the others.
    """
    lacking = Doubt._base_manager.filter(article=OuterRef("pk"), kind=NOT_IN_READING)
    rows = Article._base_manager.filter(
        page__structure_edited=False, source__standing=SourceText.Standing.CURRENT, source__page=F("page")
    ).exclude(Exists(lacking))
    told = rows.order_by("page_id", "position", "pk").values_list("page_id", "position", "pk")
    for _, articles in groupby(streamed(told), key=itemgetter(0)):
        for expected, (_, position, pk) in enumerate(articles):
            if position != expected:
                yield Fault(f"版内次序是 {position}，应是 {expected}", Article, pk)
                break


def story_faults() -> Iterator[Fault]:
    """Yield each continuation whose head is a part itself or stands in another issue, and each merge without a head."""
    parts = Article._base_manager.filter(continuation_of__isnull=False).order_by("pk")
    fields = ("pk", "continuation_of", "continuation_of__continuation_of", "page", "continuation_of__page")
    told = parts.values_list(*fields, "page__issue", "continuation_of__page__issue")
    for pk, head, above, page, page_of_head, issue, issue_of_head in streamed(told):
        if above is not None:
            yield Fault(f"续自文章 {head}，它自己也是续文（续自 {above}）", Article, pk)
        if page != page_of_head and (issue is None or issue != issue_of_head):
            yield Fault(f"续自文章 {head}，它在另一期", Article, pk)
    for (pk,) in Article._base_manager.filter(absorbed=True, continuation_of=None).order_by("pk").values_list("pk"):
        yield Fault("已并入，却没有首篇", Article, pk)
    jumps = Q(continued_to=0) | Q(continued_from=0)
    for (pk,) in Article._base_manager.filter(jumps).order_by("pk").values_list("pk"):
        yield Fault("转到或转自第 0 版", Article, pk)


#: The sets whose rows have a position, each with the relation to the owner.
_ORDERED: tuple[tuple[type[models.Model], str], ...] = (
    (Byline, "article"),
    (ArticleTopic, "article"),
    (PageCredit, "page"),
)


def set_faults() -> Iterator[Fault]:
    """Yield each article or page of whose names or topics two have one position, so that their order is chance."""
    for model, owner in _ORDERED:
        target: Any = model._meta.get_field(owner).related_model
        rows = model._base_manager.order_by().values(owner, "position").annotate(number=Count("pk"))
        for key, position, number in rows.filter(number__gt=1).values_list(owner, "position", "number"):
            yield Fault(f"{model._meta.verbose_name}有 {number} 条同在第 {position} 位", target, key)


def reference_faults() -> Iterator[Fault]:
    """Yield each row of a reference table that breaks a rule of its form on the desk."""
    levels = {region.code: region for region in Region._base_manager.only("code", "level", "parent_id")}
    for code, region in sorted(levels.items()):
        level = 1 if code.endswith("0000") else 2 if code.endswith("00") else 3
        if region.level != level:
            yield Fault(f"级别是 {region.level}，由代码应是 {level}", Region, code)
        around = [code[:digits].ljust(6, "0") for digits in (4, 2)]
        nearest = next((each for each in around if each != code and each in levels), None)
        if region.parent_id != nearest:
            yield Fault(f"上级是 {region.parent_id or '空'}，由代码应是 {nearest or '空'}", Region, code)
    for alias, owner, rows in (
        (ContributorAlias, Contributor, Contributor._base_manager.all()),
        (ColumnAlias, Column, Column._base_manager.filter(disabled=False)),
    ):
        taken = alias._base_manager.filter(Exists(rows.filter(name=OuterRef("name"))))
        for pk, name in taken.order_by("pk").values_list("pk", "name"):
            yield Fault(f"“{name}”也是另一个{owner._meta.verbose_name}的名称，别名不起作用", alias, pk)
    for (pk,) in Synonym._base_manager.filter(first_year__gt=F("last_year")).order_by("pk").values_list("pk"):
        yield Fault("用至的年份早于始用", Synonym, pk)
    odd = Q(times_nearly__gt=F("times")) | Q(first_day__gt=F("last_day")) | Q(times=0)
    for (pk,) in SearchWithoutHit._base_manager.filter(odd).order_by("pk").values_list("pk"):
        yield Fault("次数或日期前后不合", SearchWithoutHit, pk)
