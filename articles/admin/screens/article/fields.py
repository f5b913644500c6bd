"""The values that the controls of an article's form mean. Pure but for the tables that `Lookups` asks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.core.exceptions import ValidationError

from articles.admin.clean_text import check_line
from articles.admin.placing import LAST_POSITION
from articles.admin.screens.article.block_ops import BlockRow
from articles.admin.screens.article.controls import MAX_ROWS, ON, BylineRow, Controls
from articles.admin.screens.article.head_lines import BODY, HEAD_FIELDS, ROLES, HeadLine, join
from articles.admin.widgets import BodyField
from articles.models.corrections import LAST_ID
from articles.models.reference import NAME_LENGTH
from articles.text.cleaning import clean

#: The greatest number of a page of the paper.
LAST_PAGE = 999

#: The types of blocks, with their words.
BLOCK_TYPES = (("paragraph", "段落"), ("subhead", "小标题"), ("table", "表格"))


class Lookups(Protocol):
    """What the tables know. Each method raises ValidationError with a sentence for what it can't find."""

    @property
    def kinds(self) -> Collection[str]:
        """The kinds of articles."""

    @property
    def reviews(self) -> Collection[str]:
        """The states of review."""

    @property
    def signed(self) -> Collection[str]:
        """What a byline may stand under."""

    @property
    def topics(self) -> Collection[str]:
        """The slugs of topics."""

    def region(self, text: str) -> str:
        """Return the code of the region called `text`."""

    def column(self, name: str) -> int:
        """Return the id of the column called `name`."""

    def head(self, pk: int) -> int:
        """Return `pk` if it is the id of an article."""

    def last_place(self) -> int:
        """Return the place after the other articles of the page."""


@dataclass
class Read:
    """The values that the controls mean, and {control: sentence} for those that mean none."""

    values: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)

    def take(self, control: str, value: Callable[..., Any], *given: Any) -> Any:  # noqa: ANN401 - of any field
        """Return `value(*given)`, or None with its sentence among the errors."""
        try:
            return value(*given)
        except ValidationError as error:
            self.errors.setdefault(control, "".join(error.messages))
            return None


def read(now: Controls, shown: Controls, before: Mapping[str, Any], lookups: Lookups) -> Read:
    """Return the values of the controls `now`. What stands in them as it was `shown` has its value of `before`."""
    found = Read(dict(before))
    moved = _heads(found, now.heads, shown.heads)
    if moved or now.blocks != shown.blocks:
        _blocks(found, moved, now.blocks, shown.blocks)
    if now.bylines != shown.bylines:
        _bylines(found, now.bylines, lookups)
    if (now.regions, now.main) != (shown.regions, shown.main):
        _regions(found, now, shown, lookups)
    if now.topics != shown.topics:
        _topics(found, now.topics, lookups)
    for name in now.plain:
        if now.plain[name] != shown.plain[name]:
            found.values[name] = found.take(name, _plain, name, now.plain[name], lookups)
    return found


def line(text: str) -> str:
    """Return a typed line, cleaned. Raises ValidationError if it has several lines or is too long."""
    cleaned = clean(text).text
    check_line(cleaned)
    return cleaned


def _heads(found: Read, now: list[HeadLine], shown: list[HeadLine]) -> str:
    """Read the lines of the head. Return the text of those that belong to the body."""
    if now == shown:
        return ""
    roles = dict(ROLES)
    texts: dict[str, list[str]] = {role: [] for role in roles}
    for at, row in enumerate(now):
        is_new = at >= len(shown) or row.text != shown[at].text
        text = found.take(f"head-{at}-text", line, row.text) if is_new else row.text
        if not text:
            continue
        if row.role not in roles:
            found.errors[f"head-{at}-role"] = "请选这一行是引题、标题、副题、正文还是不用。"
            continue
        texts[row.role].append(text)
    for name in HEAD_FIELDS:
        was = [row.text for row in shown if row.role == name]
        if texts[name] != was:
            found.values[name] = join(texts[name]).strip()
    return join(texts[BODY]).strip()


def _blocks(found: Read, moved: str, now: list[BlockRow], shown: list[BlockRow]) -> None:
    kept = dict(zip(shown, found.values["blocks"], strict=True))
    blocks: list[dict[str, str]] = [{"type": "paragraph", "text": moved}] if moved else []
    for at, row in enumerate(now):
        if row in kept:
            blocks.append(kept[row])
            continue
        made = found.take(f"block-{at}-text", _made, row, at + 1) or []
        if made and row.key:
            made[0]["key"] = row.key
        blocks += made
    if len(blocks) > MAX_ROWS["block"]:
        found.errors["block-0-text"] = f"正文有 {len(blocks)} 段，最多 {MAX_ROWS['block']} 段，请分成几篇。"
    found.values["blocks"] = blocks


def _made(row: BlockRow, number: int) -> list[dict[str, str]]:
    """Return the blocks of a typed row. Blank lines part paragraphs. Raises ValidationError for what is no block."""
    text = clean(row.text).text.replace("\r\n", "\n").strip()
    if not text:
        return []
    if row.type == "subhead":
        check_line(text)
        return [{"type": "subhead", "text": text}]
    if row.type == "table":
        blocks = BodyField.to_blocks(text)
        if [block["type"] for block in blocks] != ["table"]:
            raise ValidationError(
                f"第 {number} 段是表格，每行须写作“| 甲 | 乙 |”，表题写在前一行“|+ 表题”；不是表格就请改选段落。"
            )
        return blocks
    if row.type != "paragraph":
        raise ValidationError(f"第 {number} 段的类型请选段落、小标题或表格。")
    parts: list[list[str]] = [[]]
    for each in text.split("\n"):
        if each.strip():
            parts[-1].append(each)
        elif parts[-1]:
            parts.append([])
    return [{"type": "paragraph", "text": "\n".join(part).strip()} for part in parts if part]


def _bylines(found: Read, rows: list[BylineRow], lookups: Lookups) -> None:
    placed: list[tuple[int, int, list[str]]] = []
    for at, row in enumerate(rows):
        control = f"byline-{at}-"
        if row.is_deleted or not (row.name.strip() or row.role.strip() or row.contributor.strip()):
            continue
        role = found.take(f"{control}role", line, row.role)
        name = found.take(f"{control}name", _name, row.name)
        person = found.take(f"{control}contributor", _contributor, row.contributor)
        place = found.take(f"{control}position", number, row.position, 0, LAST_POSITION, "次序")
        if row.of not in lookups.signed:
            found.errors[f"{control}of"] = "请选署于文字还是图片。"
        placed.append((LAST_POSITION + 1 if place is None else place, at, [row.of, (role or "").strip(), name, person]))
    found.values["bylines"] = [signed for _, _, signed in sorted(placed, key=lambda each: each[:2])]


def _name(text: str) -> str:
    name = line(text).strip()
    if not name:
        raise ValidationError("请填姓名；不要这一行，请勾选“删”。")
    return name


def _contributor(text: str) -> str:
    name = line(text).strip()
    if len(name) > NAME_LENGTH:
        raise ValidationError(f"作者姓名有 {len(name)} 个字，超过 {NAME_LENGTH} 个字，请检查。")
    return name


def _regions(found: Read, now: Controls, shown: Controls, lookups: Lookups) -> None:
    known = {row.name: code for row, (code, _) in zip(shown.regions, found.values["regions"], strict=True)}
    rows: list[list[Any]] = []
    for at, row in enumerate(now.regions):
        if row.is_deleted or not row.name.strip():
            continue
        control = f"region-{at}-name"
        code = known.get(row.name) or found.take(control, _region, row.name, lookups)
        if code is None:
            continue
        if any(code == other for other, _ in rows):
            found.errors[control] = "同一地区填了两次，请删去一个。"
            continue
        rows.append([code, now.main == str(at)])
    found.values["regions"] = rows


def _region(text: str, lookups: Lookups) -> str:
    return lookups.region(line(text))


def _topics(found: Read, slugs: list[str], lookups: Lookups) -> None:
    chosen: list[str] = []
    for at, slug in enumerate(slugs):
        if slug in chosen:
            found.errors[f"topic-{at}"] = "同一主题选了两次，请把其中一个改成“—”。"
        elif slug and slug not in lookups.topics:
            found.errors[f"topic-{at}"] = "没有这个主题，请从列表里选。"
        elif slug:
            chosen.append(slug)
    found.values["topics"] = chosen


def _plain(name: str, text: str, lookups: Lookups) -> Any:  # noqa: ANN401 - values of any field
    """Return the value of a control for one field. Raises ValidationError if it means none."""
    if name == "agency":
        return line(text).strip()
    if name == "withdrawn":
        return text == ON
    if name in ("kind", "review"):
        if text not in (lookups.kinds if name == "kind" else lookups.reviews):
            raise ValidationError("请从所列的几项里选一项。")
        return text
    if name == "column":
        return lookups.column(line(text).strip()) if text.strip() else None
    if name == "continuation_of":
        head = number(text, 1, LAST_ID, "首篇的编号")
        return None if head is None else lookups.head(head)
    if name == "position":
        place = number(text, 0, LAST_POSITION, "位置")
        return lookups.last_place() if place is None else place
    return number(text, 1, LAST_PAGE, "版次")


def number(text: str, first: int, last: int, name: str) -> int | None:
    """Return a typed number, or None for an empty text. Raises ValidationError unless it is `first` to `last`."""
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(last)) or not first <= int(text) <= last:
        raise ValidationError(f"{name}须为 {first} 至 {last} 的整数，不能是“{text[:20]}”。")
    return int(text)
