"""The desk as its user meets it: over HTTP, through its forms."""

import re

import html5lib
import pytest

from articles.models import Article, Correction, Page, archive
from articles.search.sync import sync
from tests.desk.agreeing import disagreements
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
        assert disagreements() == []


@pytest.fixture
def page(db, tmp_path):
    load_tables()
    return load(write(tmp_path, PAGE)).page


@pytest.fixture
def folder(db, tmp_path, settings):
    """Provide a folder for page files, and the folders of scans and cuttings in it."""
    settings.SCANS_DIR, settings.CUTTINGS_DIR = tmp_path / "scans", tmp_path / "cuttings"
    settings.SCANS_DIR.mkdir()
    load_tables()
    return tmp_path


@pytest.fixture(scope="module")
def imported_page(made_once, tmp_path_factory):
    load_tables()
    page = load(write(tmp_path_factory.mktemp("pages"), PAGE)).page
    sync()
    return page


@pytest.fixture
def page_made_once(imported_page, changing):
    """Provide `page` as its module has imported it once, for a module in which each test asks for it."""
    return Page.objects.get(pk=imported_page.pk)


@pytest.fixture
def desk(admin_client):
    return Desk(admin_client)


class Desk:
    """A user of the desk, who opens a change form, changes some of its fields and saves it."""

    def __init__(self, client):
        self.client = client

    def form(self, obj):
        """Return {name: value} of all fields of the change form of `obj`, as a browser would send them back."""
        return fields_of(self.client.get(self.url(obj)).content.decode())

    def blank(self, model):
        """Return the fields of the form of a new row of `model`."""
        return fields_of(self.client.get(f"{self.list_of(model)}add/").content.decode())

    def save(self, obj, **changes):
        """Save the form of `obj` with `changes`, in which None takes a field out. Return the errors that it shows."""
        return self.post(obj, self.filled(obj, **changes))

    def filled(self, obj, **changes):
        """Return the fields of the form of `obj` with `changes`. An article's kicker, headline, deck or body may be
        given as a whole.
        """
        fields = self.form(obj)
        if isinstance(obj, Article):
            changes = as_rows(fields, changes)
        return {name: value for name, value in {**fields, **changes}.items() if value is not None}

    def post(self, obj, fields):
        response = self.client.post(self.url(obj), fields)
        if response.status_code == 302:
            return []
        found = re.findall(r'<ul class="errorlist[^>]*>(.*?)</ul>', response.content.decode(), re.DOTALL)
        return [re.sub(r"<[^>]+>", "", each).strip() for each in found]

    @staticmethod
    def list_of(model):
        return f"/admin/{model._meta.app_label}/{model._meta.model_name}/"

    @classmethod
    def url(cls, obj, view="change"):
        return f"{cls.list_of(obj)}{obj.pk}/{view}/"


def fields_of(text, form_id="_form"):
    """Return {name: value} of the fields of the form whose id ends with `form_id`, without its buttons."""
    tree = html5lib.parse(text, namespaceHTMLElements=False)
    form = next(form for form in tree.iter("form") if (form.get("id") or "").endswith(form_id))
    fields = {}
    for element in form.iter():
        name = element.get("name")
        if not name or element.tag == "button" or element.get("type") in ("submit", "button") or name.startswith("_"):
            continue
        if element.tag == "select":
            chosen = [option.get("value") for option in element.iter("option") if option.get("selected") is not None]
            fields[name] = chosen[0] if chosen else ""
        elif element.tag == "textarea":
            fields[name] = (element.text or "").replace("\n", "\r\n")
        elif element.get("type") not in ("checkbox", "radio"):
            fields[name] = element.get("value") or ""
        elif element.get("checked") is not None:
            fields[name] = element.get("value", "on")
    return fields


def as_rows(fields, changes):
    """Return `changes` with the rows of an article's form in place of its kicker, headline, deck and body."""
    rows = {name: value for name, value in changes.items() if name not in ("kicker", "headline", "deck", "body")}
    new = rows_in(fields, "head") - 1
    for role in ("kicker", "headline", "deck"):
        if role not in changes:
            continue
        own = [at for at in range(new) if fields.get(f"head-{at}-role") == role]
        rows |= {f"head-{at}-text": "" for at in own[1:]}
        at = own[0] if own else rows_in({**fields, **rows}, "head") - (not own and f"head-{new}-role" not in rows)
        rows |= {f"head-{at}-text": changes[role], f"head-{at}-role": role}
    if "body" in changes:
        rows |= {f"block-{at}-text": "" for at in range(rows_in(fields, "block"))}
        rows |= {"block-0-text": changes["body"], "block-0-type": "paragraph"}
    return rows


def rows_in(fields, group):
    """Return the number of rows of a group in the form of an article, with the empty one."""
    return len({name.split("-")[1] for name in fields if re.fullmatch(rf"{group}-[0-9]+-[A-Za-z]+", name)})


def revision():
    return archive.state().revision


def ledger(row):
    """Return (field, old value, new value, user, reason) of each correction of `row`, the oldest first."""
    rows = Correction.objects.of(row).select_related("batch")
    return [(each.field, each.old, each.new, each.batch.user_name, each.batch.reason) for each in rows]
