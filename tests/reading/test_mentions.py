"""What names of places mean and weigh: rules whose effects a whole story would not tell apart."""

import pytest

from articles.reading import Matter, find_regions
from articles.reading.weighing import find_mentions
from tests.reading.reference import reference


def mentions(text):
    found = find_mentions(Matter.of(reference().words, paragraphs=[text]), reference().gazetteer)
    return [(each.name, each.code, each.rule, each.weight) for each in found]


def hits(*paragraphs, headline=""):
    matter = Matter.of(reference().words, headline=headline, paragraphs=paragraphs)
    return find_regions(matter, reference().gazetteer).hits


def scores(*paragraphs, headline=""):
    return {hit.code: hit.score for hit in hits(*paragraphs, headline=headline)}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        # An institution of two names is at the second. Two places with a hospital between them are both meant.
        ("江苏省人民医院专家到喀什坐诊。", [("江苏省", "320000", "name", 1.0), ("喀什", "653100", "name", 1.0)]),
        # Two names side by side. 吉林 beside 长春 is the province, although a city has the same name.
        ("长春、吉林开展义诊。", [("长春", "220100", "name", 1.0), ("吉林", "220000", "name", 1.0)]),
        # A name that follows a place at once lies in that place or is no place. The two are not side by side.
        ("江苏省南京市鼓楼区建邺商会捐款。", [("鼓楼区", "320106", "chain", 1.0)]),
        ("安徽省的市和县内医院共建。", [("安徽省", "340000", "name", 1.0)]),
        ("陕北老区开展义诊。", [("陕北", "610000", "landscape", 0.7)]),
        ("新疆生产建设兵团开展义诊。", [("新疆生产建设兵团", "650000", "name", 1.0)]),
        (
            "江浙沪开展义诊。",
            [("江浙沪", code, "group", 0.5) for code in ("320000", "330000", "310000")],
        ),
    ],
)
def test_a_name_means_and_weighs(text, told):
    assert mentions(text) == told


def test_four_provinces_in_a_row_are_examples_three_are_not():
    assert [weight for *_, weight in mentions("北京、上海、广东开展义诊。")] == [1.0] * 3
    assert [weight for *_, weight in mentions("北京、上海、广东、四川开展义诊。")] == [0.25] * 4


def test_a_district_of_two_places_named_is_of_either():
    text = "北京市海淀区与江苏省南通市结对，通州区先行。"
    assert mentions(text)[-1] == ("通州区", "", "ambiguous", 1.0)


def test_a_second_place_of_a_province_weighs_half_in_the_headline_and_never_less_than_in_the_lead():
    assert scores(headline="济南、青岛送医下乡") == {"370100": 5.0, "370200": 2.5}
    assert scores("济南、青岛送医下乡。") == {"370100": 3.0, "370200": 2.0}


def test_the_body_adds_no_more_than_a_cap():
    assert scores("近日，医疗队出发。", *["济南市开展义诊。"] * 9) == {"370100": 3.0}


def test_more_than_six_provinces_make_a_national_story():
    names = ("山东省", "河南省", "河北省", "山西省", "湖北省", "湖南省", "安徽省")
    paragraphs = [f"{name}开展义诊。" for name in names]
    assert [hit.code for hit in hits("近日，医疗队出发。", *paragraphs[:6])] == [
        *("370000", "410000", "130000", "140000", "420000", "430000"),
    ]
    assert hits("近日，医疗队出发。", *paragraphs) == ()


def test_four_places_of_a_province_and_five_pieces_of_evidence_are_kept():
    cities = ("济南市", "青岛市", "烟台市", "潍坊市", "临沂市")
    assert len(hits("近日，医疗队出发。", *(f"{city}开展义诊。" for city in cities))) == 4
    (hit,) = hits(*["济南市开展义诊。"] * 6)
    assert len(hit.evidence) == 5


def test_an_ambiguous_name_in_passing_raises_no_doubt():
    matter = Matter.of(reference().words, paragraphs=["近日，医疗队出发。", "队员们先后走到鼓楼区坐诊。"])
    assert find_regions(matter, reference().gazetteer).ambiguous == ()


def test_a_byname_is_no_former_name():
    (hit,) = hits(headline="雄安新区义诊")
    assert [(each.name, each.rule) for each in hit.evidence] == [("雄安新区", "name")]
