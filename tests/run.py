"""Run the tests: python -m tests.run [--fast | --full] [PYTEST ARGS ...].

The linter, the check of the format, the type checker, the check for missing migrations, the collecting of static files
and the passes of pytest run side by side, each with folders of its own to write to. The output of each is printed whole
when it ends. The passes divide the tests among them. Tests that touch the database belong to two passes: SQLite and
PostgreSQL. --fast is for daily work: it runs the tests that need no second process, browser or transaction of their
own, on SQLite. --full asks more arbitrary queries, and asks both databases where each otherwise gets half of a module's
tests.
The run writes only to temporary folders and removes them at its end. The caches of pytest and ruff lie in var/cache/.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn
from xml.etree import ElementTree

import pytest

from tests import postgres

ROOT = Path(__file__).resolve().parent.parent
# A user's settings for an archive or a pytest of their own must not reach these tests.
USERS_SETTINGS = {
    "ADDR",
    "ALLOWED_HOSTS",
    "BEHIND_PROXY",
    "CONTACT",
    "COPYRIGHT",
    "COUNT_SEARCHES_WITHOUT_HIT",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_URL",
    "DEBUG",
    "DISK_FREE_MB",
    "DJANGO_SETTINGS_MODULE",  # pytest takes tests/settings.py from pyproject.toml, manage.py the archive's own
    "GUNICORN_CMD_ARGS",
    "HSTS_SECONDS",
    "ICP_LICENCE",
    "INDEX_LAG_SECONDS",
    "LOG_MB",
    "LOG_TO",
    "PAGE_CACHE_MB",
    "POLICE_LICENCE",
    "PROD",
    "READ_ONLY",
    "PROMETHEUS_MULTIPROC_DIR",
    "PYTEST_ADDOPTS",
    "SECRET_KEY",
    "SLOW_QUERY_MS",
    "URL_PREFIX",
    "WEB",
}

#: Debian's Chromium. Its headless shell has no windows and bars and takes a quarter of the time, if it is installed.
BROWSERS = ("chromium-headless-shell", "chromium")

#: Options for a person who looks on. With one of them, the passes run one after another at the terminal.
FOR_A_PERSON = {"-s", "--capture=no", "--pdb", "--trace"}

#: Options that only ask pytest a question. A single pytest answers it.
QUESTIONS = {"-h", "--help", "-V", "--version", "--co", "--collect-only", "--fixtures", "--markers"}

#: The parts of the tests that touch the database, which take longest: one for each core of a small machine.
PARTS = ("1/2", "2/2")

#: Seconds between two lines about the progress of the passes.
TICK = 20

#: Seconds that a step may take to clear up after it is told to stop.
STOPPING = 20

#: The number of slowest tests that are printed.
SLOWEST = 10

#: Seconds that --fast may take on a machine that needs YARDSTICK seconds for 3,000,000 turns of a sum.
FAST_GOAL, YARDSTICK = 90, 0.25


@dataclass
class Step:
    """A program of the run and its outcome."""

    name: str
    command: list[str]
    environment: dict[str, str]
    folder: Path
    result: str = ""
    seconds: float = 0
    cpu: float = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def is_pass(self) -> bool:
        """Whether the step runs tests."""
        return self.command[:2] == ["-m", "pytest"]

    @property
    def said(self) -> Path:
        return self.folder / "said.txt"

    @property
    def report(self) -> Path:
        return self.folder / "report.xml"

    def start(self, *, at_the_terminal: bool = False) -> None:
        """Start the step. Unless it runs at the terminal, it has a session of its own.

        Ctrl-C then reaches only this run, which passes it on once.
        """
        command = [sys.executable, *self.command]
        streams = {}
        with self.said.open("wb") as file:
            if not at_the_terminal:
                streams = {"stdin": subprocess.DEVNULL, "stdout": file, "stderr": subprocess.STDOUT}
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, start_new_session=not at_the_terminal, **streams
            )

    def wait(self) -> None:
        """Wait for the step's end. Record its result, its time and its processor time.

        The processor time includes that of all processes that the step waited for.
        """
        started = time.monotonic()
        _, status, cost = os.wait4(self.process.pid, 0)
        self.process.returncode = code = os.waitstatus_to_exitcode(status)
        self.seconds, self.cpu = time.monotonic() - started, cost.ru_utime + cost.ru_stime
        if self.is_pass and code == pytest.ExitCode.NO_TESTS_COLLECTED:
            self.result = NONE_SELECTED
        else:
            self.result = f"FAILED (exit code {code})" if code else "passed"

    def progress(self) -> str:
        """Return how far a pass has come, read from the lines of dots and letters that pytest has written."""
        if self.result:
            return f"{self.name} {self.result}"
        said = re.sub(r"\x1b\[[0-9;]*m", "", self.said.read_text("utf-8", "replace"))
        lines = re.findall(r"^(?:\S+\.py )?([.sxXFE]+)(?: +\[ *(\d+)%\])?$", said, re.MULTILINE)
        failed = sum(letter in "FE" for letters, _ in lines for letter in letters)
        done = next((percent for _, percent in reversed(lines) if percent), "0")
        return f"{self.name} {done} %" + (f", {failed} failed" if failed else "")


#: The result of a pass without a test in the user's selection.
NONE_SELECTED = "no such test in the selection"


@dataclass
class Tally:
    """The counts and times of the tests of one pass, or of all passes together."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    #: The seconds and the name of each test. The seconds include its set-up and clearing up.
    times: list[tuple[float, str]] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.times += other.times


def main(arguments: list[str]) -> int:
    """Run each step, even if others fail. Return 1 if any failed, else 0; for a question, pytest's exit code."""
    heed_signals()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="healthnews-tests-") as folder, ExitStack() as stack:
        environment = {name: value for name, value in os.environ.items() if name not in USERS_SETTINGS}
        if not QUESTIONS.isdisjoint(arguments):
            environment |= {"VAR_DIR": folder, "TMPDIR": folder}
            return subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=environment).returncode
        steps, missing = plan(arguments, environment, Path(folder), stack)
        run(steps, at_the_terminal=not FOR_A_PERSON.isdisjoint(arguments))
        total = Tally(failed=sum(word.startswith("FAILED") for word in missing.values()))
        for step in steps:
            total.add(tally_of(step))
    say("\nslowest:")
    for seconds, name in sorted(total.times, reverse=True)[:SLOWEST]:
        say(f"{seconds:7.1f} s  {name}")
    say("")
    for step in steps:
        say(f"{step.name}: {step.result} in {step.seconds:.0f} s, {step.cpu:.0f} s of them at work")
    for name, word in missing.items():
        say(f"{name}: {word}")
    if all(step.result == NONE_SELECTED for step in steps if step.is_pass):
        total.failed += 1
        say("FAILED: no pass has such a test")
    took = time.monotonic() - started
    if "--fast" in arguments:
        turns = measure_turns()
        goal = FAST_GOAL * turns / YARDSTICK
        say(f"--fast took {took:.0f} s; its goal is {goal:.0f} s here, where 3,000,000 turns take {turns:.2f} s")
    say(f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped in {took:.0f} s")
    return int(total.failed > 0)


def plan(
    arguments: list[str], environment: dict[str, str], folder: Path, stack: ExitStack
) -> tuple[list[Step], dict[str, str]]:
    """Return the steps of a run, and by name the outcome of each step that can't run on this machine.

    PostgreSQL runs for as long as `stack` is open.
    """
    steps: list[Step] = []
    missing: dict[str, str] = {}

    def add(name: str, *command: str, **variables: str) -> None:
        own = folder / name
        own.mkdir()
        places = {"VAR_DIR": f"{own}/var", "TMPDIR": str(own)}
        steps.append(Step(name, list(command), environment | places | variables, own))

    def add_pass(of: str, part: str = "", *more: str, **variables: str) -> None:
        name = f"{of} {part}".strip().replace("/", " of ")
        options = [f"--pass={of}", f"--junitxml={folder / name / 'report.xml'}"]
        options += [f"--part={part}"] if part else []
        options += [*more, "-o", f"cache_dir=var/cache/pytest/{name}"]  # the passes would overwrite a common cache
        options += ["--color=yes"] if sys.stdout.isatty() else []
        add(name, "-m", "pytest", *options, *arguments, **variables)

    add("ruff", "-m", "ruff", "check", "--quiet")
    add("format", "-m", "ruff", "format", "--check", "--quiet")
    add("types", "-m", "mypy", "--no-error-summary")
    add("migrations", "manage.py", "makemigrations", "--check", "--dry-run")
    add_pass("pure")
    if "--fast" in arguments:
        for part in PARTS:
            add_pass("SQLite", part)
        return steps, missing
    required = environment.get("REQUIRE", "").split(",")
    is_whole = all(each.startswith("-") for each in arguments)  # no file, test or expression is named
    url = None
    try:
        url = stack.enter_context(postgres.running(programs)) if (programs := postgres.find_programs()) else None
    except RuntimeError as error:
        missing["PostgreSQL"] = f"FAILED ({error})"
    else:
        if not url:
            is_required = "postgresql" in required
            word = "FAILED (no initdb, and REQUIRE names postgresql)" if is_required else "skipped (no initdb)"
            missing["PostgreSQL"] = word
    divided = ["--divided"] if url and is_whole and "--full" not in arguments else []
    for part in PARTS:
        add_pass("SQLite", part, *divided)
        if url:  # each part has a database of its own
            add_pass("PostgreSQL", part, *divided, DATABASE_URL=url.replace("/postgres?", f"/part{part[0]}?"))
    add_pass("processes")
    # This step fails if a style sheet names a missing file.
    add("static files", "manage.py", "collectstatic", "--no-input", "--verbosity=0")
    if is_whole:
        add("kills", "-m", "tests.faults.run", "--both", **({"DATABASE_URL": url} if url else {}))
    if find_chromium() or "chromium" in required:
        add_pass("browser")
    else:
        missing["browser"] = "skipped (no chromium: install Debian's package of that name)"
    return steps, missing


def find_chromium() -> str | None:
    """Return the path of the browser to test in, or None if no browser is installed."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def run(steps: Sequence[Step], *, at_the_terminal: bool = False) -> None:
    """Run all steps to their end: side by side, or one after another at the terminal."""
    if at_the_terminal:
        for step in steps:
            say(f"\n$ {step.name}: {' '.join(step.command)}")
            step.start(at_the_terminal=True)
            try:
                with interrupts_ignored():  # the step receives Ctrl-C from the terminal itself
                    step.wait()
            finally:
                if not step.result:
                    os.kill(step.process.pid, signal.SIGINT)
                    step.wait()
            if step.process.returncode == pytest.ExitCode.INTERRUPTED and step.is_pass:
                raise KeyboardInterrupt
        return
    # The threads only wait, because each step is a process.
    with ThreadPoolExecutor(len(steps)) as pool:
        waiting: dict[Future[None], Step] = {}
        try:
            for step in steps:
                step.start()
                waiting[pool.submit(step.wait)] = step
            told = time.monotonic()
            while waiting:
                left = max(0.0, told + TICK - time.monotonic())
                ended, _ = wait(waiting, timeout=left, return_when=FIRST_COMPLETED)
                for future in ended:
                    future.result()
                    tell(waiting.pop(future))
                if waiting and time.monotonic() - told >= TICK:
                    told = time.monotonic()
                    say("… " + "; ".join(step.progress() for step in waiting.values()))
        finally:  # if this run is stopped, the steps are stopped too
            stop(waiting)


def tell(step: Step) -> None:
    """Print a step's command and its whole output."""
    said = step.said.read_text("utf-8", "replace").strip()
    say(f"\n$ {step.name}: {' '.join(step.command)}\n{said}".rstrip())


def stop(waiting: dict[Future[None], Step]) -> None:
    """Stop the steps that still run and the processes that they started. Print their output."""
    for step in waiting.values():
        with suppress(ProcessLookupError):
            os.kill(step.process.pid, signal.SIGINT)  # pytest then stops what its tests have started
    try:
        wait(waiting, timeout=STOPPING)
    finally:  # also after a second Ctrl-C
        for future, step in waiting.items():
            if not future.done():
                with suppress(ProcessLookupError):
                    os.killpg(step.process.pid, signal.SIGKILL)
            tell(step)


@contextmanager
def interrupts_ignored() -> Iterator[None]:
    """Ignore SIGINT for as long as the `with` lasts."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def tally_of(step: Step) -> Tally:
    """Return the tally of pytest's report on a step. A failed step without a failed test counts as one failure."""
    tally = Tally()
    if step.report.exists():  # a pass that broke off has written no report
        for suite in ElementTree.parse(step.report).getroot().iter("testsuite"):
            tests, errors, failures, tally.skipped = (
                int(suite.get(name, 0)) for name in ("tests", "errors", "failures", "skipped")
            )
            tally.failed = errors + failures
            tally.passed = tests - tally.failed - tally.skipped
            tally.times = [
                (float(case.get("time", 0)), f"{step.name}: {case.get('classname')}::{case.get('name')}"[:140])
                for case in suite.iter("testcase")
            ]
    if step.result.startswith("FAILED"):
        tally.failed = max(tally.failed, 1)
    return tally


def measure_turns() -> float:
    """Return the processor seconds for 3,000,000 turns of a sum, the best of three, measured after all steps ended."""
    times = []
    for _ in range(3):
        started, total = time.process_time(), 0
        for i in range(3_000_000):
            total += i * i % 7
        times.append(time.process_time() - started)
    return min(times)


def heed_signals() -> None:
    """Make each signal that ends this run stop the steps and PostgreSQL, too."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    # A shell makes its background programs ignore SIGINT. The steps would inherit that, but SIGINT has to stop them.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def leave(number: int, frame: object) -> NoReturn:
    """End the run on a signal as on Ctrl-C, with the exit code 128 + `number`."""
    sys.exit(128 + number)


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
