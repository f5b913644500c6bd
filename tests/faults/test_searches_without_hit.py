"""The count of searches without a hit while processes write at once, end, or meet a database that is not to be written.

No count is lost, no reader waits, and an operator is told once.
"""

import http.client
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client

from articles.models import SearchWithoutHit
from articles.search.sync import paused, sync
from articles.web import searches_without_hit
from articles.web.searches_without_hit import LARGE, SearchCounter, is_counting, refuses_writes
from tests.counting import NEVER, counting, logged
from tests.faults import processes
from tests.make import make_article

pytestmark = pytest.mark.django_db(transaction=True)

TABLE = SearchWithoutHit._meta.db_table


@pytest.fixture(autouse=True)
def index(settings, tmp_path):
    settings.SEARCH_DIR = tmp_path / "search"
    with paused():
        make_article(headline="流动诊室进牧区")
    sync()


def search(client, q):
    answer = client.get("/search/", {"q": q})
    assert answer.status_code == 200
    return answer


def counts():
    return dict(SearchWithoutHit.objects.values_list("query", "times"))


def wait_for(holds):
    deadline = time.monotonic() + 30
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert holds()


def apart(work):
    """Return what `work` returns in a thread of its own, and hence on a connection of its own."""
    found = []

    def run():
        try:
            found.append(work())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60)
    return found[0]


def test_a_batch_is_stored_by_a_thread_that_ends_with_it(settings, monkeypatch):
    with counting(settings, monkeypatch, interval=0.05) as counter:
        search(Client(), "克隆羊")
        assert counter._thread is not threading.main_thread() and counter._thread.daemon
        wait_for(lambda: counts() == {"克隆羊": 1} and counter._thread is None)
        search(Client(), "克隆羊")
        wait_for(lambda: counts() == {"克隆羊": 2})


def test_the_thread_leaves_no_connection_open(settings, monkeypatch):
    with counting(settings, monkeypatch) as counter:
        counter.add("克隆羊", is_nearly=False)
        assert apart(lambda: counter.store_and_close() and connection.connection is None)
        assert counts() == {"克隆羊": 1}


def test_a_large_batch_does_not_wait(settings, monkeypatch):
    with counting(settings, monkeypatch) as counter:
        for number in range(LARGE - 1):
            counter.add(f"龘{number}", is_nearly=False)
        time.sleep(0.2)
        assert counts() == {}
        counter.add("龘龘", is_nearly=False)
        wait_for(lambda: len(counts()) == LARGE)


def test_writers_of_the_same_queries_lose_nothing_and_keep_the_bound(monkeypatch):
    """Six writers, each with a connection of its own, store the same queries in different orders."""
    monkeypatch.setattr("articles.models.searches_without_hit.MOST_ROWS", 60)
    writers, rounds, queries = 6, 8, [f"龘{number}" for number in range(30)]
    barrier, stored = threading.Barrier(writers), []

    def work(writer):
        try:
            counter = SearchCounter(NEVER)
            monkeypatch.setattr(counter, "_start", lambda: None)
            barrier.wait()
            for turn in range(rounds):
                for query in queries[:: 1 if writer % 2 else -1]:
                    counter.add(query, is_nearly=turn % 2 == 0)
                for number in range(20):
                    counter.add(f"{writer}-{turn}-{number}", is_nearly=False)
                stored.append(counter.store())
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(writer,)) for writer in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert stored == [True] * writers * rounds
    assert {query: times for query, times in counts().items() if query in queries} == dict.fromkeys(
        queries, writers * rounds
    )
    assert set(SearchWithoutHit.objects.filter(query__in=queries).values_list("times_nearly", flat=True)) == {24}
    assert SearchWithoutHit.objects.count() == 60


#: The code of a process that counts two searches and ends in order.
ASK = """
import django; django.setup()
from django.test import Client
for query in ("克隆羊", "克隆羊", "龘"):
    assert Client().get("/search/", {"q": query}, headers={"host": "localhost"}).status_code == 200
"""


def environment():
    return processes.environment() | {"DJANGO_SETTINGS_MODULE": "tests.counting_settings"}


def test_processes_that_end_at_once_store_what_they_have_counted():
    ends = [subprocess.Popen([sys.executable, "-c", ASK], env=environment()) for _ in range(2)]
    assert [process.wait(60) for process in ends] == [0, 0]
    assert counts() == {"克隆羊": 4, "龘": 2}


def test_a_worker_of_gunicorn_stores_its_counts_when_it_is_told_to_stop():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = [sys.executable, "-m", "gunicorn", "--config", "healthnews/gunicorn_conf.py", "--workers", "1"]
        server = subprocess.Popen(
            [*command, "--bind", f"fd://{listener.fileno()}"], env=environment(), pass_fds=[listener.fileno()]
        )
        for _ in range(3):
            web = http.client.HTTPConnection("127.0.0.1", listener.getsockname()[1], timeout=60)
            web.request("GET", f"/search/?q={quote('克隆羊')}")
            assert web.getresponse().status == 200
            web.close()
        assert counts() == {}
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0
    assert counts() == {"克隆羊": 3}


@contextmanager
def locked():
    """Hold the lock that each writer of the table needs, on a connection of its own."""
    held, release = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic():
                if connection.vendor == "postgresql":
                    with connection.cursor() as cursor:
                        cursor.execute(f"LOCK TABLE {TABLE} IN EXCLUSIVE MODE")
                held.set()
                release.wait(60)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(30)
    try:
        yield
    finally:
        release.set()
        thread.join(60)


def test_a_locked_database_holds_no_reader_up(settings, monkeypatch):
    with counting(settings, monkeypatch, interval=0.01) as counter:
        with locked():
            search(Client(), "克隆羊")
            wait_for(lambda: not counter._counts)  # the batch is on its way, and waits for the lock
            for _ in range(3):
                search(Client(), "龘")
            # The first batch still waits, so the searches did not wait for its end.
            assert counts() == {} and {query: each.times for query, each in counter._counts.items()} == {"龘": 3}
        wait_for(lambda: counts() == {"克隆羊": 1, "龘": 3})


def test_a_database_that_fails_keeps_the_batch_for_the_next_try_and_says_so_once(settings, monkeypatch, caplog):
    with counting(settings, monkeypatch, interval=0.01) as counter, logged(caplog) as said, connection.cursor() as sql:
        sql.execute(f"ALTER TABLE {TABLE} RENAME TO away")
        try:
            search(Client(), "克隆羊")
            wait_for(said)
            search(Client(), "克隆羊")
            time.sleep(0.2)  # for some more tries
            assert len(said()) == 1 and "does not store them" in said()[0]
            assert is_counting()
        finally:
            sql.execute(f"ALTER TABLE away RENAME TO {TABLE}")
        wait_for(lambda: counts() == {"克隆羊": 2})
        wait_for(lambda: counter._thread is None)


def store_read_only(counter):
    """Store on a connection that may not write, by the means of the database itself."""
    if connection.vendor == "sqlite":
        own = connections["default"]
        own.settings_dict = {**own.settings_dict, "NAME": f"file:{own.settings_dict['NAME']}?mode=ro"}
    else:
        with connection.cursor() as cursor:
            cursor.execute("SET default_transaction_read_only = on")
    return counter.store()


def test_on_a_read_only_database_the_process_counts_no_more_and_says_so_once(settings, monkeypatch, caplog):
    with counting(settings, monkeypatch) as counter, logged(caplog) as said:
        client = Client()
        assert "ETag" not in search(client, "克隆羊")
        assert apart(lambda: store_read_only(counter))
        assert counter.is_refused and not is_counting()
        assert "ETag" in search(client, "克隆羊")  # pages are kept as without the count
        counter.add("龘", is_nearly=False)
        assert counter.store() and counts() == {}
        assert len(said()) == 1 and "read-only" in said()[0]


@pytest.mark.server
def test_a_user_without_the_right_to_write_counts_no_more(settings, monkeypatch):
    with counting(settings, monkeypatch) as counter, connection.cursor() as sql:
        sql.execute("DROP ROLE IF EXISTS reader")
        sql.execute(f"CREATE ROLE reader; GRANT SELECT ON {TABLE} TO reader")
        try:
            search(Client(), "克隆羊")

            def store():
                with connection.cursor() as own:
                    own.execute("SET ROLE reader")
                return counter.store()

            assert apart(store) and counter.is_refused
        finally:
            sql.execute(f"REVOKE ALL ON {TABLE} FROM reader; DROP ROLE reader")


def test_an_error_of_another_kind_is_no_read_only_database():
    for error in (sqlite3.OperationalError("locked"), ValueError()):
        raised = DatabaseError()
        raised.__cause__ = error
        assert not refuses_writes(raised)


def test_the_interval_of_an_archive_is_a_minute():
    assert searches_without_hit.counter._interval == 60
