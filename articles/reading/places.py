"""The regions that an item is about, by its own text: where it names them, how often, and in what frame."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from .frames import FRAMES
from .gazetteer import Gazetteer
from .matter import BODY, DECK, HEADLINE, KICKER, PART, SUBHEAD, Matter
from .mentions import Mention
from .model import Doubt, Evidence, RegionHit
from .weighing import find_mentions

#: The weight of a mention by its place. BODY_CAP limits the score that the body adds to a region.
WEIGHTS = {HEADLINE: 5.0, DECK: 4.0, KICKER: 3.0, PART: 1.0, SUBHEAD: 1.0}
OPENING, LEAD, PARAGRAPH, WITHIN, BODY_CAP = 3.0, 2.0, 2.0, 1.0, 3.0
#: The share of its weight that a mention in the head or the opening adds if its province is already named there.
AGAIN = 0.5
#: The lowest score of a province, and its lowest share of the highest score. More than MOST provinces make a national
#: story.
THRESHOLD, SHARE, MOST = 2.0, 0.3, 6
#: The most regions of one province, and most pieces of evidence for one region, that are kept.
MOST_PARTS, MOST_EVIDENCE = 4, 5

#: The desk's wording for each rule by which a name counts.
REGION_RULES = {
    "name": "地名",
    "chain": "连写的地名",
    "parent": "紧接上级地名",
    "beside": "与同级地名并列",
    "parent in the text": "文中有其上级",
    "named in full": "文中另有全称",
    "bare": "单用县名",
    "landscape": "地域俗称",
    "group": "省份合称",
    "former": "旧名",
    "long list": "多省并举",
    "affiliation": "机构名中的冠名地",
    **{frame.name: frame.label for frame in FRAMES},
}

#: The doubt about a place name that could mean several regions.
AMBIGUOUS_PLACE = "place-ambiguous"


@dataclass(frozen=True)
class RegionsFound:
    """The regions that an item is about, the main one first, and the ambiguous names: (name, codes)."""

    hits: tuple[RegionHit, ...]
    ambiguous: tuple[tuple[str, tuple[str, ...]], ...] = ()


def find_regions(matter: Matter, gazetteer: Gazetteer) -> RegionsFound:
    """Return the regions that an item is about: none for a story about the whole country, about abroad or no place."""
    if not matter.texts:
        return RegionsFound(())
    scores: dict[str, float] = defaultdict(float)
    body: dict[str, float] = defaultdict(float)
    evidence: dict[str, list[Evidence]] = defaultdict(list)
    unsettled: dict[str, float] = defaultdict(float)
    candidates: dict[str, tuple[str, ...]] = {}
    seen: set[tuple[str, str]] = set()
    for mention in find_mentions(matter, gazetteer):
        place, weight = _place(mention)
        weight *= mention.weight
        if weight <= 0:
            continue
        if not mention.code:
            unsettled[mention.name] += weight
            candidates[mention.name] = mention.candidates
            continue
        code = mention.code
        rule = "former" if mention.is_former else mention.rule
        value = (mention.text.where, mention.text.number)
        evidence[code].append(Evidence(*value, mention.start, mention.end, mention.name, rule))
        if place in ("lead", "paragraph", "within", PART, SUBHEAD):
            body[code] += weight
        else:
            key = (gazetteer.province(code), place)
            # A mention in the head or the opening weighs at least as much as one in the following sentence.
            scores[code] += max(weight * AGAIN, LEAD * mention.weight) if key in seen else weight
            seen.add(key)
    for code, weight in body.items():
        scores[code] += min(BODY_CAP, weight)
    ambiguous = tuple((name, candidates[name]) for name, weight in unsettled.items() if weight >= THRESHOLD)
    return RegionsFound(_choose(scores, evidence, gazetteer), ambiguous)


def ambiguous_place(name: str, codes: tuple[str, ...], gazetteer: Gazetteer) -> Doubt:
    """Return the doubt about a name that several regions bear. Its detail lists them all."""
    bearers = "、".join(f"{gazetteer.names.get(gazetteer.parents[code], '')}{gazetteer.names[code]}" for code in codes)
    return Doubt(AMBIGUOUS_PLACE, "several regions bear the name", f"{name}：{bearers}")


def _place(mention: Mention) -> tuple[str, float]:
    """Return the place of a mention and its weight there."""
    where, text = mention.text.where, mention.text.text
    if where != BODY:
        return where, WEIGHTS[where]
    stop = text.find("。")
    if mention.text.number == 0 and (stop < 0 or mention.start < max(stop, 24)):
        return "opening", OPENING
    if mention.text.number == 0:
        return "lead", LEAD
    start = text.rfind("。", 0, mention.start) + 1
    lead = text[start : mention.start]
    if (start == 0 and len(lead) <= 6) or (len(lead) <= 8 and "，" in lead and lead.rstrip("在").endswith("，")):
        return "paragraph", PARAGRAPH
    return "within", WITHIN


def _choose(
    scores: dict[str, float], evidence: dict[str, list[Evidence]], gazetteer: Gazetteer
) -> tuple[RegionHit, ...]:
    provinces: dict[str, float] = defaultdict(float)
    for code, score in scores.items():
        provinces[gazetteer.province(code)] += score
    top = max(provinces.values(), default=0.0)
    kept = {code for code, score in provinces.items() if score >= THRESHOLD and score >= top * SHARE}
    if not kept or len(kept) > MOST:
        return ()
    # Of equal regions, the one named first goes first: dictionaries keep the order of the text.
    order = sorted(
        ((code, score) for code, score in scores.items() if gazetteer.province(code) in kept),
        key=lambda row: (-provinces[gazetteer.province(row[0])], -row[1]),
    )
    parts: dict[str, int] = defaultdict(int)
    hits: list[RegionHit] = []
    for code, score in order:
        province = gazetteer.province(code)
        parts_of_it = (other for other in scores if other != code and gazetteer.is_within(other, code))
        if any(scores[other] >= score for other in parts_of_it):
            continue  # a part of the region scores as much and is more precise
        parts[province] += 1
        if parts[province] <= MOST_PARTS:
            hits.append(RegionHit(code, round(score, 2), not hits, tuple(evidence[code][:MOST_EVIDENCE])))
    return tuple(hits)
