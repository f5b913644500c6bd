"""An article that a person added had its empty bylines, regions and topics for that person's: it was never classified.

A set is a person's where a person changed it, and then its history has rows. Where it is empty and has no history, the
mark goes; `manage.py classify` says then what the article is about.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

MODELS = {"bylines": "Byline", "regions": "ArticleRegion", "topics": "ArticleTopic"}


def unmark(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    articles = apps.get_model("articles", "Article").objects
    marked = dict(articles.exclude(edited_fields=[]).values_list("pk", "edited_fields").iterator())
    for name, model in MODELS.items():
        rows, history = (apps.get_model("articles", each).objects for each in (model, f"Historical{model}"))
        ids = [pk for pk, fields in marked.items() if name in fields]
        for start in range(0, len(ids), 500):
            batch = ids[start : start + 500]
            theirs = rows.filter(article__in=batch).order_by().values_list("article", flat=True)
            touched = history.filter(article__in=batch).order_by().values_list("article", flat=True)
            for pk in set(batch) - {*theirs, *touched}:
                marked[pk] = [field for field in marked[pk] if field != name]
                articles.filter(pk=pk).update(edited_fields=marked[pk])


class Migration(migrations.Migration):
    dependencies = [("articles", "0006_section_index")]

    operations = [migrations.RunPython(unmark, migrations.RunPython.noop, elidable=True)]
