"""The ledger in words: where a correction was made, and its values as people read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from articles.desk.recording import BLOCK
from articles.models import Article, Batch, Correction, Issue, Page, Redirect, Region, Topic
from articles.models.row_values import key_field

#: The words for the sets of rows, which are no fields.
SET_LABELS = {"bylines": "署名", "regions": "地区", "topics": "主题", "credits": "版面人员", "aliases": "别名"}

#: The word for no value.
NOTHING = "（无）"


@dataclass(frozen=True)
class Told:
    """A correction in words: its place (《标题》), the name of its field, and its values before and after.

    `pk` is the id of the corrected row, "" if the row is gone.
    """

    correction: Correction
    place: str
    pk: str
    label: str
    old: str
    new: str


def tell(corrections: Iterable[Correction]) -> list[Told]:
    """Return the corrections in words. A constant number of queries looks up the names of all rows."""
    corrections = list(corrections)
    places, names = _places(corrections), _names(corrections)
    return [
        Told(
            each,
            *places[each.model, each.object_id],
            label_of(each),
            text_of_value(each, each.old, names),
            text_of_value(each, each.new, names),
        )
        for each in corrections
    ]


def first_places(batches: Iterable[Batch]) -> dict[int, str]:
    """Return {id of a batch: the place of its first correction}, by a query for each model that they have corrected."""
    firsts = list(Correction.objects.filter(batch__in=[batch.pk for batch in batches], seq=1).defer("old", "new"))
    places = _places(firsts)
    return {each.batch_id: places[each.model, each.object_id][0] for each in firsts}


def label_of(correction: Correction) -> str:
    """Return the Chinese name of the field of a correction."""
    field, model = correction.field, apps.get_model("articles", correction.model)
    if field.startswith(BLOCK):
        return "正文一段"
    if field in SET_LABELS:
        return SET_LABELS[field]
    if not field:
        return "整条记录"
    return str(model._meta.get_field(field).verbose_name)


def _places(corrections: Iterable[Correction]) -> dict[tuple[str, str], tuple[str, str]]:
    """Return {(model, id): (the row in words, its id or "" if it is gone)}."""
    keys: dict[str, set[str]] = defaultdict(set)
    for each in corrections:
        keys[each.model].add(each.object_id)
    places: dict[tuple[str, str], tuple[str, str]] = {}
    for name, ids in keys.items():
        model = apps.get_model("articles", name)
        kind, field = str(model._meta.verbose_name), key_field(model)
        places |= {(name, key): (f"{kind} {key}（已不在）", "") for key in ids}
        rows = model._base_manager.filter(**{f"{field}__in": ids})
        if model is Page:
            rows = rows.select_related("issue")
        for row in rows:
            said = (
                f"《{row}》" if model is Article else str(row) if model in (Issue, Page, Redirect) else f"{kind} {row}"
            )
            places[name, str(getattr(row, field))] = (said, str(row.pk))
    return places


def _names(corrections: Iterable[Correction]) -> dict[tuple[str, str], str]:
    """Return {(model, key): name} for the rows that the values of the corrections name."""
    wanted: dict[type[models.Model], set[str]] = defaultdict(set)
    for each in corrections:
        for value in (each.old, each.new):
            for model, key in _references(each, value):
                wanted[model].add(key)
    names: dict[tuple[str, str], str] = {}
    for model, keys in wanted.items():
        field = "slug" if model is Topic else "pk"
        rows = model._base_manager.filter(**{f"{field}__in": keys})
        if model is Page:
            rows = rows.select_related("issue")
        names |= {(model._meta.label, str(getattr(row, field))): str(row) for row in rows}
    return names


def _references(correction: Correction, value: Any) -> list[tuple[type[models.Model], str]]:  # noqa: ANN401
    """Return (model, key) for each row that a value of a correction names."""
    if value in (None, "", []):
        return []
    if correction.field == "regions":
        return [(Region, row[0]) for row in value]
    if correction.field == "topics":
        return [(Topic, row[0]) for row in value]
    if correction.field == "placed":
        return [(Article, str(row[2])) for row in value if row[2] is not None]
    if correction.field in ("", "aliases", "bylines", "credits") or correction.field.startswith(BLOCK):
        return []
    field = apps.get_model("articles", correction.model)._meta.get_field(correction.field)
    target = field.related_model
    return [(target, str(value))] if isinstance(target, type) else []


def text_of_value(correction: Correction, value: Any, names: dict[tuple[str, str], str]) -> str:  # noqa: ANN401
    """Return a value of a correction as text. `names` are those of the rows that it names."""
    field = correction.field
    if value is None or value == "" or value == []:
        return NOTHING
    if not field:
        return _text_of_row(value)
    if field in ("bylines", "credits"):
        signed = [row[1:3] if field == "bylines" else row[:2] for row in value]
        return "、".join(" ".join(filter(None, row)) for row in signed)
    if field == "aliases":
        return "、".join(row[0] for row in value)
    if field == "regions":
        named = [(names.get((Region._meta.label, row[0]), row[0]), row[1]) for row in value]
        return "、".join(f"{name}（主要）" if main else name for name, main in named)
    if field == "topics":
        return "、".join(names.get((Topic._meta.label, row[0]), row[0]) for row in value)
    if field == "placed":
        owners = [names.get((Article._meta.label, str(row[2])), f"文章 {row[2]}") for row in value]
        given = ["版头、版尾" if row[2] is None else f"《{name}》" for row, name in zip(value, owners, strict=True)]
        return "\n".join(f"{row[0]} → {name}" for row, name in zip(value, given, strict=True))
    if field.startswith(BLOCK):
        return str(value["text"])
    if field == "blocks":
        return "\n".join(str(block["text"]) for block in value)
    return _text_of_column(correction, value, names)


def _text_of_column(correction: Correction, value: Any, names: dict[tuple[str, str], str]) -> str:  # noqa: ANN401
    model = apps.get_model("articles", correction.model)
    field = model._meta.get_field(correction.field)
    target = field.related_model
    if isinstance(target, type) and issubclass(target, models.Model):
        return names.get((target._meta.label, str(value)), str(value))
    choices = dict(getattr(field, "flatchoices", ()))
    if value in choices:
        return str(choices[value])
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)


def _text_of_row(told: dict[str, Any]) -> str:
    """Return a whole row in a few words: its headline or name, or else its text values."""
    for name in ("headline", "name", "old_name", "new_path", "date"):
        if told.get(name):
            return str(told[name])
    blocks = told.get("blocks")
    return str(blocks[0]["text"]) if blocks else "一条记录"
