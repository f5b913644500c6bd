"""The kinds of doubts: their sentences, the fields that they name, and the thing that tells two doubts apart.

Pure data. A new kind is an entry in `_TABLE`. The sentences of the reader's kinds are those of `articles.reading`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass

from articles.reading import AMBIGUOUS_PLACE, DOUBT_LABELS
from articles.text.fold import fold

#: The groups of the queue, in its order.
GROUPS = ABOUT_ARTICLES, ABOUT_PAGES, TO_DECIDE = ("文章存疑", "版面与期次", "待裁决")

# The kinds that code outside this table raises or asks for by name. The reader's other kinds are in DOUBT_LABELS.
NOT_IN_READING = "not-in-reading"
ANCHOR_LOST = "anchor-lost"
PLACE_TAKEN = "place-taken"
OTHER_ISSUE_NUMBER = "other-issue-number"
CONFLICT = "conflict"
PROPOSAL = "proposal"
OPEN_JUMP = "open-jump"
NO_TOPIC = "no-topic"
DATE_INFERRED = "date-inferred"
DATE_UNKNOWN = "date-unknown"
NUMBER_UNKNOWN = "number-unknown"
LEFTOVER_TEXT = "leftover-text"


def _nothing(detail: str) -> str:
    """Return no thing: a target has at most one doubt of the kind."""
    return ""


def _all(detail: str) -> str:
    """Return the whole detail, such as the two values that disagree."""
    return detail


def _place_name(detail: str) -> str:
    """Return the name of the place. The regions that bear it follow, and the tables may change them.

    >>> _place_name("鼓楼区：南京市鼓楼区、徐州市鼓楼区")
    '鼓楼区'
    """
    return detail.partition("：")[0]


def _printed_lines(detail: str) -> str:
    """Return the printed lines. Their label and the next best label follow, and another reader may choose others.

    >>> _printed_lines("一条标题：两行：主题，或为引题")
    '一条标题：两行'
    """
    return detail.rpartition("：")[0] or detail


@dataclass(frozen=True)
class DoubtKind:
    """A kind of doubts.

    * `label`: the sentence of the desk, and of readers if the kind is `misleading`.
    * `explanation`: a few words for the queue.
    * `group`: one of GROUPS.
    * `fields`: the fields that a doubt names, of its article or page; a correction of any of them settles it. A name
      with `issue__` is a field of the page's issue. Once a person has set all of them, the doubt is not raised.
    * `thing`: takes the detail of a doubt, and returns the thing in doubt. It leaves out whatever tables, rules and
      candidates decide, so that a closed doubt stays closed.
    * `is_derived`: the stored rows alone tell whether it is raised: see `articles.ingest.derived_doubts`.
    * `is_misleading`: readers are told of it. Other doubts, such as a missing byline, readers see for themselves.
    """

    name: str
    label: str
    explanation: str
    group: str
    fields: tuple[str, ...] = ()
    thing: Callable[[str], str] = _nothing
    is_derived: bool = False
    is_misleading: bool = False


def _read(
    name: str, explanation: str, *fields: str, thing: Callable[[str], str] = _nothing, is_misleading: bool = False
) -> DoubtKind:
    """Return a kind that the reader raises about an item."""
    label = DOUBT_LABELS[name]
    return DoubtKind(name, label, explanation, ABOUT_ARTICLES, fields, thing, is_misleading=is_misleading)


def _read_of_page(name: str, explanation: str, *fields: str, thing: Callable[[str], str] = _nothing) -> DoubtKind:
    """Return a kind that the reader raises about a page."""
    return DoubtKind(name, DOUBT_LABELS[name], explanation, ABOUT_PAGES, fields, thing)


def _derived_of_page(name: str, explanation: str, *fields: str) -> DoubtKind:
    """Return a kind of the reader that is told from the page as it stands, corrections included."""
    return DoubtKind(name, DOUBT_LABELS[name], explanation, ABOUT_PAGES, fields, is_derived=True)


_HEAD = ("kicker", "headline", "deck")
_JUMP = ("continued_to", "continued_from", "continuation_of")

#: The kinds in the order of the queue.
_TABLE = (
    _read("headline-uncertain", "引题、标题、副题怎样划分", *_HEAD, thing=_printed_lines, is_misleading=True),
    _read("label-uncertain", "是标题、正文还是别的", *_HEAD, "blocks", thing=_printed_lines),
    _read("no-headline", "正文上面没有找到标题", "headline"),
    _read("no-body", "标题下面没有找到正文", "blocks"),
    _read("no-byline", "文字没有找到作者", "bylines"),
    _read("open-paragraph", "分栏、转版处断开", "blocks", is_misleading=True),
    _read(AMBIGUOUS_PLACE, "例如“朝阳”“鼓楼”", "regions", thing=_place_name, is_misleading=True),
    DoubtKind(NO_TOPIC, "没有主题", "各个主题都不沾", ABOUT_ARTICLES, ("topics",), is_derived=True),
    DoubtKind(
        OPEN_JUMP, "转版没有着落", "“下转第3版”，第3版找不到", ABOUT_ARTICLES, _JUMP, thing=_all, is_derived=True
    ),
    _read("split?", "两篇之间没有清楚的标题", thing=_all, is_misleading=True),
    _read("merged?", "一篇里或许有两篇", thing=_all, is_misleading=True),
    _read("joined?", "段落或许接错了", "blocks", thing=_all, is_misleading=True),
    _derived_of_page(DATE_UNKNOWN, "读者现在看不到这些版", "issue"),
    _derived_of_page(DATE_INFERRED, "据文中最晚的事件推算", "issue"),
    _read_of_page("date-disagrees", "给定、印出和文件名不一样", "issue", thing=_all),
    _read_of_page("date-future", "也许年份认错了", "issue"),
    _read_of_page("date-impossible", "例如2月30日", "issue", thing=_all),
    _read_of_page("weekday-disagrees", "日期或星期认错了", "issue", thing=_all),
    _derived_of_page(NUMBER_UNKNOWN, "没有印出，也没有给定", "number"),
    _read_of_page("number-disagrees", "给定、印出和文件名不一样", "number", thing=_all),
    DoubtKind(PLACE_TAKEN, "文中的日期、版次已属于另一版，未移动", "两版各在哪里", ABOUT_PAGES, ("issue", "number")),
    _read_of_page("issue-number-disagrees", "给定和印出的不一样", "issue__number", thing=_all),
    DoubtKind(
        *(OTHER_ISSUE_NUMBER, "总期号与本期其他版不一致", "同一期印出两个号码", ABOUT_PAGES, ("issue__number",)),
        thing=_all,
    ),
    _derived_of_page(LEFTOVER_TEXT, "指给某一篇，或定为版头、广告"),
    _read_of_page("duplicate-line", "重复的一行不在文中"),
    _read_of_page("unreadable-characters", "对照报纸补上"),
    DoubtKind(CONFLICT, "版面冲突", "两个文本都说自己是这一版", TO_DECIDE, is_derived=True),
    # A doubt of this kind names the field of its proposal, which stands in `rule`.
    DoubtKind(PROPOSAL, "机器建议与人工不同", "新的读取和改过的字段不一样", TO_DECIDE, is_derived=True),
    DoubtKind(ANCHOR_LOST, "新的文本里找不到分篇处", "人工分开的两篇可能又合在一起", TO_DECIDE),
    DoubtKind(NOT_IN_READING, "新的读取中没有这一篇，因有人工校改而保留", "留下还是删去", TO_DECIDE),
)

KINDS: dict[str, DoubtKind] = {kind.name: kind for kind in _TABLE}

#: The kinds that stored rows alone decide.
DERIVED = frozenset(kind.name for kind in _TABLE if kind.is_derived)

#: The kinds that readers are told of on the page of a story. Whoever opens or closes a doubt of these kinds must stamp
#: its article: `change.articles([doubt.article_id])`. No other kind shows on any page of readers.
MISLEADING = frozenset(kind.name for kind in _TABLE if kind.is_misleading)


def kind_of(name: str) -> DoubtKind:
    """Return the kind of this name. An unknown name, from a reader of long ago, is its own label and names no field."""
    return KINDS.get(name) or DoubtKind(name, name, "", ABOUT_ARTICLES, thing=_all)


def names(kind: str) -> tuple[str, ...]:
    """Return the fields that a doubt of this kind names. For a proposal ask `Doubt.fields`."""
    return kind_of(kind).fields


def kinds_naming(fields: Collection[str]) -> list[str]:
    """Return the kinds whose doubts name at least one of `fields`."""
    return [kind.name for kind in _TABLE if not set(kind.fields).isdisjoint(fields)]


def is_answered(kind: str, persons: Collection[str]) -> bool:
    """Tell whether a person has set every field that a doubt of this kind names. `persons` are the fields set."""
    fields = names(kind)
    return bool(fields) and set(fields) <= set(persons)


def digest_of(kind: str, detail: str) -> str:
    """Return the digest of the thing in doubt, "" if a target has at most one doubt of the kind."""
    return digest_of_thing(kind_of(kind).thing(detail))


def digest_of_thing(thing: str) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of the folded thing, or "" for no thing."""
    return hashlib.sha256(fold(thing).encode("utf-8", "surrogatepass")).hexdigest()[:16] if thing else ""
