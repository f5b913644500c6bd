"""Addresses of the desk that nobody was given. The answer is a 404, a refusal or a way back, never a failure."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User

from articles.admin.base import SturdyLists
from articles.models import Article, SourceText

pytestmark = pytest.mark.django_db

BIG = "9" * 25
#: More digits than Python converts into a number.
ENDLESS = "9" * 5000


def base(model):
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/"


def test_an_id_that_is_none_is_not_found(admin_client):
    for model in admin.site._registry:
        for odd in (BIG, "1_5F2"):
            for view in ("history", "change"):
                # If such a row could exist, Django's own pages redirect and say in a message that there is none.
                assert admin_client.get(f"{base(model)}{odd}/{view}/").status_code in (302, 404), (model, odd, view)


def test_an_odd_history_or_batch_is_not_found(admin_client, page):
    for odd in (BIG, "-1", "1_5F", "abc", ENDLESS):
        assert admin_client.get(f"/admin/articles/article/{odd}/history/").status_code == 404
        for address in ("", "undo/"):
            assert admin_client.get(f"/admin/desk/batches/{odd}/{address}").status_code == 404
    assert admin_client.get("/admin/desk/batches/?p=abc").status_code == 200


@pytest.mark.parametrize("model", [Article, SourceText, User], ids=["searching", "read-only", "Django's own"])
def test_a_list_asked_for_oddly_shows_its_rows_or_says_why_not(admin_client, model):
    years = [f"date_joined__year={year}" for year in (BIG, "-1", "１")] if model is User else []
    queries = (f"id__in={BIG}", f"pk__in=1,{BIG}", "p=-1", "p=abc", "o=9.9.-9", f"_to_field={BIG}", "e=1", "q=%ED%A0")
    for query in (*queries, *years):
        response = admin_client.get(f"{base(model)}?{query}", follow=True)
        assert response.status_code in (200, 400), query


def test_an_odd_selection_changes_nothing(admin_client, admin_user):
    for odd in (BIG, "abc", "1_5F2", ENDLESS):
        data = {"action": "delete_selected", "_selected_action": odd, "post": "yes"}
        response = admin_client.post(base(User), data, follow=True)
        assert response.status_code == 200
        # PostgreSQL compares ids with a number of any length, and finds nothing.
        assert odd == BIG or "筛选条件或所选记录无效" in response.content.decode()
    admin_user.refresh_from_db()


def test_a_nul_is_refused(admin_client, page):
    for path in (f"/admin/articles/page/{page.pk}%00/change/", "/admin/articles/region/%00/history/", "/admin/?q=%00"):
        assert admin_client.get(path).status_code == 400


def test_no_list_is_less_sturdy_than_the_others():
    assert [model for model, each in admin.site._registry.items() if not isinstance(each, SturdyLists)] == []
