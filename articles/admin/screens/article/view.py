"""The screen of one article: the form, its buttons, and the answers to a save."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html

from articles.admin.base import told_of
from articles.admin.ids import check_id
from articles.admin.screens.article import proposals as deciding
from articles.admin.screens.article.asking import conflict_context, question_context
from articles.admin.screens.article.block_ops import Moved, press
from articles.admin.screens.article.controls import Controls, RowsError, controls_of, typed
from articles.admin.screens.article.fields import line, read
from articles.admin.screens.article.lookups import TableLookups, names_for
from articles.admin.screens.article.merging import MINE, chosen, differences, is_same, merged
from articles.admin.screens.article.page import Wishes, context_of
from articles.admin.screens.article.saving import Saved, Wish, choices_that_hold, save
from articles.admin.screens.article.state import Seen, heads_of, load, seen_of, unsigned, values_of
from articles.admin.screens.article.wording import labels_of
from articles.desk.roles import DISMISS, REVIEW
from articles.models import Article, Correction
from articles.models.corrections import LAST_ID
from articles.models.doubt_kinds import KINDS, PROPOSAL

#: The button of the question about a conflict that leads back to the form with what was chosen.
EDIT = "edit"

#: The name of a kind in the queue.
_KIND = re.compile(r"[a-z?-]{1,30}", re.ASCII)


def show_article(model_admin: admin.ModelAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    """Return the form of an article, or the answer to a form that came back.

    Raises Http404 for an id of no article, PermissionDenied for a user who may not see it, or may not change it.
    """
    check_id(Article, object_id)
    article = load(object_id)
    if article is None:
        raise Http404
    if not model_admin.has_view_or_change_permission(request, article):
        raise PermissionDenied
    screen = ArticleScreen(model_admin, request, article)
    if request.method != "POST":
        return screen.opened()
    return screen.posted()


class ArticleScreen:
    """The answers to one request for the form of an article."""

    def __init__(self, model_admin: admin.ModelAdmin, request: HttpRequest, article: Article) -> None:
        self.model_admin = model_admin
        self.request = request
        self.article = article
        self.may_change = model_admin.has_change_permission(request, article)
        self.may_review = request.user.has_perm(f"articles.{REVIEW}")
        self.may_close = request.user.has_perm(DISMISS)
        asked = request.POST if request.method == "POST" else request.GET
        self.queue = asked.get("queue", "") if _KIND.fullmatch(asked.get("queue", "")) else ""

    def opened(self) -> HttpResponse:
        """Return the form as it is stored."""
        seen = self._present()
        return self._form(seen, self._shown(seen))

    def posted(self) -> HttpResponse:
        """Return the answer to the form that came back: the form again, a question, or a redirect after the save.

        Raises PermissionDenied for a user who may not change what differs.
        """
        data = self.request.POST
        if not (self.may_change or self.may_review):
            raise PermissionDenied
        seen = unsigned(data.get("seen", ""), self.article)
        base = seen or self._present()
        shown = self._shown(base)
        try:
            controls = typed(data, shown)
        except RowsError as error:
            return self._form(base, shown, {"": str(error)})
        if seen is None:
            return self._form(base, controls, {"": "表单的底稿失效了，什么也没有保存。请对照现在的内容看过，再保存。"})
        if data.get("op") == EDIT:
            return self._edited(seen, controls, shown)
        if "op" in data:
            moved = press(controls.blocks, data["op"])
            return self._form(seen, replace(controls, blocks=moved.rows) if moved else controls, moved=moved)
        found = read(controls, shown, seen.values, TableLookups(self.article))
        reason = found.take("reason", line, data.get("reason", "").strip())
        if found.errors:
            return self._form(seen, controls, found.errors)
        self._check_rights(seen, found.values)
        saved = save(self.article.pk, self.request.user, reason, seen, found.values, self._wish())
        if saved is None:
            raise Http404
        return self._answer(saved, seen, controls)

    def _check_rights(self, seen: Seen, values: dict[str, Any]) -> None:
        """Raise PermissionDenied if the user may not change a field that differs, or decide what was decided."""
        wish = self._wish()
        differing = {name for name, value in values.items() if not is_same(name, seen.values[name], value)}
        proposals = self.article.doubts.filter(
            kind=PROPOSAL, pk__in=[int(pk) for pk in wish.dismissed if pk.isdecimal()]
        )
        if (differing - {"review"} or wish.proposals or wish.releases) and not self.may_change:
            raise PermissionDenied
        if ("review" in differing or wish.reviewing) and not self.may_review:
            raise PermissionDenied
        if wish.dismissed and (not self.may_close or (not self.may_change and proposals.exists())):
            raise PermissionDenied

    def _answer(self, saved: Saved, seen: Seen, controls: Controls) -> HttpResponse:
        if saved.errors:
            return self._form(seen, controls, saved.errors)
        if saved.undecided:
            context = conflict_context(saved, seen, self.request.POST)
            return self._render("article_conflict", context, status=409)
        if saved.asked:
            return self._render("article_question", question_context(saved, self.request.POST))
        response = HttpResponseRedirect(self._next())
        if saved.batch is None:
            messages.info(self.request, f"《{saved.article}》没有改动。")
            return response
        told = [f"改了{labels_of(saved.fields)}"] if saved.fields else []
        told += [f"了结存疑 {saved.closed} 处"] if saved.closed else []
        said = f"《{saved.article}》已保存：{'，'.join(told)}。"
        back = ""
        if "_next" in self.request.POST:
            back = format_html(' <a href="{}">回到那一篇</a>', self._address())
        return told_of(self.request, response, saved.batch, said, back)

    def _edited(self, seen: Seen, controls: Controls, shown: Controls) -> HttpResponse:
        """Return the form with the values that the choices so far give, opened on the present state."""
        found = read(controls, shown, seen.values, TableLookups(self.article))
        if found.errors:
            return self._form(seen, controls, found.errors)
        theirs = values_of(self.article)
        differing = differences(seen.values, theirs, found.values)
        choices = choices_that_hold(self._wish().choices, differing, seen, theirs)
        choices = {each.name: chosen(each, choices) or MINE for each in differing}
        values = merged(theirs, differing, choices)
        names = names_for(self.article, values, theirs)
        return self._form(self._present(), controls_of(values, heads_of(self.article, values), names))

    def _present(self) -> Seen:
        """Return the state of the article as it is stored."""
        return seen_of(self.article, self._last.batch_id if self._last else 0, {})

    @cached_property
    def _last(self) -> Correction | None:
        """The last correction of the article."""
        return Correction.objects.of(self.article).select_related("batch").order_by("-batch_id", "-seq").first()

    def _shown(self, seen: Seen) -> Controls:
        return controls_of(seen.values, seen.head_lines, names_for(self.article, seen.values))

    def _wish(self) -> Wish:
        data = self.request.POST
        settled = frozenset(data.getlist("settle"))
        return Wish(
            choices=_with_prefix(data, "choice-"),
            proposals=_with_prefix(data, "proposal-"),
            releases=tuple(dict.fromkeys(data.getlist("release"))),
            dismissed=frozenset(pk for pk in _with_prefix(data, "doubt-") if len(pk) < len(str(LAST_ID))),
            settled=settled or None,
            reviewing="reviewing" in data,
        )

    def _form(
        self, seen: Seen, controls: Controls, errors: dict[str, str] | None = None, moved: Moved | None = None
    ) -> HttpResponse:
        doubts = deciding.open_doubts(self.article)
        pending = deciding.pending_proposals(self.article, doubts)
        wish = self._wish()
        wishes = Wishes(wish.proposals, wish.releases, wish.dismissed, self.request.POST.get("reason", ""))
        context = context_of(self.article, controls, doubts, pending, wishes, errors or {}, moved)
        offered = {name: each.proposal.value for name, each in pending.items()}
        return self._render(
            "article",
            {
                **context,
                "seen": replace(seen, proposals=offered).signed(self.article),
                "last": self._last,
                "may_delete": self.model_admin.has_delete_permission(self.request, self.article),
            },
        )

    def _render(self, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        site = self.model_admin.admin_site
        self.request.current_app = site.name
        context = {
            **site.each_context(self.request),
            "title": str(self.article),
            "opts": self.model_admin.opts,
            "article": self.article,
            "may_change": self.may_change,
            "may_review": self.may_review,
            "queue": self.queue,
            "is_nav_sidebar_enabled": False,
            **context,
        }
        return render(self.request, f"admin/desk/{name}.html", context, status=status)

    def _address(self) -> str:
        return reverse("admin:articles_article_change", args=[self.article.pk])

    def _next(self) -> str:
        """Return the address after a save: the next doubt of the queue if the user asks for it, else the form."""
        if "_next" in self.request.POST and self.queue in KINDS:
            return reverse("admin:desk-next", args=[self.queue])
        return self._address() + (f"?{urlencode({'queue': self.queue})}" if self.queue else "")


def _with_prefix(data: Any, prefix: str) -> dict[str, str]:  # noqa: ANN401 - a QueryDict
    """Return {rest of the name: value} of the fields whose name begins with `prefix` and whose value is not empty."""
    return {name.removeprefix(prefix): data[name] for name in data if name.startswith(prefix) and data[name]}
