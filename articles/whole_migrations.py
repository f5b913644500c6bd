"""Migrations that are applied and recorded in one transaction, so that a process may die at any moment.

Django commits the tables of a migration before its record whenever statements are left to the end, such as those that
make indexes and foreign keys. If the process dies between the two, each later `migrate` fails with "already exists".
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState


class WholeMigrationExecutor(MigrationExecutor):
    """Django's executor with one transaction for each migration that is not `atomic = False`."""

    def apply_migration(
        self, state: ProjectState, migration: Migration, fake: bool = False, fake_initial: bool = False
    ) -> ProjectState:
        """Apply a migration and record it, as Django's method does."""
        if not migration.atomic:
            return super().apply_migration(state, migration, fake, fake_initial)
        with _at_once(self.connection):
            return super().apply_migration(state, migration, fake, fake_initial)

    def unapply_migration(self, state: ProjectState, migration: Migration, fake: bool = False) -> ProjectState:
        """Take a migration back, and its record, as Django's method does."""
        if not migration.atomic:
            return super().unapply_migration(state, migration, fake)
        with _at_once(self.connection):
            return super().unapply_migration(state, migration, fake)


@contextmanager
def _at_once(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Open a transaction in which a schema editor may work.

    SQLite can't change a table while it checks foreign keys, and can't stop checking within a transaction. Its schema
    editor checks all keys at its end.
    """
    stopped = connection.vendor == "sqlite" and connection.disable_constraint_checking()
    try:
        with transaction.atomic(connection.alias):
            yield
    finally:
        if stopped:
            connection.enable_constraint_checking()
