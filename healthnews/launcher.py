"""Set the archive up, then serve it or test it.

    python3 -m healthnews [PAGES ...]      make .venv, prepare the database, load PAGES, serve
    python3 -m healthnews install          make .venv alone, for a server that systemd starts (OPERATIONS.md)
    python3 -m healthnews test [ARGS ...]  make .venv with the test tools, run the tests (ARGS go to pytest)

It uses the standard library only, because it runs before anything is installed. It writes below .venv/ and var/ alone.
"""

import errno
import importlib.util
import io
import ipaddress
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from healthnews.installing import (
    PYTHON,
    ROOT,
    VENV,
    Refusal,
    child_environment,
    install,
    last_lines,
    run_quietly,
    say,
    setting_up,
)

#: The configuration of gunicorn. Other ways to start gunicorn share it.
GUNICORN = ["--config", "healthnews/gunicorn_conf.py"]

DEFAULT_ADDRESS = "127.0.0.1:8000"
DEFAULT_HOSTS = "localhost,127.0.0.1,[::1]"
_LABEL = "[A-Za-z0-9-]{1,63}"
ADDRESS = rf"(?:(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<name>{_LABEL}(?:\.{_LABEL})*)?):)?(?P<port>[0-9]{{1,5}})"


def main(arguments: list[str]) -> int:
    """Do what the command line asks. Return the exit code, unless the server or the tests take over this process."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without Chinese gets escapes, not a traceback
    signal.signal(signal.SIGTERM, _stop)
    _remove_own_bytecode()
    try:
        if arguments[:1] == ["test"]:
            run_tests(arguments[1:])
        elif arguments == ["install"]:
            install_release()
        elif arguments[:1] in (["-h"], ["--help"]):
            say(__doc__)
        else:
            serve(arguments)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except OSError as error:
        where = f"“{error.filename}”：" if error.filename else ""
        print(f"{where}读写失败（{error.strerror}）：请检查权限与磁盘空间后重试。", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def run_tests(arguments: list[str]) -> None:
    """Install the tests' packages and become the test run."""
    with setting_up() as lock:
        install("test", lock)
    become([str(PYTHON), "-m", "tests.run", *arguments], child_environment())


def install_release() -> None:
    """Install what serves, and compile the whole program. Who serves it later may not write beside it."""
    environment = child_environment()
    del environment["PYTHONPYCACHEPREFIX"]
    with setting_up() as lock:
        install("serve", lock)
        compiled = [str(PYTHON), "-m", "compileall", "-q", "-j", "0", "-x", "/site-packages/(pip|setuptools|wheel)/"]
        compiled += [str(VENV / "lib"), "articles", "healthnews"]
        if (done := run_quietly(compiled, environment, lock)).returncode:
            raise Refusal(f"程序没有编译成：请检查 {ROOT} 的权限与磁盘空间后重试。\n{last_lines(done.stdout)}")
    say(f"{ROOT} 已装好。")


def serve(pages: list[str]) -> None:
    """Install, prepare the database with `pages`, and become the server."""
    for page in pages:
        if page.startswith("-"):
            raise Refusal(f"不认识选项“{page}”：只收版面文件或文件夹，用法见 python3 -m healthnews --help。")
    host, port = read_address(os.environ.get("ADDR") or DEFAULT_ADDRESS)
    check_free(host, port)
    environment = child_environment()
    allow_host(environment, host)
    with setting_up() as lock:
        install("serve", lock)
        prepare = [str(PYTHON), "manage.py", "prepare", *map(os.path.abspath, pages)]
        if subprocess.run(prepare, cwd=ROOT, env=environment, pass_fds=[lock]).returncode:
            raise Refusal("档案没有准备好，服务没有启动：请按上面所说的原因处理后重试。")
    check_free(host, port)
    say(f"健康报档案：{' '.join(f'http://{name}:{port}/' for name in names_of(host))}")
    say("建立管理员账号：.venv/bin/python manage.py createsuperuser，然后从 /admin/ 登录。按 Ctrl-C 停止。")
    start_follower(environment)
    become([str(PYTHON), "-m", "gunicorn", *GUNICORN, "--bind", f"{in_url(host)}:{port}"], environment)


def start_follower(environment: dict[str, str]) -> None:
    """Start the keeper of the follower, which brings the search index up to date and repairs it.

    The keeper and the follower end when the server ends, which this process becomes.
    """
    command = [str(PYTHON), "-m", "healthnews.keeper", str(os.getpid())]
    subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL)


def read_address(text: str) -> tuple[str, int]:
    """Return (host, port) of "host:port", ":port" or "port". Without a host, only this machine is served.

    Raises Refusal for any other text.

    >>> read_address("[::1]:8000")
    ('::1', 8000)
    """
    found = re.fullmatch(ADDRESS, text.strip())
    if not found or not 0 < int(found["port"]) < 65536 or (found["ipv6"] and not _is_ipv6(found["ipv6"])):
        raise Refusal(
            f"ADDR=“{text}”不是可用的地址：请写成 主机:端口，例如 ADDR={DEFAULT_ADDRESS} 或 ADDR=[::1]:8000。"
        )
    return found["ipv6"] or found["name"] or "127.0.0.1", int(found["port"])


def check_free(host: str, port: int) -> None:
    """Raise Refusal if the server could not bind the address, before the long part of the set-up."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does
        try:
            probe.bind((host, port))
        except OSError as error:
            reasons = {
                errno.EADDRINUSE: "已被占用（也许档案已在运行）",
                errno.EACCES: "不许普通用户使用",
                errno.EADDRNOTAVAIL: "不属于本机",
            }
            other = f"127.0.0.1:{8000 if port != 8000 else 8001}"
            raise Refusal(
                f"{in_url(host)}:{port} {reasons.get(error.errno or 0, f'不能使用（{error.strerror}）')}："
                f"请停止占用者或另选地址，例如 ADDR={other} python3 -m healthnews。"
            ) from error


def in_url(host: str) -> str:
    """Return `host` as URLs and Host headers write it."""
    return f"[{host}]" if ":" in host else host


def names_of(host: str) -> list[str]:
    """Return the names by which browsers reach a server on `host`. For all interfaces these are the machine's own."""
    if host not in ("0.0.0.0", "::"):
        return [in_url(host)]
    names = ["127.0.0.1", socket.gethostname()]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("203.0.113.1", 9))  # sends nothing: it only asks from which address a packet would leave
        names.append(probe.getsockname()[0])
    return names


def allow_host(environment: dict[str, str], host: str) -> None:
    """Add the server's own names to ALLOWED_HOSTS if any is missing."""
    allowed = (environment.get("ALLOWED_HOSTS") or DEFAULT_HOSTS).split(",")
    added = [name for name in names_of(host) if name not in allowed]
    if added:
        environment["ALLOWED_HOSTS"] = ",".join(allowed + added)


def become(command: list[str], environment: dict[str, str]) -> NoReturn:
    """Replace this process by a command, so that Ctrl-C and SIGTERM reach the command itself."""
    os.chdir(ROOT)
    os.execve(command[0], command, environment)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    """End on SIGTERM as on Ctrl-C: children end, and a half-made .venv is removed."""
    sys.exit(128 + number)


def _remove_own_bytecode() -> None:
    """Remove the bytecode that `-m healthnews` wrote beside the package before the launcher's first line ran."""
    package = Path(__file__).parent
    with suppress(OSError):  # it does not exist, can't be removed, or others have files beside it
        for source in ("__init__.py", "__main__.py"):
            Path(importlib.util.cache_from_source(str(package / source))).unlink(missing_ok=True)
        (package / "__pycache__").rmdir()


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True
