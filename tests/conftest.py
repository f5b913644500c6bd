"""What all tests share: a place to write, parts that may be missing, which tests touch the database."""

import os
from typing import NoReturn

import hypothesis
import pytest
from django.test import TransactionTestCase
from hypothesis.configuration import set_hypothesis_home_dir

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
    """Add the option with which tests/run.py runs on a second database."""
    parser.addoption("--database-only", action="store_true", help="run only the tests that touch the database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what a second database can't change."""
    if config.getoption("database_only"):
        left = [item for item in items if not touches_database(item) or item.get_closest_marker("plan")]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


def touches_database(item: pytest.Item) -> bool:
    """Tell whether a test is allowed the database: by mark, by fixture or as one of Django's test cases."""
    if item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(getattr(item, "fixturenames", ())):
        return True
    test_class = getattr(item, "cls", None)
    return test_class is not None and issubclass(test_class, TransactionTestCase)
