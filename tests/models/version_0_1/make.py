"""Make archive.sqlite3.xz: a database file as version 0.1.0 left it, for tests/models/test_version_0_1.py.

    git worktree add 0.1 89368da43552346b4e268b00d031fe195dd8065b   # the last commit of version 0.1.0
    cd 0.1
    python3 -m venv .venv
    .venv/bin/pip install --require-hashes -r requirements-build.txt -r requirements.txt
    VAR_DIR=$(mktemp -d) .venv/bin/python FOLDER/make.py            # FOLDER is that of this file

The program of that commit does everything: it sets an archive up with its samples, loads the folders of `pages/`, and
takes the corrections of `corrections.json` at its own desk, over HTTP, from two people. The file is then packed without
the sessions. `seen.json` tells the ids of its articles, and its answers to readers. Another run gives other times and
another epoch, and nothing else that differs.

`corrections.json` lists the steps. An article is called by its day, page and title at the first sight of it.
"""

import json
import lzma
import os
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

#: The pages are loaded from this folder, whose name stands in the file.
LOADED_FROM = Path("/tmp/pages-of-version-0.1")

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
sys.path.insert(0, os.getcwd())

import django  # noqa: E402 - the program of version 0.1 is found only now

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.models import Group, Permission, User  # noqa: E402
from django.contrib.sessions.models import Session  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from articles import models  # noqa: E402
from articles.models import Article, Column, Issue, Page, SourceText  # noqa: E402

#: {name of an article: its id}.
names: dict[str, int] = {}


def learn_names() -> None:
    for article in Article.objects.select_related("page__issue"):
        names.setdefault(f"{article.page.issue.date} 第{article.page.number}版 {article.title}", article.pk)


def page_called(name: str) -> Page:
    day, number = name.split()
    return Page.objects.get(issue__date=day, issue__edition=1, number=number.strip("第版"))


def fields_of(context: dict) -> dict[str, object]:
    """Return {name: value} of the change form and its inlines, as a browser would send them back."""
    inlines = [each.formset for each in context.get("inline_admin_formsets", [])]
    forms = [context["adminform"].form, *(form for each in inlines for form in [each.management_form, *each.forms])]
    fields = {}
    for bound in (bound for form in forms for bound in form):
        value = bound.value()
        if isinstance(value, bool) or value is None:
            value = "on" if value else ""
        if value != "" or not isinstance(bound.field.widget, django.forms.CheckboxInput):
            fields[bound.html_name] = value
    return fields


class Desk:
    """A person at the desk of version 0.1."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)

    def post(self, url: str, fields: dict[str, object]) -> None:
        response = self.client.post(url, fields)
        if response.status_code != 302:
            shown = response.context and response.context.get("errors")
            raise SystemExit(f"{url}: {response.status_code} {shown}")

    def save(self, url: str, changes: dict[str, object]) -> None:
        """Save the form at `url` with `changes`, in which None takes a field out."""
        fields = {**fields_of(self.client.get(url).context), **changes}
        self.post(url, {name: value for name, value in fields.items() if value is not None})

    def act(self, model: str, action: str, ids: list[int]) -> None:
        """Run an action of the list of a model on rows."""
        self.post(f"/admin/articles/{model}/", {"action": action, "_selected_action": ids})


def url_of(model: str, pk: object, view: str = "change") -> str:
    return f"/admin/articles/{model}/{pk}/{view}/"


def set_rows(prefix: str, stored: list[int], wanted: list[dict[str, object]], same: list[int | None]) -> dict:
    """Return the fields of an inline after which it has the rows `wanted`.

    `stored` has the ids of the rows in the form, `same` for each wanted row the place of the row that becomes it, or
    None for a new one.
    """
    fields: dict[str, object] = {}
    new = len(stored)
    for values, place in zip(wanted, same, strict=True):
        if place is None:
            place, new = new, new + 1
            fields[f"{prefix}-{place}-id"] = ""
        fields |= {f"{prefix}-{place}-{name}": value for name, value in values.items()}
    fields |= {f"{prefix}-{place}-DELETE": "on" for place in range(len(stored)) if place not in same}
    return {**fields, f"{prefix}-TOTAL_FORMS": max(new, len(stored))}


def as_fields(article: Article | None, told: dict) -> dict[str, object]:
    """Return the form's fields for the values `told` of an article."""
    fields: dict[str, object] = {}
    for name, value in told.items():
        if name == "blocks":
            fields["body"] = "\n\n".join(("## " if kind == "subhead" else "") + text for kind, text in value)
        elif name == "continuation_of":
            fields[name] = names[value]
        elif name == "column":
            fields[name] = Column.objects.get(name=value).pk if value else ""
        elif name == "withdrawn":
            fields[name] = "on" if value else None
        elif name == "bylines":
            stored = list(article.bylines.all())
            wanted = [
                {"of": of, "role": role, "name_as_printed": printed, "contributor_name": person, "position": position}
                for position, (of, role, printed, person) in enumerate(value)
            ]
            places = {row.name_as_printed: place for place, row in enumerate(stored)}
            same = [places.get(printed) for _, _, printed, _ in value]
            fields |= set_rows("bylines", [row.pk for row in stored], wanted, same)
        elif name == "regions":
            stored = list(article.article_regions.all())
            places = {row.region_id: place for place, row in enumerate(stored)}
            wanted = [{"region": code, "main": "on" if main else None} for code, main in value]
            fields |= set_rows("article_regions", [row.pk for row in stored], wanted, [places.get(c) for c, _ in value])
        elif name == "topics":
            stored = list(article.article_topics.all())
            places = {row.topic.slug: place for place, row in enumerate(stored)}
            ids = dict(models.Topic.objects.values_list("slug", "pk"))
            wanted = [{"topic": ids[slug], "position": position} for position, slug in enumerate(value)]
            fields |= set_rows("article_topics", [row.pk for row in stored], wanted, [places.get(s) for s in value])
        else:
            fields[name] = value
    return fields


def take(step: dict, desk: Desk) -> None:
    """Take one step of a person."""
    match step:
        case {"article": name, "set": told}:
            article = Article.objects.get(pk=names[name])
            desk.save(url_of("article", article.pk), as_fields(article, told))
        case {"revert": name}:
            article = Article.objects.get(pk=names[name])
            oldest = article.history.earliest("history_id")
            url = url_of("article", article.pk, f"history/{oldest.history_id}")
            fields = fields_of(desk.client.get(url).context)
            desk.post(url, {**fields, "_change_history": "1"})
        case {"add": name, "set": told}:
            day, number, _ = name.split()
            fields = as_fields(None, told) | {"page": page_called(f"{day} {number}").pk}
            desk.save("/admin/articles/article/add/", fields)
            names[name] = Article.objects.latest("pk").pk
        case {"delete": name}:
            desk.post(url_of("article", names[name], "delete"), {"post": "yes"})
        case {"withdraw": rows}:
            desk.act("article", "withdraw", [names[name] for name in rows])
        case {"restore": rows}:
            desk.act("article", "restore", [names[name] for name in rows])
        case {"review": rows}:
            desk.act("article", "mark_reviewed", [names[name] for name in rows])
        case {"page": name, "set": told}:
            page = page_called(name)
            fields = {key: value for key, value in told.items() if key not in ("issue", "credits")}
            if "issue" in told:
                fields["issue_date"], fields["issue_edition"] = told["issue"]
            if "credits" in told:
                stored = list(page.credits.all())
                wanted = [
                    {"role": role, "name_as_printed": printed, "position": position}
                    for position, (role, printed) in enumerate(told["credits"])
                ]
                places = {row.name_as_printed: place for place, row in enumerate(stored)}
                same = [places.get(printed) for _, printed in told["credits"]]
                fields |= set_rows("credits", [row.pk for row in stored], wanted, same)
            desk.save(url_of("page", page.pk), fields)
        case {"save": model, "row": None, "fields": fields}:
            desk.save(f"/admin/articles/{model}/add/", fields)
        case {"save": model, "row": key, "fields": fields}:
            cls = next(each for each in (*vars(models).values(), Issue) if _is_model(each, model))
            desk.save(url_of(model, cls.objects.get(**key).pk), fields)
        case {"adopt": file}:
            desk.act("sourcetext", "adopt_texts", [text_called(file).pk])
        case {"set_aside": file}:
            desk.act("sourcetext", "set_aside", [text_called(file).pk])
        case _:
            raise SystemExit(f"unknown step: {step}")


def _is_model(each: object, name: str) -> bool:
    return isinstance(each, type) and each.__name__.lower() == name


def text_called(file: str) -> SourceText:
    return SourceText.objects.get(path__endswith=f"/{file}")


def answers() -> dict[str, list[object]]:
    """Return {address: [status, where it leads]} of all rows that have one, and of those that are gone."""
    rows = (
        row for model in (Article, Issue, Page, Column, models.Contributor, models.Topic) for row in model.objects.all()
    )
    addresses = {row.get_absolute_url() for row in rows} | {f"/articles/{pk}/" for pk in names.values()}
    addresses |= set(models.Redirect.objects.values_list("old_path", flat=True)) | {
        "/regions/533300/",
        "/issues/missing/",
    }
    found = {address: Client().get(address) for address in sorted(addresses)}
    return {address: [each.status_code, each.get("Location", "")] for address, each in found.items()}


def main() -> None:
    setup_test_environment()
    if LOADED_FROM.exists():
        shutil.rmtree(LOADED_FROM)
    shutil.copytree(HERE / "pages", LOADED_FROM)
    call_command("prepare")
    learn_names()
    group = Group.objects.create(name="校对组")
    group.permissions.set(Permission.objects.filter(content_type__app_label="articles"))
    editor = User.objects.create_user("赵编辑", "zhao@example.cn", is_staff=True)
    editor.groups.add(group)
    desks = {"赵编辑": Desk(editor), "林主编": Desk(User.objects.create_superuser("林主编", "lin@example.cn"))}
    for step in json.loads((HERE / "corrections.json").read_text("utf-8")):
        if "load" in step:
            call_command("import_pages", str(LOADED_FROM / step["load"]))
            learn_names()
        else:
            take(step, desks[step["by"]])
    call_command("sync_search")
    seen = {"ids": names, "answers": answers()}
    Session.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    packed = lzma.compress(Path(settings.DATABASES["default"]["NAME"]).read_bytes(), preset=9 | lzma.PRESET_EXTREME)
    (HERE / "archive.sqlite3.xz").write_bytes(packed)
    (HERE / "seen.json").write_text(json.dumps(seen, ensure_ascii=False, indent=1) + "\n", "utf-8")
    shutil.rmtree(LOADED_FROM)
    sys.stdout.write(f"{len(packed):,} bytes\n")


if __name__ == "__main__":
    main()
