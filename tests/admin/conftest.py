"""The desk as its user meets it: over HTTP, through its forms."""

import re

import html5lib
import pytest

from articles.desk.check import differences
from articles.models import Correction, archive
from tests.make import PAGE, load, write
from tests.tables import load_tables


@pytest.fixture(autouse=True)
def agreeing(request):
    """Let `desk check` print nothing after a test on the database, unless the test is marked as `disagreeing`."""
    is_asked = "db" in request.fixturenames and not request.node.get_closest_marker("disagreeing")
    if is_asked:
        request.getfixturevalue("db")
    yield
    if is_asked:
        assert list(differences()) == []


@pytest.fixture
def page(db, tmp_path):
    load_tables()
    return load(write(tmp_path, PAGE)).page


@pytest.fixture
def desk(admin_client):
    return Desk(admin_client)


class Desk:
    """A user of the desk, who opens a change form, changes some of its fields and saves it."""

    def __init__(self, client):
        self.client = client

    def form(self, obj):
        """Return {name: value} of all fields of the change form of `obj`, as a browser would send them back."""
        text = self.client.get(self.url(obj)).content.decode()
        tree = html5lib.parse(text, namespaceHTMLElements=False)
        form = next(form for form in tree.iter("form") if (form.get("id") or "").endswith("_form"))
        fields = {}
        for element in form.iter():
            name = element.get("name")
            if not name or element.get("type") in ("submit", "button") or name.startswith("_"):
                continue
            if element.tag == "select":
                chosen = [
                    option.get("value") for option in element.iter("option") if option.get("selected") is not None
                ]
                fields[name] = chosen[0] if chosen else ""
            elif element.tag == "textarea":
                fields[name] = (element.text or "").removeprefix("\n").replace("\n", "\r\n")
            elif element.get("type") != "checkbox":
                fields[name] = element.get("value") or ""
            elif element.get("checked") is not None:
                fields[name] = "on"
        return fields

    def save(self, obj, **changes):
        """Save the form of `obj` with `changes`, in which None takes a field out. Return the errors that it shows."""
        fields = {**self.form(obj), **changes}
        return self.post(obj, {name: value for name, value in fields.items() if value is not None})

    def post(self, obj, fields):
        response = self.client.post(self.url(obj), fields)
        if response.status_code == 302:
            return []
        found = re.findall(r'<ul class="errorlist[^>]*>(.*?)</ul>', response.content.decode(), re.DOTALL)
        return [re.sub(r"<[^>]+>", "", each).strip() for each in found]

    @staticmethod
    def url(obj, view="change"):
        return f"/admin/articles/{obj._meta.model_name}/{obj.pk}/{view}/"


def revision():
    return archive.state().revision


def ledger(row):
    """Return (field, old value, new value, user, reason) of each correction of `row`, the oldest first."""
    rows = Correction.objects.of(row).select_related("batch")
    return [(each.field, each.old, each.new, each.batch.user_name, each.batch.reason) for each in rows]
