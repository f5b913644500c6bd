"""The page's own fields on its screen: date and edition, number, section. The form of a page has their rules."""

from __future__ import annotations

from collections.abc import Mapping

from articles.admin.page_form import PageForm, save_page
from articles.desk.writing import Writing
from articles.models import Page

#: {name on the screen: name in the form of a page}
NAMES = {"date": "issue_date", "edition": "issue_edition", "number": "number", "section": "section"}


class OwnFields:
    """The values of the fields as stored and as typed. A value that came back as it was shown was not typed."""

    def __init__(self, page: Page, typed: Mapping[str, str]) -> None:
        form = PageForm(instance=page)
        initial = {name: form.get_initial_for_field(form.fields[own], own) for name, own in NAMES.items()}
        self.page = page
        self.stored = {name: "" if value is None else str(value) for name, value in initial.items()}
        back = {name: typed.get(f"page-{name}") for name in NAMES}
        self.was = {name: typed.get(f"was-page-{name}", self.stored[name]) for name in NAMES}
        self.typed = {
            name: self.stored[name] if value is None or value == self.was[name] else value.strip()
            for name, value in back.items()
        }
        self.errors: list[str] = []

    @property
    def are_others(self) -> bool:
        """Whether somebody has changed a field that was typed into meanwhile."""
        return any(self.was[name] != self.stored[name] != self.typed[name] for name in NAMES)

    def write(self, this: Writing) -> None:
        """Write what was typed. What is wrong stays in `errors`, and nothing is written."""
        if self.typed == self.stored:
            return
        page = Page.objects.select_related("issue").get(pk=self.page.pk)
        form = PageForm({own: self.typed[name] for name, own in NAMES.items()}, instance=page)
        if form.is_valid():
            save_page(form, this)
        else:
            self.errors = [str(message) for messages in form.errors.values() for message in messages]
