"""An archive in earnest tells how it stands: gunicorn with two workers, on a PostgreSQL of its own that comes and goes.

One server answers all questions, because its start takes longest. The tests run in the order of this file.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path

import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families

from articles.metrics import TICK
from healthnews import launcher
from tests import postgres
from tests.conftest import missing
from tests.faults.processes import children
from tests.run import ROOT, USERS_SETTINGS

#: The script that makes a server of PostgreSQL and obeys the lines `start` and `stop`. It ends with its input.
DATABASE = """
"$PROGRAMS/initdb" -D data -A trust -U app -E UTF8 --locale=C.UTF-8 --no-sync >said 2>&1
while read -r order; do
    "$PROGRAMS/pg_ctl" -D data -l said -s -w -m fast "$order" -o "-k '$PWD' -c listen_addresses='' -c fsync=off" \
        >>said 2>&1
    echo done
done
"$PROGRAMS/pg_ctl" -D data -s -m immediate stop
"""

#: The programs that make an archive without articles, and its index.
BEGIN = "import django; django.setup(); from django.core.management import call_command\n"
MAKE = """
from articles.models import archive
call_command("migrate", verbosity=0)
with archive.change() as change:
    change.other()
"""

#: What a proxy of our own adds to the request of a reader.
PROXIED = {"Host": "example.cn", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}

#: The size of the disk that is filled. PostgreSQL and the temporary files have another one.
DISK = 24 << 20


class Archive:
    """The server under test: its folder, its database and its port."""

    def __init__(self, var: Path, folder: Path, port: int, database: subprocess.Popen, process: subprocess.Popen):
        self.var = var
        self.folder = folder
        self.port = port
        self.database = database
        self.process = process

    def ask(self, path, method="GET", peer="127.0.0.1", **headers):
        """Return the status and the body of an answer, and the seconds that it took."""
        started = time.monotonic()
        connection = HTTPConnection(peer, self.port, timeout=120)
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        body = response.read().decode()
        connection.close()
        return response.status, body, time.monotonic() - started

    def head(self, path, sent):
        """Return the status and the headers of an answer to a GET with the headers `sent`."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request("GET", path, headers=sent)
            with connection.getresponse() as response:
                response.read()
                return response.status, response.headers

    def health(self):
        """Return the status of /healthz, what it found and the seconds that it took."""
        status, body, took = self.ask("/archive/healthz", Host="10.0.0.1")
        return status, json.loads(body)["checks"], took

    def metrics(self):
        """Return the figures of /metrics, when all workers have written: {name or (name, label values …): value}."""
        time.sleep(2 * TICK)
        status, body, _ = self.ask("/metrics")
        assert status == 200
        return {
            (sample.name, *sample.labels.values()) if sample.labels else sample.name: sample.value
            for family in text_string_to_metric_families(body)
            for sample in family.samples
        }

    def lines(self, **fields):
        """Return the lines of the log with these values."""
        text = (self.var / "archive.log").read_text("utf-8")
        told = [json.loads(line) for line in text.splitlines()]
        return [line for line in told if fields.items() <= line.items()]

    def order(self, word):
        """Start or stop the database."""
        print(word, file=self.database.stdin, flush=True)
        assert self.database.stdout.readline() == "done\n", (self.folder / "said").read_text("utf-8", "replace")

    def sql(self, *statements):
        with psycopg.connect(host=str(self.folder), user="app", dbname="postgres", autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    programs = postgres.find_programs()
    if programs is None:
        missing("postgresql", "no PostgreSQL is installed")
    with ExitStack() as stack:
        var = tmp_path_factory.mktemp("var")
        if (
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "none", var], capture_output=True).returncode
            == 0
        ):
            stack.callback(subprocess.run, ["umount", "--lazy", var])
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="healthnews-pg-", dir="/tmp")))
        database = stack.enter_context(
            subprocess.Popen(
                ["/bin/sh", "-c", DATABASE],
                cwd=folder,
                env={"PATH": os.defpath, "PROGRAMS": str(programs)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                **postgres.owner(folder),
            )
        )
        environment = {name: value for name, value in os.environ.items() if name not in USERS_SETTINGS}
        environment |= {
            "DATABASE_URL": f"postgres://app@/postgres?host={folder}",
            "VAR_DIR": str(var),
            "PROD": "1",
            "SECRET_KEY": "k" * 50,
            "ALLOWED_HOSTS": "example.cn",
            "BEHIND_PROXY": "1",
            "URL_PREFIX": "/archive",
            "SLOW_QUERY_MS": "0",
            "DISK_FREE_MB": "5",
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }
        (var / "static").mkdir()
        (var / "static" / "kept.css").write_text("p { color: black }")
        listener = stack.enter_context(socket.create_server(("0.0.0.0", 0)))
        archive = Archive(var, folder, listener.getsockname()[1], database, None)
        archive.order("start")
        for code in (MAKE, "call_command('sync_search')"):
            subprocess.run([sys.executable, "-c", BEGIN + code], cwd=ROOT, env=environment, check=True)
        command = [sys.executable, "-m", "gunicorn", *launcher.GUNICORN, "--bind", f"fd://{listener.fileno()}"]
        with (folder / "stderr").open("wb") as stderr:
            archive.process = subprocess.Popen(
                command, cwd=ROOT, pass_fds=[listener.fileno()], stderr=stderr, env=environment
            )
        stack.callback(archive.process.wait)
        stack.callback(archive.process.terminate)
        yield archive


def test_a_probe_by_address_is_answered_before_host_and_https(archive):
    status, found, _ = archive.health()
    assert status == 200 and {name: each["ok"] for name, each in found.items()} == dict.fromkeys(
        ["process", "database", "migrations", "index", "disk"], True
    )
    assert found["index"]["behind"] == found["index"]["seconds"] == 0
    for path in ("/healthz", "/archive/healthz"):
        assert archive.ask(path, Host="10.0.0.1:8000")[0] == 200
        assert archive.ask(path, "HEAD")[:2] == (200, "")
        assert archive.ask(path, "POST")[0] == 405
    assert archive.ask("/archive/status/", Host="10.0.0.1")[0] == 400
    assert archive.ask("/archive/status/", Host="example.cn")[0] == 301
    assert archive.ask("/archive/status/", **PROXIED)[0] == 200
    assert archive.ask("/archive/healthz/", **PROXIED)[0] == 404


#: The headers that keep a browser safe, whatever it was answered.
SAFE_HEADERS = {
    *("Content-Security-Policy", "Cross-Origin-Opener-Policy", "Permissions-Policy", "Referrer-Policy"),
    *("X-Content-Type-Options", "X-Frame-Options", "Cache-Control"),
}

#: {a kind of answer: its status, the path, more headers of the request}.
KINDS_OF_ANSWERS = {
    "page": (200, "/archive/help/", {}),
    "page below the prefix that the proxy took off": (200, "/topics/", {}),
    "search": (200, "/archive/search/?q=%E5%81%A5%E5%BA%B7", {}),
    "feed": (200, "/archive/feed/", {}),
    "suggestions": (200, "/archive/suggest/?q=%E5%81%A5", {}),
    "table": (200, "/archive/regions/?as=csv", {}),
    "export": (200, "/archive/search/?as=csv&q=%E5%81%A5%E5%BA%B7", {}),
    "robots.txt": (200, "/archive/robots.txt", {}),
    "icon": (200, "/archive/favicon.ico", {}),
    "static file": (200, "/archive/static/kept.css", {}),
    "log-in of the desk": (200, "/archive/admin/login/", {}),
    "desk without a log-in": (302, "/archive/admin/", {}),
    "redirect to the home page": (301, "/archive", {}),
    "redirect to the slash": (301, "/archive/topics", {}),
    "no such page": (404, "/archive/nothing/", {}),
    "no such static file": (404, "/archive/static/nothing.css", {}),
    "malformed": (400, "/archive/search/?q=%00", {}),
    "other host": (400, "/archive/topics/", {"Host": "evil.example"}),
    "probe": (200, "/archive/healthz", {}),
    "figures for others": (403, "/archive/metrics", {}),
    "refused by gunicorn for its length": (414, "/archive/?q=" + "a" * 9000, {}),
    "refused by gunicorn for its headers": (431, "/archive/", {"Cookie": "a" * 20_000}),
    "refused by gunicorn for its form": (400, "/archive/", {"Content-Length": "x"}),
}


@pytest.mark.parametrize("kind", KINDS_OF_ANSWERS)
def test_every_kind_of_answer_has_the_headers_of_safety(archive, kind):
    expected, path, more = KINDS_OF_ANSWERS[kind]
    status, headers = archive.head(path, PROXIED | more)
    assert status == expected
    assert {name for name in SAFE_HEADERS if len(headers.get_all(name, [])) != 1} == set()
    assert headers["Strict-Transport-Security"] == "max-age=3600"


def test_only_an_answer_by_https_binds_to_https(archive):
    for path in ("/archive/healthz", "/archive"):
        _, headers = archive.head(path, PROXIED | {"X-Forwarded-Proto": "http"})
        assert "Strict-Transport-Security" not in headers and "Referrer-Policy" in headers


def test_metrics_are_for_this_machine_alone(archive):
    assert archive.ask("/metrics")[0] == archive.ask("/archive/metrics", Host="example.cn")[0] == 200
    for name in ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Any", "Forwarded", "X-Real-IP", "Via"):
        status, body, _ = archive.ask("/metrics", **{name: "127.0.0.1"})
        assert status == 403 and "只给本机" in body and "archive_" not in body, name
    own = [line.split()[3].split("/")[0] for line in subprocess.run(
        ["ip", "-o", "-4", "addr"], capture_output=True, text=True
    ).stdout.splitlines() if " lo " not in line]  # fmt: skip
    for peer in own:
        assert archive.ask("/metrics", peer=peer)[0] == 403


def test_a_request_has_one_line_without_what_somebody_looks_for(archive):
    sent = {**PROXIED, "X-Request-ID": "proxy-0123456789"}
    assert archive.ask("/archive/search/?q=%E7%A7%98%E5%AF%86", **sent, **{"User-Agent": "a-browser"})[0] == 200
    [line] = archive.lines(logger="archive.requests", request="proxy-0123456789")
    assert line["path"] == "/archive/search/" and line["method"] == "GET" and line["status"] == 200
    assert line["queries"] > 0 and 0 < line["query_ms"] < line["ms"] and "user" not in line
    assert archive.lines(logger="archive.statements", request="proxy-0123456789")
    archive.ask("/archive/", **{**PROXIED, "X-Request-ID": "a b\x1b[31m"})
    text = (archive.var / "archive.log").read_text("utf-8")
    for secret in ("秘密", "%E7", "192.0.2.7", "a-browser", "31m"):
        assert secret not in text


def test_what_somebody_sends_stays_within_a_line(archive):
    for path in ("/archive/%0A%7B%22level%22%7D", "/archive/%1B%5B31m", "/archive/%E2%80%AEgnp", "/archive/%C2%9B31m",
                 "/archive/%E2%80%A8", "/archive/%ED%A0%80", "/archive/%00", "/archive/%FF"):  # fmt: skip
        assert archive.ask(path, **PROXIED)[0] in (400, 404)
    for raw in (
        b"GET /?q=\xe7\xa7\x98\x1b[31m HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n\x1b[31m: a\r\n\r\n",
        b"\x1b]0;a\x07\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", archive.port), 30) as connection:
            connection.sendall(raw)
            assert b" 400 " in connection.recv(100)
    for path in (archive.var / "archive.log", archive.folder / "stderr"):
        lines = path.read_text("utf-8").splitlines()
        assert lines and all(line.isprintable() and json.loads(line) for line in lines)
    said = (archive.folder / "stderr").read_text("utf-8")
    assert "Invalid" in said and "127.0.0.1" not in said and "q=" not in said


def test_counters_are_summed_over_workers_dead_ones_included(archive):
    before = archive.metrics()
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: archive.ask("/archive/status/", **PROXIED)[0], range(40))) == {200}
    after = archive.metrics()
    status = ("archive_requests_total", "status", "2xx")
    assert after[status] - before.get(status, 0) == 40
    assert after["archive_statements_total"] > before["archive_statements_total"]
    assert after["archive_request_seconds_count", "pages"] - before["archive_request_seconds_count", "pages"] == 40
    for worker in children(archive.process.pid):
        os.kill(worker, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            counted = archive.metrics()[status]
            break
        except OSError:
            time.sleep(0.2)
    assert counted == after[status]
    [folder] = (archive.var / "metrics").iterdir()
    assert folder.name == str(archive.process.pid)


def test_index_and_migrations_that_lag_are_told(archive):
    archive.sql("UPDATE articles_archive SET revision = revision + 3, changed_at = now() - interval '20 seconds'")
    status, found, _ = archive.health()
    assert status == 200 and found["index"]["behind"] == 3 and 20 <= found["index"]["seconds"] < 60
    figures = archive.metrics()
    assert figures["archive_index_lag_revisions"] == 3 and figures["archive_index_lag_seconds"] >= 20
    archive.sql("UPDATE articles_archive SET changed_at = now() - interval '1 day'")
    status, found, _ = archive.health()
    assert status == 503 and not found["index"]["ok"] and found["database"]["ok"]
    archive.sql(
        "UPDATE articles_archive SET revision = revision - 3", "CREATE TABLE kept AS SELECT * FROM django_migrations"
    )
    archive.sql(
        "DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations WHERE app = 'articles')"
    )
    status, found, _ = archive.health()
    assert status == 503 and not found["migrations"]["ok"] and "migrate" in found["migrations"]["text"]
    archive.sql("DROP TABLE django_migrations")
    assert archive.health()[0] == 503
    archive.sql("ALTER TABLE kept RENAME TO django_migrations")
    assert archive.health()[0] == 200


def test_a_database_that_hangs_stops_and_comes_back_is_told_in_time(archive):
    server = int((archive.folder / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(server, signal.SIGSTOP)
    try:
        for status, found, took in (archive.health(), archive.health()):
            assert status == 503 and not found["database"]["ok"] and took < 3
        assert archive.ask("/metrics")[2] < 3
    finally:
        os.kill(server, signal.SIGCONT)
    archive.order("stop")
    status, found, took = archive.health()
    assert status == 503 and "数据库连不上" in found["database"]["text"] and found["disk"]["ok"] and took < 3
    assert archive.metrics()["archive_database_up"] == 0
    status, page, _ = archive.ask("/archive/status/", **PROXIED, **{"X-Request-ID": "proxy-database"})
    assert status == 503 and "<code>proxy-database</code>" in page
    [line] = archive.lines(logger="archive.requests", request="proxy-database")
    assert line["status"] == 503
    archive.order("start")
    assert archive.health()[0] == 200 and archive.ask("/archive/status/", **PROXIED)[0] == 200


def test_a_full_disk_fails_no_request(archive):
    if not os.path.ismount(archive.var):
        missing("tmpfs", "only root may mount a small disk")
    before = archive.metrics()
    filler = archive.var / "filler"
    with pytest.raises(OSError, match="No space left"), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"a" * 4096) or os.fsync(file.fileno())
    for number in range(60):
        assert archive.ask("/archive/status/", **PROXIED)[0] == 200
        assert archive.ask(f"/archive/{number}", **PROXIED)[0] == 404
    status, found, _ = archive.health()
    assert status == 503 and not found["disk"]["ok"] and "5 MB" in found["disk"]["text"]
    after = archive.metrics()
    status = ("archive_requests_total", "status", "2xx")
    assert after[status] - before.get(status, 0) == 60 and after["archive_disk_free_bytes"] < 5 << 20
    assert "日志写不进" in (archive.folder / "stderr").read_text("utf-8")
    filler.unlink()
    assert archive.ask("/archive/status/", **PROXIED, **{"X-Request-ID": "room-again"})[0] == 200
    text = (archive.var / "archive.log").read_text("utf-8")
    assert re.search(r'"request": "room-again", "method"', text) and archive.health()[0] == 200
