"""A request has a line, an id that its error page shows, and counts; a slow statement has a line without values."""

import json
import logging
import subprocess
import sys

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from prometheus_client import generate_latest

from articles.desk.applying import apply
from articles.desk.writing import writing
from articles.metrics import count_event, registry
from articles.models import Archive
from articles.search.following import FollowerLock, is_followed
from articles.search.state import IndexState, fingerprint
from articles.web import health
from articles.web.health import Lag, _disk
from articles.web.request_log import RequestLogMiddleware, id_of, shape_of
from healthnews.logs import JsonFormatter
from tests.make import make_article
from tests.run import ROOT


@pytest.fixture
def lines():
    """Yield the lines that are logged meanwhile."""
    kept = []

    class Keeping(logging.Handler):
        def emit(self, record):
            kept.append(json.loads(JsonFormatter().format(record)))

    handler = Keeping()
    loggers = [logging.getLogger(name) for name in ("archive.requests", "archive.statements", "articles", "django")]
    for logger in loggers:
        logger.addHandler(handler)
    yield kept
    for logger in loggers:
        logger.removeHandler(handler)


def figures():
    """Return the counters of this process: {series: value}."""
    lines = generate_latest(registry).decode().splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines) if name[0] != "#"}


@pytest.mark.django_db
def test_the_line_of_a_request_names_an_account_by_its_number(client, lines):
    make_article()
    user = User.objects.create_superuser("何文")
    client.get("/search/?q=秘密")
    client.force_login(user)
    client.get("/admin/")
    first, second = (line for line in lines if line["logger"] == "archive.requests")
    assert list(first) == [
        "time",
        "level",
        "logger",
        "request",
        "method",
        "path",
        "status",
        "ms",
        "queries",
        "query_ms",
    ]
    assert (first["path"], first["status"]) == ("/search/", 200) and first["queries"] > 0
    assert second["user"] == user.pk and first["request"] != second["request"]
    assert "何文" not in json.dumps(lines, ensure_ascii=False)


@pytest.mark.urls("tests.errors")
@pytest.mark.parametrize("address", ["/failed/", "/late/", "/without-index/", "/without-database/"])
@pytest.mark.django_db
def test_the_page_of_a_failure_shows_the_id_of_its_line(client, lines, address):
    client.raise_request_exception = False
    page = client.get(address).content.decode()
    [line] = (line for line in lines if line["logger"] == "archive.requests")
    assert f"请把这个请求编号告诉编辑部：<code>{line['request']}</code>" in page
    assert all(each["request"] == line["request"] for each in lines)


@pytest.mark.django_db
def test_other_pages_show_no_id(client):
    make_article()
    assert "请求编号" not in client.get("/").content.decode() + client.get("/nothing/").content.decode()


@pytest.mark.parametrize(
    ("proxies", "sent", "is_kept"),
    [
        (1, "abc-DEF_0.12", True),
        (2, "a" * 64, True),
        (0, "abcdef012345", False),
        (1, "short", False),
        (1, "a" * 65, False),
        (1, "abcdefgh\x1b[31m", False),
        (1, "abcdefgh\n", False),
        (1, "编号编号编号编号", False),
    ],
)
def test_an_id_is_taken_from_our_own_proxy_alone(rf, settings, proxies, sent, is_kept):
    settings.BEHIND_PROXY = proxies
    request = rf.get("/")
    request.META["HTTP_X_REQUEST_ID"] = sent
    assert (id_of(request) == sent) is is_kept and len(id_of(request)) >= 8


@pytest.mark.parametrize(
    ("sql", "shape"),
    [
        ("SELECT a FROM t1 WHERE b = %s", "SELECT a FROM t1 WHERE b = ?"),
        ("SELECT a\n  FROM t WHERE b IN (%s, %s,%s)", "SELECT a FROM t WHERE b IN (?, …)"),
        ("INSERT INTO t VALUES (%s, %s), (%s, %s)", "INSERT INTO t VALUES (?, …), (?, …)"),
        ("a = '某人''s' AND b = 20 AND c = 1.5 AND \"T3\".\"d2\" = -7",
         "a = ? AND b = ? AND c = ? AND \"T3\".\"d2\" = -?"),
        ("a = $$secret$$ OR b = $x$it's$x$ OR c = X'0fa' LIMIT 21", "a = ? OR b = ? OR c = ? LIMIT ?"),
        ("SELECT " + "a, " * 2000, ("SELECT " + "a, " * 2000)[:2000]),
    ],
)  # fmt: skip
def test_a_statement_is_logged_by_its_shape(sql, shape):
    assert shape_of(sql) == shape


@pytest.mark.django_db
def test_a_slow_statement_has_a_line_even_if_it_fails(rf, settings, lines):
    def view(request):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 'secret', %s", [7])
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute("SELECT nothing FROM articles_archive WHERE epoch = 'secret'")
        return HttpResponse()

    for limit, shapes in ((60_000, []), (0, ["SELECT ?, …", "SELECT nothing FROM articles_archive WHERE epoch = ?"])):
        settings.SLOW_QUERY_MS = limit
        lines.clear()
        RequestLogMiddleware(view)(rf.get("/"))
        [answer] = (line for line in lines if line["logger"] == "archive.requests")
        told = [line for line in lines if line["logger"] == "archive.statements" and "SAVEPOINT" not in line["sql"]]
        assert [line["sql"] for line in told] == shapes
        assert all(line["request"] == answer["request"] and line["ms"] >= 0 for line in told)
        assert answer["queries"] >= 2


@pytest.mark.django_db
def test_requests_and_events_are_counted(client):
    make_article()
    before = figures()
    for _ in range(3):
        client.get("/")
    client.get("/nothing/")
    client.get("/admin/login/")
    count_event("requests_refused")
    with pytest.raises(KeyError):
        count_event("nothing")
    after = figures()
    grown = {name: after[name] - before.get(name, 0) for name in after if "_created" not in name}
    assert grown['archive_requests_total{route="home",status="2xx"}'] == 3
    assert grown['archive_requests_total{route="none",status="4xx"}'] == 1
    assert grown['archive_requests_total{route="admin:login",status="2xx"}'] == 1
    assert grown['archive_request_seconds_count{part="pages"}'] == 4
    assert grown['archive_request_seconds_count{part="desk"}'] == 1
    assert grown['archive_request_seconds_sum{part="pages"}'] > 0
    assert (grown["archive_page_cache_hits_total"], grown["archive_page_cache_misses_total"]) == (2, 2)
    assert grown["archive_requests_refused_total"] == 1 and grown["archive_statements_total"] > 4


@pytest.mark.django_db(transaction=True)
def test_a_save_at_the_desk_is_counted_when_it_is_committed():
    article = make_article(headline="旧题")

    def rename(article):
        with writing(None) as this:
            apply(this, article, {"headline": "新题"})

    before = figures()["archive_desk_saves_total"]
    with pytest.raises(RuntimeError), transaction.atomic():
        rename(article)
        raise RuntimeError
    assert figures()["archive_desk_saves_total"] == before
    rename(article)
    assert figures()["archive_desk_saves_total"] == before + 1


def test_an_index_lags_from_the_first_revision_that_it_lacks(monkeypatch):
    """An import changes the archive all the time, and the index follows: that is no lag."""
    clock = [0.0]
    monkeypatch.setattr(health.time, "monotonic", lambda: clock[0])
    lag = Lag()

    def seconds(held, now, epoch="a"):
        clock[0] += 10
        state = IndexState(epoch, held, fingerprint()) if held is not None else None
        return lag.seconds(state, Archive(epoch="a", revision=now))

    assert [seconds(0, 0), seconds(1, 2), seconds(2, 3), seconds(3, 4), seconds(4, 4)] == [0, 0, 0, 0, 0]
    assert [seconds(4, 6), seconds(5, 7), seconds(5, 8), seconds(6, 9), seconds(6, 9)] == [0, 10, 20, 0, 10]
    assert seconds(9, 9) == 0
    assert [seconds(None, 9), seconds(None, 9), seconds(9, 9, "b"), seconds(9, 9)] == [0, 10, 20, 0]


def test_a_disk_without_room_is_told(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.DISK_FREE_MB = 0
    assert _disk().is_well
    settings.DISK_FREE_MB = 10**9
    assert not _disk().is_well and "1000000000 MB" in _disk().text
    settings.VAR_DIR = tmp_path / "gone"
    assert not _disk().is_well


def test_a_follower_is_known_as_long_as_it_lives(settings, tmp_path):
    settings.SEARCH_DIR = tmp_path
    code = "import sys; from django.conf import settings; from pathlib import Path\n"
    code += "settings.configure(SEARCH_DIR=Path(sys.argv[1])); from articles.search.following import FollowerLock\n"
    code += "lock = FollowerLock(); lock.hold(); print('held', flush=True); sys.stdin.read()"
    assert not is_followed()
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as follower:
        assert follower.stdout.readline() == b"held\n" and is_followed() and is_followed()
        second = FollowerLock()
        second.hold()
        follower.kill()
    assert not is_followed()
    second.hold()
    assert is_followed()
    second.release()
    assert not is_followed()
