"""The export of lists while readers are served.

The number of exports at a time is limited. Each file is complete and of one state of the archive. Readers come first.
"""

import gc
import threading
import time

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client, RequestFactory

from articles.models import Article, Page, archive
from articles.search.sync import sync
from articles.views import exports, issues, records
from articles.web import exporting
from tests.make import make_article, make_issue, make_page, update

pytestmark = pytest.mark.django_db

FILE = "/issues/2024-11-22/?as=csv"


@pytest.fixture(autouse=True)
def setting(settings, tmp_path, monkeypatch):
    settings.SEARCH_DIR = tmp_path / "search"
    gc.collect()  # releases the exports that earlier tests dropped unread
    assert free() == exporting.MOST
    # Closing a response would also close the test's own database connection.
    monkeypatch.setattr(BaseDatabaseWrapper, "close_if_unusable_or_obsolete", lambda self: None)
    yield
    gc.collect()  # the next module may ask for files


def free():
    """Return the number of exports that could begin now."""
    begun = []
    try:
        while True:
            begun.append(exporting.Export())
    except exporting.TooMany:
        return len(begun)
    finally:
        for export in begun:
            export.close()


def ask(client=None, method="get", path=FILE, **headers):
    return getattr(client or Client(), method)(path, headers=headers)


def test_more_files_at_a_time_than_may_be_are_refused_with_a_sentence():
    make_article()
    held = [ask() for _ in range(exporting.MOST)]
    assert [response.status_code for response in held] == [200] * exporting.MOST
    for path in (
        FILE,
        "/search/?q=文章&as=jsonl",
        "/regions/?as=csv",
        "/issues/missing/?as=csv",
        "/contributors/?as=jsonl",
    ):
        refused = ask(path=path)
        assert (refused.status_code, refused["Retry-After"]) == (503, str(exporting.RETRY_AFTER)), path
        assert f"请过 {exporting.RETRY_AFTER} 秒再试" in refused.content.decode()
    assert ask(method="head").status_code == 200  # HEAD makes no file
    assert ask(path="/issues/2024-11-22/").status_code == 200
    held[0].close()
    assert ask().status_code == 200


@pytest.mark.parametrize("leave", ["read", "unread", "half", "dropped", "head", "conditional"])
def test_a_place_is_free_again_however_an_answer_ends(leave, monkeypatch):
    monkeypatch.setattr(exporting, "BLOCK", 10)
    make_article()
    match leave:
        case "read":
            assert "一篇文章" in b"".join(ask().streaming_content).decode()
        case "unread":
            ask().close()
        case "half":
            response = ask()
            assert len(next(iter(response.streaming_content))) == 10
            response.close()
        case "dropped":
            ask()
            gc.collect()
        case "head":
            ask(method="head")
        case "conditional":
            ask(if_none_match="*").close()
    assert free() == exporting.MOST


def test_a_server_that_never_begins_to_send_leaves_the_place_free():
    make_article()
    environ = RequestFactory().get(FILE).environ
    WSGIHandler()(environ, lambda status, headers: None).close()
    assert free() == exporting.MOST


def test_a_place_is_free_again_when_the_making_fails(monkeypatch):
    make_article()

    def fail(*args, **named):
        raise ZeroDivisionError

    for module, name in ((records, "gbt_2025"), (exports, "load_stories"), (exports, "date_of_paper")):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, fail)
            with pytest.raises(ZeroDivisionError):
                ask()
    assert free() == exporting.MOST


def test_what_is_not_made_in_time_is_no_file_at_all(monkeypatch):
    make_article()
    sync()
    monkeypatch.setattr(exporting, "MAKING", 0)
    for path in (FILE, "/regions/?as=jsonl", "/search/?q=文章&as=ris"):
        response = ask(path=path)
        assert response.status_code == 503 and response["Retry-After"]
        assert "没有在限时内做好" in response.content.decode() and "分几次下载" in response.content.decode()
    assert free() == exporting.MOST


def test_no_room_for_a_file_is_said(monkeypatch, settings, tmp_path):
    make_article()
    monkeypatch.setattr(exporting, "IN_MEMORY", 1)
    settings.VAR_DIR = tmp_path / "not there"
    assert ask().status_code == 503
    assert free() == exporting.MOST


def test_a_client_can_tell_a_broken_connection_from_the_end_of_a_file(monkeypatch):
    make_article()
    response = ask()
    assert int(response["Content-Length"]) == len(b"".join(response.streaming_content))
    monkeypatch.setattr(exporting, "SENDING", -1)
    with pytest.raises(BrokenPipeError):  # it makes a server close the connection before the announced length
        next(iter(ask().streaming_content))


def test_a_file_on_disk_is_the_file(monkeypatch):
    for number in range(5):
        make_article(headline=f"第{number}篇")
    whole = b"".join(ask().streaming_content)
    monkeypatch.setattr(exporting, "IN_MEMORY", 1)
    monkeypatch.setattr(exporting, "BLOCK", 7)
    assert b"".join(ask().streaming_content) == whole


@pytest.mark.django_db(transaction=True)
def test_a_file_is_of_one_state_whoever_writes_meanwhile(monkeypatch):
    page = make_page(make_issue(), 1)
    for number in range(3):
        make_article(page, f"旧{number}")
    monkeypatch.setattr(exports, "CHUNK", 1)
    read, chunks = exports.load_stories, []

    def write():
        update(Article.objects.all(), headline="新")
        with archive.change() as change:
            change.articles(Article.objects.filter(pk=Article.objects.latest("pk").pk))
            Article.objects.filter(pk=Article.objects.latest("pk").pk).update(withdrawn=True)
        connections.close_all()

    def read_and_let_another_write(ids, **options):
        chunks.append(ids)
        stories = read(ids, **options)
        if len(chunks) == 1:
            writer = threading.Thread(target=write)
            writer.start()
            writer.join()
        return stories

    monkeypatch.setattr(exports, "load_stories", read_and_let_another_write)
    text = b"".join(ask().streaming_content).decode()
    assert len(chunks) == 3 and [f"旧{number}" in text for number in range(3)] == [True] * 3 and "新" not in text
    assert "旧" not in b"".join(ask().streaming_content).decode()
    update(Article.objects.all(), headline="又可以写")  # the connection is writable again
    assert not connection.in_atomic_block


def test_who_asks_for_a_file_is_no_reader_while_it_is_made_and_others_are(monkeypatch):
    make_article()
    waiting = []

    def note(first):
        def noted(*args, **kwargs):
            waiting.append(exporting.readers._waiting)
            return first(*args, **kwargs)

        return noted

    monkeypatch.setattr(records, "gbt_2025", note(records.gbt_2025))
    monkeypatch.setattr(issues, "neighbour_issues", note(issues.neighbour_issues))
    ask().close()
    ask(path="/issues/2024-11-22/")
    assert waiting == [0, 1] and exporting.readers._waiting == 0


def test_a_file_waits_for_readers_but_not_for_ever():
    readers, is_going_on = exporting.Readers(), threading.Event()

    def wait():
        readers.let_go_first(60)
        is_going_on.set()

    readers.let_go_first(60)  # no reader is waiting
    with readers.one():
        readers.let_go_first(0.001)  # it gives up after this time
        thread = threading.Thread(target=wait)
        thread.start()
        assert not is_going_on.wait(0.05)
    assert is_going_on.wait(30)
    thread.join()


def test_a_file_gives_readers_nine_times_as_long_as_it_has_worked(monkeypatch):
    waits = []

    def texts():
        for work in (0.05, 0):
            end = time.thread_time() + work
            while time.thread_time() < end:
                pass
            yield "一行"

    monkeypatch.setattr(exporting.readers, "let_go_first", waits.append)
    export = exporting.Export()
    export.make(texts())
    export.close()
    assert len(waits) == 1 and waits[0] >= 9 * 0.05


def test_a_silent_client_is_given_up():
    class Socket:
        def settimeout(self, seconds):
            self.seconds = seconds

    make_article()
    environ = RequestFactory().get(FILE).environ | {"gunicorn.socket": Socket()}
    WSGIHandler()(environ, lambda status, headers: None).close()
    assert environ["gunicorn.socket"].seconds == exporting.SILENCE


def test_many_rows_are_asked_for_by_one_parameter():
    issue = make_issue()
    pages = [make_page(issue, number) for number in (1, 2, 3)]
    articles = [make_article(page) for page in pages]
    wanted = {articles[0].pk, articles[2].pk}
    for ids in (wanted, list(wanted), dict.fromkeys(wanted).keys()):
        found = Article.objects.filter(pk__among=ids)
        assert {row.pk for row in found} == wanted and len(found.query.sql_with_params()[1]) == 1
    assert set(Article.objects.filter(page__among={pages[1].pk})) == {articles[1]}
    assert set(Article.objects.exclude(page__among={pages[1].pk})) == {articles[0], articles[2]}
    assert not Page.objects.filter(pk__among=set())
    assert Page.objects.filter(pk__among=set(range(100_000)) | {page.pk for page in pages}).count() == 3
