"""The roles of the desk: what each may do, and what it may not."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission

from articles.desk.roles import EDITOR, PROOFREADER, ROLES, make_roles
from articles.models import Article, Batch
from tests.admin.conftest import Desk, page  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_role(client, django_user_model):
    def log_in(role):
        user = django_user_model.objects.create_user(f"用户{role}", password="x" * 12, is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
        return client

    return log_in


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


ADDRESSES = {
    "/admin/articles/article/{article}/change/": ("view", "change", "change"),
    "/admin/articles/article/add/": ("no", "change", "change"),
    "/admin/articles/article/{article}/delete/": ("no", "change", "change"),
    "/admin/articles/article/{article}/history/": ("view", "view", "view"),
    "/admin/articles/page/{page}/change/": ("view", "change", "change"),
    "/admin/articles/topic/{topic}/change/": ("view", "view", "change"),
    "/admin/articles/contributor/add/": ("no", "change", "change"),
    "/admin/articles/byline/": ("view", "view", "view"),
    "/admin/auth/user/": ("no", "no", "change"),
    "/admin/desk/batches/": ("view", "view", "view"),
    "/admin/desk/batches/{batch}/": ("view", "view", "view"),
    "/admin/desk/batches/{batch}/undo/": ("no", "change", "change"),
}


@pytest.mark.parametrize("role", ROLES)
def test_what_each_role_may_do_by_address(admin_client, as_role, page, role):  # noqa: F811 - the fixture
    article = page.articles.first()
    Desk(admin_client).save(article, headline="改过的标题")
    ids = {"article": article.pk, "page": page.pk, "batch": Batch.objects.get().pk}
    ids["topic"] = apps.get_model("articles", "Topic").objects.first().pk
    before = list(Article.objects.values()), Batch.objects.count()
    client = as_role(role)
    for address, rights in ADDRESSES.items():
        right = rights[list(ROLES).index(role)]
        url = address.format(**ids)
        assert (client.get(url).status_code == 403) is (right == "no"), url
        if right != "change":
            assert client.post(url, {"_save": "1", "_undo": "1", "post": "yes"}).status_code in (200, 403), url
            assert (list(Article.objects.values()), Batch.objects.count()) == before, url


def test_a_proofreader_sets_the_status_and_undoes_it(as_role, page):  # noqa: F811 - the fixture
    article, client = page.articles.first(), as_role(PROOFREADER)
    data = {"action": "mark_reviewed", "_selected_action": [article.pk]}
    assert client.post("/admin/articles/article/", data).status_code == 302
    assert Article.objects.get(pk=article.pk).review == "reviewed"
    client.post("/admin/articles/article/", {**data, "action": "withdraw"})
    assert not Article.objects.get(pk=article.pk).withdrawn
    batch = Batch.objects.get()
    assert client.post(f"/admin/desk/batches/{batch.pk}/undo/", {"_undo": "1"}).status_code == 302
    assert Article.objects.get(pk=article.pk).review == "unreviewed"


def test_an_editor_corrects_an_article_with_its_parts(as_role, page):  # noqa: F811 - the fixture
    article = page.articles.first()
    desk = Desk(as_role(EDITOR))
    assert desk.save(article, headline="改过的标题", **{"byline-0-name": "赵一帆"}) == []
    assert {each.field for each in Batch.objects.get().corrections.filter(model="article")} == {"headline", "bylines"}
