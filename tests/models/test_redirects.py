"""Old URLs lead to where their content is now, in one step."""

import pytest

from articles.models import Redirect
from tests.make import make_issue, make_page

pytestmark = pytest.mark.django_db


def pairs():
    return dict(Redirect.objects.values_list("old_path", "new_path"))


def test_it_grows_no_chains():
    Redirect.objects.moved("/a/", "/b/")
    Redirect.objects.moved("/b/", "/c/")
    assert pairs() == {"/a/": "/c/", "/b/": "/c/"}


def test_moving_back_leaves_no_loop():
    Redirect.objects.moved("/a/", "/b/")
    Redirect.objects.moved("/b/", "/a/")
    assert pairs() == {"/b/": "/a/"}


def test_it_follows_rows_that_move():
    page = make_page(make_issue(), 3)
    with Redirect.objects.following([page]):
        type(page).objects.filter(pk=page.pk).update(number=4)
    assert pairs() == {"/issues/2024-11-22/pages/3/": "/issues/2024-11-22/pages/4/"}


def test_the_site_leads_on(client):
    page = make_page(make_issue(), 4)
    Redirect.objects.moved("/issues/2024-11-22/pages/3/", page.get_absolute_url())
    response = client.get("/issues/2024-11-22/pages/3/")
    assert (response.status_code, response["Location"]) == (301, page.get_absolute_url())
    assert client.get("/issues/2024-11-22/pages/5/").status_code == 404
