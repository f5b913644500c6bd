"""Configuration of all tests: where they write, which parts may be missing, which tests touch the database."""

import gc
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NoReturn

import hypothesis
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import TransactionTestCase
from hypothesis.configuration import set_hypothesis_home_dir
from pytest_django import DjangoDbBlocker

if "VAR_DIR" not in os.environ:
    raise pytest.UsageError("tests write only to temporary folders: run them by python3 -m healthnews test [ARGS]")

set_hypothesis_home_dir(os.environ["VAR_DIR"])
# Each run uses the same examples, so that a new failure comes from a change of the code. The machines are shared, so
# there is no deadline.
hypothesis.settings.register_profile("archive", derandomize=True, database=None, deadline=None)
hypothesis.settings.load_profile("archive")


TESTS = Path(__file__).parent

#: The folder of all tests that open pages in a browser. It holds no other tests.
BROWSER_TESTS = TESTS / "browser"


def missing(part: str, reason: str) -> NoReturn:
    """Skip the test because `part` is missing, or fail it if REQUIRE names that part: postgresql, chromium, gold,
    operations.
    """
    if part in os.environ.get("REQUIRE", "").split(","):
        pytest.fail(f"{reason} (REQUIRE names {part})")
    pytest.skip(reason)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options by which tests/run.py divides the tests among its passes, and the options of its user."""
    group = parser.getgroup("archive")
    group.addoption("--pass", dest="run_pass", choices=PASSES, help="run only the tests of one pass of tests/run.py")
    group.addoption("--part", help="run only one part of them, such as 1/2: so many of their modules")
    group.addoption("--database-only", action="store_true", help="run only the tests that touch the database")
    group.addoption("--fast", action="store_true", help="run only what needs no process, browser or transaction")
    group.addoption("--sample", type=int, metavar="N", help="run only the first N tests of each part, no long ones")
    group.addoption("--divided", action="store_true", help="let each database have half of the tests of DIVIDED")
    group.addoption("--full", action="store_true", help="ask as many arbitrary queries as a release does")


def pytest_configure(config: pytest.Config) -> None:
    """With --fast, skip each test as soon as it starts a process, so that no list has to name these tests."""
    if config.getoption("fast"):
        patch = pytest.MonkeyPatch()
        patch.setattr(subprocess.Popen, "__init__", leave_out)
        patch.setattr(BaseProcess, "start", leave_out)
        config.add_cleanup(patch.undo)


def pytest_collection_finish() -> None:
    """Collect garbage seldom and leave out the tests themselves. Otherwise it takes a tenth of the processor's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Return True for a path without tests of the pass, else None. The browser tests have a folder of their own."""
    is_of_browser = BROWSER_TESTS in (collection_path, *collection_path.parents)
    if config.getoption("run_pass") and is_of_browser and config.getoption("run_pass") != "browser":
        return True
    if config.getoption("run_pass") == "browser" and collection_path.is_file() and not is_of_browser:
        return True
    return None


def leave_out(*args: object, **kwargs: object) -> NoReturn:
    """Skip the test that calls this function."""
    pytest.skip("starts a process, which --fast leaves out")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the tests outside the pass, and with --database-only those that a second database can't affect."""
    kept = items
    if "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        kept = [item for item in kept if not item.get_closest_marker("server")]
    if config.getoption("run_pass"):
        kept = list(filter(PASSES[config.getoption("run_pass")], kept))
    if config.getoption("database_only"):
        kept = list(filter(PASSES["PostgreSQL"], kept))
    if config.getoption("divided"):
        kept = half_of(kept)
    if config.getoption("fast"):
        kept = [item for item in kept if not needs_browser(item) and not commits(item)]
    if config.getoption("sample"):
        kept = sample_of(kept, config.getoption("sample"))
    if config.getoption("part"):
        kept = part_of(kept, *map(int, config.getoption("part").split("/")))
    if len(kept) < len(items):
        staying = set(kept)
        config.hook.pytest_deselected(items=[item for item in items if item not in staying])
        items[:] = kept


#: The modules of which the first test takes a second or more, which a sample has no time for.
LONG = (
    *("admin/test_article_screen_of_samples.py", "commands/test_erase.py", "commands/test_prepare.py"),
    *("commands/test_verify.py", "desk/test_texts.py", "desk/test_withdrawing.py", "models/test_row_values.py"),
    *("reading/test_cost.py", "reading/test_fuzz.py", "reading/test_subjects.py", "search/test_index.py"),
    *("search/test_relevance.py", "test_imports.py", "views/test_keeping.py", "views/test_methods.py"),
    *("views/test_parameters.py", "views/test_withdrawn.py"),
)


def sample_of(items: list[pytest.Item], number: int) -> list[pytest.Item]:
    """Return the first `number` tests of each module, and of each folder those that touch the database, in order.

    Left out are LONG modules, tests of properties, which are long, too, and tests of an archive that their module makes
    once for all of them.
    """
    long = {TESTS / name for name in LONG}
    taken: Counter[Path] = Counter()
    sample = []
    for item in items:
        place = item.path.parent if touches_database(item) else item.path
        is_property = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        is_long = is_property or "made_once" in getattr(item, "fixturenames", ())
        if not is_long and item.path not in long and taken[place] < number:
            taken[place] += 1
            sample.append(item)
    return sample


#: The modules whose tests take far longer than others, each with the number of usual tests, a tenth of a second each,
#: that take as long as it on SQLite and on PostgreSQL.
HEAVY = {
    "admin/test_actions.py": (190, 190),
    "admin/test_article_screen.py": (260, 260),
    "admin/test_articles.py": (170, 170),
    "admin/test_cutting.py": (240, 0),
    "admin/test_structure_screen.py": (360, 0),
    "admin/test_traps.py": (370, 370),
    "admin/test_two_editors.py": (270, 270),
    "desk/test_roles.py": (610, 400),
    "desk/test_structure.py": (500, 500),
    "desk/test_texts.py": (280, 280),
    "desk/test_texts_property.py": (150, 150),
    "desk/test_undo.py": (380, 380),
    "desk/test_undo_property.py": (450, 200),
    "faults/test_hostile.py": (470, 470),
    "faults/test_kill.py": (500, 450),
    "faults/test_kill_sync.py": (430, 430),
    "faults/test_searches_without_hit.py": (170, 170),
    "ingest/test_read_ahead.py": (270, 20),
    "models/test_history_in_ledger.py": (340, 340),
    "models/test_migrations.py": (410, 410),
    "models/test_version_0_1.py": (280, 330),
    "search/test_anything.py": (350, 70),
    "search/test_damage.py": (310, 30),
    "search/test_sync.py": (250, 180),
    "views/test_counted_links.py": (210, 210),
    "views/test_facets.py": (220, 220),
    "views/test_search_facets.py": (230, 40),
    "views/test_walk.py": (150, 130),
}


#: The modules whose tests ask the same statements again and again: rules of the desk, lists and files of readers. Each
#: database has every other test. Without PostgreSQL, or with a selection or --full, no module is divided.
DIVIDED = {
    *("admin/test_actions.py", "admin/test_article_screen.py", "admin/test_articles.py"),
    *("admin/test_queue.py", "admin/test_searching.py", "admin/test_traps.py"),
    *("desk/test_moving.py", "desk/test_placing_text.py", "desk/test_roles.py", "desk/test_structure.py"),
    *("desk/test_texts.py", "desk/test_undo.py", "desk/test_withdrawing.py", "ingest/test_doubt_check.py"),
    *("models/test_history_in_ledger.py", "search/test_find.py", "search/test_queries.py"),
    *("views/test_coins.py", "views/test_counted_links.py", "views/test_exporting.py", "views/test_exports.py"),
    *("views/test_facets.py", "views/test_feeds.py", "views/test_lists.py", "views/test_search_facets.py"),
    *("views/test_searches_without_hit.py", "views/test_suggestions.py", "views/test_walk.py"),
}


def half_of(items: list[pytest.Item]) -> list[pytest.Item]:
    """Return the tests without those that the other database has. Tests of one database alone stay."""
    turn = "postgresql" in settings.DATABASES["default"]["ENGINE"]
    divided = {TESTS / name for name in DIVIDED}
    seen: Counter[Path] = Counter()
    kept = []
    for item in items:
        is_divided = item.path in divided and not of_sqlite(item)
        if is_divided and not item.get_closest_marker("server"):
            seen[item.path] += 1
            if seen[item.path] % 2 == turn:
                continue
        kept.append(item)
    return kept


def part_of(items: list[pytest.Item], number: int, parts: int) -> list[pytest.Item]:
    """Return part `number` of `parts`. Each module lies whole in one part, and the parts are about equally long."""
    lengths = dict(Counter(item.path for item in items))
    on_postgresql = "postgresql" in settings.DATABASES["default"]["ENGINE"]
    lengths |= {path: length[on_postgresql] for name, length in HEAVY.items() if (path := TESTS / name) in lengths}
    lengths |= {path: lengths[path] // 2 for name in DIVIDED if (path := TESTS / name) in lengths and name in HEAVY}
    mine, taken = set(), [0] * parts
    for path in sorted(lengths, key=lambda path: (-lengths[path], path)):
        least = taken.index(min(taken))
        taken[least] += lengths[path]
        if least == number - 1:
            mine.add(path)
    return [item for item in items if item.path in mine]


@pytest.fixture(scope="module", autouse=True)
def _vacuumed(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let PostgreSQL forget the rows that the tests of a module have rolled back.

    It would read them at each scan of a table, and the tables of fixtures/ alone are thousands of rows a test.
    """
    yield
    if connection.vendor == "postgresql" and connection.settings_dict["NAME"].startswith("test_"):
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("VACUUM")


@pytest.fixture(scope="module")
def made_once(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Let a module make its archive once, with an index of its own. A test's changes are rolled back after the test.

    The module's own changes are rolled back at its end. A test that commits must not use this fixture.
    """
    kept, settings.SEARCH_DIR = settings.SEARCH_DIR, tmp_path_factory.mktemp("index")
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)
    settings.SEARCH_DIR = kept


@pytest.fixture
def changing(made_once: None, db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let a test change and index the archive that its module has made once.

    The test has an epoch and a copy of the index of its own. Caches and indexes are known by epoch and revision, and
    the next test that changes the archive reaches the same revisions with other rows.
    """
    from articles.models import Archive  # noqa: PLC0415 - models can be imported only now
    from articles.models.archive import new_epoch  # noqa: PLC0415
    from articles.search.state import serving_index, write_state  # noqa: PLC0415

    monkeypatch.setattr(settings, "SEARCH_DIR", shutil.copytree(settings.SEARCH_DIR, tmp_path / "index of the test"))
    epoch = new_epoch()
    Archive.objects.update(epoch=epoch)
    if held := serving_index():
        write_state(held.folder, replace(held.state, epoch=epoch), held.kept)


def touches_database(item: pytest.Item) -> bool:
    """Tell whether a test may use the database: by mark, by fixture or as one of Django's test cases."""
    if item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(getattr(item, "fixturenames", ())):
        return True
    test_class = getattr(item, "cls", None)
    return test_class is not None and issubclass(test_class, TransactionTestCase)


def commits(item: pytest.Item) -> bool:
    """Tell whether a test commits real transactions, so that the tables have to be emptied after it."""
    marker = item.get_closest_marker("django_db")
    if marker and (marker.kwargs.get("transaction") or any(marker.args[:1])):
        return True
    return bool({"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())))


def needs_browser(item: pytest.Item) -> bool:
    """Tell whether a test opens pages in a browser."""
    return "browser" in getattr(item, "fixturenames", ())


def is_pure(item: pytest.Item) -> bool:
    """Tell whether a test needs neither a browser nor the database of the tests."""
    return not needs_browser(item) and not touches_database(item)


def is_of_processes(item: pytest.Item) -> bool:
    """Tell whether a test is of a folder whose tests start whole archives, and mostly wait for them."""
    return any(folder in item.path.parents for folder in (TESTS / "faults", TESTS / "operations"))


def is_for_databases(item: pytest.Item) -> bool:
    """Tell whether a test belongs to the passes that run once for each database."""
    return touches_database(item) and not needs_browser(item)


def of_sqlite(item: pytest.Item) -> bool:
    """Tell whether a marker excludes PostgreSQL."""
    return any(item.get_closest_marker(name) for name in ("plan", "one_database"))


#: The rule for the tests of each pass. A test belongs to one pass, except that tests which touch the database run on
#: both databases unless a marker excludes one.
PASSES: dict[str, Callable[[pytest.Item], bool]] = {
    "browser": needs_browser,
    "pure": lambda item: is_pure(item) and not is_of_processes(item),
    "processes": lambda item: is_pure(item) and is_of_processes(item),
    "SQLite": lambda item: is_for_databases(item) and not item.get_closest_marker("server"),
    "PostgreSQL": lambda item: is_for_databases(item) and not of_sqlite(item),
}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Keep a copy of the tables of fixtures/ in the new database and leave all other tables empty.

    A test that commits empties only the tables that it has filled.
    """
    from tests import tables  # noqa: PLC0415 - models can be imported only now

    TransactionTestCase._fixture_teardown = tables.empty_filled_tables
    with django_db_blocker.unblock():
        tables.keep_tables()
        tables.empty_database()
