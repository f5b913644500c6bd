"""The methods that an address takes. It states them, and refuses all others before it reads anything."""

import pytest
from django.test import Client

from articles.models import Article
from tests.make import make_article
from tests.markup import check_markup
from tests.views import test_walk
from tests.views.test_walk import walk

pytestmark = pytest.mark.django_db

archive = test_walk.archive

READ = "GET, HEAD, OPTIONS"
WRITTEN = f"{READ}, POST"


def test_readers_pages_are_read_and_nothing_else(archive):
    client = Client(enforce_csrf_checks=True)  # checks apply only where forms are taken
    for _, path, *_ in walk(archive):
        allow = WRITTEN if path == "/display/" else READ
        options = client.options(path)
        assert (options.status_code, options["Allow"], options.content) == (204, allow, b""), path
        for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"):
            if method not in allow:
                response = client.generic(method, path)
                assert (response.status_code, response["Allow"]) == (405, allow), (method, path)
    assert Article.objects.count() == 4


def test_who_is_refused_reads_why(client):
    response = client.post("/topics/")
    assert "<h1>不能这样请求</h1>" in response.content.decode()
    check_markup(response.content.decode(), "405")
    assert client.head("/topics/").status_code == 200


@pytest.mark.parametrize(
    ("path", "allow"),
    [("/display/", WRITTEN), ("/admin/", WRITTEN), ("/admin/login/", WRITTEN), ("/admin/articles/article/", WRITTEN),
     ("/static/archive.css", READ), ("/static/nothing.css", READ)],
)  # fmt: skip
def test_where_forms_are_taken_they_are(client, path, allow):
    assert client.options(path)["Allow"] == allow
    assert client.delete(path).status_code == 405
    assert (client.post(path).status_code == 405) == ("POST" not in allow)


def test_what_is_not_there_takes_no_method(client):
    for method in ("options", "post", "delete", "get"):
        assert getattr(client, method)("/nothing/").status_code == 404
    assert client.post("/topics").status_code == 301  # leads to an address that refuses POST


def test_head_is_get_without_its_content(archive, client):
    for _, path, status, _ in walk(archive):
        headers = Client().head(path)
        page = client.get(path)
        assert (headers.status_code, headers.content) == (status, b""), path
        assert {name for name, _ in headers.items()} >= {name for name, _ in page.items()} - {"Last-Modified"}, path


def test_head_of_a_file_sends_none_of_it(client):
    make_article()
    for suffix in ("csv", "jsonl", "ris"):
        response = client.head(f"/issues/2024-11-22/?as={suffix}")
        assert response.status_code == 200 and b"".join(response) == b""
