"""Set the archive up, then serve it or test it.

    python3 -m healthnews [PAGES ...]      make .venv, prepare the database, load PAGES, serve
    python3 -m healthnews install          make .venv alone, for a server that systemd starts (OPERATIONS.md)
    python3 -m healthnews test [ARGS ...]  make .venv with the test tools, run the tests (ARGS go to pytest)

It uses the standard library only, because it runs before anything is installed. It writes below .venv/ and var/ alone.
"""

import ast
import errno
import fcntl
import hashlib
import importlib.util
import io
import ipaddress
import os
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.machinery import PathFinder
from pathlib import Path
from types import FrameType
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VAR = ROOT / "var"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed"

BUILD_LOCK = ROOT / "requirements-build.txt"
LOCKS = {"serve": ROOT / "requirements.txt", "test": ROOT / "requirements-dev.txt"}
#: Megabytes that pip fetches for each purpose. More than half of the tests' share is the browser's driver.
SIZES = {"serve": 56, "test": 126}

#: The configuration of gunicorn. Other ways to start gunicorn share it.
GUNICORN = ["--config", "healthnews/gunicorn_conf.py"]

DEFAULT_ADDRESS = "127.0.0.1:8000"
DEFAULT_HOSTS = "localhost,127.0.0.1,[::1]"
_LABEL = "[A-Za-z0-9-]{1,63}"
ADDRESS = rf"(?:(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<name>{_LABEL}(?:\.{_LABEL})*)?):)?(?P<port>[0-9]{{1,5}})"

# The user decides from where, and by what way, pip fetches. The launcher decides what pip does (user, target,
# no-binary, constraint …). So only these settings are kept, of the variables and of pip's files. The others in the
# files could not be taken back one by one.
KEPT_PIP_SETTINGS = {
    "PIP_CERT",
    "PIP_CLIENT_CERT",
    "PIP_DEFAULT_TIMEOUT",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "PIP_INDEX_URL",
    "PIP_KEYRING_PROVIDER",
    "PIP_NO_INDEX",
    "PIP_PROXY",
    "PIP_PYPI_URL",
    "PIP_RESUME_RETRIES",
    "PIP_RETRIES",
    "PIP_TIMEOUT",
    "PIP_TRUSTED_HOST",
}
#: Pairs of names for one setting of pip. A file's value must not stand beside a variable's.
PIP_SYNONYMS = {"PIP_DEFAULT_TIMEOUT": "PIP_TIMEOUT", "PIP_PYPI_URL": "PIP_INDEX_URL"}

# The beginnings of other variables that change the behaviour of a Python that the launcher starts, or the build of a
# source package.
BENDING = ("PYTHON", "PIP_", "__PYVENV", "VIRTUAL_ENV", "SETUPTOOLS_USE_DISTUTILS", "DIST_EXTRA_CONFIG", "DISTUTILS_")

#: Reasons why pip fails: a pattern of its message (tests/test_launcher.py has an example of each), and the sentence
#: that the launcher says before it. The first match counts, because "no matching distribution" also ends what began
#: with a broken connection.
PIP_FAILURES = (
    (r"No space left on device|Errno 28\b|Disk quota exceeded", "磁盘已满：请腾出空间后重试"),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError",
        "软件包索引的证书不受信任：请检查系统时间，或用 PIP_CERT 指明所在网络的证书后重试",
    ),
    (
        r"ProxyError|Tunnel connection failed|Missing dependencies for SOCKS",
        "代理连不上：请检查 HTTPS_PROXY、PIP_PROXY 等代理设置后重试",
    ),
    (
        r"NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|ConnectionResetError|SSLError"
        r"|RemoteDisconnected|Failed to establish a new connection|Network is unreachable|[Rr]ead timed out"
        r"|name resolution|Name or service not known|connection broken|Connection (?:refused|reset|aborted)",
        "没有网络，或连不上软件包索引：请接通网络，或用 PIP_INDEX_URL、HTTPS_PROXY 指明可用的索引或代理后重试",
    ),
    (r"DO NOT MATCH THE HASHES", "索引给的软件包与锁定的校验和不符：请换一个索引（PIP_INDEX_URL）后重试"),
    (
        r"No matching distribution found|Could not find a version",
        "索引里没有所需的软件包：请检查 pip 的索引设置，或换一个索引（PIP_INDEX_URL）后重试",
    ),
)


class Refusal(Exception):
    """A sentence for the person at the terminal: fact, place and remedy."""


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


@contextmanager
def setting_up() -> Iterator[int]:
    """Hold the lock of this checkout's set-up. Yield its file descriptor, so that children hold the lock as well.

    A killed launcher leaves its pip running. As long as that pip lives, the next launcher must wait.
    """
    VAR.mkdir(exist_ok=True)
    with (VAR / "launcher.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("另一个 python3 -m healthnews 正在准备，等它完成……")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def install(purpose: str, lock: int) -> None:
    """Bring .venv to the state of the lock files, unless its stamp shows that it is in that state."""
    stamp = STAMP.read_text("ascii", "replace") if PYTHON.exists() and STAMP.exists() else ""
    if stamp in (fingerprint(purpose), fingerprint("test")):
        return
    try:
        if stamp == fingerprint("serve"):
            say(f"安装测试工具（约 {SIZES[purpose] - SIZES['serve']} MB）……")
            STAMP.unlink()  # until the new stamp is written, .venv counts as broken
        else:
            say(f"建立 .venv 并安装依赖（约 {SIZES[purpose]} MB，只在第一次或依赖变动后）……")
            make_venv(lock)
            pip_install(BUILD_LOCK, lock)
        pip_install(LOCKS[purpose], lock)
        STAMP.write_text(fingerprint(purpose), "ascii")
    except BaseException:  # Ctrl-C and SIGTERM included: a half-made .venv must not stay
        remove(VENV)
        raise


def fingerprint(purpose: str) -> str:
    """Return a hash of everything that decides the content of .venv.

    The path of .venv is part of the hash: the scripts of a copied .venv run the Python of the old one.
    """
    digest = hashlib.sha256(os.fsencode("\n".join([purpose, platform.python_version(), sys.base_prefix, str(VENV)])))
    for lock in (BUILD_LOCK, *LOCKS.values()):
        digest.update(lock.read_bytes())
    return digest.hexdigest()


def make_venv(lock: int) -> None:
    """Make an empty .venv. An existing one is removed. Raises Refusal if it can't be made."""
    if not has_ensurepip():
        install_debian_venv(lock)
    remove(VENV)
    remove(VAR / "pycache")
    made = run_quietly([sys.executable, "-m", "venv", str(VENV)], child_environment(), lock)
    if made.returncode:
        raise Refusal(
            f"{VENV} 没有建成：请检查磁盘空间与此 Python（{sys.executable}）的 venv 后重试。它最后说：\n"
            f"{last_lines(made.stdout)}"
        )


def has_ensurepip() -> bool:
    """Tell whether this Python can make a .venv. Debian has the module in a separate package."""
    importlib.invalidate_caches()
    return PathFinder.find_spec("ensurepip") is not None


def install_debian_venv(lock: int) -> None:
    """Install Debian's package for making a .venv, if this process may.

    Raises Refusal, with the remedy, if this Python still can't make a .venv.
    """
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    told = ""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"此 Python 缺 ensurepip，安装系统软件包 {package}……")
        environment = user_environment() | {"DEBIAN_FRONTEND": "noninteractive"}
        environment["PATH"] = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"  # dpkg insists on ldconfig
        for command in (["update"], ["install", "-y", "--no-install-recommends", package]):
            told = run_quietly(["apt-get", *command], environment, lock).stdout
    if not has_ensurepip():
        raise Refusal(
            f"此 Python（{sys.executable}）缺 ensurepip，不能建立 .venv：请安装后重试，"
            f"在 Debian、Ubuntu 上是 sudo apt-get install {package}。\n{last_lines(told)}".rstrip()
        )


def pip_install(requirements: Path, lock: int) -> None:
    """Install a lock file. Each file is checked against its hash. Raises Refusal if pip fails.

    The build is not isolated, because pip would fetch the build tools of a source package unchecked. BUILD_LOCK has
    the tools.
    """
    environment = child_environment() | pip_settings(lock)
    scratch = VENV / "tmp"
    scratch.mkdir(exist_ok=True)
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-user", "--cache-dir", str(VAR / "cache" / "pip")]
    command += [
        "--no-compile",
        "--require-hashes",
        "--no-build-isolation",
        "--use-pep517",
        "--requirement",
        str(requirements),
    ]
    command += ["--log", str(scratch / "log.txt")]  # without retries, only the log of pip says what failed below it
    environment |= {"TMPDIR": str(scratch), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    if os.path.exists(os.path.expanduser("~/.pydistutils.cfg")):  # every build of a package obeys it
        environment = {"NETRC": os.path.expanduser("~/.netrc")} | environment | {"HOME": str(scratch)}
    done = run_quietly(command, environment, lock)
    if done.returncode:
        log = scratch / "log.txt"
        told = done.stdout + (log.read_text("utf-8", "replace") if log.exists() else "")
        fitting = (reason for said, reason in PIP_FAILURES if re.search(said, told))
        reason = next(fitting, "请检查网络、磁盘空间与 pip 的索引设置后重试")
        raise Refusal(f"{requirements.name} 没有装成，{reason}。pip 最后说：\n{last_lines(done.stdout)}")
    remove(scratch)


def pip_settings(lock: int) -> dict[str, str]:
    """Return, as variables, the settings of the user's pip files for where to fetch from.

    The result also has PIP_CONFIG_FILE, set so that pip reads no file. As in pip itself, variables go before files, and
    a file's section for `pip install` before its global section. Raises Refusal if pip can't read its files.
    """
    environment = child_environment()
    if "PIP_CONFIG_FILE" in os.environ:
        environment["PIP_CONFIG_FILE"] = os.environ["PIP_CONFIG_FILE"]
    asked = run_quietly([str(PYTHON), "-m", "pip", "config", "list"], environment, lock)
    if asked.returncode:
        raise Refusal(f"pip 的设置文件读不了：请改正或移开它后重试。pip 说：\n{last_lines(asked.stdout)}")
    given = {PIP_SYNONYMS.get(name, name) for name in environment}
    found: dict[str, str] = {}
    for section in ("global", "install"):
        for key, value in re.findall(rf"^{section}\.([A-Za-z_-]+)=(['\"].*)$", asked.stdout, re.MULTILINE):
            name = f"PIP_{key.upper().replace('-', '_')}"
            if name in KEPT_PIP_SETTINGS and (name := PIP_SYNONYMS.get(name, name)) not in given:
                found[name] = ast.literal_eval(value)
    return found | {"PIP_CONFIG_FILE": os.devnull}


def user_environment() -> dict[str, str]:
    """Return the environment without variables that would divert another Python or pip."""
    return {
        name: value for name, value in os.environ.items() if name in KEPT_PIP_SETTINGS or not name.startswith(BENDING)
    }


def child_environment() -> dict[str, str]:
    """Return the environment for the Pythons that the launcher starts."""
    return user_environment() | {
        "DJANGO_SETTINGS_MODULE": "healthnews.settings",
        "PYTHONPYCACHEPREFIX": str(VAR / "pycache"),
        "PYTHONIOENCODING": ":backslashreplace",
    }


def run_quietly(command: list[str], environment: dict[str, str], lock: int) -> subprocess.CompletedProcess[str]:
    """Run a command to its end. Return its result, with output and errors captured as one text."""
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        pass_fds=[lock],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )


def last_lines(text: str) -> str:
    """Return the last six lines of a command's output, indented."""
    return "\n".join(f"    {line}" for line in text.strip().splitlines()[-6:])


def remove(path: Path) -> None:
    """Remove a folder, or a link or file in its place. Do nothing if it doesn't exist."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


def say(text: str) -> None:
    """Print a line at once, before the next child prints."""
    print(text, flush=True)


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
