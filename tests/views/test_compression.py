"""Pages without a session are sent in gzip to those who take it, and are the same pages."""

import gzip

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.make import make_article

pytestmark = pytest.mark.django_db

ALL_KINDS = ("/", "/feed/", "/robots.txt", "/topics/", "/help/", "/sitemap.xml")


def get(client, path, accepted="gzip, deflate, br", **headers):
    return client.get(path, headers={"accept-encoding": accepted, **headers})


@pytest.mark.parametrize("path", ALL_KINDS)
def test_the_page_is_the_same_in_both_codings_made_anew_and_from_memory(path):
    make_article()
    plain = Client().get(path)
    assert plain.status_code == 200 and "Content-Encoding" not in plain
    client = Client()
    for response in (get(client, path), get(client, path), get(client, path, if_none_match='"other"')):
        assert response["Content-Encoding"] == "gzip"
        assert gzip.decompress(response.content) == plain.content
        assert int(response["Content-Length"]) == len(response.content)
        assert response["ETag"] == plain["ETag"]
    kept = client.get(path)
    assert kept.content == plain.content and "Content-Encoding" not in kept
    assert int(kept["Content-Length"]) == len(plain.content)


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "gzip; q=0.0, br", "*;q=0"])
def test_who_takes_no_gzip_gets_none(accepted):
    client = Client()
    for response in (get(client, "/help/", accepted), get(client, "/help/", accepted)):
        assert "Content-Encoding" not in response and response.content.startswith(b"<!doctype html")


def test_caches_are_told_that_the_coding_differs():
    client = Client()
    for accepted in ("gzip", "identity"):
        page = get(client, "/help/", accepted)
        unchanged = get(client, "/help/", accepted, if_none_match=page["ETag"])
        assert (unchanged.status_code, unchanged.content) == (304, b"") and "Content-Encoding" not in unchanged
        for response in (page, unchanged):
            assert {"Cookie", "Accept-Encoding"} <= {each.strip() for each in response["Vary"].split(",")}


def test_a_head_tells_the_length_of_the_page():
    client = Client()
    length = get(client, "/help/")["Content-Length"]
    head = client.head("/help/", headers={"accept-encoding": "gzip"})
    assert (head["Content-Length"], head["Content-Encoding"], head.content) == (length, "gzip", b"")


def test_what_holds_a_secret_is_not_compressed():
    client = Client()
    form = get(client, "/display/")
    assert b"csrfmiddlewaretoken" in form.content and "Content-Encoding" not in form
    client.force_login(User.objects.create_superuser("admin"))
    for path in ("/", "/help/", "/admin/", "/admin/articles/article/"):
        assert "Content-Encoding" not in get(client, path)


def test_what_is_sent_once_is_compressed_too_and_nothing_stays_nothing():
    make_article()
    for path, status in (("/articles/999/", 404), ("/status/", 200), ("/issues/2024-02-30/", 404)):
        plain, response = Client().get(path), get(Client(), path)
        assert response.status_code == status and response["Content-Encoding"] == "gzip"
        assert len(gzip.decompress(response.content)) == len(plain.content) == int(plain["Content-Length"])
        assert "Accept-Encoding" in plain["Vary"]
    moved = get(Client(), "/issues")
    assert (moved.status_code, moved.content) == (301, b"") and "Content-Encoding" not in moved
