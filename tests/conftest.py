"""What all tests share: a place to write, parts that may be missing, which tests touch the database."""

import os
import subprocess
from multiprocessing.process import BaseProcess
from typing import NoReturn

import hypothesis
import pytest
from django.core.management import call_command
from django.test import TransactionTestCase
from hypothesis.configuration import set_hypothesis_home_dir
from pytest_django import DjangoDbBlocker

if "VAR_DIR" not in os.environ:
    raise pytest.UsageError("tests write only to temporary folders: run them by python3 -m healthnews test [ARGS]")

set_hypothesis_home_dir(os.environ["VAR_DIR"])
# The same examples in each run, so that a change fails by its own doing; no deadline, for the machines are shared.
hypothesis.settings.register_profile("archive", derandomize=True, database=None, deadline=None)
hypothesis.settings.load_profile("archive")


def missing(part: str, reason: str) -> NoReturn:
    """Skip the test for want of `part`, or fail it where REQUIRE names that part: postgresql, chromium, gold."""
    if part in os.environ.get("REQUIRE", "").split(","):
        pytest.fail(f"{reason} (REQUIRE names {part})")
    pytest.skip(reason)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options by which tests/run.py shares the tests among its passes."""
    group = parser.getgroup("archive")
    group.addoption("--database-only", action="store_true", help="run only the tests that touch the database")
    group.addoption("--browser-only", action="store_true", help="run only the tests in a browser")
    group.addoption("--without-browser", action="store_true", help="run all tests but those in a browser")
    group.addoption("--fast", action="store_true", help="run only what needs no process, browser or transaction")
    group.addoption("--full", action="store_true", help="ask as many arbitrary queries as by hand, not as in CI")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not of the pass."""
    kept = items
    if config.getoption("database_only"):  # what a second database can't change is left out
        kept = [item for item in kept if touches_database(item) and not item.get_closest_marker("plan")]
    if config.getoption("browser_only"):
        kept = [item for item in kept if needs_browser(item)]
    if config.getoption("without_browser") or config.getoption("fast") or config.getoption("database_only"):
        kept = [item for item in kept if not needs_browser(item)]
    if config.getoption("fast"):
        kept = [item for item in kept if not (item.get_closest_marker("process") or needs_transaction(item))]
    if len(kept) < len(items):
        left = set(items) - set(kept)
        config.hook.pytest_deselected(items=[item for item in items if item in left])
        items[:] = kept


def touches_database(item: pytest.Item) -> bool:
    """Tell whether a test is allowed the database: by mark, by fixture or as one of Django's test cases."""
    if item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(getattr(item, "fixturenames", ())):
        return True
    test_class = getattr(item, "cls", None)
    return test_class is not None and issubclass(test_class, TransactionTestCase)


def needs_browser(item: pytest.Item) -> bool:
    """Tell whether a test looks at pages in a browser, or at what one is served."""
    return bool({"browser", "site"} & set(getattr(item, "fixturenames", ())))


def needs_transaction(item: pytest.Item) -> bool:
    """Tell whether a test commits, after which the database is emptied: by mark or by fixture."""
    mark = item.get_closest_marker("django_db")
    if mark and (mark.kwargs.get("transaction") or (mark.args and mark.args[0])):
        return True
    return "transactional_db" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Keep a copy of the tables of fixtures/ in the new database, which is empty otherwise."""
    from tests.tables import keep_tables  # noqa: PLC0415 - models can be imported only now

    with django_db_blocker.unblock():
        keep_tables()
        call_command("flush", verbosity=0, interactive=False)


@pytest.fixture(autouse=True)
def no_process_unsaid(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under --fast, fail a test that starts a process without saying so by its mark."""
    if not request.config.getoption("fast"):
        return

    def refuse(*args: object, **kwargs: object) -> NoReturn:
        pytest.fail("a test that starts a process is marked so: @pytest.mark.process")

    monkeypatch.setattr(subprocess.Popen, "__init__", refuse)
    monkeypatch.setattr(BaseProcess, "start", refuse)
