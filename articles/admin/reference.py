"""Regions, topics, columns and contributors on the desk."""

from __future__ import annotations

import math

from django import forms
from django.contrib import admin
from django.db import models
from django.forms.fields import InvalidJSONInput
from django.http import HttpRequest

from articles.admin.base import CorrectionAdmin, CorrectionForm, ReadOnlyAdmin, ReferenceAdmin
from articles.models import Article, Column, Contributor, ContributorAlias, Region, RegionAlias, Topic


@admin.register(Region)
class RegionAdmin(ReferenceAdmin):
    list_display = ("code", "name", "short", "level", "parent")
    list_filter = ("level",)
    list_select_related = ("parent",)
    search_fields = ("code", "name")
    raw_id_fields = ("parent",)

    def get_readonly_fields(self, request: HttpRequest, obj: Region | None = None) -> tuple[str, ...]:
        fields = super().get_readonly_fields(request, obj)
        return (*fields, "code") if obj else fields  # a code is in URLs and in every assignment


@admin.register(RegionAlias)
class RegionAliasAdmin(ReferenceAdmin):
    list_display = ("old_name", "region", "last_year", "event", "flag", "disabled")
    list_filter = ("disabled", "flag")
    list_select_related = ("region",)
    search_fields = ("old_name", "region__name")
    raw_id_fields = ("region",)

    def touch(self, request: HttpRequest, obj: RegionAlias) -> None:
        """Old names guide the next reading; no page shows them."""


class WordsField(forms.JSONField):
    """Weighted words as JSON; what was typed is shown again to the letter, for it may hold what can't be encoded."""

    def bound_data(self, data: str, initial: object) -> InvalidJSONInput:
        return InvalidJSONInput(data)

    def to_python(self, value: object) -> object:
        try:
            return super().to_python(value)
        except RecursionError:
            raise forms.ValidationError("括号太多。") from None


class TopicForm(CorrectionForm):
    words = WordsField(label="词与权重", required=False, widget=forms.Textarea(attrs={"rows": 12, "cols": 100}))

    def clean_words(self) -> dict[str, float]:
        """Check that the words are words with weights: the next reading counts with them."""
        words = self.cleaned_data["words"] or {}
        if not isinstance(words, dict) or not all(_is_word(word, weight) for word, weight in words.items()):
            raise forms.ValidationError('请写成 {"词": 权重, …}，权重是数字，如 {"中医": 3, "针灸": 2}。')
        return words


def _is_word(word: str, weight: object) -> bool:
    is_number = isinstance(weight, (int, float)) and not isinstance(weight, bool) and math.isfinite(weight)
    return is_number and word.isprintable() and bool(word.strip())


@admin.register(Topic)
class TopicAdmin(ReferenceAdmin):
    form = TopicForm
    list_display = ("name", "slug", "position", "disabled")
    list_filter = ("disabled",)
    search_fields = ("name", "description")

    def get_readonly_fields(self, request: HttpRequest, obj: Topic | None = None) -> tuple[str, ...]:
        fields = super().get_readonly_fields(request, obj)
        return (*fields, "slug") if obj else fields  # it is in the topic's URL


@admin.register(Column)
class ColumnAdmin(CorrectionAdmin):
    list_display = ("name", "description")
    search_fields = ("name",)

    def save_model(self, request: HttpRequest, obj: Column, form: forms.ModelForm, change: bool) -> None:
        """Save a column; the articles under its name that are in none are its own from now on, as new ones will be."""
        super().save_model(request, obj, form, change)
        for article in Article.objects.filter(kicker=obj.name, column=None):
            if not article.is_protected("column"):
                Article.objects.filter(pk=article.pk).update(column=obj)
                request.archive_change.articles([article.pk])


class ContributorAliasInline(admin.TabularInline):
    model = ContributorAlias
    extra = 1


@admin.register(Contributor)
class ContributorAdmin(CorrectionAdmin):
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
        return contributor.story_count

    def save_corrected(
        self, request: HttpRequest, obj: Contributor, stored: Contributor, form: forms.ModelForm
    ) -> None:
        """Save a person; the name that was stays known, for the paper goes on printing it."""
        super().save_corrected(request, obj, stored, form)
        if stored.name != obj.name:
            ContributorAlias.objects.filter(name=obj.name, contributor=obj).delete()
            ContributorAlias.objects.get_or_create(name=stored.name, defaults={"contributor": obj})


@admin.register(ContributorAlias)
class ContributorAliasAdmin(ReadOnlyAdmin):
    list_display = ("name", "contributor")
    list_select_related = ("contributor",)
    search_fields = ("name", "contributor__name")
