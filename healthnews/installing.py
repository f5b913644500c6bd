"""The making of .venv from the lock files: its lock, pip and its settings, and the reasons why pip fails.

It uses the standard library only, because it runs before anything is installed.
"""

import ast
import fcntl
import hashlib
import importlib
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import PathFinder
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VAR = ROOT / "var"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed"

BUILD_LOCK = ROOT / "requirements-build.txt"
LOCKS = {"serve": ROOT / "requirements.txt", "test": ROOT / "requirements-dev.txt"}
#: Megabytes that pip fetches for each purpose. More than half of the tests' share is the browser's driver.
SIZES = {"serve": 56, "test": 126}

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
