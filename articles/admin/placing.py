"""The forms of rows in an order. A new row without a position becomes the last."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminIntegerFieldWidget
from django.db import models

#: The greatest position. Rows that share it are in the order of their arrival.
LAST_POSITION = 9999


def position_after(last: int | None) -> int:
    """Return the position after `last`, which is the greatest position so far, or None if there are no rows."""
    return 0 if last is None else min(last + 1, LAST_POSITION)


class PlacedForm(forms.ModelForm):
    """The form of a row with a `position`. The position may be left blank."""

    position = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=LAST_POSITION,
        help_text="留空即排在最后",
        widget=AdminIntegerFieldWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["position"].label = self._meta.model._meta.get_field("position").verbose_name
        if self.instance.pk is None:
            self.initial["position"] = None  # not the model's 0, which is the first place


class PlacedAloneForm(PlacedForm):
    """A form of one row among the rows of `siblings`."""

    def siblings(self, cleaned: dict[str, Any]) -> models.QuerySet:
        """Return the rows that share an order with the row of these values. They may include the row itself."""
        return self._meta.model._base_manager.all()

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data. A row without a position comes after the others. A row that is already last stays
        in its place.
        """
        cleaned = super().clean() or {}
        if cleaned.get("position") is None and "position" not in self.errors:
            others = self.siblings(cleaned).exclude(pk=self.instance.pk)
            place = position_after(others.aggregate(last=models.Max("position"))["last"])
            is_last = self.instance.pk is not None and self.initial["position"] >= place
            cleaned["position"] = self.initial["position"] if is_last else place
        return cleaned


class PlacedFormSet(forms.BaseInlineFormSet):
    """The rows of a set. Rows without a position follow the others in the order of their forms."""

    def clean(self) -> None:
        super().clean()
        is_deleted = self._should_delete_form  # type: ignore[attr-defined] # Django's stubs lack the method
        kept = [
            form
            for form in self.forms
            if (form.instance.pk or form.has_changed()) and form.is_valid() and not is_deleted(form)
        ]
        places = [form.cleaned_data["position"] for form in kept]
        last = max((place for place in places if place is not None), default=None)
        for form, place in zip(kept, places, strict=True):
            if place is None:
                form.instance.position = last = position_after(last)
