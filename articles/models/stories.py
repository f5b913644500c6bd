"""A story of several parts, put together again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from articles.reading.lines import is_complete

Block = dict[str, Any]


def whole_paragraphs(parts: Sequence[Sequence[Block]]) -> list[list[Block]]:
    """Return the blocks of each part of a story, with the paragraphs whole that a jump cut in two.

    Such a paragraph stands where it begins. It is one where a part ends without a full stop and the next begins with a
    paragraph: "由县级医院下派" (下转第3版) "到乡镇卫生院坐诊的医生……".
    """
    whole: list[list[Block]] = []
    open_part: list[Block] = []  # the last one that has blocks left
    for blocks in parts:
        rest = list(blocks)
        last = open_part[-1] if open_part else None
        if last and rest and last["type"] == rest[0]["type"] == "paragraph" and not is_complete(last["text"]):
            open_part[-1] = {**last, "text": last["text"] + rest.pop(0)["text"]}
        whole.append(rest)
        open_part = rest or open_part
    return whole
