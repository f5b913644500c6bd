"""Write the lock files anew with the newest packages that pyproject.toml allows, and ask for known holes in them.

    python3 -m healthnews.locks

Each lock says in its head how it is made. The commands run in a folder beside the archive, and the locks are put in
their place when all of them have ended well. uv and pip-audit come from pip, in an environment of their own that goes
afterwards. Standard library only.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent

#: The locks, in the order in which they are made: that of the tests is held to that of the server.
LOCKS = ("requirements.txt", "requirements-build.txt", "requirements-dev.txt")

#: The line of a lock's head that has its command, and a line that names a package with its version.
_COMMAND = re.compile(r"^#\s+(uv pip compile .*)$", re.MULTILINE)
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


class Refusal(Exception):
    """The reason why the locks were not written, a Chinese sentence."""


class Audit(NamedTuple):
    """What pip-audit knows of a lock: the holes, each as a line, and the packages of which it could learn nothing."""

    holes: list[str]
    unknown: list[str]


def command_of(lock: str) -> list[str]:
    """Return the command in the head of a lock, without the name of the program. Raises Refusal if there is none."""
    found = _COMMAND.search(lock)
    if found is None:
        raise Refusal("锁文件的开头没有 uv pip compile 的命令：请从 git 恢复它。")
    return shlex.split(found[1])[1:]


def pins_of(lock: str) -> dict[str, str]:
    """Return {package: version} of a lock.

    >>> pins_of("django==5.2.19 \\\\\\n    --hash=sha256:00\\nasgiref==3.13.0 ; python_version < '4' \\\\\\n")
    {'django': '5.2.19', 'asgiref': '3.13.0'}
    """
    return dict(_PIN.findall(lock))


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Return the differences between two locks, by package.

    >>> changes({"a": "1", "b": "1", "c": "1"}, {"a": "2", "b": "1", "d": "1"})
    ['a 1 → 2', 'c 1 → （不再需要）', 'd （新增） → 1']
    """
    names = sorted({*before, *after})
    return [
        f"{name} {before.get(name, '（新增）')} → {after.get(name, '（不再需要）')}"
        for name in names
        if before.get(name) != after.get(name)
    ]


def audit_of(told: str) -> Audit:
    """Return what the JSON of pip-audit tells. A package that it skips is unknown, not sound. Raises ValueError.

    >>> audit_of('{"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]},'
    ...          ' {"name": "b", "skip_reason": "not found"}]}')
    Audit(holes=['a 1：CVE-1，已在 2 修补'], unknown=['b'])
    """
    holes, unknown = [], []
    try:
        for each in json.loads(told)["dependencies"]:
            if "skip_reason" in each:
                unknown.append(each["name"])
                continue
            for hole in each["vulns"]:
                mended = f"，已在 {'、'.join(hole['fix_versions'])} 修补" if hole["fix_versions"] else "，还没有修补"
                holes.append(f"{each['name']} {each['version']}：{hole['id']}{mended}")
    except (KeyError, TypeError) as error:
        raise ValueError("no answer of pip-audit") from error
    return Audit(holes, unknown)


def main() -> int:
    """Refresh the locks and print what changed. Return 0, or 1 if a hole is known or nothing could be learned."""
    with tempfile.TemporaryDirectory(prefix="healthnews-locks-") as folder:
        scratch = Path(folder)
        programs = _make_environment(scratch / "tools", "uv")
        before = {name: (ROOT / name).read_text("utf-8") for name in LOCKS}
        for name in ("pyproject.toml", *LOCKS):
            shutil.copy(ROOT / name, scratch / name)
        environment = os.environ | {"UV_CACHE_DIR": str(scratch / "cache")} | _index()
        for name in LOCKS:
            command = [str(programs / "uv"), *command_of(before[name]), "--upgrade", "--quiet"]
            done = subprocess.run(command, cwd=scratch, env=environment, stderr=subprocess.PIPE, text=True)
            if done.returncode:
                raise Refusal(
                    f"{name} 没有解出来，原有的锁文件没有动：请检查网络与 pyproject.toml。\n{done.stderr.strip()}"
                )
        for name in LOCKS:
            after = (scratch / name).read_text("utf-8")
            for line in changes(pins_of(before[name]), pins_of(after)) or ["没有变化"]:
                print(f"{name}：{line}")
            os.replace(shutil.copy(scratch / name, ROOT / f".{name}.new"), ROOT / name)
        return _audit(scratch)


def _make_environment(folder: Path, package: str) -> Path:
    """Install a package into a new environment, and return the folder of its programs. Raises Refusal."""
    if not folder.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    programs = folder / "bin"
    command = [str(programs / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [""])[-1]
        raise Refusal(f"{package} 装不上：请接通网络，或检查 pip 的索引设置。pip 最后说：{last}")
    return programs


def _index() -> dict[str, str]:
    """Return pip's index as uv takes it. uv reads none of pip's settings."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True
    )
    found = os.environ.get("PIP_INDEX_URL") or done.stdout.strip()
    return {"UV_DEFAULT_INDEX": found} if found and "UV_DEFAULT_INDEX" not in os.environ else {}


def _audit(scratch: Path) -> int:
    """Print the known holes of all locks. Return 1 if there is one, or if pip-audit could learn nothing."""
    try:
        programs = _make_environment(scratch / "tools", "pip-audit")
    except Refusal as refusal:
        print(f"没有查漏洞：{refusal}")
        return 1
    holes, unknown = set(), set()
    for name in LOCKS:
        command = [str(programs / "pip-audit"), "--require-hashes", "--disable-pip", "--format", "json"]
        done = subprocess.run([*command, "-r", str(ROOT / name)], capture_output=True, text=True)
        try:
            found = audit_of(done.stdout)
        except ValueError:
            last = (done.stderr.strip().splitlines() or [""])[-1]
            print(f"没有查漏洞：pip-audit 连不上漏洞库（{last}），请换一个网络再运行。")
            return 1
        holes |= set(found.holes)
        unknown |= set(found.unknown)
    for line in sorted(holes):
        print(f"漏洞：{line}")
    if unknown:
        print(f"有 {len(unknown)} 个软件包查不到漏洞记录（{'、'.join(sorted(unknown)[:5])}……），请换一个网络再运行。")
    elif not holes:
        print("没有已知的漏洞。")
    return 1 if holes or unknown else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Refusal as refusal:
        sys.exit(str(refusal))
