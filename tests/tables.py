"""The tables of fixtures/ for tests, copied within the database. The usual load_tables() takes ten times as long."""

from contextlib import contextmanager

from django.core.management.color import no_style
from django.db import connection

from articles.ingest import tables
from articles.models import PublicationSchedule, Region, RegionAlias, Synonym, Topic, archive

MODELS = (Region, RegionAlias, Topic, PublicationSchedule, Synonym)


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
