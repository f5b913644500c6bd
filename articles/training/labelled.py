"""Labelled pages: the label of each printed line of a page, and the page's items. One text file holds one page.

    @date 2025-04-08
    folio|2025年4月8日　星期二　第5版

    @item 1 article
    @by 记者=丁一凡
    headline|## 药箱挂在马背上
    headline+|巡诊走到云边边
    lead|本报讯（记者丁一凡）⟦paragraph⟧　　天还没亮……

A line that begins with "@" describes the page or the item that follows. An empty line is a printed blank line. All
other lines are `label|text`, with the text as printed. A label with "+" continues the string that a line above began.
⟦label⟧ separates the parts of one printed line. `@back 1` resumes the interrupted item 1. The parts with a label of
FURNITURE belong to the page and not to an item.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: The labels of parts that belong to the page.
FURNITURE = frozenset(("folio", "staff", "section", "noise"))
#: The labels of titles, and those of the text in an item's body.
TITLES = ("column", "kicker", "headline", "deck", "subhead")
BODY = ("paragraph", "caption", "table")
#: All labels that a page may have.
LABELS = (*FURNITURE, *TITLES, *BODY, "names", "credit", "lead", "jump", "note")

_INLINE = re.compile(r"⟦([a-z]+\+?)⟧")
#: Marks and markup that are not part of a title.
_MARKS = re.compile(r"^(?:#{1,6}\s|[#\s]*##|\*\*|</?[a-zA-Z][^<>]*>|[●▲■◆★▶►•◇△▼◎☆\s])+|\*\*|</?[a-zA-Z][^<>]*>")
#: Markup in a text: tags, the signs of bold and italic type, and simple formulas, $ 5\% $.
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|\*\*|^\*(?=[^\s*])|(?<=[^\s*])\*$")
_FORMULA = re.compile(r"\$([\d.,%\\ ]+|[\d. ]+\\mathrm\{[^{}]+\})\$")
_IN_FORMULA = re.compile(r"\\mathrm|\\,|[\\{} ]")
_DASH = re.compile(r"^(?:[\s—―─–-]+|一一)")


@dataclass(slots=True)
class Part:
    """A part of a printed line: its label, whether it begins its string, its text, and the number of its item."""

    label: str
    begins: bool
    text: str
    item: int | None


@dataclass(slots=True)
class Item:
    """The gold of an item besides its lines."""

    number: int
    kind: str
    bylines: list[tuple[str, str]] = field(default_factory=list)
    credits: list[tuple[str, str]] = field(default_factory=list)
    agency: str = ""
    kicker: str = ""
    continued_to: int | None = None
    continued_from: int | None = None
    provinces: list[str] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)


@dataclass(slots=True)
class LabelledPage:
    """A page. `rows` are its printed lines. Each is a list of parts, which is empty for a blank line."""

    name: str
    rows: list[list[Part]] = field(default_factory=list)
    items: dict[int, Item] = field(default_factory=dict)
    date: str | None = None
    issue_number: int | None = None
    page_number: int | None = None
    section: str | None = None
    editors: list[tuple[str, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text of the page as it is printed."""
        return "\n".join("".join(part.text for part in row) for row in self.rows) + "\n"

    def strings(self, number: int) -> Iterator[tuple[str, str]]:
        """Yield (label, text) of each string of an item, with its parts joined and the marks of titles left out."""
        label, texts = "", [""]
        for row in self.rows:
            for part in row:
                if part.item != number:
                    continue
                if part.begins or part.label != label:
                    if label:
                        yield label, _joined(label, texts)
                    label, texts = part.label, []
                texts.append(part.text)
        if label:
            yield label, _joined(label, texts)

    def gold(self) -> dict[str, Any]:
        """Return the page's gold in the form that the scores read, with the items in the order of their first lines."""
        order = dict.fromkeys(part.item for row in self.rows for part in row if part.item is not None)
        return {
            "source": f"{self.name}.txt",
            "date": self.date,
            "issue_number": self.issue_number,
            "page_number": self.page_number,
            "section": self.section,
            "editors": _people(self.editors),
            "items": [self._item(self.items[number]) for number in order],
        }

    def _item(self, item: Item) -> dict[str, Any]:
        strings = list(self.strings(item.number))
        texts = [text for label, text in strings if label in BODY]
        body = "".join("".join(texts).split())
        return {
            "kind": item.kind,
            "kicker": "".join(text for label, text in strings if label == "kicker") or item.kicker or None,
            "headline": "".join(text for label, text in strings if label == "headline") or None,
            "deck": "".join(text for label, text in strings if label == "deck") or None,
            "bylines": _people(item.bylines),
            "credits": _people(item.credits),
            "dateline_agency": item.agency or None,
            "subheads": [text for label, text in strings if label == "subhead"],
            "paragraphs": len(texts),
            "texts": texts,
            "first": body[:15],
            "last": body[-15:],
            "chars": len(body),
            "continued_to": item.continued_to,
            "continued_from": item.continued_from,
            "provinces": item.provinces,
            "topics": item.topics,
        }


def _joined(label: str, texts: list[str]) -> str:
    if label in TITLES:
        texts = [_MARKS.sub("", text.strip()) for text in texts]
        if label in ("deck", "kicker", "headline"):
            texts[0] = _DASH.sub("", texts[0])
        return "".join(text.strip() for text in texts)
    texts = [_MARKUP.sub("", text.strip()) for text in texts]
    return _FORMULA.sub(lambda match: _IN_FORMULA.sub("", match[1]), "".join(text.strip() for text in texts))


def _people(names: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"role": role, "name": name} for role, name in names]


def read_labelled(path: Path) -> LabelledPage:
    """Return the labelled page in the file `path`. Raises ValueError, with the line's number, if it is malformed."""
    page = LabelledPage(path.stem)
    item: Item | None = None
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            if line.startswith("@"):
                item = _tell(page, item, line[1:])
            elif not line.strip():
                page.rows.append([])
            else:
                page.rows.append(list(_parts(line, item)))
        except (ValueError, KeyError, IndexError) as error:
            raise ValueError(f"{path.name}:{number}: {error}: {line[:60]}") from error
    _check(page)
    return page


def _tell(page: LabelledPage, item: Item | None, line: str) -> Item | None:
    key, _, value = line.strip().partition(" ")
    value = value.strip()
    if key == "item":
        number, kind = value.split()
        if kind not in ("article", "photo", "teaser", "notice"):
            raise ValueError(f"no kind of item: {kind}")
        if int(number) in page.items:
            raise ValueError("this number is taken")
        page.items[int(number)] = Item(int(number), kind)
        return page.items[int(number)]
    if key == "back":
        return page.items[int(value)]
    if key in ("date", "section"):
        setattr(page, key, value)
    elif key in ("issue_number", "page_number"):
        setattr(page, key, int(value))
    elif key == "editor":
        page.editors.append(_pair(value))
    elif key == "what":
        pass
    elif item is None:
        raise ValueError("stands before any item")
    elif key in ("by", "credit"):
        (item.bylines if key == "by" else item.credits).append(_pair(value))
    elif key in ("agency", "kicker"):
        setattr(item, key, value)
    elif key in ("to", "from"):
        setattr(item, f"continued_{key}", int(value))
    elif key in ("provinces", "topics"):
        setattr(item, key, value.split())
    else:
        raise ValueError("no such key")
    return item


def _pair(value: str) -> tuple[str, str]:
    role, equals, name = value.partition("=")
    if not equals or not name:
        raise ValueError("role=name is wanted")
    return role, name


def _parts(line: str, item: Item | None) -> Iterator[Part]:
    label, bar, rest = line.partition("|")
    if not bar:
        raise ValueError("label|text is wanted")
    cut = _INLINE.split(rest)
    for name, text in zip([label, *cut[1::2]], cut[::2], strict=True):
        plain = name.removesuffix("+")
        if plain not in LABELS:
            raise ValueError(f"no label: {name}")
        if item is None and plain not in FURNITURE:
            raise ValueError("stands before any item")
        owner = item.number if item is not None and plain not in FURNITURE else None
        yield Part(plain, not name.endswith("+"), text, owner)


def _check(page: LabelledPage) -> None:
    """Raise ValueError for a part that continues a string which no part began."""
    seen: dict[tuple[str, int | None], bool] = {}
    for number, row in enumerate(page.rows, start=1):
        for part in row:
            if not part.begins and not seen.get((part.label, part.item)):
                raise ValueError(f"{page.name}: printed line {number} goes on with no {part.label}: {part.text[:30]}")
            seen[part.label, part.item] = True
