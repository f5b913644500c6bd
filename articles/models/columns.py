"""The columns of the paper (栏目), and the kickers that name them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.core.exceptions import ValidationError
from django.db import models

from articles.models.editing import Editable
from articles.models.reference import NamedQuerySet, meant_by
from articles.models.statements import Statement
from articles.paths import path_to


class ColumnQuerySet(NamedQuerySet):
    def shown(self) -> ColumnQuerySet:
        """Return the columns in use."""
        return self.filter(disabled=False)

    def called(self, names: Collection[str]) -> dict[str, list[int]]:
        """Return {name: ids of the columns that it may mean, as `meant_by` finds them among names and aliases}."""
        rows = list(self.values_list("pk", "name", "aliases__name"))
        aliases = [(pk, alias) for pk, _, alias in rows if alias]
        held = list(dict.fromkeys((pk, name) for pk, name, _ in rows))
        return {name: meant_by(name, held, aliases) for name in names}

    def behind(self, kickers: dict[str, bool], *, makes: bool = True) -> dict[str, Column]:
        """Return {kicker: the column that it names, by name or alias}. Missing columns are made if the value is True.

        Kickers that name no column, or a disabled one, are left out. Without `makes`, nothing is written: a missing
        column is an unsaved one, whose id no column has.
        """
        names = {kicker: tidy_title(kicker) for kicker in kickers}
        known = self.printed_as(names.values())
        wanted = {names[kicker] for kicker, is_column in kickers.items() if is_column} - known.keys()
        missing = [Column(name=name) for name in sorted(wanted)]
        if makes:
            Column.objects.bulk_create(missing)
        else:
            for number, column in enumerate(missing, start=1):
                column.pk = -number
        known |= {column.name: column for column in missing}
        found = {kicker: known.get(name) for kicker, name in names.items()}
        return {kicker: column for kicker, column in found.items() if column and not column.disabled}

    def printed_as(self, names: Iterable[str]) -> dict[str, Column]:
        """Return the columns with these names or aliases, without spaces, including disabled ones."""
        wanted = frozenset(names)
        known = {row.name: row for row in _COLUMNS.rows(wanted)}
        return known | {alias.name: alias.column for alias in _COLUMN_ALIASES.rows(wanted)}


_COLUMNS = Statement(lambda names: Column.objects.filter(name__among=names), frozenset)
_COLUMN_ALIASES = Statement(
    lambda names: ColumnAlias.objects.filter(name__among=names).select_related("column"), frozenset
)


def tidy_title(title: str) -> str:
    """Return a column's name as stored: without the spaces that pad it in print, and cut to COLUMN_LENGTH.

    >>> tidy_title("资 讯　速递")
    '资讯速递'
    """
    return "".join(title.split())[:COLUMN_LENGTH]


#: The white space that pads kickers.
PADDING = (" ", "\u3000", "\xa0", "\t", "\n")

#: The greatest length of a column name, longer than any real one.
COLUMN_LENGTH = 100


class Column(Editable):
    """A standing column (栏目). Articles whose kicker is its name or an alias belong to it."""

    name = models.CharField("名称", max_length=COLUMN_LENGTH, unique=True)
    description = models.TextField("说明", blank=True)
    disabled = models.BooleanField("停用", default=False, help_text="不是栏目：文章不再归入，以后导入也不归入")

    objects = ColumnQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "栏目"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return path_to("column", self.pk)

    @property
    def printed_names(self) -> list[str]:
        """The kickers that name the column: its own name and its aliases."""
        return [self.name, *self.aliases.values_list("name", flat=True)]

    def clean(self) -> None:
        """Check that no other column has the name."""
        other = ColumnAlias.objects.exclude(column=self.pk).filter(name=self.name).first()
        if other:
            raise ValidationError({"name": f"“{self.name}”已是栏目“{other.column}”的别名，请先删去那个别名。"})


class ColumnAlias(models.Model):
    """Another printed name of a column, or one that OCR makes of it."""

    column = models.ForeignKey(Column, models.CASCADE, related_name="aliases", verbose_name="栏目")
    name = models.CharField("别名", max_length=COLUMN_LENGTH, unique=True)

    class Meta:
        verbose_name = verbose_name_plural = "栏目别名"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Check that no column in use has the name. A disabled column gives way to the alias."""
        if Column.objects.shown().filter(name=self.name).exists():
            raise ValidationError({"name": f"另有栏目就叫“{self.name}”，请先停用那个栏目，再作别名。"})
