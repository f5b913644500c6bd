"""Checks of the ledger against the rows: sentences for everything that disagrees."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from articles.desk.standing import History, histories
from articles.ingest.doubt_check import doubt_differences
from articles.ingest.readers import reader_from_database
from articles.models import Batch, Correction
from articles.models.editing import Editable
from articles.models.row_values import key_field

#: Rows compared at once.
BATCH = 500


def differences() -> Iterator[str]:
    """Yield a Chinese sentence for each difference between the rows and the ledger, and between rows and doubts.

    See `ledger_differences` and `doubt_differences`.
    """
    yield from ledger_differences()
    yield from doubt_differences(reader_from_database())


def ledger_differences() -> Iterator[str]:
    """Yield a Chinese sentence for each batch without corrections, and for each field that is protected otherwise.

    The ledger of an old archive does not tell everything, so that a field that it does not name may be protected.
    """
    for batch in Batch.objects.filter(corrections=None).order_by("pk"):
        yield f"{batch}没有任何改动"
    for model in apps.get_app_config("articles").get_models():
        if issubclass(model, Editable):
            yield from _of_model(model)


def _of_model(model: type[Editable]) -> Iterator[str]:
    name, field = str(model._meta.model_name), key_field(model)
    corrected = Correction.objects.filter(model=name).order_by("object_id").values_list("object_id", flat=True)
    keys = list(corrected.distinct())
    for start in range(0, len(keys), BATCH):
        part = keys[start : start + BATCH]
        rows = {str(row.pk): row for row in model._base_manager.filter(**{f"{field}__in": part})}
        for (_, key), history in histories((name, key) for key in part).items():
            if key in rows:
                yield from _of_row(rows[key], history)


def _of_row(row: models.Model, history: History) -> Iterator[str]:
    assert isinstance(row, Editable)  # the caller has asked
    for name in row.protectable():
        if history.tells(name) and history.is_protected(name) != row.is_protected(name):
            said = "人工" if row.is_protected(name) else "机器"
            yield f"{row._meta.verbose_name} {row.pk} 的“{name}”现作{said}，与校改记录不符"
