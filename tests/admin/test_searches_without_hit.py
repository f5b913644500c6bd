"""The desk's list of searches without a hit is for reading; a private query can be deleted and leaves no trace."""

import datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User

from articles.models import SearchWithoutHit
from articles.web.today import date_of_paper
from tests.admin.conftest import revision

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/searchwithouthit/"


def count(query, times=1, days_ago=0, nearly=0):
    day = date_of_paper() - datetime.timedelta(days_ago)
    return SearchWithoutHit.objects.create(
        query=query, times=times, times_nearly=nearly, first_day=day, last_day=day
    )  # fmt: skip


@pytest.fixture
def editor(client):
    """Return a function that logs in an editor with permissions and returns the client."""

    def logged_in(*codenames):
        user = User.objects.create_user("editor", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client.force_login(user)
        return client

    return logged_in


def listed(client, query=""):
    answer = client.get(f"{LIST}{query}")
    assert answer.status_code == 200
    return [row.query for row in answer.context["cl"].result_list]


def test_the_list_shows_the_most_frequent_first_and_leads_to_the_search(editor):
    for query, times in (("禽流感 -鸡", 7), ("甲&乙", 7), ("克隆羊", 2)):
        count(query, times)
    client = editor("view_searchwithouthit")
    assert listed(client) == ["甲&乙", "禽流感 -鸡", "克隆羊"]
    text = client.get(LIST).content.decode()
    assert '<a href="/search/?q=%E7%94%B2%26%E4%B9%99">甲&amp;乙</a>' in text
    assert "次数" in text and "有最接近的字句" in text and "synonym/add/?" not in text


def test_the_list_is_narrowed_by_days_and_by_words(editor):
    for days in (0, 6, 7, 29, 30, 364, 365):
        count(f"龘{days}", days_ago=days)
    client = editor("view_searchwithouthit")
    assert set(listed(client, "?days=7")) == {"龘0", "龘6"}
    assert set(listed(client, "?days=30")) == {"龘0", "龘6", "龘7", "龘29"}
    assert set(listed(client, "?days=365")) == {"龘0", "龘6", "龘7", "龘29", "龘30", "龘364"}
    assert len(listed(client, "?days=%27")) == 7
    assert set(listed(client, "?q=龘36")) == {"龘364", "龘365"}
    assert len(listed(client, f"?q={'+'.join('龘' * 1200)}")) == 7


def test_who_may_add_a_synonym_is_offered_it_for_a_name(editor):
    count("克隆羊")
    for other in ("克隆羊 急救", "标题:克隆羊", "地区:火星", "龘" * 61):
        count(other)
    client = editor("view_searchwithouthit", "add_synonym")
    text = client.get(LIST).content.decode()
    assert text.count("synonym/add/?") == 1
    address = "/admin/articles/synonym/add/?name=%E5%85%8B%E9%9A%86%E7%BE%8A"
    assert address in text
    assert client.get(address).context["adminform"].form["name"].value() == "克隆羊"


def test_nothing_can_be_added_or_changed(admin_client):
    row = count("克隆羊")
    assert admin_client.get(f"{LIST}add/").status_code == 403
    assert admin_client.post(f"{LIST}{row.pk}/change/", {"query": "别的"}).status_code == 403
    row.refresh_from_db()
    assert row.query == "克隆羊"


def test_only_who_may_view_sees_the_list_and_only_who_may_delete_deletes(editor):
    row = count("克隆羊")
    client = editor("view_searchwithouthit")
    assert client.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert "delete_selected" not in client.get(LIST).content.decode()
    client.post(LIST, {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
    assert SearchWithoutHit.objects.exists()
    User.objects.get().user_permissions.set([])
    assert client.get(LIST).status_code == 403


@pytest.mark.parametrize("by_list", [False, True])
def test_a_deleted_query_is_named_nowhere_and_its_deletion_is_recorded(editor, by_list):
    row = count("某人的电话")
    before = revision()
    client = editor("view_searchwithouthit", "delete_searchwithouthit")
    if by_list:
        client.post(LIST, {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
    else:
        client.post(f"{LIST}{row.pk}/delete/", {"post": "yes"})
    assert not SearchWithoutHit.objects.exists() and revision() == before
    entry = LogEntry.objects.get()
    assert entry.is_deletion() and entry.object_id == str(row.pk)
    assert "电话" not in entry.object_repr + entry.change_message
