"""A name is spelt in each way that its characters may be read."""

import pytest

from articles.search.pinyin import MOST_INITIALS, MOST_SYLLABLES, clause_initials, readings, spellings
from articles.text.fold import fold


@pytest.mark.parametrize(
    ("name", "initials", "syllables"),
    [
        ("三明医改", "smyg", "sanmingyigai"),
        ("何文", "hw", "hewen"),
        ("重庆", "cq", "chongqing"),
        ("银行", "yh", "yinhang"),
        ("行医", "xy", "xingyi"),
        ("长春", "cc", "changchun"),
        ("院长", "yz", "yuanzhang"),
        ("单霞", "sx", "shanxia"),
        ("曾文", "zw", "zengwen"),
        ("仇文", "qw", "qiuwen"),
        ("吕女", "ln", "lvnv"),
        ("衞生部", "wsb", "weishengbu"),
        ("按DRG付费", "adrgff", "andrgfufei"),
        ("新冠·肺炎", "xgfy", "xinguanfeiyan"),
    ],
)
def test_a_name_is_spelt_as_a_reader_says_it(name, initials, syllables):
    spelt = spellings(fold(name))
    assert initials in spelt.initials and syllables in spelt.syllables


@pytest.mark.parametrize(
    ("headline", "expected"),
    [
        ("三明医改十年", {"smygsn"}),
        ("让好医生 在县里扎下根", {"rhys", "zxlzxg"}),
        ("“合”起来，更要“活”起来", {"h", "g", "gy", "ql"}),
        ("ＤＲＧ付費十年以來的變化", {"drgffsny", "drgffsns"}),
        ("重庆学三明", {"zqxsm", "cqxsm", "tqxsm"}),
        ("——", set()),
        ("", set()),
    ],
)
def test_a_headline_is_spelt_from_the_start_of_each_clause(headline, expected):
    assert clause_initials(headline) == expected


def test_the_readings_of_a_surname_are_within_the_bounds_of_a_long_name():
    spelt = spellings("单行重长乐曾仇行重长乐曾仇")
    assert (len(spelt.initials), len(spelt.syllables)) == (MOST_INITIALS, MOST_SYLLABLES)
    assert {text[0] for text in spelt.initials} == {"d", "c", "s"}


@pytest.mark.parametrize("character", ["a", "1", "é", "🙂", "\ud800", "𠮷", "ㄅ", "あ", "-"])
def test_a_character_without_pinyin_reads_as_itself(character):
    assert readings(character)[:1] in {(character,), ("ji",)}
