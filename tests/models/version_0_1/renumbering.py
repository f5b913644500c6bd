"""Give an archive the ids of another one, so that both can have the same digests."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.db import connection, models

from articles.models import Redirect

#: More than any id of a test.
FAR = 1_000_000


def renumber(model: type[models.Model], ids: Mapping[int, int]) -> None:
    """Give the rows of `model` other ids, {present: new}. Columns that point to them follow."""
    pointing = [
        (each.related_model._meta.db_table, each.field.column)
        for each in model._meta.get_fields(include_hidden=True)
        if each.auto_created and not each.concrete and each.one_to_many
    ]
    with connection.cursor() as cursor:
        for table, column in [(model._meta.db_table, model._meta.pk.column), *pointing]:
            cursor.execute(f"UPDATE {table} SET {column} = {column} + {FAR}")
            for present, new in ids.items():
                cursor.execute(f"UPDATE {table} SET {column} = %s WHERE {column} = %s", [new, present + FAR])


def renumber_addresses(ids: Mapping[int, int]) -> None:
    """Bring the ids of articles in redirects from present to new ones, {present: new}."""
    rows = list(Redirect.objects.values_list("old_path", "new_path"))
    Redirect.objects.all().delete()
    Redirect.objects.bulk_create(
        Redirect(old_path=_renumbered(old, ids), new_path=_renumbered(new, ids)) for old, new in rows
    )


def _renumbered(path: str, ids: Mapping[int, int]) -> str:
    return re.sub(r"^/articles/([0-9]+)/", lambda match: f"/articles/{ids[int(match[1])]}/", path)
