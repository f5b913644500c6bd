"""What a text is about, by its words."""

import pytest

from articles.reading.subjects import find_topics
from tests.reading.reference import reference


@pytest.mark.parametrize(
    ("headline", "text", "first"),
    [
        ("紧密型医共体怎么建", "分级诊疗、双向转诊和支付方式改革同步推进。", "health-reform"),
        ("名老中医下乡坐诊", "针灸、推拿等适宜技术受欢迎。", "tcm"),
        ("流感疫苗开打", "疾控中心提醒尽早接种。", "public-health"),
        ("高龄老人的上门护士", "医养结合让失能老人得到照护。", "ageing"),
        ("心理热线开通", "青少年抑郁、焦虑可以求助。", "mental-health"),
        ("世卫组织发布报告", "非洲多国报告病例。", "international"),
        ("爱心企业捐赠善款", "慈善总会用于大病救助。", "charity"),
        ("遗失声明", "编号0000，声明作废。", None),
    ],
)
def test_the_best_topic_comes_first(headline: str, text: str, first: str | None) -> None:
    hits = find_topics(headline, [text], reference().topics, reference().words)
    assert (hits[0].slug if hits else None) == first
    assert len(hits) <= 3 and all(hit.evidence for hit in hits)


def test_there_are_eighteen_topics_of_twenty_words_or_more() -> None:
    assert [len(topic.words) >= 20 for topic in reference().topics] == [True] * 18
