"""The screen of a text: what it would do to its page, both texts side by side, and the decision."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from articles.admin.base import told_of
from articles.admin.clean_text import CleanText
from articles.admin.screens.forecast_rows import item_rows, page_rows
from articles.admin.screens.rendering import render_screen, require
from articles.admin.text_comparison import compare_texts
from articles.desk.texts import keep, place_elsewhere, replace
from articles.desk.writing import Writing, writing
from articles.ingest.forecast import Forecast, forecast
from articles.ingest.loading import Report
from articles.ingest.readers import reader_from_database
from articles.ingest.runs import ACTIONS
from articles.ingest.sources import Refusal
from articles.ingest.stored_texts import StoredReading, read_stored
from articles.models import Batch, SourceText
from articles.models.corrections import LAST_ID
from articles.models.doubt_kinds import CONFLICT
from articles.reading import YEARS

#: The permissions that it takes to look at a text beside its page, and to decide about it.
LOOK, CHANGE = "articles.view_page", "articles.change_page"

KEEP, REPLACE, REPLACE_STRUCTURE, ELSEWHERE = "keep", "replace", "replace-structure", "elsewhere"

Standing = SourceText.Standing


class DecisionForm(CleanText, forms.Form):
    """The form of a decision. The place is asked for a text that is another page alone."""

    decision = forms.ChoiceField(
        choices=[(each, each) for each in (KEEP, REPLACE, REPLACE_STRUCTURE, ELSEWHERE)],
        error_messages={"required": "请选怎么办。", "invalid_choice": "没有“%(value)s”这一种办法，请从列表里选。"},
    )
    to_date = forms.DateField(required=False, error_messages={"invalid": "日期请写成 2024-05-20。"})
    to_edition = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=9,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "当日第几种须为 1 至 9。"),
    )
    to_number = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=999,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "版次须为 1 至 999。"),
    )
    reason = forms.CharField(error_messages={"required": "请填原因，写给以后查的人看。"})
    seen = forms.CharField(required=False)

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data. Adds an error unless a text that is another page has a whole place."""
        cleaned = super().clean() or {}
        if cleaned.get("decision") != ELSEWHERE:
            return cleaned
        date = cleaned.get("to_date")
        if date is None and "to_date" not in self.errors:
            self.add_error("to_date", "请填它是哪一天的报纸。")
        elif date and date.year not in YEARS:
            self.add_error("to_date", f"日期须在 {YEARS[0]} 年至 {YEARS[-1]} 年之间。")
        if cleaned.get("to_number") is None and "to_number" not in self.errors:
            self.add_error("to_number", "请填它是第几版。")
        return cleaned


@dataclass(frozen=True)
class Outlook:
    """What a text would do to its page: with the articles as they are settled, and if they give way.

    `if_given_way` is None if nobody has settled them. `refusal` is the sentence of a text that can't be read.
    """

    read: StoredReading | None = None
    as_settled: Forecast | None = None
    if_given_way: Forecast | None = None
    refusal: str = ""

    @property
    def seen(self) -> str:
        """The digests of what is shown, which a decision brings back."""
        return ":".join(each.digest for each in (self.as_settled, self.if_given_way) if each)


@dataclass
class Refused:
    """What is wrong with a decision: sentences, and the status of the answer."""

    sentences: list[str] = field(default_factory=list)
    status: int = 200


def show_decision(site: AdminSite, request: HttpRequest, pk: int) -> HttpResponse:
    """Return the screen of the text with this id, or the answer to a decision.

    Raises Http404 for a text that there is not or that belongs to no page, PermissionDenied for a user who may not look
    at pages, or not change them.
    """
    require(request, LOOK)
    rows = SourceText.objects.select_related("page__issue")
    source = rows.filter(pk=pk, page__isnull=False).first() if pk <= LAST_ID else None
    if source is None:
        raise Http404
    screen = DecisionScreen(site, request, source)
    return screen.posted() if request.method == "POST" else screen.shown(DecisionForm(), Refused())


class DecisionScreen:
    """The answers to one request for a text."""

    def __init__(self, site: AdminSite, request: HttpRequest, source: SourceText) -> None:
        self.site = site
        self.request = request
        self.source = source
        self.may_change = request.user.has_perm(CHANGE)
        self.was_in_conflict = source.standing == Standing.CONFLICT

    def posted(self) -> HttpResponse:
        """Carry out the decision, and lead on; or return the screen again with what is wrong.

        The text is read before the archive is locked.
        """
        if not self.may_change:
            raise PermissionDenied
        form = DecisionForm(self.request.POST)
        if not form.is_valid():
            sentences = [str(sentence) for errors in form.errors.values() for sentence in errors]
            return self.shown(form, Refused(sentences))
        decision = form.cleaned_data["decision"]
        kind = Batch.Kind.CONFLICT if self.was_in_conflict else Batch.Kind.TEXT
        said = ""
        try:
            read = None if decision == KEEP else self._read()
            with writing(self.request.user, kind, reason=form.cleaned_data["reason"]) as this:
                if read is not None and self._is_stale(decision, form.cleaned_data["seen"], read):
                    raise _StaleError
                said = self._carry_out(this, decision, form.cleaned_data, read)
        except _StaleError:
            return self.shown(form, Refused(["这一版刚被别人改过，下面是现在会有的结果，请看过再定。"], 409))
        except ValidationError as refused:
            self.source.refresh_from_db()
            return self.shown(form, Refused(list(refused.messages)))
        except Refusal as refused:
            return self.shown(form, Refused([str(refused)]))
        return self._led_on(this, said)

    def _read(self) -> StoredReading:
        return read_stored(self.source, reader_from_database(), today=timezone.localdate())

    def _is_stale(self, decision: str, seen: str, read: StoredReading) -> bool:
        """Return whether the text would now do something else than the screen has shown."""
        if not seen or decision not in (REPLACE, REPLACE_STRUCTURE):
            return False
        now = forecast(read, structure_gives_way=decision == REPLACE_STRUCTURE)
        return now.digest not in seen.split(":")

    def _carry_out(self, this: Writing, decision: str, told: dict[str, Any], read: StoredReading | None) -> str:
        """Carry out the decision, and return what was done as a sentence."""
        page = self.source.page
        if decision == KEEP or read is None:
            keep(this, self.source)
            return f"{page}保留现用的文本，{self.source} 已存档。"
        if decision == ELSEWHERE:
            date: datetime.date = told["to_date"]
            report = place_elsewhere(this, read, date, told["to_edition"] or 1, told["to_number"])
            return f"{self.source} 已成为 {report.page}：{_counts(report)}。"
        report = replace(this, read, structure_gives_way=decision == REPLACE_STRUCTURE)
        return f"{report.page}已换用 {self.source}：{_counts(report)}。"

    def _led_on(self, this: Writing, said: str) -> HttpResponse:
        """Lead to the next conflict of the queue, or to the page."""
        if this.batch is None:
            messages.info(self.request, "这样读和现在没有不同，什么也没有改。")
        if self.was_in_conflict:
            url = reverse("admin:desk-next", args=[CONFLICT])
        else:
            url = reverse("admin:desk-page", args=[self.source.page_id])
        return told_of(self.request, HttpResponseRedirect(url), this.batch, said)

    def shown(self, form: DecisionForm, refused: Refused) -> HttpResponse:
        """Return the screen."""
        outlook, source, page = self._outlook(), self.source, self.source.page
        assert page is not None  # the caller has asked
        current = page.sources.filter(standing=Standing.CURRENT).first()
        is_current = current is not None and current.pk == source.pk
        forecasts = [each for each in (outlook.as_settled, outlook.if_given_way) if each]
        context = {
            "source": source,
            "page": page,
            "current": current,
            "is_current": is_current,
            "is_in_conflict": source.standing == Standing.CONFLICT,
            "may_change": self.may_change,
            "form": form,
            "data": form.data or {"to_edition": 1},
            "refused": refused.sentences,
            "outlook": outlook,
            "counts": [_told(each) for each in forecasts],
            "page_fields": page_rows(outlook.as_settled) if outlook.as_settled else [],
            "rows": item_rows(outlook.as_settled) if outlook.as_settled else [],
            "texts": None if is_current or current is None else compare_texts(current.text, source.text),
        }
        title = f"重读 {page}" if is_current else f"{source.file_name} 与 {page}"
        return render_screen(self.site, self.request, "decide", title, context, status=refused.status)

    def _outlook(self) -> Outlook:
        try:
            read = self._read()
        except Refusal as refusal:
            return Outlook(refusal=str(refusal))
        as_settled = forecast(read)
        page = read.page
        if_given_way = forecast(read, structure_gives_way=True) if page.structure_edited else None
        return Outlook(read, as_settled, if_given_way, as_settled.refusal)


class _StaleError(Exception):
    """The page has changed since the screen was shown."""


def _told(found: Forecast) -> str:
    """Return the counts of a forecast: 新增 1、改动 2."""
    said = {**ACTIONS, "protected": "受保护", "change": "改动", "unplaced": "不另立篇"}
    return "、".join(f"{label} {found.counts[action]}" for action, label in said.items() if found.counts[action])


def _counts(report: Report) -> str:
    counts = {action: sum(each == action for each, _ in report.articles) for action in ACTIONS}
    return "，".join(f"{ACTIONS[action]} {count} 篇" for action, count in counts.items() if count) or "没有文章"
