"""Which regions an item is about, by its own text: where they are named, how often, and in what frame."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from .gazetteer import GENERIC, Entry, Gazetteer
from .model import RegionHit

#: Weight of a mention by where it stands; what the body adds is capped.
HEADLINE, OPENING, PARAGRAPH, BODY, BODY_CAP = 5.0, 3.0, 2.0, 1.0, 3.0
#: What a province needs, at least and as a share of the first; more than so many provinces make a national story.
THRESHOLD, SHARE, MOST = 2.0, 0.3, 6

_UNIVERSITY = re.compile(
    r"(?:[东西南北中]?(?:科技|工业|医科|中医药|中医|医药|师范|理工|交通|农业|财经|政法|民族|外国语|航空航天"
    r"|邮电|海洋|石油|矿业|林业|体育|协和|第[一二三四]军医)?){0,2}"
    r"(?:大学(?!生)|医学院|医学高等专科|医药高等专科|医专)"
)
_STREET = re.compile(r"[东西南北中]?(?:路|大街|大道|街(?![道乡镇]))")
_EXPERT = re.compile(
    r"[^，。；：、”“]{0,26}?(?:医院|大学|学院|中心|研究院|研究所|卫生院|协会|学会)[^，。；：”“]{0,30}?"
    r"(?:主任医师|医师|教授|专家|研究员|院士|院长|主任|医生|护士长|负责人|学者|药师)[^，。；：”“]{0,12}?"
    r"(?:提醒|表示|介绍|说|指出|认为|坦言|建议|告诉|解释|强调|分析)"
)
_PARTNER = re.compile(r"[^，。；]{0,30}?(?:合作|签约|签订|签署|共建|建立|协作|结对|对接|结成)")
_PATIENT = re.compile(r"(?:来自|籍贯|家住|老家|祖籍|毕业于|转至|前往|飞往|远赴)$")
_SURNAME_BEFORE = re.compile(r"(?:[记讯][者员]|[通作]|^|[，。；：、“（])?[李王张刘陈杨赵黄周吴徐孙马朱胡郭何林高罗]$")
_NOT_COUNTY_AFTER = re.compile(r"[域级区乡内外级委局]")
_COUNTY_BEFORE = "，。；：、！？“”（） \u3000在赴到"


@dataclass(slots=True)
class _Mention:
    start: int
    end: int
    code: str
    name: str
    weight: float
    rule: str


def find_regions(headline: str, deck: str, paragraphs: Iterable[str], gazetteer: Gazetteer) -> tuple[RegionHit, ...]:
    """Regions that an item is about, the main one first; empty for stories of the whole country, or of none."""
    scores: dict[str, float] = defaultdict(float)
    evidence: dict[str, list[str]] = defaultdict(list)
    parts = [
        (headline, "headline"),
        (deck, "headline"),
        *((text, "opening" if i == 0 else "paragraph") for i, text in enumerate(paragraphs)),
    ]
    known: set[str] = set()
    body: dict[str, float] = defaultdict(float)
    seen: set[tuple[str, str]] = set()
    for text, where in parts:
        for mention in _mentions(text, gazetteer, known):
            place, weight = _weigh(text, where, mention)
            if weight <= 0:
                continue
            code = mention.code
            known |= {code[:2], code[:4]}
            key = (gazetteer.province(code), place)
            evidence[code].append(f"{mention.name}（{place}）")
            if place in ("headline", "opening"):
                scores[code] += weight * (0.5 if key in seen else 1.0)
            else:
                body[code] += weight
            seen.add(key)
    for code, weight in body.items():
        scores[code] += min(BODY_CAP, weight)
    return _choose(scores, evidence, gazetteer)


def _weigh(text: str, where: str, mention: _Mention) -> tuple[str, float]:
    """Where a mention stands, and what it is worth there."""
    factor = mention.weight
    if where == "headline":
        return "headline", HEADLINE * factor
    first = text.find("。")
    if where == "opening" and (first < 0 or mention.start < max(first, 24)):
        return "opening", OPENING * factor
    if mention.start <= 6 or re.search(
        r"(?:^|。)[^，。]{0,6}，(?:在)?$", text[max(0, mention.start - 9) : mention.start]
    ):
        return "paragraph", PARAGRAPH * factor
    return "body", BODY * factor


def _mentions(text: str, gazetteer: Gazetteer, known: set[str]) -> list[_Mention]:
    """Names of places in a text that stand for places, each with its region."""
    found: list[_Mention] = []
    for start, end, entries in gazetteer.scan(text):
        if entries[0].form == "block":
            continue
        before = found[-1] if found else None
        near = (
            before is not None
            and 0 <= start - before.end <= 1
            and (start == before.end or text[before.end] in "、和与 ")
        )
        code = _settle(text, start, end, entries, before if near else None, known, gazetteer)
        if not code:
            continue
        name = text[start:end]
        weight = _frame(text, start, end, name)
        if before is not None and start == before.end and gazetteer.is_within(code, before.code):
            weight = max(weight, 0.0)
            found[-1] = _Mention(before.start, end, code, before.name + name, min(weight, 1.0), "chain")
            continue
        found.append(_Mention(start, end, code, name, weight, "name"))
    for left, right in zip(found, found[1:], strict=False):
        if re.fullmatch(r"[、和及与]", text[left.end : right.start]) and re.match(
            r"等(?:地|省|市|\d)", text[right.end : right.end + 2]
        ):
            left.weight, right.weight = max(left.weight, 2.0), max(right.weight, 2.0)
    return found


def _settle(
    text: str,
    start: int,
    end: int,
    entries: tuple[Entry, ...],
    before: _Mention | None,
    known: set[str],
    gazetteer: Gazetteer,
) -> str:
    """The one region that a name means here; "" when it means none, or could mean several."""
    for entry in entries:
        if entry.form in ("full", "short"):
            return entry.codes[0]
        if before is not None:
            inside = [code for code in entry.codes if gazetteer.is_within(code, before.code) and code != before.code]
            if len(inside) == 1 and (before.end == start or entry.form == "county"):
                return inside[0]
            if (
                len(entry.codes) == 1
                and before.end < start
                and entry.form == "child"
                and gazetteer.parents.get(entry.codes[0], "")[2:] == "0000"
            ):
                return entry.codes[0]
        if entry.form == "child":
            continue
        if len(entry.name) == 2 and (
            (start and text[start - 1] not in _COUNTY_BEFORE) or _NOT_COUNTY_AFTER.match(text, end)
        ):
            continue
        own = [code for code in entry.codes if code[:4] in known]
        own = own or [code for code in entry.codes if code[:2] in known]
        if len(own) == 1:
            return own[0]
        if len(entry.codes) == 1 and entry.name not in GENERIC:
            return entry.codes[0]
    return ""


def _frame(text: str, start: int, end: int, name: str) -> float:
    """What the words around a name leave of it: nothing for a university's or a street's, little for a partner's."""
    if _UNIVERSITY.match(text, end) or _STREET.match(text, end):
        return 0.0
    short = not name.endswith(("省", "市", "区", "县", "州", "盟", "旗"))
    if (
        short
        and len(name) == 2
        and start
        and _SURNAME_BEFORE.search(text[max(0, start - 4) : start])
        and re.match(r"(?:表示|介绍|说|告诉|[）)，。])", text[end : end + 2])
    ):
        return 0.0
    if _EXPERT.match(text, end) and start > 0:
        return 0.0
    lead = text[max(0, start - 4) : start]
    if re.search(r"(?:与|同|携手|联合)$", lead) and _PARTNER.match(text, end) and not name.endswith(("省", "市")):
        return 0.0
    if _PATIENT.search(lead):
        return 0.0
    return 1.0


def _choose(scores: dict[str, float], evidence: dict[str, list[str]], gazetteer: Gazetteer) -> tuple[RegionHit, ...]:
    provinces: dict[str, float] = defaultdict(float)
    for code, score in scores.items():
        provinces[gazetteer.province(code)] += score
    if not provinces:
        return ()
    top = max(provinces.values())
    kept = {code for code, score in provinces.items() if score >= THRESHOLD and score >= top * SHARE}
    if len(kept) > MOST:
        return ()
    order = sorted(
        ((code, score) for code, score in scores.items() if gazetteer.province(code) in kept),
        key=lambda row: (-provinces[gazetteer.province(row[0])], -row[1], row[0]),
    )
    best: dict[str, int] = defaultdict(int)
    hits: list[RegionHit] = []
    for code, score in order:
        province = gazetteer.province(code)
        best[province] += 1
        if best[province] <= 4:
            hits.append(RegionHit(code, round(score, 2), not hits, tuple(dict.fromkeys(evidence[code]))[:5]))
    return tuple(hits)
