"""The texts of bodies, and the paragraphs of a story that a jump cut in two."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from articles.reading.lines import is_complete
from articles.reading.tables import table_paragraphs, table_values

Block = dict[str, Any]


class PrintedPart(Protocol):
    """The attributes of an article that the bodies of a story are made from."""

    @property
    def headline(self) -> str: ...

    @property
    def absorbed(self) -> bool: ...

    @property
    def blocks(self) -> list[Block]: ...


def is_headed(part: PrintedPart, head: PrintedPart) -> bool:
    """Tell whether a part of the story of `head` is shown below a headline of its own, as what was merged may be."""
    return part.absorbed and bool(part.headline) and part.headline != head.headline


def whole_paragraphs(parts: Sequence[PrintedPart]) -> list[list[Block]]:
    """Return the blocks of each part of a story. A paragraph that a jump cut in two stands whole where it begins.

    A paragraph counts as cut if its part ends without a full stop and the next part begins with a paragraph:
    "由县级医院下派" (下转第3版) "到乡镇卫生院坐诊的医生……". Below a headline of its own a part begins anew.
    """
    whole: list[list[Block]] = []
    open_part: list[Block] = []  # the last part that has blocks left
    for part in parts:
        rest = list(part.blocks)
        last = open_part[-1] if open_part and not is_headed(part, parts[0]) else None
        if last and rest and last["type"] == rest[0]["type"] == "paragraph" and not is_complete(last["text"]):
            open_part[-1] = {**last, "text": last["text"] + rest.pop(0)["text"]}
        whole.append(rest)
        open_part = rest or open_part
    return whole


def paragraphs_of(blocks: Iterable[Block]) -> list[str]:
    """Return the paragraphs of a body, without subheads. A table gives its caption and rows, cells joined by spaces."""
    found: list[str] = []
    for block in blocks:
        if block["type"] == "table":
            found += table_paragraphs(block["text"], block.get("caption", ""))
        elif block["type"] == "paragraph":
            found.append(block["text"])
    return found


def values_of(blocks: Iterable[Block]) -> list[str]:
    """Return the values of a body that are searched separately: each paragraph, subhead, table caption and cell."""
    found: list[str] = []
    for block in blocks:
        if block["type"] == "table":
            found += table_values(block["text"], block.get("caption", ""))
        else:
            found.append(block["text"])
    return found
