"""What of the ledger still stands: corrections that no standing undo has taken back, and the last word on each value.

Two corrections concern the same value if they name the same field of a row, or a body and one of its blocks, or a row
and any of its fields. The last correction of a value decides it. An undo leads back to the value before the correction
that it takes back, so that what was below counts again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import cached_property
from typing import Any

from django.apps import apps

from articles.desk.changes import protected_when_new
from articles.desk.recording import BLOCK
from articles.models import Batch, Correction
from articles.models.block_keys import keys_of, without_keys

#: A row in the ledger: the name of its model, and its key.
RowKey = tuple[str, str]


def histories(rows: Iterable[RowKey]) -> dict[RowKey, History]:
    """Return the history of each of `rows`, by one query for each model."""
    keys: dict[str, set[str]] = defaultdict(set)
    for model, object_id in rows:
        keys[model].add(object_id)
    found: dict[RowKey, list[Correction]] = {(model, key): [] for model, each in keys.items() for key in each}
    for model, each in keys.items():
        told = Correction.objects.filter(model=model, object_id__among=each).select_related("batch")
        for correction in told.order_by("batch_id", "seq"):
            found[model, correction.object_id].append(correction)
    return {key: History(key[0], corrections) for key, corrections in found.items()}


def name_of(field: str) -> str:
    """Return the name of the field of an article that a correction's `field` is about: blocks of blocks/1f3a09bc."""
    return "blocks" if field.startswith(BLOCK) else field


class History:
    """The corrections of one row, the oldest first."""

    def __init__(self, model: str, corrections: list[Correction]) -> None:
        self.model = apps.get_model("articles", model)
        self.corrections = corrections

    @cached_property
    def _undos(self) -> dict[int, list[Correction]]:
        undos: dict[int, list[Correction]] = defaultdict(list)
        for each in self.corrections:
            if each.batch.undoes_id:
                undos[each.batch.undoes_id].append(each)
        return undos

    def tells(self, name: str) -> bool:
        """Return whether the ledger can tell if the field `name` is protected.

        It can't if it has no correction of the field, or if the last one is older than the ledger.
        """
        named = [each for each in self.corrections if name_of(each.field) in (name, "")]
        return bool(named) and named[-1].batch.kind != Batch.Kind.HISTORY

    def is_undone(self, correction: Correction, undoing: Collection[int] = ()) -> bool:
        """Return whether a standing undo has taken `correction` back.

        With `undoing`, the ids of corrections, answer as if these were undone.
        """
        if correction.pk in undoing:
            return True
        undos = self._undos.get(correction.batch_id, ())
        return any(_takes_back(undo, correction) and not self.is_undone(undo, undoing) for undo in undos)

    def standing(self, undoing: Collection[int] = ()) -> list[Correction]:
        """Return the corrections that are no undo and that no standing undo has taken back. For `undoing` see above."""
        return [each for each in self.corrections if not each.batch.undoes_id and not self.is_undone(each, undoing)]

    def is_protected(self, name: str, undoing: Collection[int] = ()) -> bool:
        """Return whether the field `name` is a person's by what stands. For `undoing` see above.

        A field that has no corrections in the ledger is the machine's.
        """
        first = next((each for each in self.corrections if name_of(each.field) == name), None)
        protected = first is not None and first.was_protected
        for each in self.standing(undoing):
            if name_of(each.field) == name:
                protected = not each.released
            elif each.field == "" and each.old is None:
                told = dict(each.new or {})
                of_person = told["edited_fields"] if each.released else protected_when_new(self.model, told)
                protected = name in of_person
        return protected

    def later(self, correction: Correction, besides: Collection[str] = ()) -> Correction | None:
        """Return the correction that has the last word on the value of `correction`, or None if it has it itself.

        A later correction that was taken back has no word, nor has the undo that took it back. Corrections of the
        fields `besides` don't count.
        """
        places = {each.pk: at for at, each in enumerate(self.corrections)}
        at = places[correction.pk]
        last = None
        for each in self.corrections[at + 1 :]:
            if each.field in besides or not _concerns(each, correction) or self.is_undone(each):
                continue
            others = self.corrections if each.batch.undoes_id else ()
            undone = next((other for other in others if _takes_back(each, other)), None)
            if undone is None or places[undone.pk] <= at:
                last = each
        return last


def _takes_back(undo: Correction, correction: Correction) -> bool:
    """Return whether `undo` stands for taking `correction` back.

    An undo of one paragraph is a correction of the whole body if a newer reading has come with it.
    """
    if undo.batch.undoes_id != correction.batch_id:
        return False
    whole = "blocks" in (undo.field, correction.field)
    return undo.field == correction.field or (whole and name_of(undo.field) == name_of(correction.field))


def _concerns(each: Correction, correction: Correction) -> bool:
    """Return whether `each` concerns the value of `correction`, of the same row."""
    one, other = each.field, correction.field
    if one == other or not one or not other:
        return True
    if name_of(one) != name_of(other):
        return False
    if one == "blocks" and other != "blocks":
        key = other.removeprefix(BLOCK)
        return _block(each.old, key) != _block(each.new, key)
    return other == "blocks"


def _block(blocks: Any, key: str) -> dict[str, str] | None:  # noqa: ANN401 - the JSON of a body
    keyed = dict(zip(keys_of(list(blocks)), blocks, strict=True))
    return without_keys([keyed[key]])[0] if key in keyed else None
