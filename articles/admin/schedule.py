"""The desk's pages of the publication schedule."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms
from django.contrib import admin

from articles.admin.base import CorrectionForm, ReferenceAdmin
from articles.models import PublicationSchedule
from articles.models.issues import WEEKDAYS


class WeekdaysField(forms.MultipleChoiceField):
    """A field of weekdays to tick. The stored value is the digits of the days."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        choices = [(str(number), f"星期{name}") for number, name in enumerate(WEEKDAYS, start=1)]
        super().__init__(choices=choices, required=False, **kwargs)

    def prepare_value(self, value: str | list[str] | None) -> list[str]:
        return list(value or "")

    def clean(self, value: object) -> str:
        return "".join(sorted(set(super().clean(value))))


class MonthDaysField(forms.CharField):
    """A field of days of the month as people list them. The stored value is in order, with commas between the days."""

    def clean(self, value: object) -> str:
        """Return the typed days. Raises ValidationError for a day that no month has."""
        text = unicodedata.normalize("NFKC", super().clean(value)).replace("日", "")
        parts = [part for part in re.split(r"[\s,、;]+", text) if part]
        if not all(re.fullmatch(r"0?[1-9]|[12][0-9]|3[01]", part) for part in parts):
            raise forms.ValidationError("每月日期请写 1 至 31 的数字，用顿号隔开，如 5、15、25。")
        return ",".join(map(str, sorted({int(part) for part in parts})))


#: A text box of a few lines.
REMARK = forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})


class ScheduleForm(CorrectionForm):
    weekdays = WeekdaysField(label="星期", help_text="按星期出报时选；临时加出一天：起止填同一天，七天全选")
    month_days = MonthDaysField(label="每月日期", required=False, help_text="按日期出报时填，如 5、15、25")

    # The reason of the schedule, which is the reason of its correction as well.
    reason = forms.CharField(label="理由", help_text="如：旬刊，逢五出版；春节休刊", widget=REMARK)

    class Meta:
        widgets = {"source": REMARK}


@admin.register(PublicationSchedule)
class PublicationScheduleAdmin(ReferenceAdmin[PublicationSchedule]):
    form = ScheduleForm
    list_display = ("period_text", "rhythm_text", "reason", "confirmed", "disabled")
    list_filter = ("kind", "confirmed", "disabled")
    search_fields = ("first_day", "reason", "source")
    search_help_text = "起始日期（如 2024-02）、理由或出处"
    ordering = ("-first_day", "pk")
    fieldsets = (
        (
            None,
            {
                "description": (
                    "各条可以重叠：停刊先于出报；同是出报，或同是停刊，以后开始的为准。"
                    "没有任何一条涉及的日子作“待考”，不算缺期。不用的请停用，不必删除。"
                ),
                "fields": (
                    *("first_day", "last_day", "kind", "weekdays", "month_days"),
                    *("reason", "source", "confirmed", "disabled", "edited_fields"),
                ),
            },
        ),
    )

    @admin.display(description="时期", ordering="first_day")
    def period_text(self, row: PublicationSchedule) -> str:
        return row.period_text

    @admin.display(description="出报")
    def rhythm_text(self, row: PublicationSchedule) -> str:
        return row.rhythm_text
