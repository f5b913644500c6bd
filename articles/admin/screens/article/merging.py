"""The comparison of three states of an article: as a form was opened, as it stands now, as a person typed it. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Values = Mapping[str, Any]

#: Who changed a value since the form was opened.
Side = Literal["both", "mine", "theirs", "same"]

#: The choices between two changes of one value.
THEIRS, MINE = "theirs", "mine"

#: The name before the number of a block that is compared by itself: blocks-3.
BLOCK = "blocks-"

#: The most characters whose differences are marked one by one. Longer stretches are marked whole.
MARKED = 2000


@dataclass(frozen=True)
class Difference:
    """A value that somebody changed: its name (a field, or blocks-3 for one block), and its three states."""

    name: str
    before: Any
    theirs: Any
    mine: Any

    @property
    def field(self) -> str:
        return "blocks" if self.name.startswith(BLOCK) else self.name

    @property
    def side(self) -> Side:
        if is_same(self.field, self.theirs, self.mine):
            return "same"
        if is_same(self.field, self.before, self.theirs):
            return "mine"
        return "theirs" if is_same(self.field, self.before, self.mine) else "both"


def is_same(name: str, one: Any, other: Any) -> bool:  # noqa: ANN401 - values of any field
    """Return whether two values are the same for people. Regions have no order, and keys of blocks don't show."""
    if name == "regions":
        return sorted(one) == sorted(other)
    if name == "blocks":
        return _texts(one) == _texts(other)
    return bool(one == other)


def _texts(blocks: Any) -> list[dict[str, str]]:  # noqa: ANN401 - a body or one block
    rows = [blocks] if isinstance(blocks, dict) else blocks
    return [{name: value for name, value in row.items() if name != "key"} for row in rows]


def differences(before: Values, theirs: Values, mine: Values) -> list[Difference]:
    """Return the values that differ among the three states, in the order of `before`.

    A body is compared by block if all three have the same blocks by key, in one order.
    """
    found = []
    for name in before:
        states = before[name], theirs[name], mine[name]
        if all(is_same(name, states[0], each) for each in states[1:]):
            continue
        if name == "blocks" and len({tuple(block.get("key") for block in each) for each in states}) == 1:
            blocks = zip(*states, strict=True)
            each = [Difference(f"{BLOCK}{number}", *three) for number, three in enumerate(blocks)]
            found += [
                block for block in each if block.side != "same" or not is_same("blocks", block.before, block.mine)
            ]
        else:
            found.append(Difference(name, *states))
    return found


def undecided(found: Collection[Difference], choices: Mapping[str, str]) -> list[Difference]:
    """Return the values that both sides changed and that no choice decides."""
    return [each for each in found if each.side == "both" and chosen(each, choices) is None]


def chosen(difference: Difference, choices: Mapping[str, str]) -> str | None:
    """Return THEIRS or MINE as `choices` say for a value or for its whole field, or None."""
    choice = choices.get(difference.name) or choices.get(difference.field)
    return choice if choice in (THEIRS, MINE) else None


def merged(theirs: Values, found: Collection[Difference], choices: Mapping[str, str]) -> dict[str, Any]:
    """Return the values that a save writes over `theirs`. What only one side changed is that side's.

    Of a value that both changed, it is the chosen one, or theirs if no choice decides.
    """
    values = dict(theirs)
    for each in found:
        if each.side == "mine" or (each.side == "both" and chosen(each, choices) == MINE):
            if each.name == each.field:
                values[each.name] = each.mine
            else:
                blocks = list(values["blocks"])
                blocks[int(each.name.removeprefix(BLOCK))] = each.mine
                values["blocks"] = blocks
    return values


def marks(old: str, new: str, *, with_gone: bool = False) -> list[tuple[str, str]]:
    """Return `new` as pieces (tag, text): "ins" for what `old` lacks, "" for the rest. A marked space shows as ␣.

    With `with_gone`, what only `old` has stands among them as "del".

    >>> marks("和6 214名", "和6214位")
    [('', '和6214'), ('ins', '位')]
    >>> marks("和6 214名", "和6214位", with_gone=True)
    [('', '和6'), ('del', '␣'), ('', '214'), ('del', '名'), ('ins', '位')]
    """
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    was, now = old[start : len(old) - end], new[start : len(new) - end]
    pieces = [("", new[:start])]
    if max(len(was), len(now)) > MARKED:
        pieces += [("del", was if with_gone else ""), ("ins", now)]
    else:
        for op, first, last, a, b in difflib.SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
            if op == "equal":
                pieces.append(("", now[a:b]))
            else:
                pieces += [("del", was[first:last] if with_gone else ""), ("ins", now[a:b])]
    pieces.append(("", new[len(new) - end :]))
    return _tidy(pieces)


def _common(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _tidy(pieces: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Join neighbours with one tag, leave out empty pieces, and show marked spaces."""
    tidy: list[tuple[str, str]] = []
    for tag, text in pieces:
        shown = text.replace(" ", "␣").replace("\u3000", "␣") if tag else text
        if not shown:
            continue
        if tidy and tidy[-1][0] == tag:
            tidy[-1] = tag, tidy[-1][1] + shown
        else:
            tidy.append((tag, shown))
    return tidy
