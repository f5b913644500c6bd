"""The tree of a query, and the functions that make of it a Chinese sentence, a query string or a smaller tree."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

#: The fields in which a string may be searched, and their marks. The field "" means anywhere.
FIELD_MARKS = {"headline": "标题", "body": "正文", "names": "作者"}

#: Opening mark -> closing mark, in the order that `serialise` prefers. `quotable` keeps the last pair free for it.
QUOTES = {"“": "”", '"': '"', "「": "」", "『": "』", "＂": "＂"}


@dataclass(frozen=True)
class Phrase:
    """A string to search for, as it was typed. A quoted string is never split into words."""

    text: str
    field: str = ""
    quoted: bool = False


@dataclass(frozen=True)
class _Named:
    """A filter with the text typed after its mark, the name of something in the archive."""

    text: str


class RegionFilter(_Named):
    """地区:"""


class TopicFilter(_Named):
    """主题:"""


class ColumnFilter(_Named):
    """栏目:"""


class SectionFilter(_Named):
    """版名:, the name of pages."""


class KindFilter(_Named):
    """类别:, as in 类别:图片."""


@dataclass(frozen=True)
class RoleFilter:
    """A role of ASKED_ROLES with the name of a contributor typed after it, as in 记者:何文 and 署名:何文."""

    role: str
    text: str


@dataclass(frozen=True)
class PageFilter:
    """版: with a page number, as in 版:3."""

    number: int


@dataclass(frozen=True)
class NumberFilter:
    """期号: with the number of an issue, counted from the first issue of the paper."""

    number: int


@dataclass(frozen=True)
class YearlyFilter:
    """日期: with a day of every year, as in 日期:*-01-05."""

    month: int
    day: int


@dataclass(frozen=True)
class DateFilter:
    """日期: with a period that includes both ends. An open end is `date.min` or `date.max`."""

    first: date
    last: date


@dataclass(frozen=True)
class And:
    """The conjunction of two or more parts. A part is never an And."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Or:
    """The disjunction of two or more parts. A part is never an Or."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Not:
    """The negation of a part. The part is never a Not."""

    part: "Node"


#: The filters that hold a typed name of something in the archive.
NamedFilter = RegionFilter | TopicFilter | ColumnFilter | SectionFilter | KindFilter

Leaf = Phrase | NamedFilter | RoleFilter | PageFilter | NumberFilter | DateFilter | YearlyFilter
Node = Leaf | And | Or | Not

FILTER_MARKS: dict[type[NamedFilter], str] = {
    RegionFilter: "地区",
    TopicFilter: "主题",
    ColumnFilter: "栏目",
    SectionFilter: "版名",
    KindFilter: "类别",
}


@dataclass(frozen=True)
class Suggestion:
    """Another reading of the query: the text of the link, and the query string of its target."""

    text: str
    query: str


@dataclass(frozen=True)
class Query:
    """A query as it was read. `tree` is None if nothing was asked."""

    tree: Node | None
    notices: tuple[str, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()


def all_of(parts: Iterable[Node | None]) -> Node | None:
    """Return the tree that asks for all of `parts`. None stands for an empty part."""
    return _joined(And, parts)


def any_of(parts: Iterable[Node | None]) -> Node | None:
    """Return the tree that asks for any of `parts`. None stands for an empty part."""
    return _joined(Or, parts)


def none_of(part: Node | None) -> Node | None:
    """Return the tree that negates `part`. None stands for an empty part and stays None."""
    if part is None:
        return None
    return part.part if isinstance(part, Not) else Not(part)


def _joined(kind: type[And] | type[Or], parts: Iterable[Node | None]) -> Node | None:
    flat: list[Node] = []
    for part in parts:
        if isinstance(part, kind):
            flat.extend(part.parts)
        elif part is not None:
            flat.append(part)
    return kind(tuple(flat)) if len(flat) > 1 else next(iter(flat), None)


def leaves(tree: Node | None) -> tuple[Leaf, ...]:
    """Return the strings and filters of a tree in the order in which they were typed, including negated ones."""
    match tree:
        case None:
            return ()
        case And(parts) | Or(parts):
            return tuple(leaf for part in parts for leaf in leaves(part))
        case Not(part):
            return leaves(part)
    return (tree,)


def without(tree: Node | None, leaf: Leaf) -> Node | None:
    """Return the tree with each occurrence of `leaf` removed, or None if nothing is left."""
    match tree:
        case And(parts):
            return all_of(without(part, leaf) for part in parts)
        case Or(parts):
            return any_of(without(part, leaf) for part in parts)
        case Not(part):
            return none_of(without(part, leaf))
    return None if tree == leaf else tree


def positive_texts(tree: Node | None) -> tuple[Phrase, ...]:
    """Return the strings to highlight, each once. Strings under a Not are left out."""
    match tree:
        case Phrase():
            return (tree,)
        case And(parts) | Or(parts):
            return tuple(dict.fromkeys(text for part in parts for text in positive_texts(part)))
    return ()


def required(tree: Node | None) -> tuple[Node, ...]:
    """Return the parts of a tree that each story must match."""
    match tree:
        case None:
            return ()
        case And(parts):
            return parts
    return (tree,)


def period_of(tree: Node | None) -> DateFilter | None:
    """Return the only period in which each story of a tree must lie, or None if there is none or several."""
    periods = [part for part in required(tree) if isinstance(part, DateFilter)]
    return periods[0] if len(periods) == 1 else None


def in_headline(tree: Node | None) -> Node | None:
    """Return the tree with each string that is searched anywhere searched in headlines alone. Negated ones stay."""
    match tree:
        case Phrase(_, ""):
            return replace(tree, field="headline")
        case And(parts):
            return all_of(map(in_headline, parts))
        case Or(parts):
            return any_of(map(in_headline, parts))
    return tree


def has_alternatives(tree: Node | None) -> bool:
    """Tell whether a story may match without holding all of `positive_texts`."""
    match tree:
        case Or():
            return True
        case And(parts):
            return any(has_alternatives(part) for part in parts)
    return False


def describe(query: Query) -> str:
    """Return a Chinese sentence that says how a query was read, or "" if nothing was asked.

    >>> describe(Query(And((Phrase("瑞金医院"), Phrase("人工智能"), Not(Phrase("上海"))))))
    '“瑞金医院”且“人工智能”，不含“上海”'
    """
    return described(query.tree)


def described(tree: Node | None) -> str:
    """Return a Chinese sentence that says what a tree asks for, or "" for none."""
    if tree is None:
        return ""
    if isinstance(tree, Not) or (isinstance(tree, And) and all(isinstance(part, Not) for part in tree.parts)):
        return f"全部文章，{said(tree)}"
    return said(tree)


def said(tree: Node) -> str:
    """Return a tree, or a part of one, in Chinese words: “托育”或“疫苗”；不含“上海”."""
    match tree:
        case And(parts):
            asked = "且".join(_said_inside(part) for part in parts if not isinstance(part, Not))
            return "，".join([*([asked] if asked else []), *(said(part) for part in parts if isinstance(part, Not))])
        case Or(parts):
            return "或".join(_said_inside(part) for part in parts)
        case Not(And() | Or() as part):
            return f"不含{_said_inside(part)}"
        case Not(part):
            return _said_leaf(part, negated=True)
    return _said_leaf(tree)


def _said_inside(tree: Node) -> str:
    return f"（{said(tree)}）" if isinstance(tree, And | Or | Not) else said(tree)


def _said_leaf(leaf: Node, *, negated: bool = False) -> str:
    no = "不" if negated else ""
    match leaf:
        case Phrase(text, ""):
            return f"不含{_shown(text)}" if negated else _shown(text)
        case Phrase(text, field):
            return f"{FIELD_MARKS[field]}{no}含{_shown(text)}"
        case _Named(text):
            return f"{FILTER_MARKS[type(leaf)]}{no}为{_shown(text)}"
        case RoleFilter(role, text):
            return f"{role}{no}为{_shown(text)}"
        case PageFilter(number):
            return f"不在第{number}版" if negated else f"第{number}版"
        case NumberFilter(number):
            return f"不在总第{number}期" if negated else f"总第{number}期"
        case YearlyFilter(month, day):
            return f"{'不在' if negated else ''}各年{month}月{day}日"
        case DateFilter(first, last):
            return f"日期{'不在' if negated else ' '}{said_dates(first, last)}"
    raise TypeError(leaf)


def _shown(text: str) -> str:
    return f"「{text}」" if "“" in text or "”" in text else f"“{text}”"


def said_dates(first: date, last: date) -> str:
    """Return a period in Chinese: 2024年, 2024年5月, 2024年5月3日, 2024年5月1日至2025年12月31日, 2024年5月1日起."""
    if _is_year(first, last):
        return f"{first.year}年"
    if _is_month(first, last):
        return f"{first.year}年{first.month}月"
    if first == last:
        return _said_day(first)
    if last == date.max:
        return f"{_said_day(first)}起"
    if first == date.min:
        return f"{_said_day(last)}止"
    return f"{_said_day(first)}至{_said_day(last)}"


def _said_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _is_year(first: date, last: date) -> bool:
    return (first, last) == (date(first.year, 1, 1), date(first.year, 12, 31))


def _is_month(first: date, last: date) -> bool:
    return first.day == 1 and last == last_day(first)


def last_day(day: date) -> date:
    """Return the last day of the month of `day`."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def serialise(tree: Node | None) -> str:
    """Return a query string that `parse` reads as this tree, for any tree that `parse` or `without` returned.

    It has only the necessary brackets. So it is never nested deeper than the text that the tree was read from.
    """
    match tree:
        case None:
            return ""
        case And(parts):
            return " ".join(_grouped(part) if isinstance(part, Or) else serialise(part) for part in parts)
        case Or(parts):
            return " OR ".join(serialise(part) for part in parts)
        case Not(And() | Or() as part):
            return f"-{_grouped(part)}"
        case Not(part):
            typed = serialise(part)
            return f"NOT {typed}" if typed[0] in "-－" else f"-{typed}"  # "--" begins a string
        case Phrase(text, field, quoted):
            mark = f"{FIELD_MARKS[field]}:" if field else ""
            return mark + (_quoted(text) if quoted else text)
        case _Named(text):
            return f"{FILTER_MARKS[type(tree)]}:{text if text.isalnum() else _quoted(text)}"
        case RoleFilter(role, text):
            return f"{role}:{text if text.isalnum() else _quoted(text)}"
        case PageFilter(number):
            return f"版:{number}"
        case NumberFilter(number):
            return f"期号:{number}"
        case YearlyFilter(month, day):
            return f"日期:*-{month:02}-{day:02}"
        case DateFilter(first, last):
            return f"日期:{_typed_dates(first, last)}"
    raise TypeError(tree)


def _grouped(tree: Node) -> str:
    return f"({serialise(tree)})"


def quotable(text: str) -> str:
    """Return `text` with " for ＂, so that `serialise` has a pair of quotes for it. `fold` treats both as the same."""
    return text.replace("＂", '"')


def _quoted(text: str) -> str:
    opening = next((mark for mark, closing in QUOTES.items() if closing not in text), "＂")
    return f"{opening}{text}{QUOTES[opening]}"


def _typed_dates(first: date, last: date) -> str:
    if _is_year(first, last):
        return f"{first.year:04}"
    if _is_month(first, last):
        return f"{first.year:04}-{first.month:02}"
    if first == last:
        return first.isoformat()
    if (first, last) == (date.min, date.max):
        return f"{first.isoformat()}..{last.isoformat()}"  # ".." alone is not a date
    return f"{'' if first == date.min else first.isoformat()}..{'' if last == date.max else last.isoformat()}"
