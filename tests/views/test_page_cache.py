"""The page cache answers from memory, or with 304 if the browser has the page.

It never sends a stale page, or one made for another reader.
"""

import datetime

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.http import http_date

from articles.models import Article, archive
from articles.web import page_cache
from articles.web.page_cache import Key, PageCacheMiddleware, PageStore, StoredPage
from articles.web.release import release
from articles.web.today import today
from tests.make import make_article, update

pytestmark = pytest.mark.django_db

TOPICS = "/topics/"


def cite_page(article):
    """Return the path of a page that shows an article and asks the index nothing."""
    return f"{article.get_absolute_url()}cite/"


@pytest.fixture
def client():
    """A client with its own middleware, and hence its own store of pages."""
    return Client()


def queries(client, path, **headers):
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path, headers=headers)
    return len(captured), response


def change():
    with archive.change() as this:
        this.other()


def test_a_page_is_made_once_and_then_costs_one_query(client):
    make_article()
    made, first = queries(client, "/")
    kept, second = queries(client, "/")
    assert made > 1 and kept == 1
    assert second.content == first.content and second["ETag"] == first["ETag"]
    # A page less than a second old has no date, because that date could not tell it from its successor.
    assert dict(second.items()).items() - first.items() <= {("Last-Modified", second.get("Last-Modified"))}


def test_what_the_browser_has_is_not_sent_again(client):
    article = make_article()
    page = client.get(cite_page(article))
    for sent in (page["ETag"], f'"other", {page["ETag"]}', page["ETag"].removeprefix("W/")):
        count, response = queries(Client(), cite_page(article), if_none_match=sent)
        assert (response.status_code, response.content, count) == (304, b"", 1)
        assert response["ETag"] == page["ETag"]
    assert client.get(cite_page(article), headers={"if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize("is_kept", [False, True])
@pytest.mark.parametrize("method", ["get", "head"])
def test_the_conditions_of_a_request_are_met(client, monkeypatch, is_kept, method):
    path = cite_page(make_article())

    def ask(**headers):
        made = client if is_kept else Client()
        response = getattr(made, method)(path, headers={name.replace("_", "-"): said for name, said in headers.items()})
        assert response.status_code == 200 or response.content == b""
        return response.status_code

    etag = client.get(path)["ETag"]
    strong = etag.removeprefix("W/")
    assert ask(if_none_match="*") == 304  # * matches any page
    for held in (etag, strong, f'"a", {etag}', f'W/"b",{strong} , "c"'):
        assert ask(if_none_match=held) == 304, held
    for other in ('"a"', 'W/"a", "b"', "a", "", strong.strip('"'), '"*"'):
        assert ask(if_none_match=other) == 200, other
    assert ask(if_match="*") == 200
    assert ask(if_match=etag) == 412  # If-Match needs equal bytes, which a weak tag doesn't promise
    assert ask(if_modified_since="Sat, 01 Jan 2000 00:00:00 GMT") == 200
    assert ask(if_modified_since="no date") == 200


def test_a_page_is_dated_by_when_it_was_known_to_be_as_it_is(client, monkeypatch):
    now = 1_800_000_000.4
    monkeypatch.setattr("articles.web.page_cache.time.time", lambda: now)
    article = make_article()
    path = cite_page(article)
    assert "Last-Modified" not in client.get(path)  # within this second the page may still change
    now += 1
    dated = client.get(path)["Last-Modified"]
    assert dated == http_date(1_800_000_001)

    def ask(**headers):
        return client.get(path, headers=headers).status_code

    now += 60
    assert ask(if_modified_since=dated) == 304
    assert ask(if_modified_since=http_date(1_800_000_500)) == 304
    assert ask(if_modified_since=http_date(1_800_000_000)) == 200
    assert ask(if_modified_since=dated, if_none_match='"other"') == 200  # the tag takes precedence
    assert ask(if_modified_since=http_date(0), if_none_match="*") == 304
    assert ask(if_unmodified_since=dated) == 200
    assert ask(if_unmodified_since=http_date(1_800_000_000)) == 412
    update(Article.objects.filter(pk=article.pk), headline="新的标题")
    assert ask(if_modified_since=dated) == 200
    now += 2
    again = client.get(path)["Last-Modified"]
    assert ask(if_modified_since=again) == 304
    monkeypatch.setattr(page_cache, "release", lambda: "another")
    assert ask(if_modified_since=again) == 200


def test_a_clock_that_is_set_back_makes_no_old_page_fresh(client, monkeypatch):
    now = 1_800_000_000.4
    monkeypatch.setattr("articles.web.page_cache.time.time", lambda: now)
    article = make_article()
    path = cite_page(article)
    client.get(path)
    now += 2
    dated = client.get(path)["Last-Modified"]
    now -= 7200
    update(Article.objects.filter(pk=article.pk), headline="新的标题")
    answer = client.get(path, headers={"if-modified-since": dated})
    assert answer.status_code == 200 and "Last-Modified" not in answer
    now += 7300
    assert client.get(path)["Last-Modified"] > dated


def test_a_page_that_is_not_there_meets_no_condition(client):
    for path in ("/articles/999/", "/issues/2024-02-30/", "/nothing/"):
        assert client.get(path, headers={"if-none-match": "*"}).status_code == 404


def test_a_change_makes_every_page_anew(client):
    article = make_article(headline="旧的标题")
    old = client.get("/")
    update(Article.objects.filter(pk=article.pk), headline="新的标题")
    new = client.get("/", headers={"if-none-match": old["ETag"]})
    assert new.status_code == 200 and "新的标题" in new.content.decode() and new["ETag"] != old["ETag"]


def test_another_epoch_and_another_release_are_other_pages(client, monkeypatch):
    change()
    etags = {client.get(TOPICS)["ETag"]}
    archive.Archive.objects.update(epoch=archive.new_epoch())
    etags.add(client.get(TOPICS)["ETag"])
    monkeypatch.setattr(page_cache, "release", lambda: "another")
    etags.add(client.get(TOPICS)["ETag"])
    assert len(etags) == 3


def test_each_display_has_its_own_page(client):
    usual = client.get(TOPICS)
    client.cookies["display"] = "large-night-off"
    night = client.get(TOPICS, headers={"if-none-match": usual["ETag"]})
    assert night.status_code == 200 and "theme-night" in night.content.decode()
    client.cookies["display"] = "off-night-large-nonsense"  # the same choice, written differently
    assert queries(client, TOPICS)[0] == 1


def test_parameters_that_no_form_knows_reach_no_page(client):
    plain = client.get("/columns/")
    odd = client.get("/columns/?utm_source=x&page=&evil=%3Cb%3E")
    assert odd["ETag"] == plain["ETag"] and "evil" not in odd.content.decode()
    assert client.get("/columns/?page=1&page=9")["ETag"] == client.get("/columns/?page=9")["ETag"] != plain["ETag"]


def test_a_server_may_leave_out_a_query_string_that_is_empty(rf):
    request = rf.get(TOPICS)
    del request.META["QUERY_STRING"]
    assert PageCacheMiddleware(lambda request: HttpResponse("page"))(request)["ETag"]


def test_the_parameters_of_the_desk_stay(client):
    client.force_login(User.objects.create_superuser("admin"))
    response = client.get("/admin/articles/article/?review__exact=reviewed&o=1")
    assert response.context["cl"].params == {"review__exact": "reviewed", "o": "1"}


def test_who_has_a_session_gets_pages_made_for_them_and_leaves_none(client):
    client.force_login(User.objects.create_superuser("admin"))
    make_article()
    queries(client, "/")  # takes the counts that are cached for each revision
    assert 1 < queries(client, "/")[0] == queries(client, "/")[0] <= 8
    assert "ETag" not in client.get("/")


@pytest.mark.parametrize(
    "path", ["/display/", "/status/", "/articles/999/", "/issues/2024-02-30/", "/search/?since=1990"]
)
def test_forms_errors_redirects_and_what_changes_by_itself_are_not_kept(client, path):
    assert "ETag" not in client.get(path)
    assert "ETag" not in client.get(path)


def test_head_is_answered_and_a_post_is_never(client):
    assert "ETag" in client.head(TOPICS)
    client.get(TOPICS)
    assert queries(client, TOPICS)[0] == 1
    assert client.post(TOPICS).status_code == 405 and "ETag" not in client.post(TOPICS)


def test_a_page_that_shows_the_date_is_another_tomorrow_and_others_stay(monkeypatch, rf):
    made = []

    def view(request):
        made.append(request.path)
        return HttpResponse(str(today()) if request.path == "/dated/" else "always")

    middleware = PageCacheMiddleware(view)

    def get(path, day, **headers):
        monkeypatch.setattr("articles.web.today.timezone.localdate", lambda timezone: datetime.date(2026, 11, day))
        return middleware(rf.get(path, headers=headers))

    first = get("/dated/", 25)
    assert get("/dated/", 25).content == first.content == b"2026-11-25"
    assert get("/dated/", 25, if_none_match=first["ETag"]).status_code == 304
    assert get("/dated/", 26, if_none_match=first["ETag"]).content == b"2026-11-26"
    undated = get("/always/", 26)
    assert get("/always/", 27, if_none_match=undated["ETag"]).status_code == 304
    assert get("/always/", 27).content == b"always"
    assert made == ["/dated/", "/dated/", "/always/"]


def test_another_host_is_refused_whatever_it_claims_to_hold(client):
    tag = client.get(TOPICS)["ETag"]
    for headers in ({}, {"if-none-match": tag}):
        assert client.get(TOPICS, headers={"host": "evil.example", **headers}).status_code == 400


def test_a_proxy_may_keep_for_a_second_what_anybody_may_see_and_nothing_else(client, admin_client, settings):
    article = make_article()
    path = cite_page(article)
    assert [client.get(path)["X-Accel-Expires"] for made_then_kept in range(2)] == ["1", "1"]
    assert client.head(path)["X-Accel-Expires"] == "1"
    for of_nobody_else in ("/display/", "/admin/login/", "/healthz", "/articles/999999/", f"/issues/{article.page_id}"):
        assert "X-Accel-Expires" not in client.get(of_nobody_else), of_nobody_else
    assert "X-Accel-Expires" not in client.get("/search/", {"q": "没有这样的话"})  # each such search is counted
    assert "X-Accel-Expires" not in admin_client.get(path)
    client.cookies[settings.SESSION_COOKIE_NAME] = "of an earlier log-in"
    assert "X-Accel-Expires" not in client.get(path)
    del client.cookies[settings.SESSION_COOKIE_NAME]
    settings.REQUIRE_LOGIN = True
    assert "X-Accel-Expires" not in client.get(path)


@pytest.mark.parametrize(
    "name", ["templates/robots.txt", "templates/base.html", "static/keys.js", "fixtures/words.txt"]
)
def test_the_release_is_of_all_that_pages_are_made_of(settings, tmp_path, name):
    settings.BASE_DIR = tmp_path
    (tmp_path / "static/pictures").mkdir(parents=True)  # a folder has no text to read
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("one")
    before = release.__wrapped__()
    file.write_text("other")
    assert release.__wrapped__() != before


def page(size):
    return StoredPage(b"x" * size, (), "")


def key(path):
    return Key(False, "host", "", path, "", "")


def test_the_store_is_bounded_in_bytes_and_the_least_used_go_first():
    store = PageStore(100_000)
    for index in range(60):
        store.put("1", key(f"/{index}"), page(5000))
        store.get("1", key("/0"))
    assert store.size <= 100_000
    assert store.get("1", key("/0")) and store.get("1", key("/59")) and store.get("1", key("/1")) is None


def test_the_store_takes_no_page_that_would_push_out_many_and_counts_a_page_once():
    store = PageStore(100_000)
    store.put("1", key("/large"), page(20_000))
    assert store.get("1", key("/large")) is None and store.size == 0
    store.put("1", key("/"), page(1000))
    size = store.size
    store.put("1", key("/"), page(1000))
    assert store.size == size > 1000


def test_the_store_forgets_the_pages_of_another_state():
    store = PageStore(100_000)
    store.put("1", key("/"), page(10))
    store.put("2", key("/x"), page(10))
    assert store.get("1", key("/")) is None and store.get("2", key("/")) is None
    assert store.get("2", key("/x")) is not None
