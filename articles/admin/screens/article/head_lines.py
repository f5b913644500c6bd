"""The lines of an article's head, each with its role. Pure: a head as printed, and the values that lines make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from articles.text.cleaning import clean

#: The roles that are fields of an article, in the order of print.
HEAD_FIELDS = ("kicker", "headline", "deck")

#: A line of this role becomes text of the body. A line of the other is left out.
BODY, DROP = "body", "drop"

#: The choices of a line's role.
ROLES = (("kicker", "引题"), ("headline", "标题"), ("deck", "副题"), (BODY, "正文"), (DROP, "不用"))


@dataclass(frozen=True)
class HeadLine:
    """A line of a head and its role. `line` is its number in the source text, or None if it is not printed there."""

    text: str
    role: str
    line: int | None = None


@dataclass(frozen=True)
class Printed:
    """A printed line of a head: its role as read, its text, and its number in the source text."""

    role: str
    text: str
    line: int


def head_lines(values: Mapping[str, str], printed: Sequence[Printed]) -> list[HeadLine]:
    """Return the lines of a head. `values` are the stored fields, `printed` the lines in the order of the source.

    A field whose value is its printed lines gives a line for each of them. Any other value was set by a person or by a
    rule, and is one line.
    """
    lines: list[tuple[int, HeadLine]] = []
    whole: dict[str, HeadLine] = {}
    for role in HEAD_FIELDS:
        own = [(at, each) for at, each in enumerate(printed) if each.role == role]
        pieces = cut(values[role], [each.text for _, each in own])
        if pieces:
            lines += [(at, HeadLine(piece, role, each.line)) for (at, each), piece in zip(own, pieces, strict=True)]
        elif values[role]:
            whole[role] = HeadLine(values[role], role, own[0][1].line if own else None)
    found = [line for _, line in sorted(lines, key=lambda each: each[0])]
    for role, line in whole.items():
        after = HEAD_FIELDS[: HEAD_FIELDS.index(role) + 1]
        last = max((at for at, each in enumerate(found) if each.role in after), default=-1)
        found.insert(last + 1, line)
    return found


def cut(value: str, lines: Sequence[str]) -> list[str]:
    """Return the parts of `value` that stand on the printed `lines`, or [] if it has other characters than they.

    Spaces don't count, because the reader closes up spaced characters. `join` of the parts gives `value` again.

    >>> cut("按下快门之前，先蹲下来", ["按下快门之前，", "先 蹲 下 来"])
    ['按下快门之前，', '先蹲下来']
    """
    sizes = [len(_without_space(line)) for line in lines]
    if _without_space(value) != "".join(map(_without_space, lines)) or 0 in sizes:
        return []
    parts: list[str] = []
    start = end = 0
    for size in sizes:
        left = size
        while left:
            left -= not value[end].isspace()
            end += 1
        while end < len(value) and value[end].isspace():
            end += 1
        parts.append(value[start:end])
        start = end
    return parts if join(parts) == value else []


def join(lines: Iterable[str]) -> str:
    """Return the value of a field that stands on `lines`, joined as the reader joins the lines of a title.

    Nothing comes between two lines but a space between Latin letters or digits. A space at the end of a line stays.
    """
    text = ""
    for line in lines:
        apart = text[-1:].isascii() and text[-1:].isalnum() and line[:1].isascii() and line[:1].isalnum()
        text += (" " if apart else "") + line
    return text


def _without_space(text: str) -> str:
    return "".join(clean(text).text.split())
