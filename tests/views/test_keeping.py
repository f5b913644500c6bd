"""How long each response may be kept. Without a header, browsers keep a 301, 404, 405, 410 or 414 for ever."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from articles.models import Redirect
from tests.make import make_article
from tests.views import test_walk
from tests.views.test_walk import walk

pytestmark = pytest.mark.django_db

archive = test_walk.archive

ASK, NEVER = "private, no-cache", "no-store"


@pytest.mark.parametrize("method", ["get", "head", "post", "options", "delete"])
def test_every_answer_says_how_long_it_may_be_kept(archive, client, method):
    for _, path, *_ in walk(archive):
        kept = getattr(client, method)(path)["Cache-Control"]
        assert ("no-cache" in kept) != path.startswith("/favicon") or method not in ("get", "head"), (path, kept)


@pytest.mark.urls("tests.errors")
@pytest.mark.parametrize(
    ("path", "status", "kept"),
    [
        ("/misunderstood/", 400, ASK),
        ("/search/?q=%00", 400, ASK),
        ("/topics/?" + "&".join(f"x{number}=1" for number in range(6000)), 400, ASK),
        ("/refused/", 403, ASK),
        ("/form-refused/", 403, ASK),
        ("/nothing/", 404, ASK),
        ("/static/nothing.css", 404, ASK),
        ("/topics", 301, ASK),  # APPEND_SLASH
        ("/issues/2024-2-3/", 301, "no-cache"),
        ("/search/?since=1990", 302, ASK),
        ("/old/", 301, "no-cache"),
        ("/gone/", 410, ASK),
        ("/failed/", 500, NEVER),
        ("/late/", 503, NEVER),
        ("/admin/nothing/", 302, None),  # Django's own header, with no-store
        ("/admin/", 302, None),
        ("/admin/login/", 200, None),
        ("/admin", 301, ASK),
        ("/search/?q=x&as=csv", 200, ASK),
        ("/topics/?as=nothing", 400, ASK),
    ],
)
def test_what_may_change_is_asked_for_anew_and_what_failed_is_kept_nowhere(client, path, status, kept):
    Redirect.objects.moved("/old/", "/topics/")
    Redirect.objects.moved("/gone/", "")
    client.raise_request_exception = False
    response = client.get(path)
    assert response.status_code == status
    said = response["Cache-Control"]
    assert said == kept if kept else "no-store" in said and "private" in said


def test_what_the_desk_answers_is_kept_nowhere(client):
    client.force_login(User.objects.create_superuser("admin"))
    article = make_article()
    for path in ("/admin/", "/admin/articles/article/", f"/admin/articles/article/{article.pk}/change/",
                 "/admin/articles/nothing/", "/admin/articles/article/autocomplete/"):  # fmt: skip
        assert "no-store" in client.get(path)["Cache-Control"], path
    # A readers' page that an editor requests is made for that editor.
    assert client.get(f"{article.get_absolute_url()}cite/")["Cache-Control"] == ASK


def test_a_redirect_to_another_scheme_or_host_may_change_as_well(settings):
    settings.SECURE_SSL_REDIRECT = True
    response = Client().get("/topics/")
    assert (response.status_code, response["Cache-Control"]) == (301, ASK)
    assert Client().get("/topics/", headers={"host": "evil.example"})["Cache-Control"] == ASK


def test_an_icon_is_kept_for_a_month(client):
    icon = client.get("/favicon.ico")
    assert (icon.status_code, icon["Content-Type"]) == (200, "image/x-icon")
    assert icon["Cache-Control"] == "public, max-age=2592000"
    assert icon.content.startswith(b"\0\0\1\0\3\0") and 500 < len(icon.content) < 5000
    assert client.get("/favicon.ico")["Cache-Control"] == icon["Cache-Control"]
