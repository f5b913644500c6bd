"""Names are found as they are typed: what they are, begin with, are spelt like and hold, in this order."""

import random
from itertools import islice

import pytest

from articles.search.name_table import MOST_COMPARED, NameTable

NAMES = [
    "何文", "何文明", "胡伟", "韩重", "单霞", "按DRG付费", "新何文", "COVID-19", "欧阳 修", "John Smith", "仇和",
    "<b>何文</b>", "三明医改",
]  # fmt: skip


@pytest.fixture(scope="module")
def table():
    return NameTable((name, [name]) for name in NAMES)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("何文", ["何文", "何文明", "新何文", "<b>何文</b>"]),
        ("何", ["何文", "何文明", "新何文", "<b>何文</b>"]),
        ("文明", ["何文明"]),
        ("hw", ["何文", "胡伟", "何文明"]),
        ("HW", ["何文", "胡伟", "何文明"]),
        ("hewen", ["何文", "何文明"]),
        ("hew", ["何文", "何文明"]),
        ("he wen", ["何文", "何文明"]),
        ("何w", ["何文", "何文明"]),
        ("何wenm", ["何文明"]),
        ("何x", []),
        ("sx", ["单霞"]),
        ("dx", ["单霞"]),
        ("shanxia", ["单霞"]),
        ("hc", ["韩重"]),
        ("hz", ["韩重"]),
        ("qh", ["仇和"]),
        ("drg", ["按DRG付费"]),
        ("ＤＲＧ", ["按DRG付费"]),
        ("adrg", ["按DRG付费"]),
        ("covid", ["COVID-19"]),
        ("歐陽", ["欧阳 修"]),
        ("oyx", ["欧阳 修"]),
        ("ouyang'xiu", ["欧阳 修"]),
        ("john s", ["John Smith"]),
        ("三明医改", ["三明医改"]),
        ("smyg", ["三明医改"]),
        ("smy", ["三明医改"]),
        ("myg", []),
        ("<b>", ["<b>何文</b>"]),
        ("", []),
        (" ", []),
        (".*", []),
        ("\n", []),
        ("何文\n", ["何文", "何文明", "新何文", "<b>何文</b>"]),
    ],
)
def test_what_is_found(table, typed, expected):
    assert list(table.found(typed)) == expected


def test_what_holds_the_text_follows_what_is_spelt_so():
    table = NameTable((name, [name]) for name in ("按CT收费", "陈涛", "CT室", "CT", "陈涛文"))
    assert list(table.found("ct")) == ["CT", "CT室", "陈涛", "陈涛文", "按CT收费"]


def test_usual_readings_come_before_others():
    table = NameTable((name, [name]) for name in ("红河", "贵和", "贵和文"))  # 红 is gong in one word alone
    assert list(table.found("gh")) == ["贵和", "贵和文", "红河"]


def test_each_key_has_all_its_names_and_is_found_once():
    table = NameTable([(7, ["何文", "小何", "何 文"]), (8, []), (9, [""])])
    assert list(table.found("何")) == [7] and list(table.found("xh")) == [7]
    assert list(NameTable([]).found("何")) == []


def test_each_name_is_found_by_each_of_its_parts():
    chance = random.Random(1)
    names = list({"".join(chance.choices("何文明重长ab1", k=chance.randint(1, 4))) for _ in range(300)})
    table = NameTable((name, [name]) for name in names)
    for part in {name[start:end] for name in names for start in range(4) for end in range(start + 1, 5)} - {""}:
        found = list(table.found(part))
        assert len(found) == len(set(found))
        assert {name for name in names if part in name} <= set(found)
        begun = [name for name in names if name.startswith(part) and name != part]
        assert found[: len(begun) + (part in names)] == ([part] if part in names else []) + begun


def test_what_is_compared_is_bounded():
    table = NameTable(
        (number, [f"何{'文' if number > MOST_COMPARED else '明'}"]) for number in range(MOST_COMPARED + 9)
    )
    assert list(islice(table.found("何w"), 1)) == []
    assert len(list(table.found("何m"))) == MOST_COMPARED
