"""The corrections that stand for the difference between rows before and after a write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from articles.desk.changes import Changed
from articles.models.block_keys import keys_of, without_keys

#: The name before the key in the field of one block of a body: blocks/1f3a09bc.
BLOCK = "blocks/"


def corrections_of(changed: Iterable[Changed]) -> Iterator[dict[str, Any]]:
    """Yield the values of each Correction, without batch and place: model, object_id, field, old, new,
    was_protected, released.

    A body whose blocks only have other texts gives a correction for each of these blocks, so that two corrections of
    different paragraphs can be undone apart. Any other change of a body is one correction.
    """
    for each in changed:
        row = {"model": each.model._meta.model_name, "object_id": each.object_id}
        if each.before is None or each.after is None:
            told = {"field": "", "old": each.before, "new": each.after, "was_protected": False}
            yield {**row, **told, "released": each.before is None and bool(each.released)}
            continue
        protected = each.before.get("edited_fields") or ()
        for name in each.fields:
            was_protected = name in protected
            for field, old, new in _parts(name, each.before[name], each.after[name]):
                told = {"field": field, "old": old, "new": new, "was_protected": was_protected}
                yield {**row, **told, "released": name in each.released}


def _parts(name: str, old: Any, new: Any) -> list[tuple[str, Any, Any]]:  # noqa: ANN401 - values of any field
    if name != "blocks" or keys_of(old) != keys_of(new):
        return [(name, old, new)]
    parts = [
        (BLOCK + key, before, after)
        for key, before, after in zip(keys_of(old), old, new, strict=True)
        if without_keys([before]) != without_keys([after])
    ]
    return parts or [(name, old, new)]  # the body alone is handed over
