"""An internal archive: nothing is read without a log-in, and readers have no desk."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from articles.web.access import is_open
from tests.make import make_article, make_issue, make_page

pytestmark = pytest.mark.django_db

NAME, PASSWORD = "读者", "a-password-of-a-reader"

#: A value for each converter of an address.
VALUES = {
    "issue": "1947-03-03",
    "year": "1947",
    "month": "03",
    "id": "1",
    "int": "1",
    "number": "1",
    "code": "110000",
    "suffix": "bib",
    "slug": "tcm",
    "str": "1",
    "section": "要闻",
    "path": "1",
}

#: Addresses that are open, or whose answer to anybody is the log-in page of the desk itself.
LOGINS = {"/login/", "/admin/login/", "/robots.txt", "/favicon.ico", "/healthz", "/.well-known/security.txt"}


def addresses(resolver, before=""):
    """Yield the address of each pattern below `resolver`, with a value for each of its parameters."""
    for each in resolver.url_patterns:
        route = before + re.sub(r"<(?:(\w+):)?\w+>", lambda found: VALUES[found[1] or "str"], str(each.pattern))
        if isinstance(each, URLResolver):
            yield from addresses(each, route)
        elif isinstance(each, URLPattern):
            yield "/" + re.sub(r"^\^|\$$|\(\?P<\w+>.*?\)", "", route)


@pytest.fixture
def internal(settings):
    settings.REQUIRE_LOGIN = True
    return make_article(make_page(make_issue(), 1), "只供内部的文章")


@pytest.fixture
def reader(internal):
    get_user_model().objects.create_user(NAME, password=PASSWORD)
    client = Client()
    assert client.login(request=client.get("/login/").wsgi_request, username=NAME, password=PASSWORD)
    return client


def test_every_address_is_closed_by_default(internal):
    walked = [path for path in addresses(get_resolver()) if path not in LOGINS]
    assert len(walked) > 150
    client = Client()
    for path in walked:
        answer = client.get(path)
        is_refused = answer.status_code == 403 or (answer.status_code == 302 and "/login/?next=" in answer["Location"])
        assert (
            is_refused or path == "/admin/logout/" or answer.status_code in (404, 405) and path.startswith("/admin/")
        ), path
        assert "public" not in answer["Cache-Control"], path
        assert "只供内部的文章" not in answer.content.decode(), path


@pytest.mark.parametrize("path", [
    "/feed/", "/search/feed/?q=a", "/suggest/?q=a", "/sitemap.xml", "/pages/1/scan/", "/articles/1.bib",
    "/search/?q=a&as=csv", "/opensearch.xml", "/issues/missing.csv", "/nothing.txt",
])  # fmt: skip
def test_programs_are_refused_in_one_sentence(internal, path):
    answer = Client().get(path)
    assert (answer.status_code, answer["Cache-Control"]) == (403, "private, no-store")
    assert answer.content.decode() == "这个档案只供内部使用：请先在 http://testserver/login/ 登录，再取这个文件。\n"


def test_what_is_open_stays_open(internal):
    assert is_open("/healthz") and is_open("/static/archive.css") and not is_open("/healthz/x")
    assert Client().get("/robots.txt").content == b"User-agent: *\nDisallow: /\n"
    assert "退出" not in Client().get("/login/").content.decode()


def test_after_the_login_the_reader_is_at_the_page_asked_for(internal, reader):
    client, path = Client(), f"/articles/{internal.pk}/?q=内部"
    led = client.get(path)
    login = client.get(led["Location"])
    form = {"username": NAME, "password": PASSWORD, "next": login.context["next"]}
    back = client.post("/login/", form)
    assert back.status_code == 302
    assert "只供内部的文章" in client.get(back["Location"]).content.decode()
    assert client.post("/logout/")["Location"] == "/login/"
    assert client.get(path).status_code == 302


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_no_login_leads_to_another_host(reader, elsewhere):
    answer = Client().post("/login/", {"username": NAME, "password": PASSWORD, "next": elsewhere})
    assert answer["Location"] == reverse("home")


def test_a_wrong_password_is_told(internal):
    page = Client().post("/login/", {"username": 'x"', "password": "y"}).content.decode()
    assert "用户名或密码不对" in page and 'value="x&quot;"' in page
    assert "这个档案只供内部使用" in page


def test_a_page_of_one_reader_is_not_kept_for_another(internal, reader):
    path = f"/issues/{internal.page.issue.key}/"
    page = reader.get(path)
    assert "只供内部的文章" in page.content.decode() and "退出" in page.content.decode()
    assert "private" in page["Cache-Control"]
    reader.cookies.clear()  # another client would have a store of its own
    assert reader.get(path).status_code == 302


def test_a_page_kept_before_the_archive_was_closed_is_not_served(internal, settings):
    path, client = "/help/", Client()
    settings.REQUIRE_LOGIN = False
    etag = client.get(path)["ETag"]
    settings.REQUIRE_LOGIN = True
    assert client.get(path).status_code == 302
    assert client.get(path, headers={"if-none-match": etag}).status_code == 302


def test_a_reader_never_sees_the_desk(reader):
    for path in ("/admin/", "/admin/articles/article/", "/admin/desk/batches/"):
        assert reader.get(path)["Location"].startswith("/admin/login/"), path
