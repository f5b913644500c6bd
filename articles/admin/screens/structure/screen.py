"""The screen of one page: its fields, its articles and its left-over text, and what the buttons do with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from articles.admin.base import digest_of, told_of
from articles.admin.placing import LAST_POSITION
from articles.admin.screens.article.fields import line
from articles.admin.screens.deeds import kind_of
from articles.admin.screens.rendering import render_screen, require
from articles.admin.screens.structure.around import heads, turns
from articles.admin.screens.structure.leftovers import LeftOvers
from articles.admin.screens.structure.own_fields import OwnFields
from articles.admin.screens.structure.page_map import page_map
from articles.admin.screens.structure.target import offered, target_of
from articles.admin.screens.structure.typed import checked, is_number
from articles.desk.applying import apply
from articles.desk.joining import join, merge, part
from articles.desk.moving import move
from articles.desk.placing_text import give
from articles.desk.splitting import split
from articles.desk.withdrawing import check_reason, hidden_by, restore, withdraw, withdrawals_of
from articles.desk.writing import Writing, writing
from articles.models import Article, Doubt, Page
from articles.models.corrections import LAST_ID

#: The permissions that it takes to look at the structure of a page, and to change it.
LOOK, CHANGE = "articles.view_page", ("articles.change_page", "articles.change_article")

#: The button of the article that is to be split: split-17.
_SPLIT = re.compile(r"split-([0-9]{1,18})", re.ASCII)


@dataclass
class ItemRow:
    """An article of the page as the form shows it: what is stored, what was typed, and what is wrong with it."""

    article: Article
    position: str
    kind: str
    headline: str
    is_taken: bool = False
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def opening(self) -> str:
        """The first words of the body, which tell an article without a headline."""
        return next((block["text"] for block in self.article.blocks), "")[:40]

    @property
    def length(self) -> int:
        """The characters of the body."""
        return sum(len(block["text"]) for block in self.article.blocks)


def show_structure(site: AdminSite, request: HttpRequest, pk: int) -> HttpResponse:
    """Return the screen of a page, or the answer to one of its buttons.

    Raises Http404 for an id of no page, PermissionDenied for a user who may not look at it, or not change it.
    """
    require(request, LOOK)
    page = Page.objects.select_related("issue").filter(pk=pk).first() if pk <= LAST_ID else None
    if page is None:
        raise Http404
    screen = StructureScreen(site, request, page)
    return screen.posted() if request.method == "POST" else screen.shown(screen.rows())


class StructureScreen:
    """The answers to one request for the structure of a page."""

    def __init__(self, site: AdminSite, request: HttpRequest, page: Page) -> None:
        self.site = site
        self.request = request
        self.page = page
        self.may_change = request.user.has_perms(CHANGE)
        self.said = ""
        self.read()

    def read(self) -> None:
        """Read what is stored. Nobody else writes once this write has begun."""
        self.page = Page.objects.select_related("issue").get(pk=self.page.pk)
        self.articles = self._stored()
        typed = self.request.POST.dict()
        self.fields = OwnFields(self.page, typed)
        self.left_overs = LeftOvers(self.page, self.articles, typed)

    def _stored(self) -> list[Article]:
        rows = self.page.articles.as_printed().select_related("source", "continuation_of")
        articles = list(rows.prefetch_related("bylines", "continuations"))
        for article in articles:
            article.page = self.page
        return articles

    def rows(self) -> list[ItemRow]:
        """Return the rows as they are stored, or with what was typed.

        A form tells its articles in order. Each gets back what was typed for it, wherever it stands now. A value that
        came back as the form had shown it (`was-…`) was not typed.
        """
        data = self.request.POST
        told = data.getlist("item") or [str(article.pk) for article in self.articles]
        places = {key: at for at, key in enumerate(told)}
        taken = set(data.getlist("take"))

        def typed(article: Article, name: str, stored: str) -> str:
            at = places.get(str(article.pk))
            value = data.get(f"item-{at}-{name}", stored)
            return stored if value == data.get(f"was-{at}-{name}") else value

        return [
            ItemRow(
                article,
                typed(article, "position", str(at + 1)).strip(),
                typed(article, "kind", article.kind),
                typed(article, "headline", article.headline),
                str(article.pk) in taken,
            )
            for at, article in enumerate(self.articles)
        ]

    def posted(self) -> HttpResponse:
        """Return the answer to a button: a redirect after the write, or the page again with what is wrong or asked."""
        if not self.may_change:
            raise PermissionDenied
        data = self.request.POST
        op = data.get("op", "")
        to_split = self._to_split(op)
        if to_split and "split_at" not in data:
            return self.shown(self.rows(), to_split=to_split)
        reason, error = checked(line, data.get("reason", "").strip())
        if error:
            return self.shown(self.rows(), reason_error=error, to_split=to_split)
        try:
            with writing(self.request.user, kind_of(op), reason=reason) as this:
                self.read()
                rows, to_split = self.rows(), self._to_split(op)
                changes = self._read(rows)
                is_wrong = any(row.errors for row in rows) or self.left_overs.is_wrong
                are_others = self._are_others(rows, to_split)
                if not (is_wrong or are_others):
                    self._write(this, changes)
                    self._do(this, op, rows, to_split)
                    self._give(this)
        except ValidationError as refused:
            self.read()
            return self.shown(self.rows(), error="".join(refused.messages), to_split=self._to_split(op))
        if is_wrong:
            return self.shown(rows, to_split=to_split)
        if are_others:
            said = "这一版刚被别人改过，下面是现在的，请看过再做。"
            return self.shown(rows, error=said, to_split=to_split, status=409)
        response = HttpResponseRedirect(reverse("admin:desk-page", args=[self.page.pk]))
        return told_of(self.request, response, this.batch, self.said or f"{self.page}已保存。")

    def _are_others(self, rows: list[ItemRow], to_split: Article | None) -> bool:
        """Return whether somebody has changed the page in a way that the form which came back does not show.

        That is so if the page has other articles, or another order; if the blocks of the article `to_split` are others;
        if a value that was typed has become another one meanwhile, or left-over text that was given is left over no
        more.
        """
        data = self.request.POST
        told = data.getlist("item")
        if told and told != [str(row.article.pk) for row in rows]:
            return True
        if to_split and data.get("split_of", digest_of(to_split)) != digest_of(to_split):
            return True
        if self.fields.are_others or self.left_overs.is_stale:
            return True
        return any(
            data.get(f"was-{at}-{name}", stored) != stored != typed
            for at, row in enumerate(rows)
            for name, typed, stored in (
                ("kind", row.kind, row.article.kind),
                ("headline", row.headline, row.article.headline),
            )
        )

    def _to_split(self, op: str) -> Article | None:
        match = _SPLIT.fullmatch(op)
        return next((article for article in self.articles if match and str(article.pk) == match[1]), None)

    def _read(self, rows: list[ItemRow]) -> dict[int, dict[str, Any]]:
        """Return {id: the changed fields} of what was typed. Note in the rows what is wrong."""
        changes: dict[int, dict[str, Any]] = {}
        places: dict[int, int] = {}
        for at, row in enumerate(rows):
            told: dict[str, Any] = {}
            if row.kind not in Article.Kind.values:
                row.errors["kind"] = f"没有“{row.kind}”这一类，请从列表里选。"
            elif row.kind != row.article.kind:
                told["kind"] = row.kind
            headline, error = checked(line, row.headline)
            if error:
                row.errors["headline"] = error
            elif headline != row.article.headline:
                told["headline"] = headline
            if not is_number(row.position, LAST_POSITION) or not int(row.position):
                row.errors["position"] = f"次序“{row.position[:12]}”不是 1 至 {LAST_POSITION} 的整数，请改正。"
            else:
                places[at] = int(row.position)
            changes[row.article.pk] = told
        if len(places) == len(rows) and places != {at: at + 1 for at in places}:
            for position, at in enumerate(sorted(places, key=lambda at: (places[at], at))):
                if rows[at].article.position != position:
                    changes[rows[at].article.pk]["position"] = position
        return {pk: told for pk, told in changes.items() if told}

    def _write(self, this: Writing, changes: Mapping[int, dict[str, Any]]) -> None:
        self.fields.write(this)
        if self.fields.errors:
            raise ValidationError(self.fields.errors)
        for article in self.articles:
            if article.pk in changes:
                apply(this, article, changes[article.pk])

    def _give(self, this: Writing) -> None:
        """Give the left-over text. The other writes come first, so that a split parts what the form had shown."""
        chosen = self.left_overs.chosen()
        if chosen:
            give(this, self.page, chosen)

    def _do(self, this: Writing, op: str, rows: list[ItemRow], to_split: Article | None) -> None:
        """Do what the button says. Raises ValidationError with a sentence if it can't be done."""
        taken = [row.article for row in rows if row.is_taken]
        if len(taken) < len(set(self.request.POST.getlist("take"))):  # without it, the button would mean the page
            raise ValidationError("勾选的文章有的不在这一版，请刷新后重新勾选。")
        deeds: dict[str, Callable[[], None]] = {
            "merge": lambda: self._merge(this, taken),
            "join": lambda: self._join(this, _some(taken)),
            "part": lambda: part(this, _some(taken)),
            "move": lambda: self._move(this, _some(taken)),
            "withdraw": lambda: self._withdraw(this, taken),
            "restore": lambda: self._restore(this, taken),
        }
        if to_split is not None:
            split_at = self.request.POST["split_at"]
            if not is_number(split_at, LAST_POSITION):
                raise ValidationError("请选从哪一段起成为新篇。")
            split(this, to_split, int(split_at))
        elif op in deeds:
            deeds[op]()
        elif op:
            raise ValidationError(f"没有“{op[:20]}”这个操作，请用页面上的按钮。")

    def _merge(self, this: Writing, taken: list[Article]) -> None:
        survivor = self._chosen("survivor") or next(iter(taken), None)
        absorbed = [article for article in taken if survivor is None or article.pk != survivor.pk]
        if survivor is None or not absorbed:
            raise ValidationError("请勾选要合并的两篇或几篇。")
        merge(this, survivor, absorbed)

    def _join(self, this: Writing, taken: list[Article]) -> None:
        """Join the articles that are taken to the chosen head, or to the first of them."""
        head = self._chosen("head_id")
        if head is None and len(taken) == 1:
            raise ValidationError("请填首篇的编号，或把首篇也勾选上。")
        head = head or taken[0]
        join(this, head, [article for article in taken if article.pk != head.pk or len(taken) == 1])

    def _move(self, this: Writing, taken: list[Article]) -> None:
        page = Page.objects.select_related("issue").get(pk=self.page.pk)  # its fields may have been typed, too
        target = target_of(page, self.request.POST.dict())
        moved = move(this, taken, target)
        if target.issue_id is None:
            hidden = "那一版还没有日期，读者暂时看不到。"
        else:
            hidden = "那一版已撤下，读者看不到。" if hidden_by(target) else ""
            if hidden_by(page) and not hidden:
                hidden = "这一版已撤下，那一版没有：读者现在看得到了。"
        self.said = f"{_named(moved)}已移到{target}之末。{hidden}"

    def _withdraw(self, this: Writing, taken: list[Article]) -> None:
        """Withdraw the articles that are taken, or the page if there are none. The reason is the batch's."""
        check_reason(this.reason)
        withdraw(this, self._rows_or_page(taken))
        self.said = f"已撤下{_named(taken) or self.page}，读者看不到了。"

    def _restore(self, this: Writing, taken: list[Article]) -> None:
        restore(this, self._rows_or_page(taken))
        self.said = f"{_named(taken) or self.page}已恢复。"

    def _rows_or_page(self, taken: list[Article]) -> list[Article] | list[Page]:
        """Return the articles that are taken, or the page, as they are stored now."""
        if taken:
            rows = Article.objects.select_related("page__issue", "continuation_of__page__issue")
            return list(rows.filter(pk__in=[article.pk for article in taken]))
        return [Page.objects.select_related("issue").get(pk=self.page.pk)]

    def _chosen(self, name: str) -> Article | None:
        """Return the article whose id was typed or chosen; None if nothing was."""
        text = self.request.POST.get(name, "").strip()
        if not text:
            return None
        rows = Article.objects.select_related("page__issue", "continuation_of__page")
        found = rows.filter(pk=text).first() if is_number(text, LAST_ID) else None
        if found is None:
            raise ValidationError(f"没有编号为“{text[:20]}”的文章，请核对。")
        return found

    def shown(
        self,
        rows: list[ItemRow],
        *,
        error: str = "",
        reason_error: str = "",
        to_split: Article | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """Return the page. `to_split` is the article whose blocks are shown, to choose where it parts."""
        doubts: dict[int, list[Doubt]] = {}
        for doubt in Doubt.objects.open().filter(article__in=self.articles):
            doubts.setdefault(doubt.article_id or 0, []).append(doubt)
        withdrawals = withdrawals_of(self.articles)
        context = {
            "page": self.page,
            "fields": self.fields,
            "left_overs": self.left_overs,
            "targets": offered(self.page, self.request.POST.dict()) if self.may_change else [],
            "heads": heads(self.page) if self.may_change else [],
            "turns": turns(self.page),
            "map": page_map(self.page, self.left_overs.source, self.articles),
            "to": {name: self.request.POST.get(name, "") for name in ("to_issue", "to_page", "to_page_id")},
            "rows": [(row, doubts.get(row.article.pk, []), withdrawals.get((Article, row.article.pk))) for row in rows],
            "kinds": Article.Kind.choices,
            "may_change": self.may_change,
            "error": error,
            "reason": self.request.POST.get("reason", ""),
            "reason_error": reason_error,
            "to_split": to_split,
            "split_of": digest_of(to_split) if to_split else "",
            "survivor": self.request.POST.get("survivor", ""),
            "head_id": self.request.POST.get("head_id", ""),
            "done": sum(article.review == Article.Review.REVIEWED for article in self.articles),
        }
        return render_screen(self.site, self.request, "structure", str(self.page), context, status=status)


def _named(articles: list[Article]) -> str:
    """Return the first of some articles by its title, and how many they are; "" for none."""
    if not articles:
        return ""
    return f"《{articles[0]}》" + (f"等 {len(articles)} 篇" if len(articles) > 1 else "")


def _some(taken: list[Article]) -> list[Article]:
    if not taken:
        raise ValidationError("请先勾选文章。")
    return taken
