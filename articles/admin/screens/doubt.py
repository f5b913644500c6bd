"""The screen of one doubt of the queue: why it is here, the fields that it names, and the way on."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from articles.admin.addresses import page_url
from articles.admin.page_form import DoubtedPageForm, save_page
from articles.admin.screens.article.doubt import ArticleDoubt
from articles.admin.screens.doubt_answers import DoubtAnswers
from articles.admin.screens.rendering import render_screen, require
from articles.admin.source_lines import lines_of_page
from articles.desk.queue import close
from articles.desk.roles import SEE_QUEUE
from articles.desk.writing import Writing, writing
from articles.models import Doubt, Issue, Page
from articles.models.corrections import LAST_ID

#: The controls of a page's form by the field of a doubt that asks for them.
CONTROLS = {"issue": ("issue_date", "issue_edition"), "number": ("number",), "issue__number": ("issue_number",)}


def show_doubt(site: AdminSite, request: HttpRequest, pk: int) -> HttpResponse:
    """Return the page of a doubt, or the answer to what a person did about it. Each answer leads to the next doubt.

    Raises Http404 for an id of no doubt, PermissionDenied for a user who may not do what the button says.
    """
    require(request, SEE_QUEUE)
    rows = Doubt.objects.select_related("page__issue", "article", "source")
    doubt = rows.filter(pk=pk).first() if pk <= LAST_ID else None
    if doubt is None:
        raise Http404
    screen = ArticleDoubt(site, request, doubt) if doubt.article_id else PageDoubt(site, request, doubt)
    return screen.posted() if request.method == "POST" else screen.opened()


class PageDoubt:
    """The answers to one request for a doubt about a page."""

    def __init__(self, site: AdminSite, request: HttpRequest, doubt: Doubt) -> None:
        self.site = site
        self.request = request
        self.doubt = doubt
        self.answers = DoubtAnswers(request, doubt)

    def opened(self) -> HttpResponse:
        return self.shown(DoubtedPageForm(instance=self.doubt.page))

    def posted(self) -> HttpResponse:
        """Return the answer to a button: `_skip`, `_fine` or `_next`."""
        data = self.request.POST
        if "_skip" in data:
            return self.answers.go_on(None, "")
        if "_fine" in data:
            return self.answers.fine()
        if not self.request.user.has_perm("articles.change_page"):
            raise PermissionDenied
        return self.save()

    def save(self) -> HttpResponse:
        """Save the fields that the doubt names. What the form does not show stays."""
        page = Page.objects.select_related("issue").get(pk=self.doubt.page_id)
        with writing(self.request.user) as this:
            this.watch(page)
            bound = DoubtedPageForm(self._data(page), instance=page)
            is_valid = bound.is_valid()
            if is_valid:
                this.reason = bound.cleaned_data["reason"]
                save_page(bound, this)
                if page.issue and "issue_number" in bound.changed_data:
                    self._number(page.issue, bound.cleaned_data["issue_number"], this)
        if not is_valid:
            return self.shown(bound)
        return self.answers.go_on(this.batch, f"{page}已保存。" if this.batch else f"{page}没有改动，存疑未结。")

    def _number(self, issue: Issue, number: int | None, this: Writing) -> None:
        """Give `issue` its number, which settles the page's doubts about it.

        Raises PermissionDenied for a user who may not change issues.
        """
        if not self.request.user.has_perm("articles.change_issue"):
            raise PermissionDenied
        this.watch(issue)
        issue.number = number
        issue.save(update_fields=["number"])
        # A new issue has no number before, so that this is no correction of a field that a doubt names.
        close(this, Doubt.objects.open().of(self.doubt.page).naming(["issue__number"]), Doubt.State.SETTLED)

    def _data(self, page: Page) -> dict[str, Any]:
        present = DoubtedPageForm(instance=page)
        told = {name: present.get_initial_for_field(field, name) for name, field in present.fields.items()}
        typed = {name: self.request.POST[name] for name in told if name in self.request.POST}
        return {name: "" if value is None else value for name, value in {**told, **typed}.items()}

    def shown(self, form: DoubtedPageForm) -> HttpResponse:
        """Return the page of the doubt with `form`."""
        named = list(self.doubt.fields)
        if "issue__number" in named and self.doubt.page.issue is None:
            named.insert(0, "issue")  # the number is that of the issue of a day
        names = [name for field in named for name in CONTROLS.get(field, ())]
        rights = {"articles.change_page", *(["articles.change_issue"] if "issue_number" in names else [])}
        may_change = self.request.user.has_perms(rights)
        controls = [form[name] for name in names] if may_change else []
        if controls and not form.errors:
            controls[0].field.widget.attrs["autofocus"] = True
        context = {
            "form": form,
            "controls": controls,
            "source": lines_of_page(self.doubt.page),
            "form_url": page_url(self.doubt.page),
        }
        title = self.doubt.told_by.label
        return render_screen(self.site, self.request, "doubt", title, {**self.answers.context(), **context})
