"""The launcher as a person meets it: real processes, in a copy of the checkout whose locks are empty."""

import ast
import fcntl
import hashlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path

import pytest

from healthnews import launcher

pytestmark = pytest.mark.process

SOURCES = Path(launcher.__file__).parent
SYSTEM = {"PATH": "/usr/bin:/bin"}

MANAGE = """
import os, sys
print("prepare", sys.argv[1:], os.environ.get("ALLOWED_HOSTS"), os.environ["PYTHONPYCACHEPREFIX"], flush=True)
sys.exit("broken" in sys.argv[-1])
"""
# Stands where "-m gunicorn" looks first.
GUNICORN = """
import http.server, sys

class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"served")

host, port = sys.argv[sys.argv.index("--bind") + 1].rsplit(":", 1)
http.server.HTTPServer((host, int(port)), Page).serve_forever()
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    """Return a checkout with stubs for the parts that the launcher starts, at a path with a space and Chinese."""
    root = tmp_path_factory.mktemp("a b") / "归档"
    (root / "healthnews").mkdir(parents=True)
    for name in ("__init__.py", "__main__.py", "keeper.py", "launcher.py"):
        shutil.copy(SOURCES / name, root / "healthnews")
    for lock in (launcher.BUILD_LOCK, *launcher.LOCKS.values()):
        (root / lock.name).write_text("# nothing to install\n")
    (root / "manage.py").write_text(MANAGE)
    (root / "gunicorn.py").write_text(GUNICORN)
    return root


@pytest.fixture
def free_address() -> str:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"127.0.0.1:{taken.getsockname()[1]}"


def launch(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the launcher to its end."""
    command = [sys.executable, "-m", "healthnews", *arguments]
    environment = SYSTEM | environment
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, encoding="utf-8", timeout=60)


def serve(root: Path, address: str, **environment: str) -> tuple[str, str, int]:
    """Start the launcher, ask the server for a page, end it by SIGTERM; return the page, the output, the exit code."""
    command = [sys.executable, "-m", "healthnews", "pages"]
    environment = SYSTEM | {"ADDR": address} | environment
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, cwd=root, env=environment, **streams) as server:
        try:
            page = ask(f"http://{address}/", server)
        finally:
            server.send_signal(signal.SIGTERM)
            said = server.communicate(timeout=30)[0].decode()
    return page, said, server.returncode


def ask(url: str, server: subprocess.Popen[bytes]) -> str:
    """Return the page at `url` once the server is up."""
    while server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=10) as response:
                return response.read().decode()
        except OSError:
            time.sleep(0.05)
    return "never served"


def assert_refused(done: subprocess.CompletedProcess[str], sentence: str) -> None:
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(sentence + r"[^\n]*。\n", done.stderr), done.stderr


def test_it_sets_up_once_serves_and_stops_with_the_server(checkout, free_address):
    # What a user's environment may hold must not bend pip or Python.
    hostile = {"PIP_USER": "1", "PIP_TARGET": "/nowhere", "PIP_REQUIRE_VIRTUALENV": "1", "PYTHONPATH": "/nowhere",
               "PYTHONWARNINGS": "error", "VIRTUAL_ENV": "/nowhere", "HOME": "/nowhere"}  # fmt: skip
    page, said, code = serve(checkout, free_address, **hostile)
    prepared = f"prepare ['prepare', '{checkout}/pages'] None {checkout}/var/pycache"
    assert (page, code) == ("served", -signal.SIGTERM)
    assert said.splitlines()[:3] == [
        "建立 .venv 并安装依赖（约 45 MB，只在第一次或依赖变动后）……",
        prepared,
        f"健康报档案：http://{free_address}/",
    ]
    assert "manage.py createsuperuser" in said
    assert re.search(r"^prepare \['sync_search', '--follow', '--parent', '[0-9]+'\]", said, re.MULTILINE)
    assert {path.name for path in checkout.iterdir()} == {
        ".venv", "var", "healthnews", "manage.py", "gunicorn.py",
        "requirements.txt", "requirements-build.txt", "requirements-dev.txt",
    }  # fmt: skip
    sources = {"__init__.py", "__main__.py", "keeper.py", "launcher.py"}
    assert {path.name for path in (checkout / "healthnews").iterdir()} == sources

    started = time.monotonic()
    page, said, code = serve(checkout, free_address)
    assert (page, said.splitlines()[0]) == ("served", prepared)
    assert time.monotonic() - started < 5


def test_it_serves_nothing_that_could_not_be_prepared(checkout, free_address):
    done = launch(checkout, "broken", ADDR=free_address)
    assert (done.returncode, done.stderr) == (1, "档案没有准备好，服务没有启动：请按上面所说的原因处理后重试。\n")


def test_a_failed_venv_is_removed(checkout, tmp_path, free_address):
    copy = shutil.copytree(checkout, tmp_path / "copy", ignore=shutil.ignore_patterns(".venv", "var"))
    (copy / "requirements.txt").write_text("no-such-package==1 --hash=sha256:" + "0" * 64 + "\n")
    done = launch(copy, ADDR=free_address, PIP_NO_INDEX="1")
    assert done.returncode == 1
    assert done.stdout == "建立 .venv 并安装依赖（约 45 MB，只在第一次或依赖变动后）……\n"
    sentence, *lines = done.stderr.splitlines()
    assert sentence == "requirements.txt 没有装成：请检查磁盘空间与 pip 的索引设置后重试。pip 最后说："
    assert "No matching distribution found for no-such-package==1" in lines[-1]
    assert not (copy / ".venv").exists()


def test_without_a_network_that_is_said_first(checkout, tmp_path, free_address):
    copy = shutil.copytree(checkout, tmp_path / "copy", ignore=shutil.ignore_patterns(".venv", "var"))
    (copy / "requirements.txt").write_text("no-such-package==1 --hash=sha256:" + "0" * 64 + "\n")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = f"http://127.0.0.1:{taken.getsockname()[1]}/simple"
    done = launch(copy, ADDR=free_address, HOME=str(tmp_path), PIP_INDEX_URL=closed, PIP_RETRIES="1")
    assert done.returncode == 1
    sentence, *lines = done.stderr.splitlines()
    assert sentence == (
        "连不上软件包索引，requirements.txt 没有装成：请接通网络（或设好代理与 pip 的索引）后重试。pip 最后说："
    )
    assert lines and not (copy / ".venv").exists()


def test_a_pip_conf_says_where_to_fetch_from_and_nothing_else(checkout, tmp_path, free_address):
    copy = shutil.copytree(checkout, tmp_path / "copy", ignore=shutil.ignore_patterns(".venv", "var"))
    wheel = tmp_path / "wheels" / "tiny-1-py3-none-any.whl"
    wheel.parent.mkdir()
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("tiny.py", "")
        file.writestr("tiny-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1\n")
        file.writestr("tiny-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr("tiny-1.dist-info/RECORD", "")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (copy / "requirements.txt").write_text(f"tiny==1 --hash=sha256:{digest}\n")
    conf = tmp_path / ".config" / "pip" / "pip.conf"
    conf.parent.mkdir(parents=True)
    conf.write_text(
        f"[global]\nno-index = true\nfind-links =\n    {wheel.parent}\n    {tmp_path}\n"
        f"[install]\nuser = yes\ntarget = {tmp_path}/elsewhere\nno-binary = :all:\nrequire-virtualenv = no\n"
    )
    done = launch(copy, "broken", ADDR=free_address, HOME=str(tmp_path))
    assert "没有装成" not in done.stderr and "档案没有准备好" in done.stderr
    assert list(copy.glob(".venv/lib/python*/site-packages/tiny.py"))
    assert not (tmp_path / "elsewhere").exists()


def test_what_the_stamp_vouches_for(tmp_path, monkeypatch):
    for name in ("VENV", "PYTHON", "STAMP", "BUILD_LOCK"):
        monkeypatch.setattr(launcher, name, tmp_path / name)
    monkeypatch.setattr(launcher, "LOCKS", {"serve": tmp_path / "serve", "test": tmp_path / "test"})
    for path in (launcher.PYTHON, launcher.BUILD_LOCK, *launcher.LOCKS.values()):
        path.write_text("")
    done = []
    monkeypatch.setattr(launcher, "make_venv", lambda lock: done.append("venv"))
    monkeypatch.setattr(launcher, "pip_install", lambda lock_file, lock: done.append(lock_file.name))

    def installed_by(purpose: str) -> list[str]:
        done.clear()
        launcher.install(purpose, 0)
        return list(done)

    assert installed_by("serve") == ["venv", "BUILD_LOCK", "serve"]
    assert installed_by("serve") == []
    assert installed_by("test") == ["test"], "the test tools are added to what is there"
    assert installed_by("serve") == installed_by("test") == []
    launcher.STAMP.unlink()
    assert installed_by("serve") == ["venv", "BUILD_LOCK", "serve"], "an interrupted installation left no stamp"
    launcher.LOCKS["serve"].write_text("changed")
    assert installed_by("test") == ["venv", "BUILD_LOCK", "test"]
    monkeypatch.setattr(launcher, "VENV", tmp_path / "copied")
    assert installed_by("test") == ["venv", "BUILD_LOCK", "test"]
    monkeypatch.setattr(launcher.platform, "python_version", lambda: "3.99.0")
    assert installed_by("test") == ["venv", "BUILD_LOCK", "test"]


def test_a_second_launcher_waits_for_the_first(checkout, free_address):
    (checkout / "var").mkdir(exist_ok=True)
    command = [sys.executable, "-m", "healthnews", "broken"]
    with (checkout / "var" / "launcher.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        second = subprocess.Popen(command, cwd=checkout, env=SYSTEM | {"ADDR": free_address}, stdout=subprocess.PIPE)
        with second:
            assert second.stdout.readline().decode() == "另一个 python3 -m healthnews 正在准备，等它完成……\n"
            fcntl.flock(file, fcntl.LOCK_UN)
            assert "prepare" in second.stdout.read().decode()


def test_a_busy_port_is_refused_before_anything_is_made(tmp_path):
    shutil.copytree(SOURCES, tmp_path / "healthnews", ignore=shutil.ignore_patterns("__pycache__"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        assert_refused(launch(tmp_path, ADDR=address), re.escape(f"{address} 已被占用（也许档案已在运行）："))
    assert [path.name for path in tmp_path.iterdir()] == ["healthnews"]


def test_other_addresses_that_cannot_be_bound_are_refused():
    assert_refused(launch(launcher.ROOT, ADDR="203.0.113.1:8000"), "203.0.113.1:8000 不属于本机：")


@pytest.mark.parametrize(
    "address",
    ["nonsense", "http://[::1]:80", "127.0.0.1:0", ":65536", "::1:8000", "[::g]:80", "a..b:80", "八千", "８０００"],
)
def test_a_nonsense_address_is_refused(address):
    with pytest.raises(launcher.Refusal, match=f"^ADDR=“{re.escape(address)}”不是可用的地址：请写成 .*。$"):
        launcher.read_address(address)


def test_a_nonsense_address_ends_the_launcher_in_one_sentence():
    assert_refused(launch(launcher.ROOT, ADDR="nonsense"), "ADDR=“nonsense”不是可用的地址：")


def test_an_unknown_option_is_refused():
    assert_refused(launch(launcher.ROOT, "--port", "80"), "不认识选项“--port”：")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("10.0.0.5:80", ("10.0.0.5", 80)),
        (":8080", ("127.0.0.1", 8080)),
        ("8080", ("127.0.0.1", 8080)),
        ("[::1]:8000", ("::1", 8000)),
        ("archive.example.cn:443", ("archive.example.cn", 443)),
    ],
)
def test_the_address_may_be_written_in_several_ways(text, address):
    assert launcher.read_address(text) == address


@pytest.mark.parametrize(
    ("host", "given", "allowed"),
    [
        ("127.0.0.1", None, None),
        ("::1", None, None),
        ("10.0.0.5", None, "localhost,127.0.0.1,[::1],10.0.0.5"),
        ("fe80::1", "example.cn", "example.cn,[fe80::1]"),
        ("example.cn", "example.cn", "example.cn"),
    ],
)
def test_the_host_becomes_an_allowed_host(host, given, allowed):
    environment = {"ALLOWED_HOSTS": given} if given else {}
    launcher.allow_host(environment, host)
    assert environment.get("ALLOWED_HOSTS") == allowed


def test_a_server_on_all_interfaces_allows_the_names_of_the_machine():
    environment = {}
    launcher.allow_host(environment, "0.0.0.0")
    assert environment["ALLOWED_HOSTS"].split(",")[:4] == ["localhost", "127.0.0.1", "[::1]", socket.gethostname()]


def test_an_old_python_is_told_so():
    script = "import runpy, sys; sys.version_info = (3, 8, 0); runpy.run_module('healthnews', run_name='__main__')"
    command = [sys.executable, "-c", script]
    environment = SYSTEM | {"PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=launcher.ROOT, env=environment, capture_output=True, encoding="utf-8")
    assert_refused(done, "健康报档案需要 Python 3.11 或更新的版本，这里是 3.8：")


def test_an_old_python_can_compile_the_first_file():
    source = (SOURCES / "__main__.py").read_text("utf-8")
    # Nothing here is younger than Python 2.7; what else a statement may hold is not used at all.
    known = "Module Expr Constant Import ImportFrom alias If Compare Eq Lt Name Load Store Attribute Tuple Assign Call "
    known += "Subscript Slice BinOp Mod"
    assert {type(node).__name__ for node in ast.walk(ast.parse(source))} <= set(known.split())
    assert source.startswith("# -*- coding: utf-8 -*-\n"), "Python 2 reads ASCII unless told"
