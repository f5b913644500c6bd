"""A database file as version 0.1.0 left it: its upgrade loses nothing, and ends where today's program ends."""

import json
import lzma
import sqlite3
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.db import connection

from articles.models import Article, Column, Contributor, Doubt, Page, Redirect
from articles.models.block_keys import without_keys
from articles.models.doubt_kinds import CONFLICT
from articles.verify import digests
from tests.backup.test_copies import manage
from tests.faults import processes
from tests.models.version_0_1.renumbering import renumber, renumber_addresses
from tests.models.version_0_1.steps import HERE, Today
from tests.settings import BASE_DIR
from tests.tables import load_tables

pytestmark = pytest.mark.django_db

SEEN = json.loads((HERE / "seen.json").read_text("utf-8"))

#: What version 0.1 took for an article: the name of the paper, set by an OCR tool.
NO_ARTICLE = '2024-03-07 第3版 <div style="text-align: …'

#: Addresses, with the answers to them once the old moves and deletions are undone.
UNDONE = {
    f"/articles/{SEEN['ids']['2024-11-22 第8版 白衣天使的“舞台”']}/": [200, ""],
    f"/articles/{SEEN['ids']['2024-06-18 第4版 《健康周末》征订启事']}/": [410, ""],  # it was withdrawn before
    "/issues/2025-01-03/": [200, ""],
    "/issues/2025-01-03/pages/3/": [200, ""],
    "/issues/2025-01-04/pages/3/": [301, "/issues/2025-01-03/pages/3/"],
    "/issues/2024-06-18/pages/4/": [200, ""],
    "/issues/2024-06-18/pages/5/": [301, "/issues/2024-06-18/pages/4/"],
}

#: The columns of the sets of articles and pages, by their tables, with the columns by which they are ordered.
SETS = {
    ("article", "bylines"): ("byline", "of, role, name_as_printed, contributor_id", "position, id"),
    ("article", "regions"): ("articleregion", "region_id, main", "region_id"),
    ("article", "topics"): ("articletopic", "topic_id", "position, id"),
    ("page", "credits"): ("pagecredit", "role, name_as_printed, contributor_id", "position, id"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the file as it was (before), upgraded and read again (after), and what `look` told of it."""
    folder = tmp_path_factory.mktemp("version-0.1")
    packed = lzma.decompress((HERE / "archive.sqlite3.xz").read_bytes())
    for name in ("before", "archive"):
        (folder / f"{name}.sqlite3").write_bytes(packed)
    url = f"sqlite:///{folder}/archive.sqlite3"
    manage("prepare", url=url, folder=folder)
    environment = processes.environment() | {"DATABASE_URL": url, "VAR_DIR": str(folder)}
    environment["DJANGO_SETTINGS_MODULE"] = "healthnews.settings"
    asked = json.dumps(list(SEEN["answers"]))
    command = [sys.executable, "-m", "tests.models.version_0_1.look", asked, str(folder / "after.sqlite3")]
    done = subprocess.run(
        [*command, *UNDONE], cwd=BASE_DIR, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (folder / "told").write_text(done.stdout, "utf-8")
    return folder


@pytest.fixture
def told(folder):
    return json.loads((folder / "told").read_text("utf-8"))


def rows(path, query):
    file = sqlite3.connect(path)
    try:
        return file.execute(query).fetchall()
    finally:
        file.close()


def persons_values(path):
    """Return {(table, key, field): value} of everything that is a person's."""
    found = {}
    for name in ("article", "page", "issue", "column", "contributor", "topic", "region", "regionalias"):
        names = [column[1] for column in rows(path, f"PRAGMA table_info(articles_{name})")]
        for row in rows(path, f"SELECT * FROM articles_{name} WHERE edited_fields != '[]'"):
            values = dict(zip(names, row, strict=True))
            key = values.get("id", values.get("code"))
            for field in json.loads(values["edited_fields"]):
                if (name, field) in SETS:
                    table, columns, order = SETS[name, field]
                    query = f"SELECT {columns} FROM articles_{table} WHERE {name}_id = {key} ORDER BY {order}"
                    found[name, key, field] = rows(path, query)
                else:
                    value = values[field] if field in values else values[f"{field}_id"]
                    found[name, key, field] = json.loads(value) if field in ("blocks", "words") else value
    return found


@pytest.mark.one_database
@pytest.mark.parametrize("state", ["upgraded", "reread", "undone"])
def test_verify_and_desk_check_find_nothing(told, state):
    assert told[state] == []


@pytest.mark.one_database
def test_every_correction_stands_after_the_upgrade_and_another_reading(folder):
    before = persons_values(folder / "before.sqlite3")
    for name in ("bylines", "regions", "topics"):  # empty sets of an article that a person adds are nobody's since 0.2
        assert before.pop(("article", SEEN["ids"]["2024-03-05 第2版 雨水时节说祛湿"], name)) == []
    assert len(before) > 50 and {name for name, *_ in before} >= {"article", "page", "issue", "column", "topic"}
    assert persons_values(folder / "after.sqlite3") == before
    hidden = "SELECT id, page_id, withdrawn, review FROM articles_article"
    gone = set(rows(folder / "before.sqlite3", hidden)) - set(rows(folder / "after.sqlite3", hidden))
    assert [pk for pk, *_ in gone] == [SEEN["ids"][NO_ARTICLE]]


@pytest.mark.one_database
def test_every_address_answers_as_it_did(told):
    moved = {f"/articles/{SEEN['ids'][NO_ARTICLE]}/": [301, "/issues/2024-03-05-2/pages/3/"]}
    assert told["answers"] == SEEN["answers"] | moved
    assert {status for status, _ in told["answers"].values()} == {200, 301, 404, 410}


@pytest.mark.one_database
def test_addresses_follow_when_an_old_move_or_deletion_is_undone(told):
    assert told["answers_undone"] == UNDONE


def test_the_digests_are_those_of_todays_program_given_the_same(folder, told):
    load_tables()
    rights = (
        "SELECT codename FROM auth_permission JOIN auth_group_permissions ON permission_id = auth_permission.id "
        "JOIN auth_group ON auth_group.id = group_id WHERE auth_group.name = '校对组'"
    )
    today = Today([codename for (codename,) in rows(folder / "before.sqlite3", rights)])
    today.take_all()
    call_command("reread", verbosity=0)
    call_command("classify", verbosity=0)
    take_names_of(folder / "after.sqlite3", today.ids)
    forget_what_version_0_1_could_not_know()
    mine, theirs = digests(), told["digests"]
    assert (mine["people"], mine["readers"]) == (theirs["people"], theirs["readers"])


def take_names_of(path, ids):
    """Give the test's archive the ids of the upgraded one, and its keys of blocks, which name a block as ids name rows.

    `ids` are {name: id} of the articles of the test's archive. Both tell the order of the readings, and nothing else.
    """
    place = (
        "SELECT issue.date, issue.edition, page.number, article.id, article.blocks "
        "FROM articles_article article JOIN articles_page page ON page.id = page_id "
        "JOIN articles_issue issue ON issue.id = issue_id ORDER BY 1, 2, 3, article.position, article.id"
    )
    theirs = rows(path, place)
    mine = Article.objects.select_related("page__issue").order_by(
        *("page__issue__date", "page__issue__edition", "page__number", "position", "pk")
    )
    articles = {}
    for article, (date, edition, number, pk, blocks) in zip(mine, theirs, strict=True):
        issue = article.page.issue
        assert (str(issue.date), issue.edition, article.page.number) == (date, edition, number)
        assert without_keys(article.blocks) == without_keys(json.loads(blocks))
        Article.objects.filter(pk=article.pk).update(blocks=json.loads(blocks))
        articles[article.pk] = pk
    gone = {pk: SEEN["ids"][name] for name, pk in ids.items() if pk not in articles}
    renumber(Article, articles)
    renumber_addresses(gone | articles)
    page = (
        "SELECT page.id, date, edition, page.number FROM articles_page page "
        "JOIN articles_issue issue ON issue.id = issue_id"
    )
    pages = {tuple(where): pk for pk, *where in rows(path, page)}
    own = Page.objects.select_related("issue")
    renumber(Page, {each.pk: pages[str(each.issue.date), each.issue.edition, each.number] for each in own})
    for model in (Column, Contributor):
        named = dict(rows(path, f"SELECT name, id FROM {model._meta.db_table}"))
        renumber(model, {pk: named[name] for pk, name in model.objects.values_list("pk", "name")})


def forget_what_version_0_1_could_not_know():
    """Take from the test's archive what no file of version 0.1 tells, and add the address that only that version gave.

    * Who names a new person in a byline adds that person. Version 0.1 did not note who had added a contributor.
    * Nobody noted who had set a text aside.
    * Version 0.1 gave an address to what was no article. It leads to the page since.
    """
    added = Contributor.objects.filter(name__in=["孔令仪", "邓之恒"])
    assert added.update(edited_fields=[]) == 2
    assert Doubt.objects.filter(kind=CONFLICT, state=Doubt.State.SETTLED).delete()[0] == 1
    path = f"/articles/{SEEN['ids'][NO_ARTICLE]}/"
    Redirect.objects.create(old_path=path, new_path="/issues/2024-03-05-2/pages/3/")


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_the_upgraded_file_goes_to_postgresql_with_the_same_digests(folder, told, tmp_path):
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE upgraded")
    try:
        there = processes.database_url().replace(f"/{connection.settings_dict['NAME']}?", "/upgraded?")
        manage("copy_to", there, url=f"sqlite:///{folder}/after.sqlite3", folder=tmp_path)
        copied = json.loads(manage("verify", "--digest", "--json", url=there, folder=tmp_path))
        assert copied["digests"] == told["digests"]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE upgraded WITH (FORCE)")
