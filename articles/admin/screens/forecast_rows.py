"""A forecast in the words that people read: a row for each article, with the fields that would be others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from articles.admin.screens.article.merging import marks
from articles.admin.screens.article.wording import label_of, shortened
from articles.desk.telling import NOTHING, tell
from articles.ingest.forecast import FieldForecast, Forecast, ItemForecast
from articles.models import Correction

#: The words for what happens to an article.
LABELS = {
    "add": "新增", "change": "改动", "same": "相同", "protected": "受保护", "remove": "移除", "unplaced": "不另立篇",
}  # fmt: skip

#: The words for the fields of a page.
PAGE_LABELS = {"issue": "期次", "number": "版次", "section": "版名", "issue__number": "总期号", "credits": "版面人员"}

#: The words for a head that the reading adds.
NEW_HEAD = "新增的一篇"

#: The most paragraphs of a body that a row compares.
PARAGRAPHS_SHOWN = 5

#: A text in pieces, each with its tag: see `merging.marks`.
Pieces = list[tuple[str, str]]


@dataclass(frozen=True)
class FieldRow:
    """A field that would be another: its name, and its values as one text with marks. `is_kept`: it stays."""

    label: str
    pieces: Pieces
    is_kept: bool


@dataclass
class ItemRow:
    """An article: what would happen to it, its title now and as it is read, and its fields."""

    item: ItemForecast
    label: str
    fields: list[FieldRow] = field(default_factory=list)


def page_rows(forecast: Forecast) -> list[FieldRow]:
    """Return the fields of the page that would be others."""
    return [
        FieldRow(PAGE_LABELS[each.name], marks(_plain(each.old), _plain(each.new), with_gone=True), each.is_kept)
        for each in forecast.fields
    ]


def item_rows(forecast: Forecast) -> list[ItemRow]:
    """Return a row for each article, by a constant number of queries."""
    rows = [ItemRow(item, LABELS[item.action]) for item in forecast.items]
    told = [(row, each) for row in rows for each in row.item.fields]
    words = _in_words(each for _, each in told)
    for (row, each), (old, new) in zip(told, words, strict=True):
        if each.name == "blocks":
            row.fields += _of_body(each)
        else:
            pieces = marks(shortened(old), shortened(new), with_gone=True)
            row.fields.append(FieldRow(label_of(_field(each.name)), pieces, each.is_kept))
    return rows


def _in_words(fields: Iterable[FieldForecast]) -> list[tuple[str, str]]:
    """Return the values of each field of an article as texts. A body is left to `_of_body`."""
    fields = list(fields)
    corrections = []
    for each in fields:
        old, new = (None, None) if each.name == "blocks" else (_known(each.old), _known(each.new))
        corrections.append(Correction(model="article", object_id="0", field=_field(each.name), old=old, new=new))
    told = [(each.old, each.new) for each in tell(corrections)]
    return [(old, NEW_HEAD if _is_new_head(each) else new) for each, (old, new) in zip(fields, told, strict=True)]


def _is_new_head(field: FieldForecast) -> bool:
    """Tell whether a join would be to an article that the reading adds. It has no id yet."""
    return field.name == "continuation_of" and isinstance(field.new, int) and field.new < 0


def _field(name: str) -> str:
    """Return the name that the ledger has for a field: column for column_id."""
    return name.removesuffix("_id")


def _known(value: Any) -> Any:  # noqa: ANN401 - values of any field
    """Return a value that names stored rows alone: a column or an article that an import would make has no id yet."""
    return None if isinstance(value, int) and value < 0 else value


def _plain(value: Any) -> str:  # noqa: ANN401 - values of any field of a page
    if isinstance(value, list):
        return "、".join(" ".join(filter(None, row)) for row in value) or NOTHING
    return NOTHING if value is None or value == "" else str(value)


def _of_body(told: FieldForecast) -> list[FieldRow]:
    """Return a row for each paragraph in which two bodies differ, and one that tells how many more there are."""
    was, now = [block["text"] for block in told.old], [block["text"] for block in told.new]
    gone, come = [text for text in was if text not in now], [text for text in now if text not in was]
    if len(gone) == len(come):
        pairs = [marks(shortened(old), shortened(new), with_gone=True) for old, new in zip(gone, come, strict=True)]
    else:
        pairs = [[("del", shortened(text))] for text in gone] + [[("ins", shortened(text))] for text in come]
    rows = [FieldRow("正文", pieces, told.is_kept) for pieces in pairs[:PARAGRAPHS_SHOWN]]
    if not pairs:  # the order, or the type of a block
        rows.append(FieldRow("正文", [("", "段落的次序或性质不同")], told.is_kept))
    if len(pairs) > PARAGRAPHS_SHOWN:
        rows.append(FieldRow("正文", [("", f"另有 {len(pairs) - PARAGRAPHS_SHOWN} 段不同")], told.is_kept))
    return rows
