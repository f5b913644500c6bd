"""A disk that is full, or takes no more writes, and an index that is lost, under an archive that serves.

The archive is on SQLite, with its server and its follower, on a small disk of its own. The tests run in the order of
this file.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from healthnews import launcher
from tests.admin.conftest import fields_of
from tests.conftest import missing
from tests.faults.test_kill import page_text
from tests.make import write
from tests.run import ROOT, USERS_SETTINGS

#: Bytes of the disk.
SIZE = 64 << 20

#: Makes a session of an administrator and prints its key.
SESSION = """
import django; django.setup()
from django.contrib.auth.models import User
from django.test import Client
client = Client()
client.force_login(User.objects.create_superuser("林望舒", password="pass12345678"))
print(client.session.session_key)
"""


class Archive:
    """The archive under test: its disk, its environment and its port."""

    def __init__(self, disk: Path, var: Path, environment: dict[str, str], listener: socket.socket):
        self.disk = disk
        self.var = var
        self.environment = environment
        self.listener = listener
        self.processes: list[subprocess.Popen] = []
        prepared = self.python("manage.py", "prepare")
        assert prepared.returncode == 0, prepared.stderr
        self.session = self.python("-c", SESSION).stdout.strip()

    def start(self):
        """Start the server and the follower."""
        place = self.listener.fileno()
        server = ["-m", "gunicorn", *launcher.GUNICORN, "--bind", f"fd://{place}"]
        self.processes = [
            subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=self.environment,
                pass_fds=[place],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for command in (server, ["manage.py", "sync_search", "--follow"])
        ]

    def stop(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait()

    def python(self, *command):
        """Run Python on the archive and return the process, which has ended."""
        return subprocess.run(
            [sys.executable, *map(str, command)], cwd=ROOT, env=self.environment, capture_output=True, text=True
        )

    def manage(self, *command):
        """Run a command. Return its exit code and all that it said, in which there is no traceback."""
        done = self.python("manage.py", *command)
        said = done.stdout + done.stderr
        assert "Traceback" not in said, said
        return done.returncode, said

    def ask(self, path, fields=None):
        """Return the status and the text of an answer to an administrator."""
        connection = HTTPConnection(*self.listener.getsockname(), timeout=60)
        headers = {"Host": "localhost", "Cookie": f"sessionid={self.session}; csrftoken={'k' * 32}"}
        body = None
        if fields is not None:
            body = urlencode({**fields, "csrfmiddlewaretoken": "k" * 32})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("GET" if body is None else "POST", path, body, headers)
        with connection.getresponse() as response:
            text = response.read().decode()
        connection.close()
        return response.status, text

    def save(self, headline):
        """Open the form of an article, save it with another headline, and return the status."""
        path = "/admin/articles/article/1/change/"
        status, text = self.ask(path)
        if status != 200:
            return status
        fields = fields_of(text)
        head = next(name for name in fields if name.startswith("head-") and name.endswith("-text") and fields[name])
        return self.ask(path, fields | {head: headline, "_save": "1"})[0]

    def finds(self, words):
        """Return the status of a search, and whether it has hits."""
        status, text = self.ask(f"/search/?q={quote(words)}")
        return status, "没有找到" not in text and status == 200

    def waits_for(self, words):
        """Wait until a search finds the words, at most a minute."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if self.finds(words) == (200, True):
                return True
            time.sleep(0.2)
        return False

    def opens_the_index(self):
        """Let each worker open the index as its last writer left it. The engine writes a lock file for that."""
        until = time.monotonic() + 60
        while '"meta": null' in self.state() and time.monotonic() < until:
            time.sleep(0.2)
        for _ in range(30):
            assert self.finds("健康") == (200, True)

    def state(self):
        """Return the text of the state file of the serving index."""
        [pointer] = (self.var / "search").glob("current-*")
        return (self.var / "search" / pointer.read_text().strip() / "state.json").read_text()

    @contextmanager
    def full(self):
        """Leave no room on the disk in this block."""
        filler = self.var / "filler"
        with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
            while True:
                file.write(b"a" * 4096)
        try:
            yield
        finally:
            filler.unlink()


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    with ExitStack() as stack:
        folder = tmp_path_factory.mktemp("disk")
        disk, var = folder / "disk.img", folder / "var"
        var.mkdir()
        with disk.open("wb") as file:
            file.truncate(SIZE)
        commands = (["mkfs.ext4", "-q", disk], ["mount", "-o", "loop", disk, var])
        if any(subprocess.run(command, capture_output=True).returncode for command in commands):
            missing("root", "only root may mount a small disk")
        stack.callback(subprocess.run, ["umount", "--lazy", var])
        environment = {name: value for name, value in os.environ.items() if name not in USERS_SETTINGS}
        environment |= {"VAR_DIR": str(var), "DJANGO_SETTINGS_MODULE": "tests.settings", "ALLOWED_HOSTS": "localhost"}
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        archive = Archive(disk, var, environment, listener)
        stack.callback(archive.stop)
        archive.start()
        yield archive


@pytest.fixture
def pages(tmp_path):
    for number in range(20, 24):
        write(tmp_path, page_text(number), f"{number:03d}.txt")
    return tmp_path


def test_a_full_disk_stops_what_writes_and_nothing_else(archive, pages):
    assert archive.save("磁盘满之前的标题") == 302
    with archive.full():
        for path in ("/", "/articles/1/", "/issues/", "/topics/", "/status/"):
            assert archive.ask(path)[0] == 200, path
        assert archive.finds("健康") == (200, True)
        assert archive.ask("/admin/")[0] == 503  # it shows the sentence on the last save, and takes it off the session
        code, said = archive.manage("import_pages", pages)
        assert code == 1 and "数据库" in said, said
        assert archive.save("磁盘满时的标题") == 503
        code, said = archive.manage("backup", archive.var / "out.zip")
        assert code == 1 and "磁盘" in said, said
        assert not list(archive.var.glob("out.zip*"))
        code, said = archive.manage("sync_search", "--rebuild")
        assert code == 1 and "索引没有更新" in said and "原有索引照常可用" in said, said
        assert archive.finds("健康") == (200, True)
    assert archive.save("有了空间之后的标题") == 302
    code, said = archive.manage("import_pages", pages)
    assert code == 0 and "新增 4，" in said, said
    assert archive.waits_for("有了空间之后的标题") and archive.waits_for("第23版的第9段")
    assert archive.finds("磁盘满时的标题")[1] is False
    assert archive.manage("verify")[0] == 0


def test_a_disk_that_takes_no_writes_stops_what_writes_and_nothing_else(archive, pages):
    archive.opens_the_index()
    subprocess.run(["mount", "-o", "remount,abort", archive.var], check=True)  # as after an error of the disk
    for path in ("/", "/articles/1/", "/issues/", "/topics/", "/status/"):
        assert archive.ask(path)[0] == 200, path
    assert archive.finds("健康") == (200, True)
    assert archive.save("只读时的标题") == 503
    code, said = archive.manage("import_pages", pages)
    assert code == 1 and len(said.strip().splitlines()) == 1, said
    archive.stop()
    subprocess.run(["umount", archive.var], check=True)
    subprocess.run(["mount", "-o", "loop", archive.disk, archive.var], check=True)
    archive.start()
    assert archive.save("又能写之后的标题") == 302
    assert archive.waits_for("又能写之后的标题")
    assert archive.manage("verify")[0] == 0


def test_an_index_that_is_lost_is_no_empty_answer_and_comes_back(archive):
    (archive.var / "search").rename(archive.var / "gone")
    shutil.rmtree(archive.var / "gone")
    seen = set()
    until = time.monotonic() + 60
    while (found := archive.finds("健康")) != (200, True) and time.monotonic() < until:
        seen.add(found)
        time.sleep(0.05)
    assert found == (200, True) and seen <= {(503, False)}, seen
    assert archive.manage("verify")[0] == 0


def test_an_index_that_is_damaged_is_no_empty_answer_and_comes_back(archive):
    [pointer] = (archive.var / "search").glob("current-*")
    folder = archive.var / "search" / pointer.read_text().strip()
    for path in folder.glob("*.idx"):
        path.write_bytes(b"\0" * path.stat().st_size)
    seen = set()
    until = time.monotonic() + 60
    while pointer.read_text().strip() == folder.name and time.monotonic() < until:
        seen.add(archive.finds("健康"))
        time.sleep(0.05)
    assert seen <= {(503, False), (200, True)}, seen
    assert archive.waits_for("健康")
    assert archive.manage("verify")[0] == 0
