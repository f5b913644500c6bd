"""Take the steps of `corrections.json` in today's program: its import, its desk."""

from __future__ import annotations

import json
from pathlib import Path

from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from articles.desk.applying import apply
from articles.desk.deleting import delete_row
from articles.desk.texts import keep, replace
from articles.desk.withdrawing import restore, withdraw
from articles.desk.writing import writing
from articles.ingest.readers import reader_from_database
from articles.ingest.samples import SAMPLES_DIR
from articles.ingest.stored_texts import read_stored
from articles.models import Article, Column, Page, SourceText
from tests.admin.conftest import Desk

HERE = Path(__file__).resolve().parent
PAGES = HERE / "pages"


class Today:
    """Today's program at work on an empty archive. `ids` are those of the articles, by their names in the steps."""

    def __init__(self, rights: list[str]) -> None:
        """Load the samples, and let the two people of the steps have accounts. `rights` are those of the editor."""
        call_command("import_pages", str(SAMPLES_DIR), verbosity=0)
        self.ids: dict[str, int] = {}
        self._learn_names()
        group = Group.objects.create(name="校对组")
        group.permissions.set(Permission.objects.filter(content_type__app_label="articles", codename__in=rights))
        editor = User.objects.create_user("赵编辑", "zhao@example.cn", is_staff=True)
        editor.groups.add(group)
        self.people = {"赵编辑": editor, "林主编": User.objects.create_superuser("林主编", "lin@example.cn")}

    def take_all(self) -> None:
        """Take all steps in their order."""
        for step in json.loads((HERE / "corrections.json").read_text("utf-8")):
            if "load" in step:
                call_command("import_pages", str(PAGES / step["load"]), verbosity=0)
                self._learn_names()
            else:
                self._take(step, self.people[step["by"]])

    def _learn_names(self) -> None:
        for article in Article.objects.select_related("page__issue"):
            self.ids.setdefault(f"{article.page.issue.date} 第{article.page.number}版 {article.title}", article.pk)

    def _take(self, step: dict, user: User) -> None:
        match step:
            case {"article": name, "set": told} | {"revert": name, "set": told}:
                with writing(user) as this:
                    apply(this, self._article(name), self._values(told))
            case {"add": name, "set": told}:
                self._add(user, name, told)
            case {"delete": name}:
                with writing(user) as this:
                    delete_row(self._article(name), this)
            case {"withdraw": names}:
                with writing(user) as this:
                    withdraw(this, [self._article(name) for name in names])
            case {"restore": names}:
                with writing(user) as this:
                    restore(this, [self._article(name) for name in names])
            case {"review": names}:
                with writing(user) as this:
                    for name in names:
                        apply(this, self._article(name), {"review": Article.Review.REVIEWED})
            case {"page": name, "set": told}:
                self._correct_page(user, page_called(name), told)
            case {"save": model, "row": row, "fields": fields}:
                cls = apps.get_model("articles", model)
                self._save(user, cls if row is None else cls.objects.get(**row), fields)
            case {"adopt": file}:
                with writing(user) as this:
                    replace(this, read_stored(text_called(file), reader_from_database(), today=timezone.localdate()))
            case {"set_aside": file}:
                with writing(user) as this:
                    keep(this, text_called(file))

    def _article(self, name: str) -> Article:
        return Article.objects.get(pk=self.ids[name])

    def _values(self, told: dict) -> dict:
        """Return the values of a step as `apply` takes them."""
        values = dict(told)
        if "blocks" in told:
            values["blocks"] = [{"type": kind, "text": text} for kind, text in told["blocks"]]
        if "continuation_of" in told:
            values["continuation_of"] = self.ids[told["continuation_of"]]
        if told.get("column"):
            values["column"] = Column.objects.get(name=told["column"]).pk
        return values

    def _add(self, user: User, name: str, told: dict) -> None:
        day, number, _ = name.split()
        body = "\n\n".join(("## " if kind == "subhead" else "") + text for kind, text in told["blocks"])
        values = {key: value for key, value in told.items() if key != "blocks"}
        self._save(user, Article, {**values, "page": page_called(f"{day} {number}").pk, "body": body})
        self.ids[name] = Article.objects.latest("pk").pk

    def _correct_page(self, user: User, page: Page, told: dict) -> None:
        fields = {name: value for name, value in told.items() if name not in ("issue", "credits")}
        if "issue" in told:
            fields["issue_date"], fields["issue_edition"] = told["issue"]
        if fields:
            self._save(user, page, fields)
        if "credits" in told:
            with writing(user) as this:
                apply(this, page, {"credits": told["credits"]})

    def _save(self, user: User, row: object, fields: dict) -> None:
        """Save the form of a row, or of a new row of the model `row`, over HTTP."""
        client = Client()
        client.force_login(user)
        desk = Desk(client)
        if isinstance(row, type):
            response = client.post(f"{desk.list_of(row)}add/", {**desk.blank(row), **fields})
            assert response.status_code == 302, response.content.decode()
        else:
            assert desk.save(row, **fields) == []


def page_called(name: str) -> Page:
    """Return the page with a name such as "2024-03-05 第2版"."""
    day, number = name.split()
    return Page.objects.get(issue__date=day, issue__edition=1, number=number.strip("第版"))


def text_called(file: str) -> SourceText:
    """Return the text that came from a file of this name."""
    return SourceText.objects.get(path__endswith=f"/{file}")
