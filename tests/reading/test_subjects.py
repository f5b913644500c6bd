"""The subjects of a text: a score over the gold items, and the rules that apply besides the words."""

import json
from pathlib import Path

import pytest

from articles.reading import Matter, TopicWords, find_regions, find_topics
from articles.reading.matter import MatterText
from tests.reading.reference import province_names, reference

#: Invented items, each with the provinces and topics that it is about.
GOLD = json.loads((Path(__file__).parent / "gold/items.json").read_text("utf-8"))

#: The recorded scores: the share of items whose first topic is among the gold's, the share of items whose provinces are
#: right, and the share of all topics found or wanted that are both (F1).
TOPICS, PROVINCES, ALL_TOPICS = 0.93, 0.95, 0.74

#: Items without a topic for which the reader wrongly finds one: corrections, and a notice that lists departments.
WRONG = ["安徽省宿州市某三级医院招聘启事", "更正", "更正", "更正"]


def matter_of(item) -> Matter:
    fields = {name: item[name] for name in ("kind", "kicker", "headline", "deck", "paragraphs")}
    return Matter.of(reference().words, **fields)


def test_it_finds_topics_and_provinces_of_the_gold_items_as_well_as_before() -> None:
    names = {topic.slug: topic.name for topic in reference().topics}
    provinces = province_names()
    topics_wrong, provinces_wrong, told_of_none = [], [], []
    both = either = 0
    for item in GOLD:
        topics = [names[hit.slug] for hit in find_topics(matter_of(item), reference().topics)]
        if item["topics"] and (topics or [""])[0] not in item["topics"]:
            topics_wrong.append((item["headline"], item["topics"], topics))
        if topics and not item["topics"]:
            told_of_none.append(item["headline"])
        both += len(set(topics) & set(item["topics"]))
        either += len(topics) + len(item["topics"])
        places = find_regions(matter_of(item), reference().gazetteer).hits
        if {provinces[f"{hit.code[:2]}0000"] for hit in places} != set(item["provinces"]):
            provinces_wrong.append((item["headline"], item["provinces"], [hit.code for hit in places]))
    told = sum(bool(item["topics"]) for item in GOLD)
    assert told >= 390
    assert 1 - len(topics_wrong) / told >= TOPICS, (1 - len(topics_wrong) / told, topics_wrong)
    assert 2 * both / either >= ALL_TOPICS, 2 * both / either
    assert sorted(told_of_none) == WRONG
    assert 1 - len(provinces_wrong) / len(GOLD) >= PROVINCES, (1 - len(provinces_wrong) / len(GOLD), provinces_wrong)


@pytest.mark.parametrize(
    ("headline", "text", "first"),
    [
        ("紧密型医共体怎么建", "分级诊疗、双向转诊和支付方式改革同步推进。", "health-reform"),
        ("名老中医下乡坐诊", "针灸、推拿等适宜技术受欢迎。", "tcm"),
        ("心理热线开通", "青少年抑郁、焦虑可以求助。", "mental-health"),
        ("世卫组织发布报告", "非洲多国报告病例。", "international"),
        ("遗失声明", "编号0000，声明作废。", None),
    ],
)
def test_the_best_topic_comes_first(headline: str, text: str, first: str | None) -> None:
    matter = Matter.of(reference().words, headline=headline, paragraphs=[text])
    hits = find_topics(matter, reference().topics)
    assert (hits[0].slug if hits else None) == first
    assert len(hits) <= 3 and all(hit.evidence for hit in hits)


def test_a_notice_is_about_what_its_title_says() -> None:
    text = ["某中医院推拿科遗失公章一枚。"]
    words = reference().words
    notice = Matter.of(words, kind="notice", headline="公告", paragraphs=text)
    assert find_topics(notice, reference().topics) == ()
    assert find_topics(Matter.of(words, headline="公告", paragraphs=text), reference().topics)


def test_there_are_eighteen_topics_of_twenty_words_or_more() -> None:
    assert [len(topic.words) >= 20 for topic in reference().topics] == [True] * 18


def test_what_speaks_against_a_topic_counts_whole():
    words = {**{f"好{number}": 4.0 for number in "甲乙丙丁"}, "坏": -4.0}
    topic = TopicWords("one", "一", 1.0, words)
    said = Matter("article", (MatterText("headline", 0, "", ["好甲", "好乙", "好丙", "好丁", "坏"]),))
    (hit,) = find_topics(said, (topic,))
    assert hit.score == round(4 * (1 + 0.85 + 0.85**2 + 0.85**3) - 4, 2)


@pytest.mark.parametrize("headline", ["发展中医药", "發展中醫藥"])
def test_words_of_topics_are_found_in_any_writing(headline) -> None:
    topics = (TopicWords("medicine", "中医药", 2, {"中醫藥": 5.0}),)
    assert [hit.slug for hit in find_topics(Matter.of(reference().words, headline=headline), topics)] == ["medicine"]
