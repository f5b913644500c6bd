"""Subjects and authors of articles: regions, topics, contributors."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from articles.models.editing import Editable
from articles.models.plain_json import PlainJSONEncoder
from articles.models.statements import Statement
from articles.paths import path_to
from articles.text.fold import fold


class RegionQuerySet(models.QuerySet["Region"]):
    def provinces(self) -> RegionQuerySet:
        """Return the 34 divisions of the first level, in the order of their codes."""
        return self.filter(level=Region.Level.PROVINCE).order_by("code")

    def called(self, names: Collection[str]) -> dict[str, list[str]]:
        """Return {name: codes of the regions that it may mean}, by one query.

        A name is today's name, short or full, another or former name, or the code.
        """
        wanted = {name: {name, fold(name)} for name in names}  # 乾县 is a stored name, but folds to a different one
        each = {form for forms in wanted.values() for form in forms}
        today = self.filter(Q(name__in=each) | Q(short__in=each) | Q(pk__in=each)).values_list("pk", "name", "short")
        aliases = RegionAlias.objects.filter(old_name__in=each, disabled=False, region__in=self.values("pk"))
        former = aliases.exclude(flag=RegionAlias.LANDSCAPE).values_list("region", "old_name", "old_name")
        rows = list(today.order_by().union(former.order_by()))
        return {name: sorted({row[0] for row in rows if forms.intersection(row)}) for name, forms in wanted.items()}

    def with_parts(self, code: str) -> tuple[Region | None, list[Region]]:
        """Return the region with this code (None if there is none) and the regions right below it."""
        rows = list(self.filter(Q(pk=code) | Q(parent=code)).select_related("parent__parent").order_by("code"))
        found = next((row for row in rows if row.code == code), None)
        return found, [row for row in rows if row is not found]

    def within(self, region: Region) -> RegionQuerySet:
        """Return `region` and everything within it."""
        first, last = region.code_range
        return self.filter(code__gte=first, code__lt=last)

    def enclosing(self, codes: Collection[str]) -> RegionQuerySet:
        """Return the regions of `codes` and the regions around them, by the structure of GB/T 2260 codes."""
        return self.filter(pk__in={code[:digits].ljust(6, "0") for code in codes for digits in (2, 4, 6)})


class Region(Editable):
    """A division of China by GB/T 2260. `code` is unique and stays; names may change."""

    class Level(models.IntegerChoices):
        PROVINCE = 1, "省级"
        PREFECTURE = 2, "地级"
        COUNTY = 3, "县级"

    code = models.CharField("代码", max_length=6, primary_key=True)
    name = models.CharField("名称", max_length=40)
    short = models.CharField("简称", max_length=20)
    level = models.PositiveSmallIntegerField("级别", choices=Level)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "地区"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9]{6}$"), name="region_code_is_six_digits"),
            models.CheckConstraint(condition=Q(level__in=[1, 2, 3]), name="region_level_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return path_to("region", self.code)

    def clean(self) -> None:
        """Check that the level is that of the code, and that the parent is the nearest region around the code."""
        level = next(level for level, zeros in ((1, "0000"), (2, "00"), (3, "")) if self.code.endswith(zeros))
        if self.level != level:
            label = Region.Level(level).label
            raise ValidationError({"level": f"{self.code} 是{label}的代码，级别请选“{label}”。"})
        nearest = Region.objects.enclosing([self.code]).exclude(pk=self.code).order_by("level").last()
        if self.parent_id != (nearest.pk if nearest else None):
            remedy = f"的上级是 {nearest.pk} {nearest}，请选它" if nearest else "没有上级，请留空"
            raise ValidationError({"parent": f"{self.code} {remedy}。"})

    @property
    def code_range(self) -> tuple[str, str]:
        """Return the codes [first, last) of this region and everything within it, by the structure of GB/T 2260
        codes.
        """
        significant = self.code[: 2 * self.level]
        return self.code, str(int(significant) + 1).ljust(6, "0")


class RegionAliasQuerySet(models.QuerySet["RegionAlias"]):
    def other_names(self) -> RegionAliasQuerySet:
        """Return the former and other names of a region, the latest first, without names of landscapes."""
        named = self.filter(disabled=False).exclude(flag=RegionAlias.LANDSCAPE)
        return named.order_by(F("last_year").desc(nulls_first=True), "old_name")


class RegionAlias(Editable):
    """A former or other name of a region. An ambiguous name needs a date or its parent beside it."""

    #: Flags of names that are no former names: a unit that is no division, a byname, a landscape within a province.
    SPECIAL, NICKNAME, LANDSCAPE = "special", "nickname", "landscape"

    old_name = models.CharField("旧名", max_length=40)
    region = models.ForeignKey(Region, models.PROTECT, related_name="aliases", verbose_name="今属")
    last_year = models.PositiveSmallIntegerField("用至", null=True, blank=True)
    event = models.CharField("变更", max_length=40, blank=True)
    flag = models.CharField("标记", max_length=60, blank=True)
    disabled = models.BooleanField("停用", default=False)

    objects = RegionAliasQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "旧地名"
        ordering = ["old_name", "region_id"]
        constraints = [models.UniqueConstraint(fields=["old_name", "region"], name="region_alias_once")]

    def __str__(self) -> str:
        return f"{self.old_name} → {self.region_id}"


class NamedQuerySet(models.QuerySet):
    """Rows of a short table with names."""

    def called(self, names: Collection[str]) -> dict[str, list[int]]:
        """Return {name: ids of the row with that name; or else of those with that name folded; or else of those whose
        name contains it}, by one query.
        """
        held = list(self.values_list("pk", "name"))
        return {name: meant_by(name, held) for name in names}


Key = TypeVar("Key")


def meant_by(wanted: str, held: Sequence[tuple[Key, str]], others: Iterable[tuple[Key, str]] = ()) -> list[Key]:
    """Return the keys of the names that a reader may mean by `wanted`.

    They are the same name; or else the same of the `others`, folded; or else the same name, folded; or else the names
    that contain it.
    """
    folded = fold(wanted)
    return (
        [key for key, name in held if name == wanted]
        or [key for key, name in others if fold(name) == folded]
        or [key for key, name in held if fold(name) == folded]
        or [key for key, name in held if folded in fold(name)]
    )


class TopicQuerySet(NamedQuerySet):
    def shown(self) -> TopicQuerySet:
        """Return the topics in use."""
        return self.filter(disabled=False)


class Topic(Editable):
    """A subject of articles, with the weighted words that decide (see fixtures/topics.json)."""

    slug = models.SlugField("标识", unique=True)
    name = models.CharField("名称", max_length=40, unique=True)
    description = models.TextField("说明", blank=True)
    words = models.JSONField("词与权重", encoder=PlainJSONEncoder, default=dict, blank=True)
    headline_boost = models.FloatField("标题加权", default=3.0)
    position = models.PositiveSmallIntegerField("次序", default=0)
    disabled = models.BooleanField("停用", default=False)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "主题"
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return path_to("topic", self.slug)


#: Longer than any name. A misread line is cut to it here, and stays whole in the byline.
NAME_LENGTH = 100


class ContributorQuerySet(models.QuerySet["Contributor"]):
    def behind(self, articles: models.QuerySet, pages: models.QuerySet) -> ContributorQuerySet:
        """Return the contributors who signed one of `articles` or edited one of `pages`, by name."""
        signed = Exists(articles.filter(bylines__contributor=OuterRef("pk")))
        edited = Exists(pages.filter(credits__contributor=OuterRef("pk")))
        return self.filter(signed | edited).order_by("name")

    def outside_samples(self, articles: models.QuerySet, pages: models.QuerySet) -> ContributorQuerySet:
        """Return the contributors who signed or edited anything in `articles` and `pages` outside the invented
        samples.
        """
        return self.behind(articles.filter(page__is_sample=False), pages.filter(is_sample=False))

    def known_among(self, names: Collection[str]) -> frozenset[str]:
        """Return those of `names` that are the name or an alias of a contributor."""
        own = self.filter(name__in=names).order_by().values_list("name", flat=True)
        aliases = ContributorAlias.objects.filter(name__in=names).order_by().values_list("name", flat=True)
        return frozenset(own.union(aliases))

    def called(self, names: Collection[str]) -> dict[str, list[int]]:
        """Return {name: ids of the contributors with that name, or, if there are none, of those with that alias}."""
        own = {name: pk for pk, name in self.filter(name__in=names).order_by().values_list("pk", "name")}
        aliases = ContributorAlias.objects.filter(name__in=names).order_by().values_list("name", "contributor")
        known = dict(aliases) | own
        return {name: [known[name]] if name in known else [] for name in names}

    def named(self, names: Iterable[str]) -> dict[str, Contributor]:
        """Return {name: its contributor, by name or alias}. Missing contributors are made, in the order of the names.

        The paper pads a two-character name with a space (王　毅). The space is not part of the name.
        """
        wanted = {name: tidy_name(name)[:NAME_LENGTH] for name in names}
        tidy = dict.fromkeys(wanted.values())
        known = {alias.name: alias.contributor for alias in _ALIASES.rows(frozenset(tidy))}
        known |= {row.name: row for row in _CONTRIBUTORS.rows(frozenset(tidy))}
        made = Contributor.objects.bulk_create([Contributor(name=name) for name in tidy if name not in known])
        known |= {row.name: row for row in made}
        return {name: known[key] for name, key in wanted.items()}


_CONTRIBUTORS = Statement(lambda names: Contributor.objects.filter(name__among=names), frozenset)
_ALIASES = Statement(
    lambda names: ContributorAlias.objects.filter(name__among=names).select_related("contributor"), frozenset
)


def tidy_name(name: str) -> str:
    """Return a name without the space that pads it. Spaces between Latin words stay.

    >>> tidy_name("王　毅"), tidy_name("John  Smith")
    ('王毅', 'John Smith')
    """
    return re.sub(r"(?<![A-Za-z.]) | (?![A-Za-z])", "", " ".join(name.split()))


class Contributor(Editable):
    """A person or office that bylines, photo credits and page credits name."""

    name = models.CharField("姓名", max_length=NAME_LENGTH, unique=True)
    note = models.TextField("备注", blank=True)

    objects = ContributorQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "作者"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Check that no other contributor has the name."""
        other = ContributorAlias.objects.exclude(contributor=self.pk).filter(name=self.name).first()
        if other:
            raise ValidationError({"name": f"“{self.name}”已是 {other.contributor} 的别名，请先删去那个别名。"})

    def get_absolute_url(self) -> str:
        return path_to("contributor", self.pk)


class ContributorAlias(models.Model):
    """Another name of a contributor, or one that OCR makes of it."""

    contributor = models.ForeignKey(Contributor, models.CASCADE, related_name="aliases", verbose_name="作者")
    name = models.CharField("别名", max_length=NAME_LENGTH, unique=True)

    class Meta:
        verbose_name = verbose_name_plural = "别名"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Check that the name is no contributor's own name, which would take precedence and leave the alias without
        effect.
        """
        if Contributor.objects.filter(name=self.name).exists():
            raise ValidationError({"name": f"另有作者就叫“{self.name}”，不能再作别名。"})
