"""Run every test: python -m tests.run [--fast] [--full] [PYTEST ARGS ...].

The linter, the check for missing migrations, then three passes side by side, each with a place of its own to write: all
tests on SQLite, those that touch the database on PostgreSQL, those in a browser. --fast is for daily work: tests on
SQLite that need no second process, no browser and no transaction of their own. --full asks more arbitrary queries.
Nothing is written but to temporary folders, gone when the run ends; what pytest and ruff remember lies in var/cache/.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests import postgres

ROOT = Path(__file__).resolve().parent.parent
# What a user has set for an archive or a pytest of their own must not reach these tests.
USERS_SETTINGS = {
    "ADDR",
    "ALLOWED_HOSTS",
    "BEHIND_PROXY",
    "CONTACT",
    "COPYRIGHT",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_URL",
    "DEBUG",
    "DJANGO_SETTINGS_MODULE",  # pytest takes tests/settings.py from pyproject.toml, manage.py the archive's own
    "GUNICORN_CMD_ARGS",
    "HSTS_SECONDS",
    "ICP_LICENCE",
    "PAGE_CACHE_MB",
    "POLICE_LICENCE",
    "PROD",
    "PYTEST_ADDOPTS",
    "SECRET_KEY",
    "URL_PREFIX",
    "WEB",
}

#: Options of pytest for whoever sits at the terminal: then passes run one after another and print as they go.
INTERACTIVE = {"-s", "--pdb", "--trace", "--capture=no"}

#: Seconds between two lines on how far the passes have come.
TICK = 20

#: How many of the slowest tests are printed.
SLOWEST = 10

#: What --fast may take: seconds, on a machine where 3,000,000 turns of `s += i * i % 7` take YARDSTICK of them.
FAST_BOUND, YARDSTICK = 90, 0.25


@dataclass
class Pass:
    """Some of the tests, run by a pytest of its own; `result` says what became of it."""

    name: str
    process: subprocess.Popen[bytes]
    folder: Path
    may_be_empty: bool
    result: str = ""

    @property
    def output(self) -> Path:
        return self.folder / "output.txt"

    @property
    def report(self) -> Path:
        return self.folder / "report.xml"

    def progress(self) -> str:
        """How far it has come, as pytest writes it at the end of a line."""
        if self.result:
            return "done"
        found = re.findall(r"\[ *(\d+)%\]", self.output.read_text("utf-8", "replace")) if self.output.exists() else []
        return f"{found[-1] if found else 0} %"

    def finish(self) -> None:
        """Note what became of it and print all that it said."""
        code = self.process.wait()
        if code == pytest.ExitCode.NO_TESTS_COLLECTED and self.may_be_empty:
            self.result = "no such test in the selection"
        else:
            self.result = f"FAILED (exit code {code})" if code else "passed"
        if self.output.exists():
            say(f"\n$ pytest: {self.name}\n{self.output.read_text('utf-8', 'replace')}")


def main(arguments: list[str]) -> int:
    """Run each step, whatever became of the ones before; return 1 if any failed."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # so that PostgreSQL is stopped
    started, is_fast = time.monotonic(), "--fast" in arguments
    with tempfile.TemporaryDirectory(prefix="healthnews-tests-") as name:
        folder = Path(name)
        environment = {name: value for name, value in os.environ.items() if name not in USERS_SETTINGS}
        environment |= {"VAR_DIR": f"{folder}/var", "TMPDIR": str(folder)}
        results = {
            "ruff": run(["ruff", "check", "--quiet"], environment),
            "migrations": run(["manage.py", "makemigrations", "--check", "--dry-run"], environment),
        }
        if not is_fast:
            # Fails for a style sheet that names a file which isn't there.
            results["static files"] = run(["manage.py", "collectstatic", "--no-input", "--verbosity=0"], environment)
        passes = list(run_passes(arguments, environment, folder, is_fast=is_fast, results=results))
        results |= {each.name: each.result for each in passes}
        say_slowest(passes)
        say("")
        for step, result in results.items():
            say(f"{step}: {result}")
        has_failed = any(result.startswith("FAILED") for result in results.values())
        say_counts(passes, time.monotonic() - started, has_failed=has_failed)
    if is_fast:
        say(f"--fast is to take {FAST_BOUND * turns() / YARDSTICK:.0f} s at the most on this machine")
    return int(has_failed)


def run_passes(
    arguments: list[str], environment: dict[str, str], folder: Path, *, is_fast: bool, results: dict[str, str]
) -> Iterator[Pass]:
    """Start the passes, all at once unless a person is to look on; yield each when it has ended.

    A pass that can't be started has its reason in `results`.
    """
    with ExitStack() as stack:
        selections = {"SQLite": ({}, [])}
        if not is_fast:
            selections["SQLite"] = ({}, ["--without-browser"])
            with_database = find_postgresql(stack, results, environment)
            if with_database:
                selections["PostgreSQL"] = (with_database, ["--database-only"])
            if has_browser(results, environment):
                selections["browser"] = ({}, ["--browser-only"])
        is_interactive = not INTERACTIVE.isdisjoint(arguments)
        running: list[Pass] = []
        for name, (variables, options) in selections.items():
            own = folder / name
            own.mkdir()
            places = {"VAR_DIR": f"{own}/var", "TMPDIR": str(own)}
            command = ["pytest", *options, f"--junitxml={own}/report.xml", *arguments]
            process = stack.enter_context(started(command, environment | variables | places, own, is_interactive))
            # A selection of the user's may hold none of a pass's tests; the whole suite does.
            running.append(Pass(name, process, own, may_be_empty=bool(set(arguments) - {"--full", "--fast"})))
            if is_interactive:
                process.wait()
        said = time.monotonic()
        while waiting := [each for each in running if not each.result]:
            for each in waiting:
                if each.process.poll() is not None:
                    each.finish()
                    yield each
            if time.monotonic() - said > TICK:
                said = time.monotonic()
                say("  ".join(f"{each.name}: {each.progress()}" for each in running))
            time.sleep(0.2)


@contextmanager
def started(
    command: list[str], environment: dict[str, str], folder: Path, is_interactive: bool
) -> Iterator[subprocess.Popen[bytes]]:
    """Start pytest, its output in `folder` unless a person looks on; end it when the run ends first."""
    with (folder / "output.txt").open("wb") as file:
        streams = {} if is_interactive else {"stdin": subprocess.DEVNULL, "stdout": file, "stderr": subprocess.STDOUT}
        process = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=environment, **streams)
    if is_interactive:
        (folder / "output.txt").unlink()
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)  # pytest ends what its tests have started
            process.wait()


def find_postgresql(stack: ExitStack, results: dict[str, str], environment: dict[str, str]) -> dict[str, str]:
    """Start a PostgreSQL for as long as `stack` lasts, if its programs are here; return the variables that name it."""
    programs = postgres.find_programs()
    if programs is None:
        is_required = "postgresql" in environment.get("REQUIRE", "").split(",")
        results["PostgreSQL"] = (
            "FAILED (no initdb, and REQUIRE names postgresql)" if is_required else "skipped (no initdb)"
        )
        return {}
    try:
        return {"DATABASE_URL": stack.enter_context(postgres.running(programs))}
    except RuntimeError as error:
        results["PostgreSQL"] = f"FAILED ({error})"
        return {}


def has_browser(results: dict[str, str], environment: dict[str, str]) -> bool:
    """Tell whether there is a browser to test in, or its want is to fail the tests."""
    if shutil.which("chromium") is None and "chromium" not in environment.get("REQUIRE", "").split(","):
        results["browser"] = "skipped (no chromium: install Debian's package of that name to test in a real browser)"
        return False
    return True


def run(command: list[str], environment: dict[str, str]) -> str:
    """Run a module or a script with this Python; return what became of it."""
    say(f"$ {' '.join(command)}")
    module = [] if command[0].endswith(".py") else ["-m"]
    code = subprocess.run([sys.executable, *module, *command], cwd=ROOT, env=environment).returncode
    return f"FAILED (exit code {code})" if code else "passed"


def reports(passes: list[Pass]) -> Iterator[tuple[Pass, ElementTree.Element]]:
    """Yield what pytest wrote down of each pass; one that was stopped early wrote nothing."""
    for each in passes:
        if each.report.exists():
            yield each, ElementTree.parse(each.report).getroot()


def say_slowest(passes: list[Pass]) -> None:
    """Print the slowest tests of all passes, set-up and clearing up included."""
    rows = [
        (float(case.get("time", 0)), f"{case.get('classname')}::{case.get('name')} ({each.name})")
        for each, root in reports(passes)
        for case in root.iter("testcase")
    ]
    if rows:
        say("\nslowest:")
    for seconds, name in sorted(rows, reverse=True)[:SLOWEST]:
        say(f"{seconds:7.1f} s  {name[:140]}")


def say_counts(passes: list[Pass], seconds: float, *, has_failed: bool) -> None:
    """Print how many tests passed, failed and were skipped in all passes; the line alone, for machines that count."""
    suites = [suite for _, root in reports(passes) for suite in root.iter("testsuite")]
    total, errors, failures, skipped = (
        sum(int(suite.get(name, 0)) for suite in suites) for name in ("tests", "errors", "failures", "skipped")
    )
    failed = max(errors + failures, int(has_failed))
    say(f"{seconds:.0f} s")
    say(f"{total - errors - failures - skipped} passed, {failed} failed, {skipped} skipped")


def turns() -> float:
    """Return the processor seconds of 3,000,000 turns of a simple sum: how fast this machine is just now."""
    begun, total = time.process_time(), 0
    for i in range(3_000_000):
        total += i * i % 7
    return time.process_time() - begun


def say(text: str) -> None:
    """Print a line at once, ahead of what the next step prints."""
    print(text, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
