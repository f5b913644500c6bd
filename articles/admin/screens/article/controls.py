"""The controls of an article's form as text: as the stored values fill them, and as a person sends them back. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.http import QueryDict

from articles.admin.screens.article.block_ops import BlockRow
from articles.admin.screens.article.head_lines import HeadLine
from articles.admin.widgets import BodyField

#: The fields with one control each.
PLAIN = (
    *("kind", "column", "agency", "continued_to", "continued_from", "continuation_of", "position"),
    *("review", "withdrawn"),
)

#: The most rows of each group that the form takes.
MAX_ROWS = {"head": 100, "block": 1000, "byline": 300, "region": 100, "topic": 20}

#: The selects of topics. An article with more topics has one for each.
TOPICS = 3

#: More rows than any page of the form has.
LARGEST = 10_000

#: The value of a ticked box.
ON = "on"

_ROW = re.compile(r"(head|block|byline|region|topic)-([0-9]{1,12})(?:-([A-Za-z]+))?", re.ASCII)


@dataclass(frozen=True)
class BylineRow:
    """A byline as the form shows it. `position` is its place as typed."""

    of: str = "text"
    role: str = ""
    name: str = ""
    contributor: str = ""
    position: str = ""
    is_deleted: bool = False


@dataclass(frozen=True)
class RegionRow:
    """A region as the form shows it."""

    name: str = ""
    is_deleted: bool = False


@dataclass(frozen=True)
class Controls:
    """What stands in the controls of the form. `main` is the number of the row of the main region, or ""."""

    heads: list[HeadLine]
    blocks: list[BlockRow]
    bylines: list[BylineRow]
    regions: list[RegionRow]
    main: str
    topics: list[str]
    plain: dict[str, str]


class RowsError(Exception):
    """A form with more rows than a group may have, or with less than its page had. It carries a sentence."""


def controls_of(values: Mapping[str, Any], heads: Sequence[HeadLine], names: Mapping[tuple[str, Any], str]) -> Controls:
    """Return the controls that show `values`, as `state.values_of` returns them.

    `names` has the names of the regions and of the column: {("regions", code): …, ("column", id): …}.
    """
    plain = {name: _text(values[name]) for name in PLAIN}
    plain["column"] = names.get(("column", values["column"]), "")
    plain["withdrawn"] = ON if values["withdrawn"] else ""
    main = next((str(number) for number, (_, is_main) in enumerate(values["regions"]) if is_main), "")
    return Controls(
        heads=list(heads),
        blocks=[BlockRow(block["type"], text_of_block(block), block.get("key", "")) for block in values["blocks"]],
        bylines=[
            BylineRow(of, role, name, person, str(number))
            for number, (of, role, name, person) in enumerate(values["bylines"], start=1)
        ],
        regions=[RegionRow(names.get(("regions", code), code)) for code, _ in values["regions"]],
        main=main,
        topics=list(values["topics"]) + [""] * (TOPICS - len(values["topics"])),
        plain=plain,
    )


def text_of_block(block: Mapping[str, str]) -> str:
    """Return the text of a block as its control shows it: a table as lines, any other block as it is stored."""
    return BodyField.to_text([dict(block)]) if block["type"] == "table" else block["text"]


def _text(value: object) -> str:
    return "" if value is None else str(value)


def typed(data: QueryDict, shown: Controls) -> Controls:
    """Return the controls as they came back. What `data` does not have is as it was shown.

    Raises RowsError for more rows than a group may have, and for a body that did not come back whole.
    """
    rows = _rows(data)

    def text(name: str, was: str) -> str:
        return _typed(data.get(name, was), was)

    heads = [
        replace(was, text=text(f"head-{at}-text", was.text), role=text(f"head-{at}-role", was.role))
        for at, was in _with_new(shown.heads, rows["head"], HeadLine("", ""))
    ]
    bylines = [
        BylineRow(
            of=text(f"byline-{at}-of", was.of),
            role=text(f"byline-{at}-role", was.role),
            name=text(f"byline-{at}-name", was.name),
            contributor=text(f"byline-{at}-contributor", was.contributor),
            position=text(f"byline-{at}-position", was.position),
            is_deleted=f"byline-{at}-DELETE" in data,
        )
        for at, was in _with_new(shown.bylines, rows["byline"], BylineRow())
    ]
    places = [
        (at, RegionRow(text(f"region-{at}-name", was.name), f"region-{at}-DELETE" in data))
        for at, was in _with_new(shown.regions, rows["region"], RegionRow())
    ]
    regions = _without_blank(places, len(shown.regions), lambda each: not each[1].name.strip())
    main = text("region-main", shown.main)
    return Controls(
        heads=_without_blank(heads, len(shown.heads), lambda row: not row.text.strip() and not row.role),
        blocks=_typed_blocks(data, shown.blocks, rows["block"]),
        bylines=_without_blank(bylines, len(shown.bylines), lambda row: row == BylineRow(of=row.of)),
        regions=[row for _, row in regions],
        main=next((str(place) for place, (at, _) in enumerate(regions) if main == str(at)), ""),
        topics=[text(f"topic-{at}", was) for at, was in _with_new(shown.topics, rows["topic"], "")],
        plain={name: _last(data, name, was) for name, was in shown.plain.items()},
    )


def _last(data: QueryDict, name: str, was: str) -> str:
    """Return the last value of a control. A box that is not ticked leaves the empty value that stands before it."""
    found = data.getlist(name)
    return _typed(found[-1], was) if found else was


def _typed_blocks(data: QueryDict, shown: Sequence[BlockRow], numbers: Sequence[int]) -> list[BlockRow]:
    """Return the blocks as they came back. `block-total` is the number of rows of the page; without it none is gone."""
    total = data.get("block-total", "")
    is_page = bool(total)
    if is_page:
        is_number = total.isascii() and total.isdigit() and len(total) < len(str(LARGEST))
        if not is_number or not {*range(int(total))} <= set(numbers):
            raise RowsError("表单没有传完整，正文少了几段，什么也没有保存。请重新打开此页再改。")
    by_key = {row.key: row for row in shown}
    found = []
    for at in numbers if is_page else sorted({*numbers, *range(len(shown))}):
        by_place = shown[at] if not is_page and at < len(shown) else BlockRow("paragraph", "")
        was = by_key.get(data.get(f"block-{at}-key", ""), by_place)
        kind, text = (data.get(f"block-{at}-{name}", getattr(was, name)) for name in ("type", "text"))
        found.append(BlockRow(_typed(kind, was.type), _typed(text, was.text), was.key))
    return found[:-1] if found and not (found[-1].key or found[-1].text.strip()) else found


R = TypeVar("R")


def _with_new(shown: Sequence[R], numbers: Sequence[int], new: R) -> list[tuple[int, R]]:
    """Return (number, row as shown) of each row: those shown, and the new ones that came back."""
    return [*enumerate(shown), *((number, new) for number in numbers if number >= len(shown))]


def _without_blank(rows: list[R], shown: int, is_blank: Callable[[R], bool]) -> list[R]:
    """Return the rows without new ones that nobody filled in."""
    return rows[:shown] + [row for row in rows[shown:] if not is_blank(row)]


def _rows(data: QueryDict) -> dict[str, list[int]]:
    numbers: dict[str, set[int]] = defaultdict(set)
    for name in data:
        match = _ROW.fullmatch(name)
        if match:
            numbers[match[1]].add(int(match[2]))
    for group, limit in MAX_ROWS.items():
        if len(numbers[group]) > limit:
            raise RowsError(f"{GROUPS[group]}有 {len(numbers[group])} 行，一次最多保存 {limit} 行，请分几次改。")
    return {group: sorted(numbers[group]) for group in MAX_ROWS}


#: The names that people use for the groups of rows.
GROUPS = {"head": "标题", "block": "正文", "byline": "署名", "region": "地区", "topic": "主题"}


def _typed(text: str, was: str) -> str:
    """Return a typed text, or `was` to the letter if a browser only sent other line ends, or none in a single line."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = was.replace("\r\n", "\n").replace("\r", "\n")
    return was if unified in (plain, plain.replace("\n", "")) else unified
