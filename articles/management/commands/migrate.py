"""`migrate`, as Django has it, of whole migrations."""

from django.core.management.commands import migrate

from articles.management.base import ArchiveCommand
from articles.whole_migrations import WholeMigrationExecutor

# Django's command takes its executor from its own module.
migrate.MigrationExecutor = WholeMigrationExecutor  # type: ignore[attr-defined]


class Command(ArchiveCommand, migrate.Command):
    """Django's command, which ends in order: a signal takes back the migration that is under way."""
