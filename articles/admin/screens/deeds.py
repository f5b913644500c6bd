"""The buttons of the screens of a page and of an issue, and the kinds of the batches that they make."""

from __future__ import annotations

from articles.models import Batch

#: The kind of the batch of each button: `split` is the start of split-17.
KINDS = {
    "merge": Batch.Kind.MERGE,
    "split": Batch.Kind.SPLIT,
    "join": Batch.Kind.JOIN,
    "part": Batch.Kind.PART,
    "move": Batch.Kind.MOVE,
    "withdraw": Batch.Kind.WITHDRAWAL,
    "restore": Batch.Kind.RESTORING,
}


def kind_of(op: str) -> str:
    """Return the kind of the batch that the button `op` makes. What is saved without a button of its own is a form."""
    return KINDS.get(op.partition("-")[0], Batch.Kind.FORM)
