"""The weight of each place name, by the words around it and the names beside it."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice

from .frames import frame_of
from .gazetteer import Gazetteer
from .matter import Matter
from .mentions import MOST_NAMES, Mention, find_groups, find_names

_OF_A_NAME = r"[^，。；：、！？“”（）\s的在]"
_IN_ONE_NAME = re.compile(rf"{_OF_A_NAME}{{0,20}}?(?:大学|学院|医院|附属|集团|医学院|医科院){_OF_A_NAME}{{0,12}}")
_STANDS = re.compile(r"[^，。；：、！？“”（）\s的]{0,10}?(?:医院|院区|分院|中心|校区|基地|研究院|病区)")
_SOME = re.compile(r"[^，。；]{0,4}家")
_LIST = re.compile(r"(?:省|市)?[、和与及，](?:以及)?")

#: The share of its weight that a mention keeps in a list of MANY provinces or more.
LONG_LIST, MANY = 0.25, 4

#: The weight of a county's short name alone, and of the folk name of a landscape (地域俗称).
_RULE_WEIGHTS = {"bare": 0.7, "landscape": 0.7}


def find_mentions(matter: Matter, gazetteer: Gazetteer) -> list[Mention]:
    """Return the place names in the texts of an item, in order, each with its region and its weight."""
    mentions: list[Mention] = []
    for text, names in zip(matter.texts, find_names(matter, gazetteer), strict=True):
        found = _weighed(names, gazetteer) if names else []
        if matter.kind == "notice":  # notices are full of people's names, and 贺兰 can be one
            found = [mention for mention in found if mention.rule != "bare"]
        if groups := list(islice(find_groups(text), MOST_NAMES)):
            found = sorted([*found, *groups], key=lambda mention: mention.start)
        mentions += found
    return mentions


def _weighed(found: list[Mention], gazetteer: Gazetteer) -> list[Mention]:
    """Return the mentions of a text, weighed by the words around them and by the mentions beside them."""
    weighed: list[Mention] = []
    for mention in found:
        frame = frame_of(mention.text.text, mention.start, mention.end)
        before = weighed[-1] if weighed else None
        is_partner = frame is not None and frame.name == "partner" and not _SOME.match(mention.text.text, mention.end)
        if is_partner and before and before.weight and mention.start - before.end == 1:
            frame = None  # 合肥和上海签约: both places act, and neither is only a partner
        if frame:
            mention = replace(mention, rule=frame.name, weight=frame.weight)
        elif mention.rule in _RULE_WEIGHTS:
            mention = replace(mention, weight=_RULE_WEIGHTS[mention.rule])
        weighed.append(mention)
    for at, (left, right) in enumerate(zip(weighed, weighed[1:], strict=False)):
        text = left.text.text
        if _IN_ONE_NAME.fullmatch(text, left.end, right.start) and _STANDS.match(text, right.end):
            weighed[at] = replace(left, rule="affiliation", weight=0.0)
    return _without_long_lists(weighed, gazetteer)


def _without_long_lists(found: list[Mention], gazetteer: Gazetteer) -> list[Mention]:
    """Return the mentions with less weight for names in a list of many provinces: there they are examples."""
    out = list(found)
    run = [0]
    for at in range(1, len(found) + 1):
        if at < len(found) and _LIST.fullmatch(found[at].text.text, found[at - 1].end, found[at].start):
            run.append(at)
            continue
        provinces = {gazetteer.province(found[each].code) for each in run if found[each].code} if found else set()
        if len(provinces) >= MANY:
            for each in run:
                out[each] = replace(out[each], rule="long list", weight=out[each].weight * LONG_LIST)
        run = [at]
    return out
