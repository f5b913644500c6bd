"""The list of all evidence: named facts about a line, with examples, from which the labelling decides.

A piece of evidence is a function of a page and the index of a line. It returns a short word, or "" if it finds nothing.
The labelling learns the weight of each word from gold pages, for the line itself and for its neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from . import marks, roles
from .columns import BEGINS, ENDS, LONGEST_WITH_DOT
from .lines import is_balanced, is_complete
from .names import is_person
from .page_lines import SHORT, PageLines
from .recognize import names_on_line
from .running_on import how_it_goes_on, is_torn, spans_word

Find = Callable[[PageLines, int], str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A named piece of evidence: its function, an example, and the word that the example's last line gives."""

    name: str
    find: Find
    example: str
    gives: str


EVIDENCE: list[Evidence] = []


def _evidence(name: str, example: str, gives: str) -> Callable[[Find], Find]:
    def add(find: Find) -> Find:
        EVIDENCE.append(Evidence(name, find, example, gives))
        return find

    return add


def _bucket(value: float, bounds: Sequence[float]) -> str:
    return str(sum(value >= bound for bound in bounds))


@_evidence("length", "方若谷", "2")
def _length(page: PageLines, at: int) -> str:
    return _bucket(len(page.bare[at]), (2, 3, 4, 5, 7, 9, 12, 15, 18, 22, 27, 38, 60, 120))


@_evidence("relative length", "方若谷", "4")
def _relative(page: PageLines, at: int) -> str:
    return _bucket(len(page.bare[at]) / (page.median or 1), (0.25, 0.45, 0.7, 0.95, 1.1, 1.6, 3))


@_evidence("width", "山里的老人盼来了新大夫\n新大夫姓方他在山里长大\n大学毕业以后他回到山里\n山里", "short")
def _width(page: PageLines, at: int) -> str:
    column = page.columns[at]
    if not column:
        return ""
    width = page.widths[at]
    if abs(width - column) <= 1.5:
        return "full"
    return "over" if width > column else "part" if width > column * 0.6 else "short"


@_evidence("end", "山里来了新大夫。", ".")
def _end(page: PageLines, at: int) -> str:
    text = page.bare[at]
    last = text[-1]
    if last in "。！？!?":
        return "." if last == "。" else "!"
    if is_complete(text):
        return "c"
    if last in "，、,；;":
        return ","
    if last in "：:":
        return ":"
    if last in "）)】〕]":
        return ")"
    if last in "”’》」』…—":
        return last
    if last.isdigit():
        return "d"
    return "a" if last.isascii() else "h"


@_evidence("begin", "“山里来了新大夫”", "“")
def _begin(page: PageLines, at: int) -> str:
    first = page.texts[at][0]
    if first in "，。、！？；：）”’…》":
        return "torn"
    if first in "（(【[〔":
        return "("
    if first in "“\"'‘《「□■口—－●▲◆★▶►•◇△▼◎☆":
        return first if first not in "▲◆★▶►•◇△▼◎☆" else "●"
    if first.isdigit():
        return "d"
    return "a" if first.isascii() else "h"


@_evidence("dash", "——记一位守岛医生", "2")
def _dash(page: PageLines, at: int) -> str:
    match = marks.DASH.match(page.texts[at])
    return str(min(2, len(match[0].strip()))) if match else ""


@_evidence("full stops", "他笑了。走了", "1")
def _full_stops(page: PageLines, at: int) -> str:
    inside = page.texts[at][:-1]
    return str(min(2, inside.count("。") + inside.count("；"))) if "。" in inside or "；" in inside else ""


@_evidence("commas", "山里来了，新大夫", "1")
def _commas(page: PageLines, at: int) -> str:
    return str(min(4, page.texts[at].count("，")))


@_evidence("other stops", "山里来了新大夫？", "1")
def _other_stops(page: PageLines, at: int) -> str:
    return str(min(3, sum(map(page.texts[at].count, "、：！？“《"))))


@_evidence("space", "医者 仁心", "1m")
def _space(page: PageLines, at: int) -> str:
    cells = page.texts[at].split()
    if len(cells) == 1:
        return ""
    longest = max(map(len, cells))
    return (
        f"{min(3, len(cells) - 1)}{'s' if longest == 1 else 'm' if longest <= 5 else ''}"
        if longest <= 5
        else str(min(3, len(cells) - 1))
    )


@_evidence("balance", "“山里来了", "open")
def _balance(page: PageLines, at: int) -> str:
    text = page.texts[at]
    if is_balanced(text):
        return ""
    return "open" if sum(map(text.count, "“《（「【‘")) > sum(map(text.count, "”》）」】’")) else "close"


@_evidence("digits", "2024年11月", "many")
def _digits(page: PageLines, at: int) -> str:
    count = sum(map(str.isdigit, page.bare[at]))
    return "" if not count else "some" if count * 4 < len(page.bare[at]) else "many"


@_evidence("gap", "山里\n\n来了", "1")
def _gap(page: PageLines, at: int) -> str:
    return str(min(3, page.lines[at].gap))


@_evidence("gap below", "山里", "end")
def _gap_below(page: PageLines, at: int) -> str:
    return str(min(3, page.lines[at + 1].gap)) if at + 1 < len(page.lines) else "end"


@_evidence("indent", "　　山里来了", "2")
def _indent(page: PageLines, at: int) -> str:
    return _bucket(page.lines[at].indent, (1, 2, 3, 6, 12))


@_evidence("heading", "山里来了", "none")
def _heading(page: PageLines, at: int) -> str:
    own = page.lines[at].marks
    if own.level:
        return f"{min(3, own.level - page.highest)} of {min(3, page.levels)}"
    if own.region == "title":
        return "title"
    if own.bold >= len(page.texts[at]):
        return "bold"
    return "no" if page.highest or page.bolds else "none"


@_evidence("bold beginning", "山里来了", "")
def _bold(page: PageLines, at: int) -> str:
    return "bold" if 0 < page.lines[at].marks.bold < len(page.texts[at]) else ""


@_evidence("markup", "山里来了", "")
def _markup(page: PageLines, at: int) -> str:
    own = page.lines[at].marks
    told = [name for name in ("centred", "caption", "item", "note", "picture") if getattr(own, name)]
    return "+".join(told)


@_evidence("region", "山里来了", "")
def _region(page: PageLines, at: int) -> str:
    return page.lines[at].marks.region


@_evidence("table", "山里来了", "")
def _table(page: PageLines, at: int) -> str:
    own = page.lines[at].marks
    return "cells" if own.cells else "table" if own.table else ""


@_evidence("table title", "表1 各乡镇建卡人数", "title")
def _table_title(page: PageLines, at: int) -> str:
    return "title" if marks.TABLE_TITLE.fullmatch(page.texts[at]) else ""


@_evidence("whole line", "□本报记者 丁一凡", "byline")
def _whole(page: PageLines, at: int) -> str:
    return page.wholes[at]


@_evidence("front", "本报讯（记者 丁一凡）山里来了新大夫。", "lead")
def _front(page: PageLines, at: int) -> str:
    return page.fronts[at]


@_evidence("tail", "山里来了新大夫。（丁一凡）", "byline")
def _tail(page: PageLines, at: int) -> str:
    return page.tails[at]


@_evidence("names", "丁一凡 方若谷", "all 2")
def _names(page: PageLines, at: int) -> str:
    return names_on_line(page.texts[at], page.words)


_ROLE = re.compile(
    r"(?:本报|新华社)?(?:首席|特约|见习|实习|全媒体|特派)?(?:记者|通讯员|评论员)|作者|读者|编译|整理|执笔|撰文|撰稿|采写|口述|策划|统筹|文[/／]"
)


@_evidence("role", "本报记者 丁一凡", "first")
def _role(page: PageLines, at: int) -> str:
    match = _ROLE.search(page.texts[at])
    if match is None:
        return ""
    if match.start() <= 2:
        return "first" if len(page.bare[at]) > len(match[0]) + 1 else "alone"
    return "last" if match.end() >= len(page.texts[at]) - 1 else "in"


_ACT = re.compile(rf"(?:{roles.CREDIT_ACT}|提供|图片|资料图)")


@_evidence("act", "于归摄", "last")
def _act(page: PageLines, at: int) -> str:
    text = page.bare[at].rstrip("）)。")
    match = _ACT.search(text[-12:])
    return "" if match is None else "last" if text.endswith(match[0]) else "in"


_OFFICE = re.compile(
    r"(?:医院|大学|学院|中心|卫生院|研究[院所]|委员会|[省市县区委局]|科|院长|主任|教授|医师|书记|局长|所长)"
    r"(?:[ \t\u3000]|$)"
)


@_evidence("office", "清溪县人民医院院长 丁一凡", "office")
def _office(page: PageLines, at: int) -> str:
    return "office" if len(page.bare[at]) <= 40 and _OFFICE.search(page.texts[at]) else ""


@_evidence("turn", "记者：从何说起？", "turn")
def _turn(page: PageLines, at: int) -> str:
    match = marks.SPEAKER.match(page.texts[at])
    if match is None:
        return ""
    return "turn" if match[0][:-1] in page.speakers or match[0][0] in "问答记主" else "once"


#: The number of characters at the beginning of a line in which the forms below are sought.
FORM_LENGTH = 60
_FORMS = (
    ("contact", marks.CONTACT.search),
    ("list", marks.LIST_ROW.match),
    ("section", marks.SECTION_NUMBER.match),
    ("caption", marks.CAPTION.search),
    ("notice body", marks.NOTICE_BODY.search),
    ("note", re.compile(r"[（(](?:本?文?作者|据|来源|摘自|原载|完|未完|待续)").match),
    ("reference", re.compile(r"\[\d{1,2}\]|参考文献").match),
    ("year", re.compile(r"(?:19|20)\d\d年(?:\d{1,2}月)?(?:\d{1,2}日)?(?:[:：，—\s]|$)").match),
    ("date", re.compile(r"(?:近日|日前|\d{1,2}月\d{1,2}日|记者从|据悉|据了解)").match),
)


@_evidence("form", "联系人：方先生 电话：0100-2000000", "contact")
def _form(page: PageLines, at: int) -> str:
    text = page.texts[at][:FORM_LENGTH]
    return "+".join([name for name, find in _FORMS if find(text)])


@_evidence("label", "编者按", "note")
def _label(page: PageLines, at: int) -> str:
    text = page.bare[at].strip("【】[]●■◆▲★：:")
    if not text or len(text) > 24:
        return ""
    if marks.EDITOR_NOTE.fullmatch(text):
        return "note"
    if marks.GUIDE.fullmatch(text):
        return "guide"
    if marks.BOX.fullmatch(text):
        return "box"
    if marks.BRIEFS.fullmatch(text):
        return "briefs"
    return "notice" if marks.NOTICE_TITLE.fullmatch(text) else ""


@_evidence("column's words", "资讯速递", "ends")
def _column(page: PageLines, at: int) -> str:
    text = page.bare[at].strip("【】[]●■◆▲★：:")
    if not 2 <= len(text) <= LONGEST_WITH_DOT or "。" in text or "，" in text:
        return ""
    if "·" in text:
        return "dot" if len(text) <= SHORT else "long dot"
    if len(text) > SHORT:
        return ""
    return "ends" if text.endswith(ENDS) else "begins" if text.startswith(BEGINS) else ""


@_evidence("boxed", "【短评】", "boxed")
def _boxed(page: PageLines, at: int) -> str:
    text = page.bare[at]
    return "boxed" if text[0] in "【[〖" and text[-1] in "】]〗" else ""


@_evidence("recurs", "甘肃\n山里来了新大夫\n贵州\n城里来了新大夫\n甘肃", "recurs")
def _recurs(page: PageLines, at: int) -> str:
    return "recurs" if page.short_lines[page.bare[at]] > 1 else ""


@_evidence("spans a word", "签订履\n约协议", "spans")
def _spans(page: PageLines, at: int) -> str:
    return "spans" if at and spans_word(page.texts[at - 1], page.texts[at], page.words) else ""


@_evidence("goes on", "他说，\n在清溪县，巡诊还有了", "")
def _goes_on(page: PageLines, at: int) -> str:
    if at + 1 == len(page.lines):
        return ""
    return how_it_goes_on(page.texts[at], page.texts[at + 1])


@_evidence("torn", "的士兵。", "torn")
def _torn(page: PageLines, at: int) -> str:
    return "torn" if is_torn(page.texts[at]) else ""


@_evidence("open before", "山里来了\n新大夫", "open")
def _open_before(page: PageLines, at: int) -> str:
    """Return "open" if the nearest full line above is unfinished.

    Lines that are both short and narrower than their column are skipped, and so is the folio. The search goes 15 lines
    back. If it finds no full line, the line right above decides.
    """
    for back in range(at - 1, max(-1, at - 16), -1):
        if back in page.folio:
            continue
        if len(page.bare[back]) > SHORT or page.widths[back] >= (page.columns[back] or 99) - 2:
            return "" if is_complete(page.texts[back]) else "open"
    return "open" if at and not is_complete(page.texts[at - 1]) else ""


@_evidence("like above", "1.洗手\n2.通风", "list")
def _like_above(page: PageLines, at: int) -> str:
    if not at:
        return ""
    above, own = page.texts[at - 1], page.texts[at]
    if marks.LIST_ROW.match(own) and marks.LIST_ROW.match(above):
        return "list"
    if abs(len(above) - len(own)) <= 1 and len(own) <= SHORT:
        return "length"
    cells = len(own.split())
    return "cells" if cells > 2 and cells == len(above.split()) else ""


@_evidence("verse", "山里的风\n吹过山梁\n山里的人\n走过山梁", "4")
def _verse(page: PageLines, at: int) -> str:
    """Return the length class of the run of short lines without a full stop in which the line stands."""
    return _bucket(sum(_short_around(page, at, 6)) + 1, (1, 2, 3, 4, 6, 9)) if _is_short(page, at) else ""


def _short_around(page: PageLines, at: int, most: int) -> tuple[int, int]:
    """Return the numbers of short lines without a full stop right above and right below a line, each up to `most`."""
    above = below = 0
    while above < most and at > above and page.lines[at - above].gap <= 1 and _is_short(page, at - above - 1):
        above += 1
    while (
        below < most
        and at + below + 1 < len(page.lines)
        and page.lines[at + below + 1].gap <= 1
        and _is_short(page, at + below + 1)
    ):
        below += 1
    return above, below


def _is_short(page: PageLines, at: int) -> bool:
    return len(page.bare[at]) <= SHORT and "。" not in page.bare[at] and at not in page.folio


@_evidence("place among short lines", "山里的风\n山里的人", "1 0")
def _among(page: PageLines, at: int) -> str:
    """Return the numbers of short lines without a full stop right above and right below a short line."""
    return "{} {}".format(*_short_around(page, at, 3)) if _is_short(page, at) else ""


@_evidence("regular", "指头缝里藏猫猫，\n大拇哥儿转圈跑。", "above")
def _regular(page: PageLines, at: int) -> str:
    """Return which neighbours have exactly the length of the line: "above", "below" or "both"."""
    own = len(page.bare[at])
    if not 4 <= own <= 24:
        return ""
    above = at > 0 and len(page.bare[at - 1]) == own
    below = at + 1 < len(page.lines) and len(page.bare[at + 1]) == own
    return "both" if above and below else "above" if above else "below" if below else ""


@_evidence("text since names", "□本报记者 丁一凡\n他从前在县里的医院工作，去年秋天回到了山里。\n难在留人", "byline 1")
def _since(page: PageLines, at: int) -> str:
    return page.since[at]


@_evidence("text until names", "难在留人", "edge 0")
def _until(page: PageLines, at: int) -> str:
    return page.until[at]


@_evidence("company", "山里来了", "")
def _company(page: PageLines, at: int) -> str:
    """Return how often a signature stands below headings that are set like this one, and how many headings are."""
    form = page.form(at)
    if form is None:
        return ""
    signed, count = page.companies[form]
    return f"{_bucket(signed / count, (0.01, 0.25, 0.5, 0.75))} of {_bucket(count, (1, 2, 4, 8))}"


_DECK = re.compile(
    r"^(?:记|访|写在|写给|来自|探访|走进|致)"
    r"|(?:见闻|纪实|侧记|走笔|探访|观察|速写|纪事|印象|掠影|访谈录|调查|之路|启示)$"
)


@_evidence("deck's words", "——记一位守岛医生", "deck")
def _deck(page: PageLines, at: int) -> str:
    return "deck" if len(page.bare[at]) <= 40 and _DECK.search(page.bare[at].strip("—－-")) else ""


_NEWS = re.compile(
    r"(?:召开|举行|举办|启动|发布|印发|公布|揭晓|闭幕|开幕"
    r"|强调|指出|要求|提出|部署|通过|获批|成立|上线|开展|推进)$"
)


@_evidence("news", "全省卫生工作会议召开", "ends")
def _news(page: PageLines, at: int) -> str:
    return "ends" if len(page.bare[at]) <= 40 and _NEWS.search(page.bare[at]) else ""


@_evidence("last character", "山里来了新大夫", "夫")
def _last_one(page: PageLines, at: int) -> str:
    return page.bare[at][-1] if len(page.bare[at]) <= 24 else ""


@_evidence("first characters", "山里来了新大夫", "山里")
def _first(page: PageLines, at: int) -> str:
    return page.bare[at][:2] if len(page.bare[at]) <= SHORT else ""


@_evidence("last characters", "山里来了新大夫", "大夫")
def _last(page: PageLines, at: int) -> str:
    return page.bare[at][-2:] if len(page.bare[at]) <= SHORT else ""


@_evidence("place on the page", "山里来了新大夫", "top")
def _place(page: PageLines, at: int) -> str:
    share = at / len(page.lines)
    return "top" if share < 0.06 else "foot" if share > 0.94 else ""


@_evidence("folio", "山里来了新大夫", "")
def _folio(page: PageLines, at: int) -> str:
    return page.folio.get(at, "")


@_evidence("run in", "●雨天防滑　雨天出门应穿防滑鞋。", "")
def _run_in(page: PageLines, at: int) -> str:
    if page.lines[at].gap < 0:
        return "text"
    return "title" if at + 1 < len(page.lines) and page.lines[at + 1].gap < 0 else ""


@_evidence("person", "方若谷", "person")
def _person(page: PageLines, at: int) -> str:
    return "person" if len(page.bare[at]) <= 8 and is_person(page.bare[at].strip("□■口（）()"), page.words) else ""


@_evidence("traditional", "山里来了新大夫", "")
def _old(page: PageLines, at: int) -> str:
    return "old" if page.old else ""


def evidence_of(page: PageLines) -> list[tuple[str, ...]]:
    """Return a tuple of words for each line of a page, in the order of EVIDENCE."""
    finds = [each.find for each in EVIDENCE]
    return [tuple([find(page, at) for find in finds]) for at in range(len(page.lines))]


assert all(a.name != b.name for a, b in pairwise(sorted(EVIDENCE, key=lambda each: each.name)))
