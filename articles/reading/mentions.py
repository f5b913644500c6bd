"""Place names in the texts of an item: the module decides which of them mean a place, and which region they mean.

weighing.py weighs them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from .gazetteer import ABBREVIATIONS, Gazetteer, PlaceName
from .matter import Matter, MatterText

#: Beginnings that a word may have before a place name: 中共福建省委.
_PREFIXES = frozenset("中共 中国 武警 原 驻 民盟 大 小".split())
#: Characters that may end a word behind the short name of a place: 广西区. Longer endings may follow a place name too,
#: except those of _NO_PLACE.
_SUFFIXES = frozenset("省市区县州盟")
_NO_PLACE = re.compile(
    r"久安|八稳|小异|纸贵|学步|临风|巴巴|斯|尔|顿|交大|理工|师大|农大|工大|医大|财大|大学|学院|快书|梆子|坠子|评书"
    r"|制药|医药$|火锅|拉面|公社"
)
_BESIDE = frozenset("、和与及 \u3000")
_NOT_COUNTY = re.compile(r"[域级区乡内外委办]")
_COUNTY_AFTER = frozenset("，。；：、！？“”（）《 \u3000在赴到从")
_GOES_ON = re.compile(
    r"[省市县州盟乡镇村街路门河江山湖岛站港桥店]|区(?!域)|公社|林场|农场|大队|中学|小学|医院|药业|高新|经济|新区|技术"
)
_ALONE_AFTER = frozenset("，。；：、！？“”（）《》·—… \u3000在到往赴去从来于至自与和进了的驻回离抵过为是由将对把让给距")
_LETTERS = "".join(ABBREVIATIONS)
_GROUP = re.compile(
    rf"(?<![{_LETTERS}])(?P<all>[{_LETTERS}]{{2,6}})(?=[两二三四五六](?:地|省|市|方))"
    r"|(?P<known>京津冀|川渝|沪苏浙皖|苏浙沪|江浙沪)"
    r"|(?<=在)(?P<one>[沪渝津])(?=[^，。；]{1,12})(?!(?:召开|举行|举办|开幕|闭幕|启动|发布|成立|揭晓|落幕))"
)
#: The most place names that are read in one item. A long story has some hundred. The score of a region from the body
#: of an item reaches its cap long before that.
MOST_NAMES = 500
#: The weight of provinces that are named as a group (京津冀), and of one province that is named by one character.
BY_NAME_ONLY, BY_LETTER = 0.5, 0.7


@dataclass(frozen=True, slots=True)
class Mention:
    """A place name at [start, end) of a text. `code` is its region.

    If the name could mean several regions, `code` is "" and `candidates` holds them. `rule` is the rule by which the
    name counts, and sets `weight`: 1 for a plain name. `name` of a chain is its last name. `is_former` tells that no
    region has this name today.
    """

    text: MatterText
    start: int
    end: int
    code: str
    candidates: tuple[str, ...]
    rule: str
    weight: float
    name: str
    is_former: bool = False


@dataclass(frozen=True, slots=True)
class _Spot:
    text: MatterText
    start: int
    end: int
    name: PlaceName


def find_names(matter: Matter, gazetteer: Gazetteer) -> list[list[Mention]]:
    """Return the place names in each text of an item, in order, each with its region; weighing.py weighs them later.

    The function reads the first MOST_NAMES names of an item.
    """
    spotted: list[list[_Spot]] = []
    left = MOST_NAMES
    for text in matter.texts:
        spotted.append(list(islice(_spots(text, gazetteer), left)))
        left -= len(spotted[-1])
    known = _known(spotted, gazetteer)
    return [_settled(spots, known, gazetteer) for spots in spotted]


def find_groups(text: MatterText) -> Iterator[Mention]:
    """Yield the provinces that are named by one character each: 京津冀三地, 川渝, 在沪.

    A match must begin and end where words do: 在津巴布韦 and 创新青云 name no province.
    """
    for match in _GROUP.finditer(text.text):
        if text.starts[match.start()] != match.start() or match.end() not in text.ends:
            continue
        weight = 1.0 if match["all"] else BY_LETTER if match["one"] else BY_NAME_ONLY
        for letter in match[0].replace("江浙沪", "苏浙沪"):
            yield Mention(text, match.start(), match.end(), ABBREVIATIONS[letter], (), "group", weight, match[0])


def _spots(text: MatterText, gazetteer: Gazetteer) -> Iterator[_Spot]:
    """Yield the place names in a text that begin and end where words do: 沿海南下 does not name 海南."""
    string, buckets, free = text.text, gazetteer.buckets, 0
    for at in range(len(string) - 1):
        names = buckets.get(string[at : at + 2])
        if names is None or at < free:
            continue
        for name in names:
            end = at + len(name.name)
            if string.startswith(name.name, at) and (name.is_blocked or _is_cut_here(text, at, end, free)):
                if not name.is_blocked:
                    yield _Spot(text, at, end, name)
                free = end
                break


def _is_cut_here(text: MatterText, start: int, end: int, free: int) -> bool:
    """Return whether words begin and end where a name does.

    The splitter doesn't know every name. So a word may begin with one of _PREFIXES, or go on behind the name.
    """
    begins, goes = text.starts[start], text.starts[end]
    if begins < start and start != free and text.text[begins:start] not in _PREFIXES:
        return False
    if end in text.ends:
        return True
    if goes > start:  # the last word begins within the name: 海南区 in 海南|区域
        return False
    more = text.text[end : next(at for at in range(end, len(text.text) + 1) if at in text.ends)]
    if len(more) == 1 and end - start < 4:
        return more in _SUFFIXES
    return not _NO_PLACE.match(more)


@dataclass(frozen=True, slots=True)
class _Known:
    """The regions that the item names beyond doubt: their codes, and the digits of their prefectures and provinces."""

    codes: frozenset[str]
    around: frozenset[str]


def _known(spotted: list[list[_Spot]], gazetteer: Gazetteer) -> _Known:
    codes: set[str] = set()
    for spots in spotted:
        for spot in spots:
            for sense in spot.name.senses:
                if sense.form in ("full", "short"):
                    codes.update(gazetteer.highest(sense.codes)[:1])
                    break
                is_sure = len(sense.codes) == 1 and len(spot.name.name) > 2 and not spot.name.is_generic
                if sense.form == "county" and is_sure:
                    codes.update(sense.codes)
                    break
    return _Known(frozenset(codes), frozenset(code[:digits] for code in codes for digits in (2, 4)))


def _settled(spots: list[_Spot], known: _Known, gazetteer: Gazetteer) -> list[Mention]:
    """Return the mentions of a text, each with its region. Names that mean no region here are left out.

    A chain of names is one mention.
    """
    found: list[Mention] = []
    for spot in spots:
        before = found[-1] if found else None
        gap = spot.text.text[before.end : spot.start] if before else "…"
        near = before if before is not None and (gap == "" or (len(gap) == 1 and gap in _BESIDE)) else None
        codes, rule = _meant(spot, near, gap, known, gazetteer)
        if not codes:
            continue
        code = codes[0] if len(codes) == 1 else ""
        mention = Mention(
            text=spot.text,
            start=spot.start,
            end=spot.end,
            code=code,
            candidates=() if code else codes,
            rule=rule,
            weight=1.0,
            name=spot.name.name,
            is_former=spot.name.is_former,
        )
        # A former unit may stand behind its former parent: 四川省万县市, in 重庆 today.
        is_chain = code and gap in ("", " ", "\u3000")
        if (
            near
            and near.code
            and is_chain
            and (gazetteer.is_within(code, near.code) or (mention.is_former and near.code[2:] == "0000"))
        ):
            found[-1] = replace(mention, start=near.start, rule="chain")
            continue
        found.append(mention)
    return found


#: The regions that a name can mean here, and the rule that decides.
_Meaning = tuple[tuple[str, ...], str]


def _meant(spot: _Spot, near: Mention | None, gap: str, known: _Known, gazetteer: Gazetteer) -> _Meaning:
    """Return the regions that a name can mean here, and the rule that decides.

    There are several regions if nothing decides between them, and none if the name means no place. `near` is the
    mention right before the name, and `gap` the text between the two.
    """
    if near is not None and near.code and (meaning := _by_neighbour(spot.name, near.code, gap, gazetteer)):
        return meaning
    for sense in spot.name.senses:
        if sense.form in ("full", "short"):
            return gazetteer.highest(sense.codes), "name"
        if sense.form == "loose":
            return sense.codes, "landscape"
        if sense.form == "county" and (meaning := _as_county(spot, sense.codes, known)):
            return meaning
        if sense.form == "child" and (meaning := _as_short_county(spot, sense.codes, gap, known)):
            return meaning
    return (), ""


def _by_neighbour(name: PlaceName, near: str, gap: str, gazetteer: Gazetteer) -> _Meaning | None:
    """Return the region of a name that stands within or beside the region `near`, or None.

    In 福建厦门 the second place lies in the first. In 鼓楼区、台江区 both have one parent.
    """
    inside = gazetteer.highest(code for code in name.codes if code != near and gazetteer.is_within(code, near))
    is_province = any(gazetteer.parents.get(code) == "" for code in name.codes)
    if len(inside) == 1 and gap in ("", " ", "\u3000") and not (is_province and near[2:] == "0000"):
        return inside, "parent"
    beside = [code for code in name.codes if gazetteer.parents.get(code) == gazetteer.parents.get(near)]
    if len(beside) == 1 and gap and not (is_province and beside[0][2:] != "0000"):
        return tuple(beside), "beside"
    return None


def _as_county(spot: _Spot, codes: tuple[str, ...], known: _Known) -> _Meaning | None:
    """Return the region of a county's full name, or None.

    A region of which the text names the prefecture or the province goes before others of that name: in a text on 南京,
    鼓楼区 is its district. Without such a region, 鼓楼区 is one of several.
    """
    name = spot.name
    if len(name.name) == 2 and not _is_county_of_two(spot, codes, known):
        return None
    own = [code for code in codes if code[:4] in known.around] or [code for code in codes if code[:2] in known.around]
    if len(own) == 1:
        return tuple(own), "parent in the text"
    if len(codes) == 1 and not name.is_generic:
        return codes, "name"
    if len(codes) > 1 and (not name.is_generic or len(own) > 1):
        return tuple(own or codes), "ambiguous"
    return None


def _as_short_county(spot: _Spot, codes: tuple[str, ...], gap: str, known: _Known) -> _Meaning | None:
    """Return the region of a county's short name, or None.

    The text names the county in full elsewhere (申扎 beside 申扎县), or the short name stands alone: 到申扎的第一夜.
    """
    name = spot.name
    if name.is_word:
        return None
    named = [code for code in codes if code in known.codes]
    if len(named) == 1:
        return tuple(named), "named in full"
    if len(name.codes) == 1 and _stands_alone(spot):
        if name.codes[0][:2] in known.around:
            return name.codes, "parent in the text"
        if not known.around or gap == "、":
            return name.codes, "bare"
    return None


def _stands_alone(spot: _Spot) -> bool:
    """Return whether the short name of a county stands like a place without its parent: 到申扎的第一夜, not 刘凤山."""
    text, start, end = spot.text.text, spot.start, spot.end
    return (start == 0 or text[start - 1] in _ALONE_AFTER) and not _GOES_ON.match(text, end)


def _is_county_of_two(spot: _Spot, codes: tuple[str, ...], known: _Known) -> bool:
    """Return whether a county's name of two characters (康县) means the county here. In 健康县区 it does not."""
    text, start, end = spot.text.text, spot.start, spot.end
    if _NOT_COUNTY.match(text, end):
        return False
    return start == 0 or text[start - 1] in _COUNTY_AFTER or any(code[:2] in known.around for code in codes)
