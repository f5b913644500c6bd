"""Several names of one thing: 新冠肺炎, 新冠病毒感染; 卫生部 before 2013. A search for one offers the others."""

from __future__ import annotations

from collections import defaultdict

from django.core.exceptions import ValidationError
from django.db import models

from articles.models.editing import Editable
from articles.text.fold import fold


class SynonymQuerySet(models.QuerySet["Synonym"]):
    def by_name(self) -> dict[str, list[Synonym]]:
        """Return {name, folded: the names of its things, itself among them, in their order of time}."""
        subjects: dict[str, list[Synonym]] = defaultdict(list)
        for row in self.filter(disabled=False).order_by("subject", "position", "pk"):
            subjects[row.subject].append(row)
        names: dict[str, list[Synonym]] = defaultdict(list)
        for rows in subjects.values():
            for named in rows:
                names[fold(named.name)] += rows
        return dict(names)


class Synonym(Editable):
    """A name of a thing. All names with the same `subject` mean the same. The years say when the name was in use."""

    subject = models.CharField("所指", max_length=60, help_text="所指相同的名称互为别称")
    name = models.CharField("名称", max_length=60)
    first_year = models.PositiveSmallIntegerField("始用", null=True, blank=True)
    last_year = models.PositiveSmallIntegerField("用至", null=True, blank=True)
    source = models.CharField("出处", max_length=100, blank=True)
    position = models.PositiveSmallIntegerField("次序", default=0)
    disabled = models.BooleanField("停用", default=False)

    objects = SynonymQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "同义名称"
        ordering = ["subject", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["subject", "name"], name="synonym_once_a_subject")]

    def __str__(self) -> str:
        return f"{self.name}{self.years}"

    @property
    def years(self) -> str:
        """The years in which the name was in use, in brackets: （2013—2018）, （—2013）, （2018—）; "" if unknown."""
        if self.first_year is None and self.last_year is None:
            return ""
        return f"（{self.first_year or ''}—{self.last_year or ''}）"

    def clean(self) -> None:
        """Check that the years are in order."""
        if self.first_year and self.last_year and self.first_year > self.last_year:
            raise ValidationError({"last_year": f"用至 {self.last_year} 早于始用 {self.first_year}，请对调或更正。"})
