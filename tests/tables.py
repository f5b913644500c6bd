"""The database's tables for tests: those of fixtures/ are copied, and all are emptied, in a tenth of the usual time."""

from contextlib import contextmanager

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction

from articles.ingest import tables
from articles.models import PublicationSchedule, Region, RegionAlias, Synonym, Topic, archive

MODELS = (Region, RegionAlias, Topic, PublicationSchedule, Synonym)

#: The tables that a migration fills with what each archive has. No emptying takes these rows away.
OF_MIGRATIONS = (ContentType, Permission, Group, Group.permissions.through)

#: What the database has without a test's rows: its tables, and the rows and sequences of OF_MIGRATIONS.
_outset = []


def keep_tables():
    """Load the tables once for this run of tests and leave copies of them that no test changes."""
    tables.load_tables()
    with connection.cursor() as cursor:
        for model in MODELS:
            cursor.execute(f"CREATE TABLE kept_{model.__name__.lower()} AS SELECT * FROM {model._meta.db_table}")


def load_tables():
    """Fill the empty tables of an archive with the rows of the files, as the command does."""
    with archive.change() as change, connection.cursor() as cursor, without_triggers(cursor):
        for model in MODELS:
            assert not model.objects.exists()
            cursor.execute(f"INSERT INTO {model._meta.db_table} SELECT * FROM kept_{model.__name__.lower()}")
        for statement in connection.ops.sequence_reset_sql(no_style(), MODELS):
            cursor.execute(statement)
        change.other()


@contextmanager
def without_triggers(cursor):
    """Let PostgreSQL look up no foreign keys in the `with` block: those of the kept rows were right once."""
    is_postgresql = connection.vendor == "postgresql"
    if is_postgresql:
        cursor.execute("SET LOCAL session_replication_role = replica")
    yield
    if is_postgresql:
        cursor.execute("SET LOCAL session_replication_role = origin")


def empty_database():
    """Empty all tables but those of OF_MIGRATIONS, at the start of a run. Remember what each test has to leave."""
    call_command("flush", verbosity=0, interactive=False)
    _outset[:] = _what_stays()


def empty_filled_tables(_case=None):
    """Empty the tables that a test has filled, as `TransactionTestCase._fixture_teardown` does.

    Django's flush empties every table and makes content types, permissions and roles again, which takes a tenth of a
    second and more. It is left to tests that have changed these or the tables themselves.
    """
    if _what_stays() != _outset:
        empty_database()
        return
    staying = {model._meta.db_table for model in OF_MIGRATIONS} | {"django_migrations"}
    tables = [name for name in _outset[0] if name not in staying and not name.startswith("kept_")]
    ask = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in tables)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ask)
        filled = [name for (name,) in cursor.fetchall()]
        with without_triggers(cursor):
            for name in filled:
                cursor.execute(f"DELETE FROM {name}")


def _what_stays():
    """Return the names of all tables, the sequences of OF_MIGRATIONS, then the rows of each of these models."""
    tables = tuple(model._meta.db_table for model in OF_MIGRATIONS)
    rows = [list(model._base_manager.order_by("pk").values_list()) for model in OF_MIGRATIONS]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"SELECT name, seq FROM sqlite_sequence WHERE name IN {tables} ORDER BY name")
        else:
            names = tuple(f"{table}_id_seq" for table in tables)
            cursor.execute(
                f"SELECT sequencename, last_value FROM pg_sequences WHERE sequencename IN {names} ORDER BY sequencename"
            )
        return [sorted(connection.introspection.table_names()), cursor.fetchall(), *rows]
