"""The screen of one issue: its date, edition and number, its pages, and the buttons that withdraw and restore it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from articles.admin.base import told_of
from articles.admin.page_form import LAST_ISSUE_NUMBER
from articles.admin.screens.article.fields import line
from articles.admin.screens.deeds import kind_of
from articles.admin.screens.rendering import render_screen, require
from articles.admin.screens.structure.typed import checked, is_number
from articles.desk.applying import apply
from articles.desk.withdrawing import check_reason, restore, withdraw
from articles.desk.writing import Writing, writing
from articles.ingest.sources import parse_date
from articles.models import Article, Issue
from articles.models.corrections import LAST_ID

#: The permissions that it takes to look at an issue, and to change it.
LOOK, CHANGE = "articles.view_issue", "articles.change_issue"

#: The fields of the screen, with their names for people.
FIELDS = {"date": "日期", "edition": "当日第几种", "number": "总期号"}

LAST_EDITION = 9


def show_issue(site: AdminSite, request: HttpRequest, pk: int) -> HttpResponse:
    """Return the screen of an issue, or the answer to one of its buttons.

    Raises Http404 for an id of no issue, PermissionDenied for a user who may not look at it, or not change it.
    """
    require(request, LOOK)
    issue = Issue.objects.filter(pk=pk).first() if pk <= LAST_ID else None
    if issue is None:
        raise Http404
    screen = IssueScreen(site, request, issue)
    return screen.posted() if request.method == "POST" else screen.shown()


class IssueFields:
    """The values of an issue's fields as stored and as typed. A value that came back as it was shown was not typed."""

    def __init__(self, issue: Issue, data: Mapping[str, str]) -> None:
        self.issue = issue
        number = "" if issue.number is None else str(issue.number)
        self.stored = {"date": issue.date.isoformat(), "edition": str(issue.edition), "number": number}
        self.was = {name: data.get(f"was-{name}", value) for name, value in self.stored.items()}
        back = {name: data.get(name, value).strip() for name, value in self.was.items()}
        self.typed = {name: self.stored[name] if back[name] == self.was[name] else back[name] for name in FIELDS}
        self.errors: dict[str, str] = {}

    @property
    def are_others(self) -> bool:
        """Whether somebody has changed a field that was typed into meanwhile."""
        return any(self.was[name] != self.stored[name] != self.typed[name] for name in FIELDS)

    def read(self) -> dict[str, Any]:
        """Return {field: value} of what was typed. What is wrong stays in `errors`."""
        told: dict[str, Any] = {}
        for name, text in self.typed.items():
            if text != self.stored[name]:
                try:
                    told[name] = _value(name, text)
                except ValidationError as error:
                    self.errors[name] = "".join(error.messages)
        if not self.errors and {"date", "edition"} & told.keys():
            self._check_place(told)
        if "date" in told:
            told |= {"date": told["date"].isoformat(), "date_basis": Issue.DateBasis.EDITOR.value}
        return told

    def _check_place(self, told: Mapping[str, Any]) -> None:
        place = {"date": told.get("date", self.issue.date), "edition": told.get("edition", self.issue.edition)}
        held = Issue.objects.filter(**place).exclude(pk=self.issue.pk).first()
        if held is not None:
            number = f"总第{held.number}期，" if held.number else ""
            self.errors["date"] = (
                f"{held}已有一期（{number}当日第{held.edition}种），请改日期或当日第几种，或先改那一期。"
            )


def _value(name: str, text: str) -> datetime.date | int | None:
    """Return the value of a typed field. Raises ValidationError with a sentence if it has none."""
    if name == "date":
        try:
            return parse_date(text)
        except ValueError:
            said = (
                f"没有“{text[:20]}”这一天，请写成 2024-05-20。" if text else "日期不能清空；如不应公开，请撤下这一期。"
            )
            raise ValidationError(said) from None
    if name == "edition":
        if not is_number(text, LAST_EDITION) or not int(text):
            raise ValidationError(f"当日第几种须为 1 至 {LAST_EDITION} 的整数，不能是“{text[:20]}”。")
        return int(text)
    if not text:
        return None
    if not is_number(text, LAST_ISSUE_NUMBER) or not int(text):
        raise ValidationError(f"总期号须为 1 至 {LAST_ISSUE_NUMBER} 的整数，不能是“{text[:20]}”。")
    return int(text)


class IssueScreen:
    """The answers to one request for the screen of an issue."""

    def __init__(self, site: AdminSite, request: HttpRequest, issue: Issue) -> None:
        self.site = site
        self.request = request
        self.may_change = request.user.has_perm(CHANGE)
        self.op = request.POST.get("op", "")
        self.read(issue)

    def read(self, issue: Issue) -> None:
        """Take the issue as it is stored, and what was typed for it."""
        self.issue = issue
        self.fields = IssueFields(issue, self.request.POST.dict())

    def posted(self) -> HttpResponse:
        """Return the answer to a button: a redirect after the write, or the page again with what is wrong."""
        if not self.may_change:
            raise PermissionDenied
        reason, error = checked(line, self.request.POST.get("reason", "").strip())
        if self.op == "withdraw" and not error:
            _, error = checked(_with_reason, reason)
        if error:
            return self.shown(reason_error=error)
        try:
            with writing(self.request.user, kind_of(self.op), reason=reason) as this:
                self.read(Issue.objects.get(pk=self.issue.pk))  # nobody else writes from here on
                told, are_others = self.fields.read(), self.fields.are_others
                if not (self.fields.errors or are_others):
                    self._write(this, told)
        except ValidationError as refused:
            return self.shown(error="".join(refused.messages))
        if are_others:
            return self.shown(error=self._present(), status=409)
        if self.fields.errors:
            return self.shown()
        response = HttpResponseRedirect(reverse("admin:desk-issue", args=[self.issue.pk]))
        done = {"withdraw": "撤下", "restore": "恢复"}.get(self.op, "保存")
        return told_of(self.request, response, this.batch, f"{self.issue}已{done}。")

    def _write(self, this: Writing, told: Mapping[str, Any]) -> None:
        """Write what was typed, and do what the button says. Raises ValidationError if it can't be done."""
        deeds = {"withdraw": withdraw, "restore": restore}
        if self.op and self.op not in deeds:
            raise ValidationError(f"没有“{self.op[:20]}”这个操作，请用页面上的按钮。")
        if told:
            apply(this, self.issue, told)
        if self.op:
            deeds[self.op](this, [self.issue])

    def _present(self) -> str:
        """Return in a sentence what is stored by now, for a person who has typed over something older."""
        now = "，".join(f"{label} {self.fields.stored[name] or '（无）'}" for name, label in FIELDS.items())
        return f"这一期刚被别人改过，现在是：{now}。您填的还在下面，请看过再保存。"

    def shown(self, *, error: str = "", reason_error: str = "", status: int = 200) -> HttpResponse:
        """Return the page, with what was typed and what is wrong."""
        reviewed = Count("articles", filter=Q(articles__review=Article.Review.REVIEWED))
        pages = list(self.issue.pages.as_printed().annotate(total=Count("articles"), reviewed=reviewed))
        for page in pages:
            page.issue = self.issue
        counts = [(page.total, page.reviewed) for page in pages]
        context = {
            "issue": self.issue,
            "pages": pages,
            "fields": [
                (name, label, self.fields.typed[name], self.fields.stored[name], self.fields.errors.get(name, ""))
                for name, label in FIELDS.items()
            ],
            "may_change": self.may_change,
            "error": error,
            "reason": self.request.POST.get("reason", ""),
            "reason_error": reason_error,
            "total": sum(total for total, _ in counts),
            "reviewed": sum(number for _, number in counts),
        }
        return render_screen(self.site, self.request, "issue", str(self.issue), context, status=status)


def _with_reason(reason: str) -> str:
    check_reason(reason)
    return reason
