"""Run every test: python -m tests.run [PYTEST ARGS ...].

The linter, the check for missing migrations, all tests on SQLite, then those that touch the database on PostgreSQL.
Nothing is written but to temporary folders, gone when the run ends; what pytest and ruff remember lies in var/cache/.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

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


def main(arguments: list[str]) -> int:
    """Run each step, whatever became of the ones before; return 1 if any failed."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # so that PostgreSQL is stopped
    with tempfile.TemporaryDirectory(prefix="healthnews-tests-") as folder:
        environment = {name: value for name, value in os.environ.items() if name not in USERS_SETTINGS}
        environment |= {"VAR_DIR": f"{folder}/var", "TMPDIR": folder}
        results = {
            "ruff": run(["ruff", "check", "--quiet"], environment),
            "migrations": run(["manage.py", "makemigrations", "--check", "--dry-run"], environment),
            # Fails for a style sheet that names a file which isn't there.
            "static files": run(["manage.py", "collectstatic", "--no-input", "--verbosity=0"], environment),
            "SQLite": run(["pytest", *arguments], environment),
            "PostgreSQL": test_on_postgresql(arguments, environment),
        }
        if shutil.which("chromium") is None and "chromium" not in environment.get("REQUIRE", "").split(","):
            results["browser"] = "skipped (no chromium)"
    say("")
    for step, result in results.items():
        say(f"{step}: {result}")
    return int(any(result.startswith("FAILED") for result in results.values()))


def test_on_postgresql(arguments: list[str], environment: dict[str, str]) -> str:
    """Run the tests that touch the database on a PostgreSQL of their own, if its programs are here."""
    programs = postgres.find_programs()
    if programs is None:
        required = "postgresql" in environment.get("REQUIRE", "").split(",")
        return "FAILED (no initdb, and REQUIRE names postgresql)" if required else "skipped (no initdb)"
    try:
        with postgres.running(programs) as url:
            environment = environment | {"DATABASE_URL": url}
            # A selection of the user's may hold none of these tests; the whole suite does.
            return run(["pytest", "--database-only", *arguments], environment, may_be_empty=bool(arguments))
    except RuntimeError as error:
        return f"FAILED ({error})"


def run(command: list[str], environment: dict[str, str], *, may_be_empty: bool = False) -> str:
    """Run a module or a script with this Python; return what became of it."""
    say(f"\n$ {' '.join(command)}")
    module = [] if command[0].endswith(".py") else ["-m"]
    code = subprocess.run([sys.executable, *module, *command], cwd=ROOT, env=environment).returncode
    if code == pytest.ExitCode.NO_TESTS_COLLECTED and may_be_empty:
        return "no such test in the selection"
    return f"FAILED (exit code {code})" if code else "passed"


def say(text: str) -> None:
    """Print a line at once, ahead of what the next step prints."""
    print(text, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
