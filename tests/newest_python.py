"""Run a sample of the fast tests on the newest Python of this machine as well: python -m tests.newest_python.

The newest final release that is newer than the Python of this run is looked for on PATH and among pyenv's versions. It
gets an environment of its own in var/pythons/, without the tools that judge the code and drive the browser. The
sources are compiled, and a warning about one is an error. Then the first fast test of each module runs, and of each
folder the first that touches the database: less than a minute. Without such a Python, that is said. Standard library
only.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from healthnews import installing

ROOT = installing.ROOT

#: The tests of each module that run.
SAMPLE = 1

#: What --fast does without: the linter, the type checker and its parts, the browser's driver, which is the largest of
#: all.
LEFT_OUT = {
    *("ast-serialize", "axe-playwright-python", "django-stubs", "django-stubs-ext", "greenlet", "librt", "mypy"),
    *("mypy-extensions", "playwright", "ruff", "types-pyyaml"),
}

#: A release of Python: its number, and its program.
Release = tuple[tuple[int, int, int], str]

_ASK = "import sys; print(*sys.version_info[:3], sys.version_info.releaselevel)"


def releases(path: str, pyenv: Path) -> list[Release]:
    """Return the final releases of Python 3 in the folders of `path` and among the versions of pyenv, the oldest first.

    A program that does not answer is none: pyenv puts one on PATH for each version that it has, chosen or not.
    """
    named = [Path(folder, name) for folder in path.split(os.pathsep) if folder for name in _names_in(folder)]
    named += sorted(pyenv.glob("versions/*/bin/python3"))
    found = {}
    for program in {os.path.realpath(each): str(each) for each in named}.values():
        try:
            told = subprocess.run([program, "-c", _ASK], capture_output=True, text=True, timeout=20)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if answer := re.fullmatch(r"(3) (\d+) (\d+) final\n", told.stdout):
            found[int(answer[1]), int(answer[2]), int(answer[3])] = program
    return sorted(found.items())


def _names_in(folder: str) -> list[str]:
    try:
        return [name for name in sorted(os.listdir(folder)) if re.fullmatch(r"python3\.\d+", name)]
    except OSError:
        return []


def without(lock: str, names: set[str]) -> str:
    """Return a lock without the entries of these packages."""
    entries = re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE)
    return "".join(each for each in entries if each.partition("==")[0] not in names)


def prepare(release: Release) -> Path:
    """Return the Python of the environment of a release, made if need be. Raises installing.Refusal if pip fails."""
    number, program = release
    folder = installing.VAR / "pythons" / ".".join(map(str, number))
    python, stamp = folder / "bin" / "python", folder / "installed.txt"
    wanted = installing.BUILD_LOCK.read_text("utf-8") + without(installing.LOCKS["test"].read_text("utf-8"), LEFT_OUT)
    if python.exists() and stamp.exists() and stamp.read_text("utf-8") == wanted:
        return python
    shutil.rmtree(folder.parent, ignore_errors=True)  # an older release has its environment no longer
    folder.parent.mkdir(parents=True)
    with installing.setting_up() as lock:
        settings = installing.pip_settings(lock)
        environment = installing.child_environment() | settings | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        made = installing.run_quietly([program, "-m", "venv", "--without-pip", str(folder)], environment, lock)
        if made.returncode:
            raise installing.Refusal(f"{folder} 没有建成：{installing.last_lines(made.stdout)}")
        tests = folder / "requirements.txt"
        tests.write_text(without(installing.LOCKS["test"].read_text("utf-8"), LEFT_OUT), "utf-8")
        command = [str(installing.PYTHON), "-m", "pip", "--python", str(python)]  # a pip of its own would take seconds
        command += ["install", "--quiet", "--no-compile", "--no-deps", "--require-hashes"]
        command += ["--no-build-isolation", "--use-pep517", "--cache-dir", str(installing.VAR / "cache" / "pip"), "-r"]
        for requirements in (installing.BUILD_LOCK, tests):
            done = installing.run_quietly([*command, str(requirements)], environment, lock)
            if done.returncode:
                raise installing.Refusal(f"依赖装不进 {program}：\n{installing.last_lines(done.stdout)}")
    stamp.write_text(wanted, "utf-8")
    return python


def main() -> int:
    """Run the sample on the newest Python. Return 0 if all went well, or if there is no newer Python."""
    started = time.monotonic()
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    newer = [each for each in releases(os.environ.get("PATH", ""), pyenv) if each[0][:2] > sys.version_info[:2]]
    own = ".".join(map(str, sys.version_info[:3]))
    if not newer:
        print(f"newest Python: none here is newer than {own}", flush=True)
        return 0
    number, program = newer[-1]
    version = ".".join(map(str, number))
    print(f"newest Python: {version} ({program}), beside {own}", flush=True)
    try:
        python = prepare(newer[-1])
    except installing.Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="healthnews-newest-") as folder:
        environment = installing.child_environment() | {"VAR_DIR": folder, "TMPDIR": folder}
        environment |= {"PYTHONPYCACHEPREFIX": str(python.parent.parent / "pycache")}
        del environment["DJANGO_SETTINGS_MODULE"]  # pytest takes tests/settings.py from pyproject.toml
        environment = {name: value for name, value in environment.items() if name != "DATABASE_URL"}
        command = [str(python), "-m", "pytest", "-q", "--fast", f"--sample={SAMPLE}", "--ignore=tests/browser"]
        command += ["-o", f"cache_dir={installing.VAR}/cache/pytest/newest"]
        compiling = [str(python), "-W", "error", "-m", "compileall", "-q", "articles", "healthnews"]
        codes = [subprocess.run(each, cwd=ROOT, env=environment).returncode for each in (compiling, command)]
        code = next(filter(None, codes), 0)
    print(
        f"newest Python: {version} {'failed' if code else 'passed'} in {time.monotonic() - started:.0f} s", flush=True
    )
    return code


if __name__ == "__main__":
    sys.exit(main())
