"""The buttons of a block: it goes up or down, joins the block above, or goes. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from articles.admin.screens.article.head_lines import join

#: The buttons of a block, with their words.
OPS = (("up", "上移"), ("down", "下移"), ("join", "并入上段"), ("remove", "删去"))

_OP = re.compile(f"({'|'.join(name for name, _ in OPS)})-([0-9]{{1,6}})")


@dataclass(frozen=True)
class BlockRow:
    """A block as the form shows it: its type, its text as typed, and its key, or "" if it is new."""

    type: str
    text: str
    key: str = ""


@dataclass(frozen=True)
class Moved:
    """The blocks after a button, and which block it was about. `op` is the button, `at` the block's place."""

    rows: list[BlockRow]
    op: str
    at: int


def press(rows: Sequence[BlockRow], op: str) -> Moved | None:
    """Return the blocks after the button `op` (up-3), or None if there is no such button or nothing to do."""
    match = _OP.fullmatch(op)
    if match is None:
        return None
    name, at = match[1], int(match[2])
    if at >= len(rows):
        return None
    found = list(rows)
    row = found.pop(at)
    if name == "remove":
        return Moved(found, name, max(0, min(at, len(found) - 1)))
    if name == "join":
        if at == 0:
            return None
        found[at - 1] = replace(found[at - 1], text=_joined(found[at - 1], row))
        return Moved(found, name, at - 1)
    to = at - 1 if name == "up" else at + 1
    if not 0 <= to <= len(found):
        return None
    found.insert(to, row)
    return Moved(found, name, to)


def _joined(above: BlockRow, row: BlockRow) -> str:
    """Return the text of two blocks. Rows of tables stay lines of their own."""
    if "table" in (above.type, row.type):
        return "\n".join(filter(None, [above.text.rstrip(), row.text]))
    return join([above.text.rstrip(), row.text.lstrip()])
