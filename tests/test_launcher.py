"""The launcher as a person runs it: real processes in a copy of the checkout whose lock files are empty."""

import ast
import fcntl
import hashlib
import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tarfile
import time
import urllib.request
import zipfile
from pathlib import Path

import pytest

from healthnews import installing, launcher

SOURCES = Path(launcher.__file__).parent
SYSTEM = {"PATH": "/usr/bin:/bin"}

MANAGE = """
import os, sys
print("prepare", sys.argv[1:], os.environ.get("ALLOWED_HOSTS"), os.environ["PYTHONPYCACHEPREFIX"], flush=True)
sys.exit("broken" in sys.argv[-1])
"""
# This module lies where "-m gunicorn" looks first.
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
    """Return a checkout with stubs of the parts that the launcher starts. Its path holds a space and Chinese."""
    root = tmp_path_factory.mktemp("a b") / "归档"
    (root / "healthnews").mkdir(parents=True)
    for name in ("__init__.py", "__main__.py", "installing.py", "keeper.py", "launcher.py"):
        shutil.copy(SOURCES / name, root / "healthnews")
    for lock in (installing.BUILD_LOCK, *installing.LOCKS.values()):
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
    """Start the launcher, fetch a page and end it by SIGTERM. Return the page, the output and the exit code."""
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
    """Return the page at `url` once the server is up, or "never served" if the server ends first."""
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
    # The variables of a user's environment must not change how pip or Python works.
    hostile = {"PIP_USER": "1", "PIP_TARGET": "/nowhere", "PIP_REQUIRE_VIRTUALENV": "1", "PYTHONPATH": "/nowhere",
               "PYTHONWARNINGS": "error", "VIRTUAL_ENV": "/nowhere", "HOME": "/nowhere"}  # fmt: skip
    page, said, code = serve(checkout, free_address, **hostile)
    prepared = f"prepare ['prepare', '{checkout}/pages'] None {checkout}/var/pycache"
    assert (page, code) == ("served", -signal.SIGTERM)
    assert said.splitlines()[:3] == [
        "建立 .venv 并安装依赖（约 56 MB，只在第一次或依赖变动后）……",
        prepared,
        f"健康报档案：http://{free_address}/",
    ]
    assert "manage.py createsuperuser" in said
    assert re.search(r"^prepare \['sync_search', '--follow', '--parent', '[0-9]+'\]", said, re.MULTILINE)
    assert {path.name for path in checkout.iterdir()} == {
        ".venv", "var", "healthnews", "manage.py", "gunicorn.py",
        "requirements.txt", "requirements-build.txt", "requirements-dev.txt",
    }  # fmt: skip
    sources = {"__init__.py", "__main__.py", "installing.py", "keeper.py", "launcher.py"}
    assert {path.name for path in (checkout / "healthnews").iterdir()} == sources

    started = time.monotonic()
    page, said, code = serve(checkout, free_address)
    assert (page, said.splitlines()[0]) == ("served", prepared)
    assert time.monotonic() - started < 5


def test_a_release_is_installed_and_compiled_and_nothing_is_served(checkout):
    module = checkout / "articles" / "page.py"
    module.parent.mkdir()
    module.write_text("x = 1\n")
    done = launch(checkout, "install")
    assert (done.returncode, done.stderr) == (0, "") and done.stdout.endswith(f"{checkout} 已装好。\n"), done
    assert (checkout / ".venv/bin/python").exists() and list(module.parent.glob("__pycache__/page.*.pyc"))
    assert "prepare" not in done.stdout
    module.write_text("x =\n")
    broken = launch(checkout, "install")
    assert broken.returncode == 1 and broken.stderr.startswith("程序没有编译成：")
    shutil.rmtree(module.parent)


def test_it_serves_nothing_that_could_not_be_prepared(checkout, free_address):
    done = launch(checkout, "broken", ADDR=free_address)
    assert (done.returncode, done.stderr) == (1, "档案没有准备好，服务没有启动：请按上面所说的原因处理后重试。\n")


def test_a_failed_venv_is_removed_and_a_missing_network_is_said_first(checkout, tmp_path, free_address):
    copy = shutil.copytree(checkout, tmp_path / "copy", ignore=shutil.ignore_patterns(".venv", "var"))
    (copy / ".venv").write_text("not even a folder")
    (copy / "requirements.txt").write_text("no-such-package==1 --hash=sha256:" + "0" * 64 + "\n")
    nowhere = f"http://{free_address}/simple"
    done = launch(copy, ADDR=free_address, PIP_INDEX_URL=nowhere, PIP_RETRIES="0", PIP_CONFIG_FILE=os.devnull)
    assert done.returncode == 1
    assert done.stdout == "建立 .venv 并安装依赖（约 56 MB，只在第一次或依赖变动后）……\n"
    sentence, *lines = done.stderr.splitlines()
    assert sentence == (
        "requirements.txt 没有装成，没有网络，或连不上软件包索引：请接通网络，"
        "或用 PIP_INDEX_URL、HTTPS_PROXY 指明可用的索引或代理后重试。pip 最后说："
    )
    assert "No matching distribution found for no-such-package==1" in lines[-1]
    assert not (copy / ".venv").exists()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("WARNING: Retrying (Retry(total=4, connect=None, read=None, redirect=None, status=None)) after connection "
         "broken by 'NewConnectionError('<pip._vendor.urllib3.connection.HTTPSConnection object at 0x7f>: Failed to "
         "establish a new connection: [Errno -3] Temporary failure in name resolution')': /simple/django/\n"
         "ERROR: No matching distribution found for django==5.2.9", "没有网络"),
        ("WARNING: Retrying (Retry(total=0)) after connection broken by 'ConnectTimeoutError(<…>, 'Connection to "
         "index.example timed out. (connect timeout=15.0)')': /simple/django/", "没有网络"),
        ("pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool(host='files.example', "
         "port=443): Read timed out.", "没有网络"),
        ("ERROR: Could not install packages due to an OSError: HTTPSConnectionPool(host='a.example', port=443): Max "
         "retries exceeded with url: /simple/django/ (Caused by ProxyError('Cannot connect to proxy.', "
         "OSError('Tunnel connection failed: 403 Forbidden')))", "代理连不上"),
        ("WARNING: Retrying (Retry(total=4)) after connection broken by 'SSLError(SSLCertVerificationError(1, '[SSL: "
         "CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)'))': /simple/",
         "软件包索引的证书不受信任"),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "磁盘已满"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package "
         "versions, please update the hashes.", "索引给的软件包与锁定的校验和不符"),
        ("ERROR: Could not find a version that satisfies the requirement django==5.2.9 (from versions: none)\n"
         "ERROR: No matching distribution found for django==5.2.9", "索引里没有所需的软件包"),
    ],
)  # fmt: skip
def test_the_sentence_ahead_of_what_pip_says_names_the_reason(said, reason):
    assert next(each for pattern, each in installing.PIP_FAILURES if re.search(pattern, said)).startswith(reason)


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Yield a function that installs requirements into a new .venv by pip as the launcher runs it. HOME is empty."""
    for name, path in (("VENV", ".venv"), ("PYTHON", ".venv/bin/python"), ("VAR", "var")):
        monkeypatch.setattr(installing, name, tmp_path / path)
    monkeypatch.setattr(installing, "ROOT", tmp_path)
    for name in [*os.environ]:
        if name.startswith("PIP_"):
            monkeypatch.delenv(name)
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home" / ".config"))
    (tmp_path / "var").mkdir()
    with (tmp_path / "var" / "launcher.lock").open("a") as lock:
        # The .venv has no pip of its own, which takes seconds to unpack. It uses this Python's pip and build tools.
        made = [sys.executable, "-m", "venv", "--without-pip", str(installing.VENV)]
        subprocess.run(made, check=True, env=SYSTEM)
        place = next(installing.VENV.glob("lib/python*/site-packages"))
        (place / "tools.pth").write_text(sysconfig.get_path("purelib"))

        def install(requirements: str) -> set[str]:
            (tmp_path / "requirements.txt").write_text(requirements)
            installing.pip_install(tmp_path / "requirements.txt", lock.fileno())
            return {path.name for path in place.glob("*.py")}

        yield install


def test_of_a_users_settings_for_pip_only_those_of_where_to_fetch_from_are_heeded(installed, tmp_path, monkeypatch):
    wheels, sources, home = tmp_path / "wheels", tmp_path / "sources", tmp_path / "home"
    requirements = make_wheel(wheels, "tiny") + make_source(sources, "small")
    (home / ".config" / "pip").mkdir(parents=True)
    (home / ".config" / "pip" / "pip.conf").write_text(f"""
        [global]
        index-url = http://127.0.0.1:9/simple
        no-index = true
        find-links = {tmp_path}/nothing
        require-virtualenv = true
        constraint = {tmp_path}/none.txt
        only-binary = :all:
        [install]
        find-links =
            {wheels}
            {sources}
        no-binary = tiny
        user = true
        target = {tmp_path}/elsewhere
        prefix = {tmp_path}/elsewhere
        root = {tmp_path}/elsewhere
        dry-run = true
        report = {tmp_path}/elsewhere
        platform = win32
        progress-bar = nonsense
    """.replace("\n        ", "\n"))  # fmt: skip
    (home / ".pydistutils.cfg").write_text(f"[install]\nprefix={tmp_path}/elsewhere\n[build]\nbuild_base=/proc/none\n")
    for name in ("PIP_USER", "PIP_REQUIRE_VIRTUALENV", "PIP_DRY_RUN", "PIP_NO_BUILD_ISOLATION", "PIP_PRE"):
        monkeypatch.setenv(name, "1")
    for name in ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_CONSTRAINT", "PIP_CACHE_DIR", "PYTHONPATH", "PYTHONHOME",
                 "PYTHONUSERBASE", "DIST_EXTRA_CONFIG", "VIRTUAL_ENV"):  # fmt: skip
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    monkeypatch.setenv("PIP_NO_BINARY", ":all:")
    assert installed(requirements) == {"tiny.py", "small.py"}
    assert not (tmp_path / "elsewhere").exists()


def test_a_variable_goes_before_a_file_and_a_file_of_the_users_own_is_read(installed, tmp_path, monkeypatch):
    conf = tmp_path / "my.conf"
    conf.write_text("[global]\nno-index = true\nfind-links = /nowhere\ntimeout = 7\ncert = /a  b\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(conf))
    monkeypatch.setenv("PIP_DEFAULT_TIMEOUT", "3")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    settings = installing.pip_settings(1)
    assert settings == {"PIP_NO_INDEX": "true", "PIP_CERT": "/a  b", "PIP_CONFIG_FILE": os.devnull}
    conf.write_text("no section at all")
    with pytest.raises(
        installing.Refusal, match=r"^pip 的设置文件读不了：请改正或移开它后重试。pip 说：\n(.*\n)*.*my\.conf"
    ):
        installing.pip_settings(1)


def make_wheel(folder: Path, name: str) -> str:
    """Make a wheel of one module and return its line for a lock file."""
    folder.mkdir()
    path, about = folder / f"{name}-1-py3-none-any.whl", f"{name}-1.dist-info"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(f"{name}.py", "")
        file.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        file.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{about}/RECORD", "")
    return f"{name}==1 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def make_source(folder: Path, name: str) -> str:
    """Make a package of one module that pip has to build, as jieba's. Return its line for a lock file."""
    folder.mkdir()
    path = folder / f"{name}-1.tar.gz"
    setup = f"from setuptools import setup\nsetup(name={name!r}, version='1', py_modules=[{name!r}])\n"
    about = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n"
    with tarfile.open(path, "w:gz") as file:
        for inner, text in (("setup.py", setup), (f"{name}.py", ""), ("PKG-INFO", about)):
            entry = tarfile.TarInfo(f"{name}-1/{inner}")
            entry.size = len(text)
            file.addfile(entry, io.BytesIO(text.encode()))
    return f"{name}==1 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def test_what_the_stamp_vouches_for(tmp_path, monkeypatch):
    for name in ("VENV", "PYTHON", "STAMP", "BUILD_LOCK"):
        monkeypatch.setattr(installing, name, tmp_path / name)
    monkeypatch.setattr(installing, "LOCKS", {"serve": tmp_path / "serve", "test": tmp_path / "test"})
    for path in (installing.PYTHON, installing.BUILD_LOCK, *installing.LOCKS.values()):
        path.write_text("")
    done = []
    monkeypatch.setattr(installing, "make_venv", lambda lock: done.append("venv"))
    monkeypatch.setattr(installing, "pip_install", lambda lock_file, lock: done.append(lock_file.name))

    def installed_by(purpose: str) -> list[str]:
        done.clear()
        installing.install(purpose, 0)
        return list(done)

    assert installed_by("serve") == ["venv", "BUILD_LOCK", "serve"]
    assert installed_by("serve") == []
    assert installed_by("test") == ["test"], "the test tools are added to what is there"
    assert installed_by("serve") == installed_by("test") == []
    installing.STAMP.unlink()
    assert installed_by("serve") == ["venv", "BUILD_LOCK", "serve"], "an interrupted installation left no stamp"
    installing.LOCKS["serve"].write_text("changed")
    assert installed_by("test") == ["venv", "BUILD_LOCK", "test"]
    monkeypatch.setattr(installing, "VENV", tmp_path / "copied")
    assert installed_by("test") == ["venv", "BUILD_LOCK", "test"]
    monkeypatch.setattr(installing.platform, "python_version", lambda: "3.99.0")
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
    with pytest.raises(installing.Refusal, match=f"^ADDR=“{re.escape(address)}”不是可用的地址：请写成 .*。$"):
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
    # Python 2.7 knows each of these nodes. The file may use no others.
    known = "Module Expr Constant Import ImportFrom alias If Compare Eq Lt Name Load Store Attribute Tuple Assign Call "
    known += "Subscript Slice BinOp Mod"
    assert {type(node).__name__ for node in ast.walk(ast.parse(source))} <= set(known.split())
    assert source.startswith("# -*- coding: utf-8 -*-\n"), "Python 2 reads ASCII unless told"
