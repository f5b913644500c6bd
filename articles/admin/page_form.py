"""The forms of a newspaper page: its date, its number and its section, and for a doubt the number of its issue."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms

from articles.admin.base import CorrectionForm, digest_of
from articles.desk.writing import Writing
from articles.ingest.sources import parse_date
from articles.ingest.stitching import joined_by_person
from articles.models import Issue, Page


class PageForm(CorrectionForm):
    """The form of a page. It files the page under the issue of the typed date, and creates the issue if missing."""

    issue_date = forms.CharField(label="日期", required=False, help_text="如 2024-05-20；填写后该版归入这一天的报纸")
    issue_edition = forms.IntegerField(
        label="当日第几种", required=False, min_value=1, max_value=9, help_text="正刊为 1"
    )

    class Meta:
        model = Page
        fields = ("number", "section")
        widgets = {"section": forms.TextInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        issue = self.instance.issue
        self.initial["issue_date"] = issue.date.isoformat() if issue else ""
        self.initial["issue_edition"] = issue.edition if issue else 1

    def clean_issue_date(self) -> datetime.date | None:
        """Return the typed day, or None if the field is empty and the page has no issue.

        Raises ValidationError for an unreadable date, and for an empty field if the page has an issue.
        """
        text = self.cleaned_data["issue_date"].strip()
        if not text:
            if self.instance.issue:
                raise forms.ValidationError("日期不能清空；如不应公开，请撤下这一版。")
            return None
        try:
            return parse_date(text)
        except ValueError:
            raise forms.ValidationError(f"日期“{text}”无法识别，请写成 2024-05-20。") from None

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data.

        Raises ValidationError if another page is at this place, and if a story of the page would lie in two issues.
        """
        cleaned = super().clean()
        date, number, edition = cleaned.get("issue_date"), cleaned.get("number"), cleaned.get("issue_edition") or 1
        if date and number:
            held = Page.objects.filter(issue__date=date, issue__edition=edition, number=number)
            if held.exclude(pk=self.instance.pk).exists():
                raise forms.ValidationError(f"{date:%Y-%m-%d} 第{number}版已有版面，请先改那一版的版次。")
        issue = self.instance.issue
        apart = (
            joined_by_person(self.instance)
            if date and issue and (date, edition) != (issue.date, issue.edition)
            else None
        )
        if apart:
            own, other = apart
            raise forms.ValidationError(
                f"《{own}》和{other.page.number_text}的《{other}》是一篇稿件，须在同一期；请先解开，再改日期。"
            )
        return cleaned


#: The greatest number that a database can hold in the number of an issue.
LAST_ISSUE_NUMBER = 2**31 - 1


class DoubtedPageForm(PageForm):
    """The form of a page with a doubt. It has the number of the page's issue, too, which is that of all its pages."""

    issue_number = forms.IntegerField(
        label="总期号",
        required=False,
        min_value=1,
        max_value=LAST_ISSUE_NUMBER,
        help_text="全期各版共一个总期号，一同改正",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        issue = self.instance.issue
        self.initial["issue_number"] = issue.number if issue else None
        self.stored_digest += digest_of(issue) if issue else ""
        self.initial["seen"] = self.stored_digest

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data.

        Raises ValidationError for the number of an issue without a date, and for a number other than that of the issue
        that the page joins.
        """
        cleaned = super().clean()
        number, is_dated = cleaned.get("issue_number"), self.instance.issue or cleaned.get("issue_date")
        if number and not is_dated and "issue_date" not in self.errors:
            raise forms.ValidationError(f"这一版还没有日期，总期号 {number} 不知属于哪一期，请先填日期。")
        date, edition = cleaned.get("issue_date"), cleaned.get("issue_edition") or 1
        held = Issue.objects.filter(date=date, edition=edition).first() if date else None
        joins = held is not None and held.pk != self.instance.issue_id
        if held and joins and "issue_number" in self.changed_data and held.number not in (None, number):
            raise forms.ValidationError(
                f"{held.key} 的报纸已有总期号 {held.number}，与所填的不同，未改动；"
                "请核对日期和总期号，要改那一期的总期号，请先把这一版归入那一天。"
            )
        return cleaned


def save_page(form: forms.ModelForm, this: Writing) -> Page:
    """Save the page of a valid form, filed under the issue of the typed day. Old URLs redirect to the new ones."""
    page: Page = form.instance
    stored = Page.objects.select_related("issue").get(pk=page.pk)
    this.watch(stored)
    with this.following(stored):
        page.issue = issue_of(form, stored, this)
        page.save()
    return page


def issue_of(form: forms.ModelForm, stored: Page, this: Writing) -> Issue | None:
    """Return the issue of the day that a person has typed into a valid form, made or moved if need be.

    `stored` is the page as it is stored. Without a new day it keeps its issue.
    """
    date = form.cleaned_data.get("issue_date")
    if not date or not {"issue_date", "issue_edition"} & set(form.changed_data):
        return stored.issue
    return this.issue_for(stored, date, form.cleaned_data.get("issue_edition") or 1)
