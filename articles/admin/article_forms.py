"""The forms of an article and of its bylines, regions and topics."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.db import models

from articles.admin.base import CorrectionForm, PartInline
from articles.admin.clean_text import CleanText
from articles.admin.evidence_text import ShowsEvidence
from articles.admin.placing import PlacedAloneForm, PlacedForm, PlacedFormSet
from articles.admin.widgets import BodyField, RegionField, WideText
from articles.models import Article, ArticleRegion, ArticleTopic, Byline, Contributor
from articles.models.fields import line_fields, read_fields
from articles.models.reference import NAME_LENGTH


class BylineForm(CleanText, PlacedForm):
    """The form of a byline. The printed name decides the contributor, unless the form gives another name."""

    contributor_name = forms.CharField(
        label="归到作者",
        required=False,
        max_length=NAME_LENGTH,
        help_text="留空即署名本身",
        widget=forms.TextInput(attrs={"size": 12}),
    )

    class Meta:
        model = Byline
        fields = ("of", "role", "name_as_printed", "position")
        widgets = {
            "role": forms.TextInput(attrs={"size": 12}),
            "name_as_printed": forms.TextInput(attrs={"size": 16}),
        }

    def save(self, commit: bool = True) -> Byline:
        """Save the byline under the contributor of the given name, or else of the printed name. The contributor is
        created if missing.
        """
        name = self.cleaned_data["contributor_name"] or self.cleaned_data["name_as_printed"]
        self.instance.contributor = Contributor.objects.named([name])[name]
        return super().save(commit)


class ArticleRegionForm(CleanText, forms.ModelForm):
    region = RegionField()

    class Meta:
        model = ArticleRegion
        fields = ("region", "main")


class ArticleRegionFormSet(forms.BaseInlineFormSet):
    def clean(self) -> None:
        """Raise ValidationError if more than one region is the main one."""
        super().clean()
        kept = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        if sum(bool(row.get("main")) for row in kept) > 1:
            raise forms.ValidationError("主要地区只能有一个。")

    def get_unique_error_message(self, unique_check: Sequence[str]) -> str:
        return "同一地区填了两次，请删去一个。"


class ArticleTopicFormSet(PlacedFormSet):
    def get_unique_error_message(self, unique_check: Sequence[str]) -> str:
        return "同一主题选了两次，请删去一个。"


class BylineInline(PartInline):
    model = Byline
    form = BylineForm
    formset = PlacedFormSet


class ArticleRegionInline(ShowsEvidence, PartInline):
    model = ArticleRegion
    form = ArticleRegionForm
    formset = ArticleRegionFormSet
    readonly_fields = ("source", "evidence_text")


class ArticleTopicInline(ShowsEvidence, PartInline):
    model = ArticleTopic
    form = PlacedForm
    formset = ArticleTopicFormSet
    fields = ("topic", "position", "source", "evidence_text")
    readonly_fields = ("source", "evidence_text")


def with_body(fields: Iterable[str]) -> tuple[str, ...]:
    """Return `fields` with `body` in place of `blocks`. The form's field `body` holds the text of the blocks."""
    return tuple("body" if name == "blocks" else name for name in fields)


class ArticleForm(PlacedAloneForm, CorrectionForm):
    body = BodyField()

    class Meta:
        model = Article
        fields = (
            *("page", "position", *(name for name in read_fields() if name != "blocks")),
            *("continuation_of", "review", "withdrawn"),
        )
        widgets = {name: WideText() for name in line_fields()}

    def siblings(self, cleaned: dict[str, Any]) -> models.QuerySet:
        return Article.objects.filter(page=cleaned.get("page") or self.instance.page_id)

    def clean(self) -> dict[str, Any]:
        """Convert the text of the body to blocks."""
        cleaned = super().clean()
        if "body" in cleaned:
            self.instance.blocks = BodyField.to_blocks(cleaned["body"])
        return cleaned
