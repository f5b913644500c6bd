"""A copy in another database has the same digests, whichever database either of the two is."""

import pytest
from django.apps import apps
from django.db import connections, models

from articles.models import Article
from articles.verify import digests

pytestmark = pytest.mark.django_db(databases=["default", "copy"])

#: The apps whose rows are copied.
COPIED = ("contenttypes", "auth", "articles")


@pytest.fixture(scope="module", autouse=True)
def copy(ids, django_db_blocker, tmp_path_factory):
    """Copy the archive into a new SQLite file, the database "copy"."""
    file = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path_factory.mktemp("copy") / "copy.sqlite3")}
    connections.databases["copy"] = connections.configure_settings({"default": {}, "copy": file})["copy"]
    tables = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in COPIED]
    with django_db_blocker.unblock():
        with connections["copy"].constraint_checks_disabled(), connections["copy"].schema_editor() as editor:
            for model in tables:
                if not model._meta.auto_created:  # the tables between two models come with them
                    editor.create_model(model)
        with connections["copy"].constraint_checks_disabled():
            for model in tables:
                copy_rows(model)
    yield
    connections["copy"].close()
    del connections["copy"], connections.databases["copy"]


def copy_rows(model):
    """Copy the rows of a model in the other order, with the times that Django would set anew."""
    names = [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.DateTimeField) and (field.auto_now or field.auto_now_add)
    ]
    rows = list(model._base_manager.order_by("-pk"))
    times = {row.pk: {name: getattr(row, name) for name in names} for row in rows}
    model._base_manager.using("copy").bulk_create(rows)
    if names:
        for pk, values in times.items():
            model._base_manager.using("copy").filter(pk=pk).update(**values)


def test_a_copy_in_another_database_has_the_same_digests():
    assert digests("copy") == digests()
    article = Article._base_manager.using("copy").last()
    Article._base_manager.using("copy").filter(pk=article.pk).update(headline=f"{article.headline}。")
    assert digests("copy")["readers"] != digests()["readers"] and digests("copy")["rows"] != digests()["rows"]
