"""The roles of the desk: what each may do, and what it may not."""

import re
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.urls import URLPattern, resolve

from articles.desk.roles import ADMINISTRATOR, PROOFREADER, ROLES, make_roles
from articles.ingest.runs import run_import
from articles.ingest.sources import find_files
from articles.models import (
    Article,
    Batch,
    Column,
    Contributor,
    Doubt,
    Page,
    Redirect,
    RegionAlias,
    Scan,
    SearchWithoutHit,
    SourceText,
    Synonym,
    Topic,
    VanishedArticle,
    archive,
)
from tests.admin.conftest import Desk
from tests.admin.test_desk import RIVAL
from tests.desk.doors import BATCH, DOORS, SHOWN, STORED
from tests.make import DAY, PAGE, load, make_doubt, make_page, make_region, make_schedule, write

pytestmark = pytest.mark.django_db

NOBODY = "无角色"
STAFF = (*ROLES, NOBODY)
PASSWORD = "a desk for tests"


def test_a_migration_makes_the_roles_and_takes_nothing_from_them():
    assert set(Group.objects.values_list("name", flat=True)) >= set(ROLES)
    group = Group.objects.get(name=PROOFREADER)
    more = Permission.objects.get(codename="change_topic")
    group.permissions.add(more)
    group.permissions.remove(Permission.objects.get(codename="change_doubt"))
    make_roles(apps.get_app_config("articles"), "default")
    codenames = set(group.permissions.values_list("codename", flat=True))
    assert {"change_topic", "change_doubt", "review_article", "view_article"} <= codenames
    assert "change_article" not in codenames


@pytest.fixture(scope="module")
def made_desk(made_once, tmp_path_factory):
    """Make an archive with a row behind each door. Return its ids, and the forms that the administrator would send."""
    folder = tmp_path_factory.mktemp("pages")
    make_region("630000", "青海省", "青海")
    make_region("410000", "河南省", "河南")
    topics = [Topic.objects.create(slug=slug, name=slug, words={"诊室": 3}) for slug in ("clinics", "others")]
    run_import(find_files([write(folder, PAGE)]), say=lambda line: None, arguments=[folder], workers=1)
    signed, held, article = Article.objects.order_by("position")
    with archive.change() as change:
        change.other()
        held.article_topics.create(topic=topics[0])
        column = Column.objects.create(name="甲栏")
        column.aliases.create(name="甲栏目")
        stranger = Contributor.objects.create(name="多余的人")
        stranger.aliases.create(name="多余者")
        RegionAlias.objects.create(old_name="青海旧名", region_id="630000")
        Synonym.objects.create(subject="甲", name="甲")
        Redirect.objects.create(old_path="/old/", new_path="/new/")
        VanishedArticle.objects.create(article_id=999_999, revision=1)
        Scan.objects.create(path="20/01.jpg", size=1, sha256="a" * 64)
        SearchWithoutHit.objects.create(query="克隆羊", times=1, times_nearly=0, first_day=DAY, last_day=DAY)
    make_schedule("2024-01-01")
    target = make_page(None, 4)
    root = User.objects.create_superuser("root", password=PASSWORD)
    for role in STAFF:
        user = User.objects.create_user(f"用户{role}", password=PASSWORD, is_staff=True)
        user.groups.set(Group.objects.filter(name=role))
    reader = User.objects.create_user("读者", password=PASSWORD)
    Group.objects.create(name="一组")

    client = Client()
    client.force_login(root)
    desk = Desk(client)
    assert desk.save(held, headline="人工改过的标题") == []
    assert desk.save(topics[0], description="改过的说明") == []
    client.post("/admin/articles/article/", {"action": "mark_reviewed", "_selected_action": held.pk, "sure": "1"})
    client.post("/admin/articles/article/", {"action": "withdraw", "_selected_action": held.pk})
    load(write(folder, PAGE.replace("云南启动乡村医生轮训", "云南启动村医轮训") + LEFT_OVER, "page.txt"))
    load(write(folder, RIVAL, "other.txt"))
    page = Page.objects.exclude(pk=target.pk).get()
    of = {name: Batch.objects.get(corrections__field=field) for name, field in BATCHES.items()}
    doubts = {
        "doubt": make_doubt(article, "no-byline"),
        "other_doubt": make_doubt(signed, "no-byline"),
        "page_doubt": make_doubt(page, "number-disagrees", "3 ≠ 4"),
        "proposal_doubt": Doubt.objects.get(kind="proposal", state="open"),
        "conflict_doubt": Doubt.objects.get(kind="conflict"),
        "conflict_text": SourceText.objects.get(standing="conflict"),
    }
    rows = {
        **{name: model.objects.first() for name, model in models().items()},
        "signed": signed,
        "held": held,
        "article": article,
        "contributor": stranger,
        "user": reader,
        "group": Group.objects.get(name="一组"),
        "page": page,
        "target": target,
        **doubts,
        **{f"of_{name}": batch for name, batch in of.items()},
    }
    assert [name for name, row in rows.items() if row is None] == []
    ids = {name: row.pk for name, row in rows.items()}
    ids["type"] = ContentType.objects.get_for_model(Article).pk
    ids["pages"] = "app_label=articles&model_name=article&field_name=page"
    ids["users"] = "app_label=articles&model_name=batch&field_name=user"
    return ids, forms(desk, rows)


#: A line that the reader leaves to nobody.
LEFT_OVER = "\nz\n"

#: The fields by which the batches of the archive are told apart.
BATCHES = {"headline": "headline", "topic": "description", "review": "review"}


def models():
    """Return {name: model} of all models on the desk."""
    return {model._meta.model_name: model for model in admin.site._registry}


def forms(desk, rows):
    """Return {name: what is posted}, out of the forms that the administrator sees."""
    article, held, signed = rows["article"], rows["held"], rows["signed"]
    text = desk.client.get(f"/admin/desk/doubts/{rows['doubt'].pk}/").content.decode()
    seen = {"seen": re.search(r'name="seen" value="([^"]+)"', text)[1]}
    open_ones = list(Doubt.objects.open().of(article).values_list("pk", flat=True))
    own = {"old_password": PASSWORD, "new_password1": "another desk", "new_password2": "another desk"}
    return {
        "nothing": {},
        "sure": {"post": "yes"},
        "undo": {"_undo": "1"},
        "own_password": own,
        "password": {"password1": "another desk", "password2": "another desk", "usable_password": "true"},
        "take": {"op": "dismiss", "take": [rows["doubt"].pk]},
        "shown": {"op": "dismiss-page", "shown": [rows["doubt"].pk]},
        "take_proposal": {"op": "dismiss", "take": [rows["proposal_doubt"].pk]},
        "take_conflict": {"op": "dismiss", "take": [rows["conflict_doubt"].pk]},
        "skip": {"_skip": "1"},
        "fine": {"_fine": "1"},
        "reviewed": {"_reviewed": "1", **seen, "settle": open_ones},
        "next_signed": {"_next": "1", **seen, "byline-0-name": "甲甲甲"},
        "next_number": {"_next": "1", "number": "5"},
        "order": {"item-0-position": "3"},
        "number": {"number": "778"},
        "withdraw_issue": {"op": "withdraw", "reason": "重复导入"},
        "no_reason": {"op": "withdraw"},
        "merge": {"op": "merge", "take": [signed.pk, article.pk]},
        "ask_split": {"op": f"split-{signed.pk}"},
        "split": {"op": f"split-{signed.pk}", "split_at": "1"},
        "join": {"op": "join", "take": [article.pk], "head_id": signed.pk},
        "withdraw_page": {"op": "withdraw", "reason": "法院来函"},
        "withdraw_article": {"op": "withdraw", "take": [signed.pk], "reason": "法院来函"},
        "ask_withdraw": {"op": "withdraw"},
        "restore_article": {"op": "restore", "take": [held.pk]},
        "ask_decision": {"_save": "1", "decision": "keep"},
        "keep": {"_save": "1", "decision": "keep", "reason": "核对过"},
        "replace": {"_save": "1", "decision": "replace", "reason": "核对过"},
        "replace_structure": {"_save": "1", "decision": "replace-structure", "reason": "核对过"},
        "elsewhere": {
            **{"_save": "1", "decision": "elsewhere", "reason": "核对过"},
            **{"to_date": "2024-11-29", "to_edition": "1", "to_number": "5"},
        },
        "move": {"op": "move", "take": [article.pk], "to_page_id": rows["target"].pk},
        "leftover": {"leftover-0": "masthead"},
        "page_fields": {"page-section": "甲版"},
        "review": desk.filled(signed, review="doubtful"),
        "op": {**desk.filled(signed), "op": "up-1"},
        "headline": desk.filled(signed, headline="改过的标题"),
        "withdrawn": desk.filled(signed, withdrawn="on"),
        "byline": desk.filled(signed, **{"byline-0-name": "赵一帆"}),
        "region": desk.filled(signed, **{"region-0-name": "410000"}),
        "topic": desk.filled(signed, **{"topic-0": "", "topic-1": "", "topic-2": ""}),
        "dismiss": desk.filled(article, **{f"doubt-{rows['doubt'].pk}": "dismiss"}),
        "dismiss_proposal": desk.filled(held, **{f"doubt-{rows['proposal_doubt'].pk}": "dismiss"}),
        "take_value": desk.filled(held, **{"proposal-headline": "take"}),
        "refuse_value": desk.filled(held, **{"proposal-headline": "refuse"}),
        "release": desk.filled(held, release="headline"),
        **{f"changed_{name}": desk.filled(rows[name], **fields) for name, fields in CHANGED.items()},
        **{f"new_{name}": {**desk.blank(models()[name]), **fields} for name, fields in new(rows).items()},
        **{name: {"action": name, "_selected_action": rows[row].pk, "sure": "1"} for name, row in CHOSEN.items()},
        **{
            f"delete_selected_{name}": {"action": "delete_selected", "_selected_action": rows[name].pk, "post": "yes"}
            for name in ("article", "contributor", "searchwithouthit", "topic", "redirect", "user", "group")
        },
    }


#: {action of a list: the row that is chosen}
CHOSEN = {
    "mark_reviewed": "article",
    "withdraw": "article",
    "restore": "held",
    "adopt_texts": "conflict_text",
    "adopt_texts_and_structure": "conflict_text",
    "set_aside": "conflict_text",
}

#: {model: a change of its form}
CHANGED = {
    "issue": {"number": "777"},
    "page": {"section": "甲版"},
    "contributor": {"name": "甲甲甲"},
    "column": {"description": "改过的说明"},
    "synonym": {"source": "改过的出处"},
    "topic": {"description": "又改过的说明"},
    "region": {"short": "青"},
    "regionalias": {"event": "更名"},
    "publicationschedule": {"source": "改过的出处"},
    "user": {"first_name": "甲", "groups": None, "user_permissions": None},
    "group": {"name": "二组", "permissions": None},
}


def new(rows):
    """Return {model: what a person types into the form of a new row}."""
    return {
        "article": {"page": rows["page"].pk, "headline": "人工补录的一篇", "body": "正文。"},
        "issue": {"date": "2024-11-25"},
        "contributor": {"name": "新的人"},
        "column": {"name": "新栏"},
        "synonym": {"subject": "乙", "name": "乙"},
        "topic": {"slug": "new", "name": "新主题", "words": "{}"},
        "region": {"code": "420000", "name": "湖北省", "short": "湖北", "level": "1"},
        "regionalias": {"old_name": "又一旧名", "region": "630000"},
        "publicationschedule": {
            "first_day": "2024-03-01", "kind": "weekdays", "weekdays": "1", "reason": "理由", "source": "出处"
        },
        "user": {"username": "new", "password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"},
        "group": {"name": "三组", "permissions": []},
    }  # fmt: skip


@pytest.fixture
def doors(made_desk, db):
    """Return the doors with the ids of their addresses, and what is posted: (door, address, data or None for GET)."""
    ids, posted = made_desk
    return [
        (door, door.address.format(**ids), posted.get(door.posted, {"_save": "1"}) if door.posted else None)
        for door in DOORS
    ]


@pytest.mark.disagreeing
def test_the_table_has_every_door(doors):
    urls = list(routes(admin.site.urls[0], "admin/"))
    assert {resolve(address.partition("?")[0]).route for _, address, _ in doors} == set(urls)
    request = RequestFactory().get("/")
    request.user = User.objects.get(username="root")
    actions = {name for each in admin.site._registry.values() for name in each.get_actions(request)}
    assert {name for name in actions if not any(door.posted.startswith(name) for door in DOORS)} == set()


def routes(patterns, base):
    for each in patterns:
        if isinstance(each, URLPattern):
            yield f"{base}{str(each.pattern).removeprefix('^')}"
        else:
            yield from routes(each.url_patterns, f"{base}{each.pattern}")


def ask(session, address, data):
    """Return the answer to a request with the cookie `session`."""
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    return client.get(address) if data is None else client.post(address, data)


def session_of(name):
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def stored():
    """Return {model: all rows} of the archive, its users and Django's record of actions."""
    found = [*apps.get_app_config("articles").get_models(), User, Group, LogEntry]
    return {model.__name__: list(model.objects.order_by("pk").values_list()) for model in found}


@contextmanager
def watched():
    """Yield a list that takes the statements of the block that write."""
    written = []

    def keep(execute, sql, params, many, context):
        if sql.startswith(("INSERT", "UPDATE", "DELETE")) and "session" not in sql:
            written.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        yield written


#: A refusal comes before the database is asked, so that PostgreSQL is asked as the role that may pass the most doors.
ASKING = [pytest.param(role, marks=[] if role == ADMINISTRATOR else pytest.mark.one_database) for role in STAFF]


@pytest.mark.disagreeing
@pytest.mark.parametrize("role", ASKING)
def test_what_each_role_may_do_by_address(doors, role):
    session, before = session_of(f"用户{role}"), stored()
    wrong = []
    for door, address, data in doors:
        right = door.rights[STAFF.index(role)]
        with transaction.atomic(), watched() as written:
            response = ask(session, address, data)
            has_stored = bool(written) and stored() != before
            transaction.set_rollback(True)
        answer = response.status_code, has_stored, "batch=" in response.get("Location", "")
        if answer != expected(door, right):
            wrong.append((door.address, door.posted, right, answer))
    assert wrong == [], "\n".join(map(str, wrong))


def expected(door, right):
    """Return (status, whether something is stored, whether the answer names a batch) of a door."""
    if right != "+":
        return {"-": 403, "0": 404}[right], False, False
    return 200 if door.answer == SHOWN else 302, door.answer in (STORED, BATCH), door.answer == BATCH


@pytest.mark.disagreeing
def test_who_is_not_of_the_staff_is_led_to_the_log_in_at_every_door(doors):
    reader = session_of("读者")
    posted = {address: data for _, address, data in doors if address not in ("/admin/login/", "/admin/logout/")}
    with watched() as written:
        for address, data in posted.items():
            for response in (ask("", address, None), ask(reader, address, data or {})):
                assert response.status_code == 302, address
                assert response["Location"].startswith("/admin/login/?next="), address
    assert written == []


@pytest.mark.disagreeing
def test_the_front_tells_staff_without_a_role_nothing_of_queue_and_ledger(doors):
    told = ask(session_of(f"用户{NOBODY}"), "/admin/", None).content.decode()
    assert "没有署名" not in told and "改过的说明" not in told and "/admin/desk/" not in told
