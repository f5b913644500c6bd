"""The regions that a text is about: a score over the gold sentences, and the reasons that are kept."""

import re
from pathlib import Path

import pytest

from articles.reading import Matter, find_regions
from articles.reading.frames import FRAMES, frame_of
from tests.reading.reference import reference

GOLD = Path(__file__).parent / "gold/places.tsv"

#: The sentences that are known to be placed wrongly, with the regions found. A sentence is right if its regions (the
#: deepest ones, the main one first) and its ambiguous names are right.
WRONG = {"川渝两地、沪苏浙皖": ["四川省", "重庆市"]}


def regions(text="", headline=""):
    matter = Matter.of(reference().words, headline=headline, paragraphs=[text])
    return find_regions(matter, reference().gazetteer)


def full_name(code: str) -> str:
    """Return the names of a region and of the regions that it lies in, from the province down."""
    gazetteer = reference().gazetteer
    names = []
    while code:
        names.append(gazetteer.names[code])
        code = gazetteer.parents[code]
    return "".join(reversed(names))


def answer(text: str) -> list[str]:
    found = regions(text)
    codes = [hit.code for hit in found.hits]
    is_within = reference().gazetteer.is_within
    deepest = [code for code in codes if not any(other != code and is_within(other, code) for other in codes)]
    return [full_name(code) for code in deepest] + [f"?{name}" for name, _ in found.ambiguous]


def test_it_places_the_gold_sentences_as_well_as_before() -> None:
    rows = [line.split("\t") for line in GOLD.read_text("utf-8").splitlines()]
    wrong = {}
    for sentence, gold, _ in rows:
        wanted, found = [] if gold == "-" else gold.split("、"), answer(sentence)
        main_is_right = not wanted or wanted[0].startswith("?") or found[:1] == wanted[:1]
        if sorted(found) != sorted(wanted) or not main_is_right:
            wrong[sentence] = found
    assert len(rows) >= 223
    assert wrong == WRONG


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: f"{frame.name}-{frame.example[:8]}")
def test_each_rule_fits_its_example(frame) -> None:
    before, name, after = re.fullmatch("(.*)〔(.*)〕(.*)", frame.example).groups()
    found = frame_of(before + name + after, len(before), len(before + name))
    assert found is not None and (found.name, found.weight) == (frame.name, frame.weight)


@pytest.mark.parametrize(
    ("text", "code", "printed"),
    [
        ("孟津县卫生局组织义诊。", "410308", "孟津县"),
        ("湖南省祁阳县人民医院启用新楼。", "431181", "祁阳县"),
        ("河南洛阳偃师市疾控中心开展培训。", "410307", "偃师市"),
    ],
)
def test_a_former_name_leads_to_todays_unit_and_is_kept_as_printed(text: str, code: str, printed: str) -> None:
    (hit,) = regions(text).hits
    assert (hit.code, hit.main) == (code, True)
    assert [(each.name, each.rule) for each in hit.evidence] == [(printed, "former")]


def test_an_ambiguous_name_stays_so_with_its_candidates() -> None:
    found = regions("鼓楼区卫生健康委发布通知。")
    assert found.hits == ()
    assert found.ambiguous == (("鼓楼区", ("320106", "320302", "350102", "410204")),)
    assert [hit.code for hit in regions("江苏省南京市鼓楼区卫生健康委发布通知。").hits] == ["320106"]


def test_the_evidence_says_where_a_name_stands() -> None:
    found = regions("近日，医疗队出发。", headline="山西临汾送医下乡").hits[0].evidence[0]
    assert (found.where, found.number, found.start, found.end, found.name, found.rule) == (
        *("headline", 0, 0, 4, "临汾", "chain"),
    )


def test_an_experts_employer_does_not_place_a_story() -> None:
    text = "“多喝温水。”北京市丰台区某社区卫生服务中心主任医师方若谷提醒，老人更要当心。"
    matter = Matter.of(reference().words, headline="天热怎么办", paragraphs=["入夏以来，天气炎热。", text])
    assert find_regions(matter, reference().gazetteer).hits == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("廣東省廣州市的鄕村診所", ["广东省广州市"]),
        ("記者在遼寧省瀋陽市采訪", ["辽宁省沈阳市"]),
        ("⻓沙市的社区医院", ["湖南省长沙市"]),  # a radical, as text layers of PDFs have it
        ("陕西省乾县人民医院", ["陕西省咸阳市乾县"]),  # folded to 干县 on both sides
        ("重慶市雲陽縣的草藥", ["重庆市云阳县"]),
    ],
)
def test_a_place_is_found_in_any_writing(text, expected) -> None:
    assert answer(text) == expected


def test_evidence_counts_places_in_the_text_as_printed() -> None:
    text = "在⻓沙市，醫生們"
    (hit, *_) = regions(text).hits
    evidence = hit.evidence[0]
    assert (text[evidence.start : evidence.end], evidence.name) == ("⻓沙市", "长沙市")
