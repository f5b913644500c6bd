"""A migration and its record are committed at once."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

pytestmark = pytest.mark.django_db(transaction=True)

#: A migration that makes a table and leaves statements to its end, and the one before it.
BEFORE, LAST, TABLE = "0009", ("axes", "0010_accessattemptexpiration"), "axes_accessattemptexpiration"


class Killed(BaseException):
    """The end of the process."""


@pytest.fixture(autouse=True)
def _newest_tables(transactional_db):
    """Leave the newest tables to the tests that follow, also after a failure."""
    yield
    call_command("migrate", "axes", verbosity=0)


def has_table():
    return TABLE in connection.introspection.table_names()


@pytest.mark.parametrize("is_back", [False, True])
def test_a_process_that_dies_before_the_record_leaves_nothing_of_a_migration(monkeypatch, is_back):
    there, back = ("migrate", "axes"), ("migrate", "axes", BEFORE)
    if not is_back:
        call_command(*back, verbosity=0)
    assert has_table() == is_back

    def die(recorder, app, name):
        assert has_table() != is_back
        raise Killed

    with monkeypatch.context() as patches:
        patches.setattr(MigrationRecorder, "record_unapplied" if is_back else "record_applied", die)
        with pytest.raises(Killed):
            call_command(*(back if is_back else there), verbosity=0)
    assert has_table() == is_back and (LAST in MigrationRecorder(connection).applied_migrations()) == is_back
    call_command(*(back if is_back else there), verbosity=0)
    assert has_table() != is_back


def test_keys_are_checked_again_after_a_migration():
    call_command("migrate", "axes", BEFORE, verbosity=0)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA foreign_keys").fetchone() == (1,)
