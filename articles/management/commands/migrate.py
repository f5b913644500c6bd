"""`migrate`, as Django has it, of whole migrations."""

from django.core.management.commands import migrate

from articles.whole_migrations import WholeMigrationExecutor

# Django's command takes its executor from its own module.
migrate.MigrationExecutor = WholeMigrationExecutor  # type: ignore[attr-defined]

Command = migrate.Command
