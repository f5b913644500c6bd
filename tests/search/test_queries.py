"""A small archive, and the stories that each query finds in it."""

import datetime

import pytest

from articles.models import Column, Topic
from articles.search.find import SearchOptions, find
from articles.search.sync import paused, sync
from tests.make import make_article, make_issue, make_page, make_region, sign

pytestmark = pytest.mark.django_db

#: Name of a story -> (day, page number, kicker, headline, deck, paragraphs).
STORIES = {
    "医共体": ("2024-05-20", 1, "关注医改", "县域医共体这样建", "三年走了三步",
              ["医共体把药品目录统一起来。", "乡镇卫生院 CT 检查有了帮手。"]),
    "瑞金": ("2024-05-20", 2, "", "瑞金医院用上人工智能", "",
            ["在上海，人工智能读片 58.3% 由机器先看。", "COVID-19 期间就已开始。"]),
    "北京": ("2025-12-09", 1, "", "北京的医院也用人工智能", "",
            ["医生说：“人工智能读片，还得人来定。”", "读片室（二楼）扩容。"]),
    "繁体": ("1985-03-02", 4, "", "國家衞生健康委發布新規", "", ["醫共體寫進文件，ＰＤ－１ 入保。"]),
    "近": ("2025-06-01", 3, "", "两件事", "", ["托育进社区，家门口就能托育，慢病管理也进了社区。"]),
    "远": ("2025-06-02", 3, "", "又两件事", "",
          ["托育进社区。" + "这里隔着许多别的话。" * 12, "最后才说慢病管理和老年食堂。"]),
    "段界": ("2025-06-03", 3, "", "段与段之间", "", ["这一段末了是红烧", "牛肉是下一段的头，食堂里坐着老年人"]),
    "王毅": ("2025-06-04", 2, "", "短讯", "", ["疫苗接种点开到了集市上。"]),
    "运算": ("2025-06-05", 2, "", "甲或乙非丙", "", ["请选 A OR B，NOT C；标题:无 也照登。"]),
    "公告": ("2025-06-05", 8, "", "遗失声明", "", ["某医院遗失公章一枚，声明作废。"]),
    "导读": ("2024-05-20", 1, "", "导读：人工智能进医院", "", []),
}  # fmt: skip

#: Query -> the names of the stories in its list.
QUERIES = [
    # a string, wherever it stands, in any writing
    ("医共体", {"医共体", "繁体"}), ("醫共體", {"医共体", "繁体"}), ("人工智能", {"瑞金", "北京"}),
    ("工智", {"瑞金", "北京"}), ("国家卫生健康委", {"繁体"}), ("衛生健康", {"繁体"}), ("pd-1", {"繁体"}),
    ("ＣＯＶＩＤ－１９", {"瑞金"}), ("covid-1", {"瑞金"}), ("58.3%", {"瑞金"}), ("５８．３％", {"瑞金"}),
    ("院 CT 检", {"医共体"}), ("院CT检查", {"医共体"}), ("关注医改", {"医共体"}), ("三年走了三步", {"医共体"}),
    # one character
    ("托", {"近", "远"}), ("卫", {"医共体", "繁体"}), ("％", {"瑞金"}), ("牛", {"段界"}), ("龘", set()),
    # no string runs from one value into the next; without quotes, its words are found
    ("红烧牛肉", {"段界"}), ("“红烧牛肉”", set()), ("红烧 牛肉", {"段界"}),
    ("“这样建三年”", set()), ("这样建三年", {"医共体"}),
    # strings with white space between them are all asked for
    ("人工智能 读片", {"瑞金", "北京"}), ("人工智能 读片 医生", {"北京"}), ("人工智能　上海", {"瑞金"}),
    ("人工智能 AND 上海", {"瑞金"}), ("人工智能 且 上海", {"瑞金"}), ("托育 慢病管理", {"近", "远"}),
    # quotes keep spaces and operators as text
    ("“A OR B”", {"运算"}), ('"A OR B"', {"运算"}), ("「A OR B」", {"运算"}), ("『NOT C』", {"运算"}),
    ("“标题:无”", {"运算"}), ("＂甲或乙非丙＂", {"运算"}), ("甲或乙", {"运算"}), ("“托育 慢病管理”", set()),
    # or, not, brackets
    ("托育 OR 疫苗", {"近", "远", "王毅"}), ("托育 | 疫苗", {"近", "远", "王毅"}), ("托育｜疫苗", {"近", "远", "王毅"}),
    ("“托育” 或 “疫苗”", {"近", "远", "王毅"}), ("托育 ＯＲ 疫苗", {"近", "远", "王毅"}),
    ("人工智能 -上海", {"北京"}), ("人工智能 NOT 上海", {"北京"}), ("“人工智能”非“上海”", {"北京"}),
    ("人工智能 －上海", {"北京"}), ("(托育 OR 疫苗) 社区", {"近", "远"}), ("（托育 OR 疫苗） -社区", {"王毅"}),
    ("人工智能 -(上海 OR 医生)", set()), ("-人工智能 -托育 -医共体", {"段界", "王毅", "运算"}),
    ("托育 OR 疫苗 集市", {"近", "远", "王毅"}), ("（二楼）扩容", {"北京"}), ("读片室（二楼）", {"北京"}),
    # fields and filters
    ("标题:人工智能", {"瑞金", "北京"}), ("标题:托育", set()), ("正文:医共体", {"医共体", "繁体"}),
    ("标题:医共体", {"医共体"}), ("标题：医改", {"医共体"}), ("正文:关注医改", set()), ("作者:王毅", {"王毅"}),
    ("纵深", {"医共体"}), ("作者:纵深", set()), ("标题:纵深", set()), ("正文:纵深", set()),
    ("作者:赵一苇", {"近", "远"}), ("作者:人工智能", set()), ("作者:关注医改", set()), ("地区:上海", {"瑞金"}),
    ("地区:上海 OR 地区:北京", {"瑞金", "北京"}), ("人工智能 -地区:上海", {"北京"}), ("地区:310000", {"瑞金"}),
    ("主题:中医药", {"繁体"}), ("主题:中医", {"繁体"}), ("栏目:医改纵深", {"医共体"}), ("栏目:纵深", {"医共体"}),
    ("版:4", {"繁体"}),
    ("版：第4版", {"繁体"}), ("日期:2024", {"医共体", "瑞金"}), ("日期:2024-5", {"医共体", "瑞金"}),
    ("日期:2024.5.20 医", {"医共体", "瑞金"}), ("日期:2024年5月", {"医共体", "瑞金"}), ("日期:1985..1990", {"繁体"}),
    ("日期:2025-06-03..", {"段界", "王毅", "运算", "北京"}), ("日期:..1999", {"繁体"}),
    ("日期：２０２５－１２", {"北京"}), ("日期:2024 -版:1", {"瑞金"}),
    # names that are padded, or spelt out, with spaces
    ("王 毅", {"王毅"}), ("王　毅", {"王毅"}), ("作者:王 毅", {"王毅"}), ("赵 一 苇", {"近", "远"}),
    # a string that stands nowhere is cut into its words, unless it is quoted
    ("瑞金医院读片", {"瑞金"}), ("“瑞金医院读片”", set()), ("管理慢病托育", {"近", "远"}),
    # the whole archive decides that: this string stands in a body
    ("标题:家门口就能托育", set()), ("标题:托育两件事", set()),
    # a part that cannot be understood is text
    ("人工智能 OR", set()), ("（人工智能", set()), ("“人工智能", {"瑞金", "北京"}), ("人工智能 -", {"瑞金"}),
    ("版:首", set()), ("日期:去年", set()), ("。", {"医共体", "瑞金", "北京", "繁体", "近", "远", "王毅", "运算"}),
]  # fmt: skip

pytestmark = pytest.mark.django_db


def make_archive():
    """Make STORIES, and a region, a topic and a column for some of them."""
    pages = {}
    rows = {}
    for name, (date, number, kicker, headline, deck, paragraphs) in STORIES.items():
        day = datetime.date.fromisoformat(date)
        if (day, number) not in pages:
            issue = next((page.issue for (held, _), page in pages.items() if held == day), None) or make_issue(day)
            pages[day, number] = make_page(issue, number)
        rows[name] = make_article(
            pages[day, number],
            headline,
            kicker=kicker,
            deck=deck,
            blocks=[{"type": "paragraph", "text": text} for text in paragraphs],
            kind={"公告": "notice", "导读": "teaser"}.get(name, "article"),
        )
    for name, code, short in (("瑞金", "310000", "上海"), ("北京", "110000", "北京")):
        rows[name].article_regions.create(region=make_region(code, f"{short}市", short), main=True)
    rows["繁体"].article_topics.create(topic=Topic.objects.create(slug="tcm", name="中医药"))
    rows["医共体"].column = Column.objects.create(name="医改纵深")
    rows["医共体"].save()
    sign(rows["王毅"], "王　毅", role="通讯员", of="photo")
    for name in ("近", "远"):
        sign(rows[name], "赵一苇")
    return {row.pk: name for name, row in rows.items()}


@pytest.fixture(scope="module")
def stories(made_once):
    with paused():
        made = make_archive()
    sync(rebuild=True)
    return made


@pytest.mark.parametrize(("typed", "expected"), QUERIES)
def test_a_query_finds_what_it_should(stories, typed, expected):
    for sort in ("relevance", "newest", "oldest"):
        found = find(typed, SearchOptions(sort=sort))
        assert {stories[story.head.pk] for story in found.stories} == expected, sort
        assert found.rows.total == len(expected)


def order(stories, typed):
    return [stories[story.head.pk] for story in find(typed).stories]


def test_the_whole_string_in_a_headline_comes_first_then_what_stands_near(stories):
    assert order(stories, "医共体")[0] == "医共体"
    assert order(stories, "托育 慢病管理") == ["近", "远"]
    assert order(stories, "慢病管理 托育") == ["近", "远"]


def test_teasers_and_notices_are_counted_beside(stories):
    found = find("医院")
    assert {stories[story.head.pk] for story in found.stories} == {"瑞金", "北京"}
    assert found.facets.aside == 2
    everything = find("医院", SearchOptions(everything=True))
    assert {stories[story.head.pk] for story in everything.stories} == {"瑞金", "北京", "公告", "导读"}
    assert everything.facets.aside == 0


def test_a_string_that_few_hold_has_the_count_by_its_words_beside_it(stories):
    found = find("老年食堂")
    assert (found.rows.total, found.notices) == (1, ())
    assert [(suggestion.text, suggestion.query) for suggestion in found.suggestions] == [
        ("也可按词查找：2 篇", "“老年” “食堂”")
    ]
    assert find("老年 食堂").rows.total == 2
    assert find("“老年食堂”").suggestions == ()
    assert find("人工智能读片").suggestions == ()  # its words stand in no further stories


def test_an_offer_is_made_only_of_what_a_query_can_ask(stories, monkeypatch):
    for leaves, expected in ((2, ["“老年” “食堂”"]), (1, [])):
        monkeypatch.setattr("articles.search.query.MAX_LEAVES", leaves)
        assert [suggestion.query for suggestion in find("老年食堂").suggestions] == expected


def test_what_follows_an_offer_has_the_count_that_was_promised(stories):
    (suggestion,) = find("老年食堂").suggestions
    assert suggestion.text == f"也可按词查找：{find(suggestion.query).rows.total} 篇"


def test_the_words_of_an_offer_are_not_read_as_a_name_or_an_operator(stories):
    for typed in ("赵一苇", "甲或乙"):
        for suggestion in find(typed).suggestions:
            assert suggestion.text == f"也可按词查找：{find(suggestion.query).rows.total} 篇"


def test_how_it_was_read_is_said(stories):
    assert find("瑞金医院 人工智能 -北京").reading == "“瑞金医院”且“人工智能”，不含“北京”"
    assert find("地区:没有的地方 医院").notices == ("档案里没有叫“没有的地方”的地区。",)
    assert find("瑞金医院读片").reading == "“瑞金医院”且“读片”"
