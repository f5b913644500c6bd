"""Which regions a text is about: the traps of research/dependencies-and-traps.md, and frames of its own."""

import pytest

from articles.reading.places import find_regions
from tests.reading.reference import reference


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("安徽省六安市霍山县的医生下乡义诊。", ["341525"]),
        ("北京大学第一医院太原医院揭牌。", ["140100"]),  # where it stands, not whose branch it is
        ("山西临汾部署冬春季呼吸道疾病防控。", ["141000"]),
        ("各地创新县域医共体建设，探索县域治理，建设健康县区。", []),  # two-character counties inside words
        ("中山大学附属医院、吉林大学第一医院、武汉大学人民医院的团队到会。", []),
        ("全国卫生健康工作会议在京召开。", []),
        ("鼓楼区、铁西区开展义诊。", []),  # four and three districts bear these names
        ("辽宁省沈阳市铁西区开展义诊。", ["210106"]),
        ("辽宁省朝阳市卫生健康委发布通知。", ["211300"]),
        ("南京路上，北京时间8时，人们沿着中山路走来。", []),
        ("湖北襄樊市、河南洛阳偃师市派出医疗队。", ["410307", "420600"]),  # old names lead to today's units
        ("新疆生产建设兵团第一师医院启用新楼。", ["650000"]),
        ("湘西州、恩施州利川市结对帮扶。", ["422802", "433100"]),
        ("陕西渭南、商洛、安康等市的医共体启动帮扶。", ["610500", "610900", "611000"]),
    ],
)
def test_it_finds_where_a_story_happens(text: str, expected: list[str]) -> None:
    hits = find_regions("", "", [text], reference().gazetteer)
    assert sorted(hit.code for hit in hits if hit.code[2:] != "0000" or hit.code in expected) == expected
    assert [hit.main for hit in hits] == [True] * bool(hits) + [False] * (len(hits) - 1)


def test_an_experts_employer_does_not_place_a_story() -> None:
    text = "夏季要防中暑。“多喝温水。”北京市丰台区某社区卫生服务中心主任医师方若谷提醒，老人更要当心。"
    assert find_regions("天热怎么办", "", ["入夏以来，天气炎热。", text], reference().gazetteer) == ()


def test_the_headline_makes_the_main_region_and_evidence_is_kept() -> None:
    hits = find_regions("山西临汾送医下乡", "", ["近日，医疗队出发，途经河南。"], reference().gazetteer)
    assert (hits[0].code, hits[0].main, hits[0].evidence) == ("141000", True, ("山西临汾（headline）",))
