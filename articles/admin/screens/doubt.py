"""The screen of one doubt of the queue: why it is here, the fields that it names, and the way on."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from articles.admin.addresses import page_url
from articles.admin.page_form import PageForm, issue_of
from articles.admin.screens.article.doubt import ArticleDoubt
from articles.admin.screens.doubt_answers import DoubtAnswers
from articles.admin.screens.rendering import render_screen, require
from articles.admin.source_lines import lines_of_page
from articles.desk.roles import SEE_QUEUE
from articles.desk.writing import writing
from articles.models import Doubt, Page
from articles.models.corrections import LAST_ID

#: The controls of a page's form by the field of a doubt that asks for them.
CONTROLS = {"issue": ("issue_date", "issue_edition"), "number": ("number",)}


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
        return self.shown(PageForm(instance=self.doubt.page))

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
            bound = PageForm(self._data(page), instance=page)
            is_valid = bound.is_valid()
            if is_valid:
                this.reason = bound.cleaned_data["reason"]
                stored = Page.objects.select_related("issue").get(pk=page.pk)
                with this.following(stored):
                    page.issue = issue_of(bound, stored, this)
                    page.save()
        if not is_valid:
            return self.shown(bound)
        return self.answers.go_on(this.batch, f"{page}已保存。" if this.batch else f"{page}没有改动，存疑未结。")

    def _data(self, page: Page) -> dict[str, Any]:
        present = PageForm(instance=page)
        told = {name: present.get_initial_for_field(field, name) for name, field in present.fields.items()}
        typed = {name: self.request.POST[name] for name in told if name in self.request.POST}
        return {name: "" if value is None else value for name, value in {**told, **typed}.items()}

    def shown(self, form: PageForm) -> HttpResponse:
        """Return the page of the doubt with `form`."""
        names = [name for field in self.doubt.fields for name in CONTROLS.get(field, ())]
        may_change = self.request.user.has_perm("articles.change_page")
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
