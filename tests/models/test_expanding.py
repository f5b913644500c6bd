"""A migration only adds: the release before it goes on serving on the new tables, and is the way back.

What a migration takes away, an earlier release must have stopped using. The migration tells which by a constant:

    CONTRACTS = "0.3.0"  # the release that stopped using it
"""

from importlib import import_module

import pytest
from django.conf import settings
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.models.fields import NOT_PROVIDED

#: The number of the last migration from before the rule.
BEFORE_THE_RULE = 27

#: Operations after which code that knows nothing of them works as before, whatever their arguments.
HARMLESS = (
    migrations.CreateModel,
    migrations.AddIndex,
    migrations.RemoveIndex,
    migrations.RenameIndex,
    migrations.RemoveConstraint,
    migrations.AlterModelOptions,
    migrations.AlterModelManagers,
    migrations.AlterModelTableComment,
    migrations.AlterOrderWithRespectTo,
    migrations.RunPython,  # its function has a test of its own, if it has one
)


def faults_of(operation, before):
    """Return why the previous release could not serve after an operation on the models of the state `before`."""
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        return [fault for each in operation.database_operations for fault in faults_of(each, before)]
    if isinstance(operation, HARMLESS):
        return []
    if isinstance(operation, migrations.AddField):
        return [] if stays_out_of_inserts(operation.field) else ["a row of the previous release lacks the column"]
    if isinstance(operation, migrations.AlterField):
        held = before.models["articles", operation.model_name_lower].get_field(operation.name)
        return faults_of_change(held, operation.field)
    return [f"{type(operation).__name__} takes something away or forbids something"]


def stays_out_of_inserts(field):
    """Tell whether a row can be inserted without the column. A default of Django's is none of the database's."""
    return field.null or field.many_to_many or field.db_default is not NOT_PROVIDED


def faults_of_change(held, field):
    faults = []
    if held.null and not field.null and field.db_default is NOT_PROVIDED:
        faults.append("the previous release may write NULL")
    if field.unique and not held.unique:
        faults.append("the previous release may write the value twice")
    if held.db_default is not NOT_PROVIDED and field.db_default is NOT_PROVIDED and not field.null:
        faults.append("the previous release may leave the column out")
    types = [type_of(each) for each in (held, field)]
    if types[0] != types[1] and not is_longer(held, field):
        faults.append(f"the column was {types[0]} and becomes {types[1]}")
    return faults


def type_of(field):
    """Return the type of a field's column. That of a relation is the type of what it leads to."""
    return str(field.remote_field.model).lower() if field.remote_field else field.db_type(connection)


def is_longer(held, field):
    """Tell whether a column of characters only gets room for more of them."""
    if not isinstance(held, models.CharField) or not isinstance(field, models.CharField | models.TextField):
        return False
    return field.max_length is None or (held.max_length or 0) <= field.max_length


def version_of(text):
    return tuple(map(int, text.split(".")))


def ours():
    loader = MigrationLoader(None, ignore_no_migrations=True)
    for key in sorted(loader.disk_migrations):
        if key[0] == "articles":
            yield loader, key, loader.disk_migrations[key]


def test_the_previous_release_serves_on_the_tables_of_each_migration():
    for loader, key, migration in ours():
        if int(key[1][:4]) <= BEFORE_THE_RULE:
            continue
        state = loader.project_state(key, at_end=False)
        for operation in migration.operations:
            faults = faults_of(operation, state)
            stopped = getattr(import_module(migration.__module__), "CONTRACTS", None)
            assert not faults or stopped, f"{key[1]}: {operation.describe()}: {faults}; see CONTRIBUTING.md"
            assert not stopped or version_of(stopped) < version_of(settings.VERSION), (
                f"{key[1]}: CONTRACTS = {stopped!r}"
            )
            operation.state_forwards("articles", state)


REFUSED = {
    "a field is removed": migrations.RemoveField("article", "headline"),
    "a field is renamed": migrations.RenameField("article", "headline", "title"),
    "a model is removed": migrations.DeleteModel("Synonym"),
    "a model is renamed": migrations.RenameModel("Synonym", "Word"),
    "a table is renamed": migrations.AlterModelTable("synonym", "words"),
    "a column that must be given": migrations.AddField("article", "more", models.IntegerField()),
    "a default of Django's": migrations.AddField("article", "more", models.IntegerField(default=0)),
    "a column may no longer be empty": migrations.AlterField("page", "number", models.PositiveSmallIntegerField()),
    "a shorter column": migrations.AlterField("article", "headline", models.CharField(max_length=5)),
    "another type": migrations.AlterField("article", "position", models.TextField()),
    "unique": migrations.AlterField("article", "position", models.PositiveIntegerField(unique=True)),
    "a constraint": migrations.AddConstraint(
        "article", models.CheckConstraint(condition=models.Q(position__gt=1), name="a")
    ),
    "SQL": migrations.RunSQL("DROP TABLE articles_article"),
    "hidden": migrations.SeparateDatabaseAndState([migrations.DeleteModel("Synonym")]),
}
TAKEN = {
    "a table": migrations.CreateModel("More", [("id", models.BigAutoField(primary_key=True))]),
    "a column that may be empty": migrations.AddField("article", "more", models.IntegerField(null=True)),
    "a default of the database's": migrations.AddField("article", "more", models.IntegerField(db_default=0)),
    "a column may be empty": migrations.AlterField("article", "position", models.PositiveIntegerField(null=True)),
    "an index": migrations.AddIndex("article", models.Index(fields=["kind"], name="a")),
    "only the state": migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Synonym")]),
}


@pytest.fixture(scope="module")
def newest():
    loader, key, _ = list(ours())[-1]
    return loader.project_state(key)


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_previous_release_could_not_bear_is_refused(name, newest):
    assert faults_of(REFUSED[name], newest)


@pytest.mark.parametrize("name", TAKEN)
def test_what_it_knows_nothing_of_is_taken(name, newest):
    assert faults_of(TAKEN[name], newest) == []
