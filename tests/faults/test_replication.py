"""A host that only reads, on a streaming standby: it follows the primary, outlives it, and takes its place."""

import http.client
import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from urllib.parse import quote

import psycopg
import pytest

from healthnews import launcher
from tests import postgres, replication
from tests.conftest import missing
from tests.make import PAGE, write
from tests.run import USERS_SETTINGS

#: An address of a stand-in's screen, whose query takes so long that the standby has to cancel it once.
SLOW = """
import os, sys, threading
import django
django.setup()
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import path

tries = []

def slow(request):
    tries.append(1)
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        print("asking", flush=True)
        seconds = 3 if len(tries) <= int(sys.argv[1]) else 0
        cursor.execute("SELECT count(*) FROM articles_issue, LATERAL pg_sleep(%s)", [seconds])
        return HttpResponse(str(cursor.fetchone()[0]))

import types
urls = types.ModuleType("urls_of_the_test")
from healthnews import urls as real
urls.urlpatterns = [path("slow/", slow), *real.urlpatterns]
urls.handler500 = "articles.web.unavailable.server_failed"
sys.modules["urls_of_the_test"] = urls
settings.ROOT_URLCONF = "urls_of_the_test"
response = Client(raise_request_exception=False, headers={"cookie": "sessionid=x"}).get("/slow/")
print(response.status_code, len(tries), flush=True)
"""


class Host:
    """A web host: gunicorn and a follower of the search index, with a folder of its own."""

    def __init__(self, folder, url, stack, **settings):
        self.folder = folder
        self.environment = {name: value for name, value in os.environ.items() if name not in USERS_SETTINGS}
        self.environment |= {
            "DATABASE_URL": url,
            "VAR_DIR": str(folder),
            "DJANGO_SETTINGS_MODULE": "healthnews.settings",
        }
        self.environment |= {"SECRET_KEY": "k" * 50, **settings}
        self._stack = stack

    def manage(self, *arguments):
        """Run a command and return its exit code and what it said."""
        command = [sys.executable, "manage.py", *map(str, arguments)]
        done = subprocess.run(command, cwd=launcher.ROOT, env=self.environment, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def serve(self):
        """Start the follower and gunicorn, and keep the port."""
        listener = self._stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        self.port = listener.getsockname()[1]
        gunicorn = ["-m", "gunicorn", *launcher.GUNICORN, "--bind", f"fd://{listener.fileno()}", "--workers", "1"]
        for command in (gunicorn, ["manage.py", "sync_search", "--follow"]):
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=launcher.ROOT,
                env=self.environment,
                pass_fds=[listener.fileno()],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            self._stack.callback(process.wait)
            self._stack.callback(process.terminate)

    def get(self, path):
        """Return the status and the text of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", quote(path, safe="/?="))
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def wait_for(self, path, text, seconds):
        """Return after how many seconds the answer has the text; fail after `seconds`."""
        started = time.monotonic()
        while True:
            status, answer = self.get(path)
            if status == 200 and text in answer:
                return time.monotonic() - started
            assert time.monotonic() - started < seconds, (status, answer[-3000:])
            time.sleep(0.05)


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """A primary whose archive has one page, its host, and a standby."""
    programs = postgres.find_programs()
    if programs is None:
        missing("postgresql", "no PostgreSQL is installed")
    folder = tmp_path_factory.mktemp("primary")
    with replication.running(programs) as made, ExitStack() as stack:
        made.host = Host(folder, made.primary, stack)
        assert made.host.manage("prepare", write(folder / "pages", PAGE))[0] == 0
        made.do("make_standby")
        yield made


def conflict(primary):
    """Remove row versions on the primary that the standby then can't keep for a running query."""
    with psycopg.connect(primary, autocommit=True) as connection:
        connection.execute("UPDATE articles_issue SET number = number")
        connection.execute("VACUUM articles_issue")


@pytest.mark.parametrize(("slow", "answer"), [(1, "200 2"), (2, "503 2")])
def test_a_query_that_recovery_cancels_is_asked_once_more(pair, tmp_path, slow, answer):
    with ExitStack() as stack:
        reading = Host(tmp_path, pair.standby, stack, READ_ONLY="1", WEB="1", ALLOWED_HOSTS="testserver")
        reading.environment["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        command = [sys.executable, "-c", SLOW, str(slow)]
        with subprocess.Popen(
            command, cwd=launcher.ROOT, env=reading.environment, stdout=subprocess.PIPE, text=True
        ) as asking:
            for line in asking.stdout:
                if line != "asking\n":
                    assert line.strip() == answer
                    break
                time.sleep(0.2)  # the query has begun
                conflict(pair.primary)


def epoch(host):
    code = "import django; django.setup(); from articles.models import archive; print(archive.state().epoch)"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=launcher.ROOT,
        env=host.environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_a_host_on_a_standby_follows_outlives_and_succeeds_its_primary(pair, tmp_path):
    primary = pair.host
    with ExitStack() as stack:
        reading = Host(tmp_path / "reading", pair.standby, stack, READ_ONLY="1", WEB="1")
        for arguments in (["prepare"], ["import_pages", tmp_path], ["migrate"], ["createsuperuser"], ["reread"]):
            code, said = reading.manage(*arguments)
            assert code == 1 and "READ_ONLY=1：这台主机只读" in said, said
        assert reading.manage("collectstatic", "--no-input", "-v0") == (0, "")
        reading.serve()
        reading.wait_for("/search/?q=流动诊室", "流动诊室", 60)
        for path in ("/admin/", "/admin/login/", "/admin/desk/queue/conflict/"):
            status, text = reading.get(path)
            assert status == 403 and "<h1>本站只读</h1>" in text

        other = PAGE.replace("流动诊室", "白鹭医疗船").replace("\n3\n", "\n5\n", 1)
        assert primary.manage("import_pages", write(tmp_path / "more", other, "05.txt"))[0] == 0
        reading.wait_for("/search/?q=白鹭医疗船", "白鹭医疗船</mark>", 30)  # 2 seconds are promised on an idle machine

        pair.do("kill_primary")
        # While the last rows are applied, a query may be cancelled twice: this standby never waits for queries.
        reading.wait_for("/issues/2024-11-22/", "2024年11月22日", 30)
        reading.wait_for("/search/?q=白鹭医疗船", "白鹭医疗船</mark>", 30)
        assert reading.manage("backup", tmp_path / "backup.zip")[0] == 0

        pair.do("promote")
        before = epoch(reading)
        promoted = Host(reading.folder, pair.standby, stack)
        third = PAGE.replace("流动诊室", "红柳药浴").replace("\n3\n", "\n6\n", 1)
        assert promoted.manage("import_pages", write(tmp_path / "third", third, "06.txt"))[0] == 0
        assert epoch(promoted) != before
        reading.wait_for("/search/?q=红柳药浴", "红柳药浴</mark>", 60)  # still with READ_ONLY=1, on its new primary
        promoted.serve()
        promoted.wait_for("/admin/login/", "登录", 30)
        promoted.wait_for("/search/?q=红柳药浴", "红柳药浴</mark>", 60)
