"""The desk's pages of regions, topics, columns and contributors."""

from __future__ import annotations

import math
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.forms.fields import InvalidJSONInput
from django.http import HttpRequest

from articles.admin.base import CorrectionAdmin, CorrectionForm, PartInline, ReadOnlyAdmin, ReferenceAdmin
from articles.admin.clean_text import CleanText
from articles.admin.mixins import FormMixin
from articles.admin.placing import PlacedAloneForm
from articles.models import (
    Column,
    ColumnAlias,
    Contributor,
    ContributorAlias,
    Region,
    RegionAlias,
    Synonym,
    Topic,
)
from articles.models.columns import tidy_title


@admin.register(Region)
class RegionAdmin(ReferenceAdmin[Region]):
    list_display = ("code", "name", "short", "level", "parent")
    list_filter = ("level",)
    list_select_related = ("parent",)
    search_fields = ("code", "name")
    raw_id_fields = ("parent",)

    def get_readonly_fields(self, request: HttpRequest, obj: Region | None = None) -> list[str] | tuple[str, ...]:
        fields = super().get_readonly_fields(request, obj)
        return (*fields, "code") if obj else fields  # the code is in URLs and in every assignment


@admin.register(RegionAlias)
class RegionAliasAdmin(ReferenceAdmin[RegionAlias]):
    list_display = ("old_name", "region", "last_year", "event", "flag", "disabled")
    list_filter = ("disabled", "flag")
    list_select_related = ("region",)
    search_fields = ("old_name", "region__name")
    raw_id_fields = ("region",)


class WordsField(forms.JSONField):
    """A field of weighted words as JSON. The form shows a refused text again to the letter, because it may be
    impossible to encode.
    """

    def bound_data(self, data: str, initial: object) -> InvalidJSONInput:
        return InvalidJSONInput(data)

    def to_python(self, value: object) -> Any:  # noqa: ANN401 - whatever JSON holds
        try:
            return super().to_python(value)
        except RecursionError:
            raise forms.ValidationError("括号太多。") from None


class TopicForm(PlacedAloneForm, CorrectionForm):
    words = WordsField(label="词与权重", required=False, widget=forms.Textarea(attrs={"rows": 12, "cols": 100}))

    def clean_words(self) -> dict[str, float]:
        """Return the words. Raises ValidationError unless they are words with numeric weights: the next reading uses
        them.
        """
        words = self.cleaned_data["words"] or {}
        if not isinstance(words, dict) or not all(_is_word(word, weight) for word, weight in words.items()):
            raise forms.ValidationError('请写成 {"词": 权重, …}，权重是数字，如 {"中医": 3, "针灸": 2}。')
        return words


def _is_word(word: str, weight: object) -> bool:
    is_number = isinstance(weight, (int, float)) and not isinstance(weight, bool) and math.isfinite(weight)
    return is_number and word.isprintable() and bool(word.strip())


@admin.register(Topic)
class TopicAdmin(ReferenceAdmin[Topic]):
    form = TopicForm
    list_display = ("name", "slug", "position", "disabled")
    list_filter = ("disabled",)
    search_fields = ("name", "description")

    def get_readonly_fields(self, request: HttpRequest, obj: Topic | None = None) -> list[str] | tuple[str, ...]:
        fields = super().get_readonly_fields(request, obj)
        return (*fields, "slug") if obj else fields  # the slug is in the topic's URL


class TidyName(FormMixin):
    """A form of a name that is compared with kickers. The paper pads kickers with spaces to fill lines."""

    def clean_name(self) -> str:
        return tidy_title(self.cleaned_data["name"])


class ColumnForm(TidyName, CorrectionForm):
    pass


class ColumnAliasForm(TidyName, CleanText, forms.ModelForm):
    pass


class ColumnAliasInline(PartInline):
    model = ColumnAlias
    form = ColumnAliasForm


@admin.register(Column)
class ColumnAdmin(ReferenceAdmin[Column]):
    """The form of a column. A wrong column is disabled and never deleted: the next import would bring it back."""

    form = ColumnForm
    inlines = (ColumnAliasInline,)
    parts = (ColumnAlias,)
    list_display = ("name", "alias_names", "article_count", "disabled", "description")
    list_filter = ("disabled",)
    search_fields = ("name", "aliases__name")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        rows = super().get_queryset(request).prefetch_related("aliases")
        return rows.annotate(article_count=models.Count("articles", distinct=True))

    @admin.display(description="别名")
    def alias_names(self, column: Column) -> str:
        return "、".join(alias.name for alias in column.aliases.all())

    @admin.display(description="文章", ordering="article_count")
    def article_count(self, column: Column) -> int:
        return column.article_count  # type: ignore[attr-defined] # added by `get_queryset`

    def save_model(self, request: HttpRequest, obj: Column, form: forms.ModelForm, change: bool) -> None:
        """Save a column. Its old name becomes an alias, because the paper goes on printing it."""
        printed = Column.objects.get(pk=obj.pk).name if change else obj.name
        super().save_model(request, obj, form, change)
        if printed != obj.name:
            ColumnAlias.objects.filter(name=obj.name, column=obj).delete()
            ColumnAlias.objects.get_or_create(name=printed, defaults={"column": obj})


class ContributorAliasForm(CleanText, forms.ModelForm):
    pass


class ContributorAliasInline(PartInline):
    model = ContributorAlias
    form = ContributorAliasForm


@admin.register(Contributor)
class ContributorAdmin(CorrectionAdmin[Contributor]):
    inlines = (ContributorAliasInline,)
    parts = (ContributorAlias,)
    list_display = ("name", "alias_names", "story_count", "note")
    search_fields = ("name", "aliases__name")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        rows = super().get_queryset(request).prefetch_related("aliases")
        return rows.annotate(story_count=models.Count("bylines__article", distinct=True))

    @admin.display(description="别名")
    def alias_names(self, contributor: Contributor) -> str:
        return "、".join(alias.name for alias in contributor.aliases.all())

    @admin.display(description="署名文章", ordering="story_count")
    def story_count(self, contributor: Contributor) -> int:
        return contributor.story_count  # type: ignore[attr-defined] # added by `get_queryset`

    def save_model(self, request: HttpRequest, obj: Contributor, form: forms.ModelForm, change: bool) -> None:
        """Save a contributor. The old name becomes an alias, because the paper goes on printing it."""
        printed = Contributor.objects.get(pk=obj.pk).name if change else obj.name
        super().save_model(request, obj, form, change)
        if printed != obj.name:
            ContributorAlias.objects.filter(name=obj.name, contributor=obj).delete()
            ContributorAlias.objects.get_or_create(name=printed, defaults={"contributor": obj})


@admin.register(Synonym)
class SynonymAdmin(ReferenceAdmin[Synonym]):
    list_display = ("name", "subject", "first_year", "last_year", "source", "disabled")
    list_filter = ("disabled",)
    search_fields = ("name", "subject")


@admin.register(ColumnAlias)
class ColumnAliasAdmin(ReadOnlyAdmin):
    list_display = ("name", "column")
    list_select_related = ("column",)
    search_fields = ("name", "column__name")


@admin.register(ContributorAlias)
class ContributorAliasAdmin(ReadOnlyAdmin):
    list_display = ("name", "contributor")
    list_select_related = ("contributor",)
    search_fields = ("name", "contributor__name")
