"""Text that is printed twice: a slip inside one item counts once, and text that two items share stays with both."""

import pytest

from articles.reading import read_page
from tests.reading.reference import reference
from tests.reading.test_items import BODY, LAST, MORE, THEN, outline
from tests.reading.test_promise import assert_partition

TEAM = "□本报记者 丁一凡 方若谷 特约记者 石小竹"
LINK = "https://www.example.org/health/news/2024"
CREDIT = "（图片由清溪县人民医院提供）"
CLOSING = "上述证书自即日起停止使用，特此声明作废。"

#: Two items of one page that have a line in common: the page, and the items.
SHARED = {
    "the signature of a team below the headline": (
        f"山里来了新大夫\n\n{TEAM}\n\n{BODY}\n\n河里来了新医船\n\n{TEAM}\n\n{MORE}",
        ["article||山里来了新大夫||记者 丁一凡,记者 方若谷,特约记者 石小竹||1|",
         "article||河里来了新医船||记者 丁一凡,记者 方若谷,特约记者 石小竹||1|"],
    ),
    "the signature below the text": (
        f"山里来了新大夫\n\n{BODY}\n\n（本报记者 丁一凡 通讯员 方若谷）\n\n"
        f"河里来了新医船\n\n{MORE}\n\n（本报记者 丁一凡 通讯员 方若谷）",
        ["article||山里来了新大夫||记者 丁一凡,通讯员 方若谷||1|",
         "article||河里来了新医船||记者 丁一凡,通讯员 方若谷||1|"],
    ),
    "the credit of a picture": (
        f"巡诊路上\n\n{BODY}\n\n{CREDIT}\n\n渡口旁边\n\n{MORE}\n\n{CREDIT}",
        ["photo||巡诊路上||图片提供:清溪县人民医院||1|", "photo||渡口旁边||图片提供:清溪县人民医院||1|"],
    ),
    "the headline": (
        f"清溪县医院本周门诊安排\n\n本报讯（记者丁一凡）{BODY}\n\n"
        f"清溪县医院本周门诊安排\n\n本报讯（记者方若谷）{MORE}",
        ["article||清溪县医院本周门诊安排||记者 丁一凡||1|", "article||清溪县医院本周门诊安排||记者 方若谷||1|"],
    ),
    "the whole text, its headline apart": (
        f"山里来了新大夫\n\n本报讯（记者丁一凡）{BODY}\n\n河里来了新医船\n\n本报讯（记者丁一凡）{BODY}",
        ["article||山里来了新大夫||记者 丁一凡||1|", "article||河里来了新医船||记者 丁一凡||1|"],
    ),
    "the closing paragraph of a notice": (
        f"遗失声明\n\n丁一凡遗失医师资格证书一本。\n\n{CLOSING}\n\n遗失声明\n\n方若谷遗失护士执业证书一本。\n\n{CLOSING}",
        ["notice||遗失声明||||2|", "notice||遗失声明||||2|"],
    ),
    "the closing paragraph of two notices under one title": (
        f"遗失声明\n\n丁一凡遗失医师资格证书一本。\n\n{CLOSING}\n\n方若谷遗失护士执业证书一本。\n\n{CLOSING}",
        ["notice||遗失声明||||4|"],
    ),
    "the question of an interview": (
        "把病人当亲人\n\n本报记者 丁一凡\n\n记者：这样做的好处到底在哪里呢？\n\n方若谷：近。\n\n"
        "记者：这样做的好处到底在哪里呢？\n\n石小竹：快。",
        ["article||把病人当亲人||记者 丁一凡||4|"],
    ),
}  # fmt: skip

#: One item in which a slip prints something twice: the page, and the text that counts once.
SLIPS = {
    "a paragraph": (f"山里来了新大夫\n\n本报讯（记者丁一凡）{BODY}\n\n{MORE}\n\n{MORE}\n\n{THEN}", [BODY, MORE, THEN]),
    "a paragraph three times": (f"山里来了新大夫\n\n本报讯（记者丁一凡）{MORE}\n{THEN}\n{THEN}\n{THEN}", [MORE, THEN]),
    "two paragraphs as one": (
        f"山里来了新大夫\n\n本报讯（记者丁一凡）{BODY}\n\n{MORE}\n{THEN}\n\n{MORE}\n{THEN}\n\n{LAST}",
        [BODY, MORE, THEN, LAST],
    ),
    "a line with its lead": (
        f"山里来了新大夫\n\n本报讯（记者丁一凡）{BODY}\n本报讯（记者丁一凡）{BODY}\n\n{MORE}",
        [BODY, MORE],
    ),
    "a line that breaks off": (
        f"山里来了新大夫\n\n本报讯（记者丁一凡）{BODY}\n\n"
        "起初，乡里的卫生院添了设备，腾了房间，却连一名影像技师都留不住，前前后后来了又\n\n"
        "起初，乡里的卫生院添了设备，腾了房间，却连一名影像技师都留不住，前前后后来了又\n\n走，走了再招。",
        [BODY, "起初，乡里的卫生院添了设备，腾了房间，却连一名影像技师都留不住，前前后后来了又走，走了再招。"],
    ),
    "a torn line that looks like a title at first": (
        f"山里来了新大夫\n\n本报记者 丁一凡\n\n{BODY}\n\n"
        "去年春天，该县在60处供水工程装了在线探头，余氯、浊度等四项指标每15分钟传回一\n\n"
        "次，数据一旦超出设定范围，系统会提醒疾控、水利和供水\n\n"
        "次，数据一旦超出设定范围，系统会提醒疾控、水利和供水\n\n站三方。谁接单、谁处置，平台上都有痕迹。",
        [BODY, "去年春天，该县在60处供水工程装了在线探头，余氯、浊度等四项指标每15分钟传回一次，"
               "数据一旦超出设定范围，系统会提醒疾控、水利和供水站三方。"
               "谁接单、谁处置，平台上都有痕迹。"],
    ),
    "the short end of a hard-wrapped paragraph": (
        "那座山\n\n本报记者 丁一凡\n\n清溪县的医生每周三次进山，为住在高\n处的老人量血压、测血糖、送药，走到哪\n"
        "里就有人拉着他们的手问：“今天还来不\n走了？”\n走了？”\n\n后来，县里统一招聘，年轻人才安下心。",
        ["清溪县的医生每周三次进山，为住在高处的老人量血压、测血糖、送药，走到哪里就有人拉着他们的手问：“今天还来不走了？”",
         "后来，县里统一招聘，年轻人才安下心。"],
    ),
    "no slip: a short cry": (
        f"那盏灯\n\n方若谷\n\n{BODY}\n\n“走吧。”\n\n“走吧。”\n\n{MORE}",
        [BODY, "“走吧。”", "“走吧。”", MORE],
    ),
    "no slip: two rows of a list": (
        f"名单公布\n\n本报讯（记者丁一凡）{BODY}\n\n清溪县 8 33.3% 合格 甲等 优\n清溪县 8 33.3% 合格 甲等 优",
        [BODY, "清溪县 8 33.3% 合格 甲等 优", "清溪县 8 33.3% 合格 甲等 优"],
    ),
}  # fmt: skip


#: Rows in which text is still told from titles wrongly (see test_items.py). Their repeats are found.
STILL_WRONG = {
    "the signature below the text",
    "two paragraphs as one",
    "no slip: a short cry",
}


@pytest.mark.parametrize("name", SHARED)
def test_what_two_items_share_stays_with_both(name: str) -> None:
    text, expected = SHARED[name]
    reading = read_page(text, reference=reference())
    assert_partition(reading)
    assert ([outline(item) for item in reading.items] == expected) == (name not in STILL_WRONG)
    assert {segment.label for segment in reading.segments}.isdisjoint({"duplicate", "leftover"})


def test_an_address_that_two_items_share_stays_with_both() -> None:
    page = f"山里来了新大夫\n\n本报讯（记者丁一凡）{BODY}\n\n{LINK}\n\n"
    page += f"河里来了新医船\n\n本报讯（记者方若谷）{MORE}\n\n{LINK}"
    reading = read_page(page, reference=reference())
    assert_partition(reading)
    assert sum(LINK in page[s.start : s.end] and s.label != "duplicate" for s in reading.segments) == 2


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_inside_an_item_counts_once(name: str) -> None:
    text, expected = SLIPS[name]
    reading = read_page(text, reference=reference())
    assert_partition(reading)
    assert ([item.paragraphs for item in reading.items] == [expected]) == (name not in STILL_WRONG)
    is_slip = any(segment.label == "duplicate" for segment in reading.segments)
    assert is_slip == ("duplicate-line" in [doubt.name for doubt in reading.doubts])


def test_a_line_of_a_headline_that_is_printed_twice_counts_once() -> None:
    page = f"## 山里来了新大夫\n山里来了新大夫\n——记清溪县的巡诊\n\n本报讯（记者丁一凡）{BODY}"
    reading = read_page(page, reference=reference())
    assert_partition(reading)
    assert [outline(item) for item in reading.items] == ["article||山里来了新大夫|记清溪县的巡诊|记者 丁一凡||1|"]


def test_a_folio_that_is_printed_twice_says_nothing_twice() -> None:
    folio = "2024年6月31日 星期二 第11892期 综合新闻 3版\n责编 丁一凡 美编 方若谷\n"
    reading = read_page(f"{folio}{folio}\n山里来了新大夫\n\n本报讯（记者丁一凡）{BODY}", reference=reference())
    assert_partition(reading)
    assert (reading.section, [name.name for name in reading.editors]) == ("综合新闻", ["丁一凡", "方若谷"])
    assert [doubt.name for doubt in reading.doubts].count("date-impossible") == 1
