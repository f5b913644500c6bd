"""The query language: the typed text, the tree that it is parsed into, and the page's notices about it."""

import time
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from articles.search.query import (
    And,
    ColumnFilter,
    DateFilter,
    KindFilter,
    Not,
    NumberFilter,
    Or,
    PageFilter,
    Phrase,
    RegionFilter,
    RoleFilter,
    SectionFilter,
    Suggestion,
    TopicFilter,
    YearlyFilter,
    describe,
    leaves,
    parse,
    positive_texts,
    serialise,
    without,
)
from articles.text.fold import fold

YEAR_2024 = DateFilter(date(2024, 1, 1), date(2024, 12, 31))
MAY_2024 = DateFilter(date(2024, 5, 1), date(2024, 5, 31))


def text(string, field=""):
    return Phrase(string, field)


def quoted(string, field=""):
    return Phrase(string, field, quoted=True)


def headline(string):
    return Phrase(string, "headline")


def both(*parts):
    return And(tuple(text(part) if isinstance(part, str) else part for part in parts))


def either(*parts):
    return Or(tuple(text(part) if isinstance(part, str) else part for part in parts))


def lacks(part):
    return Not(text(part) if isinstance(part, str) else part)


UNDERSTOOD = [
    # Strings and white space
    ("", None),  # nothing
    (" 　\n\t", None),  # nothing but white space
    ("\u200b\ufeff", None),  # nothing but zero-width characters
    ("瑞金医院", text("瑞金医院")),  # one string
    ("  瑞金医院\n", text("瑞金医院")),  # white space around it
    ("瑞金\u200b医院", text("瑞金医院")),  # a zero-width space, as copied from a web page
    ("\ud800瑞金", text("瑞金")),  # half of a character, which no database takes
    ("甲 乙", both("甲", "乙")),  # strings apart
    ("甲　乙", both("甲", "乙")),  # apart by a full-width space
    ("甲\u00a0乙\r\n丙\x00丁", both("甲", "乙", "丙丁")),  # also by a no-break space or a line break, never by a NUL
    ("甲 甲", both("甲", "甲")),  # twice the same: what was typed stays
    # Any other punctuation is text
    ("《健康报》", text("《健康报》")),
    ("C++ 10% a/b", both("C++", "10%", "a/b")),
    ("R&D Q＆A", both("R&D", "Q＆A")),  # & that does not stand alone
    ("O'Brien ‘甲’", both("O'Brien", "‘甲’")),  # single quotation marks quote nothing
    ("甲，乙。丙？", text("甲，乙。丙？")),
    ("*甲? ~2 ^3", both("*甲?", "~2", "^3")),  # what other engines take for wildcards and weights
    ("\\甲\\", text("\\甲\\")),
    # Quotes
    ("“人工 智能”", quoted("人工 智能")),  # keeps its space
    ("“人工　智能”", quoted("人工　智能")),  # a full-width space as it was typed
    ("“ 甲  乙 ”", quoted("甲 乙")),  # outer spaces go, a run of them is one
    ('"甲" 「乙」 『丙』 ＂丁＂', both(quoted("甲"), quoted("乙"), quoted("丙"), quoted("丁"))),
    ("“甲 OR -乙 (丙) 标题:丁”", quoted("甲 OR -乙 (丙) 标题:丁")),  # operators and marks are text
    ('“甲" 乙', both(quoted("甲"), "乙")),  # mismatched
    ("”甲” 乙", both(quoted("甲"), "乙")),  # closing marks on both sides
    ("“甲“ 乙", both(quoted("甲"), "乙")),  # opening marks on both sides
    ("「他说“好”吧」", quoted("他说“好”吧")),  # quotes in other quotes
    ("“甲”“乙”丙", both(quoted("甲"), quoted("乙"), "丙")),  # quotes need no white space between them
    ("“” 甲 “ ”", text("甲")),  # empty ones
    ("甲“乙 丙”丁", both("甲", quoted("乙 丙"), "丁")),  # inside a string, but with white space in it
    ("让“互联网+医疗”落地", text("让“互联网+医疗”落地")),  # a headline: a quote within a string is part of it
    ("《“健康中国2030”规划纲要》", text("《“健康中国2030”规划纲要》")),
    ("“三医”联动改革", both(quoted("三医"), "联动改革")),  # at its beginning it is a quote
    # Or
    ("甲 OR 乙", either("甲", "乙")),
    ("甲 | 乙 ｜ 丙", either("甲", "乙", "丙")),
    ("甲|乙｜丙", either("甲", "乙", "丙")),  # bars need no white space
    ("甲 || 乙", either("甲", "乙")),  # as programmers write it
    ("甲 或 乙", either("甲", "乙")),
    ("甲 ＯＲ 乙", either("甲", "乙")),  # full width
    ("“甲”或“乙”", either(quoted("甲"), quoted("乙"))),  # it stands alone between quotes
    ("甲 or 乙", both("甲", "or", "乙")),  # in small letters it is text
    ("或者 甲或乙", both("或者", "甲或乙")),  # within a word it is text
    ("ORAL 甲OR乙", both("ORAL", "甲OR乙")),
    # Not
    ("甲 -乙", both("甲", lacks("乙"))),
    ("甲 －乙", both("甲", lacks("乙"))),  # full width
    ("甲 NOT 乙", both("甲", lacks("乙"))),
    ("甲 非 乙", both("甲", lacks("乙"))),
    ("-甲", lacks("甲")),  # only a negation
    ("-甲 -乙", both(lacks("甲"), lacks("乙"))),
    ("NOT -甲", text("甲")),  # twice negated
    ("甲 AND NOT 乙", both("甲", lacks("乙"))),
    ("甲 OR -乙", either("甲", lacks("乙"))),
    ("-“甲 乙”", lacks(quoted("甲 乙"))),
    ("PD-1 COVID-19", both("PD-1", "COVID-19")),  # a hyphen inside a string is text
    ("北京 - 上海", both("北京", "-", "上海")),  # a lone hyphen is text too
    ("--甲 ——乙", both("--甲", "——乙")),  # so are two hyphens and a dash
    ("非洲 非典型", both("非洲", "非典型")),
    ("非（典型）肺炎 非“典型”", both("非（典型）肺炎", "非“典型”")),  # brackets and quotes don't set it apart either
    # And
    ("甲 AND 乙 且 丙 & 丁 ＆ 戊", both("甲", "乙", "丙", "丁", "戊")),
    ("并且 且说", both("并且", "且说")),
    # Precedence
    ("甲 乙 OR 丙", either(both("甲", "乙"), "丙")),
    ("甲 OR 乙 AND 丙", either("甲", both("乙", "丙"))),
    ("甲 OR 乙 OR 丙", either("甲", "乙", "丙")),
    # Brackets
    ("(甲 OR 乙) 丙", both(either("甲", "乙"), "丙")),
    ("（甲 或 乙）丙", both(either("甲", "乙"), "丙")),  # full width, not apart from the next string
    ("(甲 OR 乙）", either("甲", "乙")),  # one half, one full
    ("甲 (乙 (丙 丁))", both("甲", "乙", "丙", "丁")),  # needless ones
    ("甲 -(乙 丙)", both("甲", lacks(both("乙", "丙")))),
    ("NOT(甲 OR 乙)", lacks(either("甲", "乙"))),
    ("((甲 OR 乙) 丙) OR 丁", either(both(either("甲", "乙"), "丙"), "丁")),  # nested
    ("(甲)或(乙)", either("甲", "乙")),
    ("(甲)OR(乙)", either("甲", "乙")),
    ("(甲|乙)丙", both(either("甲", "乙"), "丙")),  # brackets around an operator are no part of a string
    ("(甲)(乙)", both("甲", "乙")),
    ("中国（上海）自由贸易试验区", text("中国（上海）自由贸易试验区")),  # brackets within a string are part of it
    ("（上海）自由贸易试验区", text("（上海）自由贸易试验区")),
    ("(甲“乙 丙”)丁", both("甲", quoted("乙 丙"), "丁")),
    ("维生素C(VC OR 维C)", both("维生素C", either("VC", "维C"))),  # brackets that hold white space are no part of it
    # Fields and filters
    ("标题:甲 乙", both(headline("甲"), "乙")),  # a field holds for one string only
    ("标题：甲", headline("甲")),  # full-width colon
    ("標題:甲", headline("甲")),  # traditional
    ("标题: 甲", headline("甲")),  # with a space after it
    ("正文:“甲 乙”", quoted("甲 乙", "body")),
    ("标题:(甲 OR -乙)", either(headline("甲"), lacks(headline("乙")))),  # a field holds for a group
    ("标题:(甲 作者:乙)", both(headline("甲"), text("乙", "names"))),  # with another mark in it
    ("-标题:甲", lacks(headline("甲"))),
    ("标题:-甲 标题:OR", both(headline("-甲"), headline("OR"))),  # what touches the mark is its value
    ("地区:四川 OR 地区:“云南 省”", either(RegionFilter("四川"), RegionFilter("云南 省"))),
    ("主题:(医改 OR 中医)", either(TopicFilter("医改"), TopicFilter("中医"))),
    ("栏目:健康时评", ColumnFilter("健康时评")),
    ("版名:要闻 類別：图片 期号:总第９８期", both(SectionFilter("要闻"), KindFilter("图片"), NumberFilter(98))),
    ("日期:01-05 日期:*-2-29 日期:１月５日", both(YearlyFilter(1, 5), YearlyFilter(2, 29), YearlyFilter(1, 5))),
    ("版:3 版：０４ 版:第5版", both(PageFilter(3), PageFilter(4), PageFilter(5))),
    ("foo:bar 时间:9点 http://a.cn", both("foo:bar", "时间:9点", "http://a.cn")),  # unknown marks are text
    ("副标题:甲", text("副标题:甲")),  # a mark inside a string
    # Dates
    ("日期:2024-05..2025-12", DateFilter(date(2024, 5, 1), date(2025, 12, 31))),
    ("日期:2024年5月 OR -日期:2024", either(MAY_2024, lacks(YEAR_2024))),
    ("日期:(2024-05 OR 2024)", either(MAY_2024, YEAR_2024)),
]


@pytest.mark.parametrize(("typed", "tree"), UNDERSTOOD)
def test_it_reads(typed, tree):
    query = parse(typed)
    assert (query.tree, query.notices) == (tree, ())
    assert parse(serialise(tree)).tree == tree


IDLE = "“{}”旁边缺少检索词，按普通文字检索。"
UNPAIRED = "“{}”里的括号或引号没有配对，按普通文字检索。"
CUT = "检索词超过100字，只取前100字。"

FORGIVEN = [
    ("“甲 OR 乙", quoted("甲 OR 乙"), "引号没有配对，其后的内容都算在引号里。"),
    ("甲” 乙", both(quoted("甲”"), "乙"), UNPAIRED.format("甲”")),  # as cut from the middle of a text
    ("甲“乙", quoted("甲“乙"), UNPAIRED.format("甲“乙")),
    ("(甲 乙", both(quoted("(甲"), "乙"), UNPAIRED.format("(甲")),
    ("1）甲 (乙 OR 丙)", both(quoted("1）甲"), either("乙", "丙")), UNPAIRED.format("1）甲")),  # a list's bracket
    (":)", quoted(":)"), UNPAIRED.format(":)")),
    ('甲”」』"＂乙', quoted('甲”」』""乙'), UNPAIRED.format('甲”」』"＂乙')),  # no kind of quotes is left for it
    ("甲 ()", text("甲"), "括号里没有内容，未用于检索。"),
    ("OR", quoted("OR"), IDLE.format("OR")),
    ("或", quoted("或"), IDLE.format("或")),  # a single character may be what is looked for
    ("甲 OR", both("甲", quoted("OR")), IDLE.format("OR")),
    ("| 甲", both(quoted("|"), "甲"), IDLE.format("|")),
    ("甲 NOT", both("甲", quoted("NOT")), IDLE.format("NOT")),
    ("(甲 OR) 乙", both("甲", quoted("OR"), "乙"), IDLE.format("OR")),
    ("甲 OR OR 乙", either("甲", both(quoted("OR"), "乙")), IDLE.format("OR")),
    ("标题:", quoted("标题:"), "“标题:”后面没有内容，按普通文字检索。"),
    ("标题: OR 甲", either(quoted("标题:"), "甲"), "“标题:”后面没有内容，按普通文字检索。"),
    ("版:A3", text("版:A3"), "“版:A3”不是版次，按普通文字检索。"),
    ("日期:2-30", text("日期:2-30"), "“日期:2-30”不是日期，按普通文字检索。"),
    ("期号:0", text("期号:0"), "“期号:0”不是期号，按普通文字检索。"),
    ("记者:何文", text("记者:何文"), "档案里没有叫“何文”的作者，“记者:何文”按普通文字检索。"),
    ("版:0", text("版:0"), "“版:0”不是版次，按普通文字检索。"),
    ("版:" + "9" * 20, text("版:" + "9" * 20), f"“版:{'9' * 18}…”不是版次，按普通文字检索。"),  # beyond any integer
    ("日期:2024-02-30", text("日期:2024-02-30"), "“日期:2024-02-30”不是日期，按普通文字检索。"),  # not in the calendar
    ("日期:“去 年”", quoted("日期:去 年"), "“日期:去 年”不是日期，按普通文字检索。"),
    ("日期:..", text("日期:.."), "“日期:..”不是日期，按普通文字检索。"),
    ("日期:2025..2024-05", DateFilter(date(2024, 5, 1), date(2025, 12, 31)), "日期“2025..2024-05”前后颠倒，已对调。"),
    ("健" * 101, text("健" * 100), CUT),
    ("健" * 60 + " " + "康" * 60, both("健" * 60, "康" * 39), CUT),  # the space counts
    ("健" * 98 + "（上海）", quoted("健" * 98 + "（上"), CUT),  # cut inside a bracket
    (" ".join("甲乙丙丁戊己庚辛壬癸子丑寅卯"), both(*"甲乙丙丁戊己庚辛壬癸子丑"), "检索词超过12个，其余的未用于检索。"),
    ("(" * 9 + "甲 OR 乙" + ")" * 9, quoted("甲 OR 乙"), "括号超过8层，里面的内容按普通文字检索。"),
]


@pytest.mark.parametrize(("typed", "tree", "notice"), FORGIVEN)
def test_it_forgives(typed, tree, notice):
    query = parse(typed)
    assert (query.tree, query.notices) == (tree, (notice,))
    assert parse(serialise(tree)).tree == tree


@pytest.mark.parametrize(
    "typed", ["日期:0001..9999", "日期:2024..9999", "日期:0001..2024", "甲 日期:0001-01-01..9999-12-31"]
)
def test_dates_to_either_end_of_time_are_written_as_they_are_read(typed):
    tree = parse(typed).tree
    assert "日期" in serialise(tree) and parse(serialise(tree)) == parse(typed)


def test_the_notices_of_an_endless_query_are_few():
    query = parse("“甲 " + "健" * 10_000)  # no notice says that the quote, which was cut off, is unclosed
    assert query.tree == quoted("甲 " + "健" * 98)
    assert query.notices == (CUT, "检索式太长，只读了前500字。")
    assert parse("(甲 " + "健" * 10_000).notices == query.notices


def test_eight_brackets_are_not_too_deep():
    query = parse("(" * 8 + "甲 OR 乙" + ")" * 8)
    assert (query.tree, query.notices) == (either("甲", "乙"), ())


def test_100_characters_and_12_strings_are_not_too_many():
    query = parse("标题:" + "健" * 78 + " 甲" * 11)
    assert (query.tree, query.notices) == (both(headline("健" * 78), *["甲"] * 11), ())


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2024", (2024, 1, 1), (2024, 12, 31)),
        ("２０２４年", (2024, 1, 1), (2024, 12, 31)),  # full width
        ("2024-5", (2024, 5, 1), (2024, 5, 31)),
        ("2024-02", (2024, 2, 1), (2024, 2, 29)),  # a leap year
        ("2023.2", (2023, 2, 1), (2023, 2, 28)),
        ("2024年5月", (2024, 5, 1), (2024, 5, 31)),
        ("2024-05-03", (2024, 5, 3), (2024, 5, 3)),
        ("2024.5.3", (2024, 5, 3), (2024, 5, 3)),
        ("2024/5/3", (2024, 5, 3), (2024, 5, 3)),
        ("２０２４．５．３", (2024, 5, 3), (2024, 5, 3)),
        ("2024年5月3日", (2024, 5, 3), (2024, 5, 3)),
        ("2024年5月3号", (2024, 5, 3), (2024, 5, 3)),
        ("1985..1987", (1985, 1, 1), (1987, 12, 31)),
        ("2024.5.3..2024.5.9", (2024, 5, 3), (2024, 5, 9)),  # the same mark once and twice
        ("2024．5．．2024．6", (2024, 5, 1), (2024, 6, 30)),
        ("2024-05…2024-06", (2024, 5, 1), (2024, 6, 30)),
        ("2024-05……2024-06", (2024, 5, 1), (2024, 6, 30)),
        ("2024年5月～2025年", (2024, 5, 1), (2025, 12, 31)),
        ("2024~2025", (2024, 1, 1), (2025, 12, 31)),
        ("2024年5月—2024年6月", (2024, 5, 1), (2024, 6, 30)),
        ("2024年5月3日——2024年5月9日", (2024, 5, 3), (2024, 5, 9)),
        ("2024年至2025年", (2024, 1, 1), (2025, 12, 31)),
        ("2024-2025", (2024, 1, 1), (2025, 12, 31)),  # no month: a hyphen can only mean a range
        ("2024-5-2025-6", (2024, 5, 1), (2025, 6, 30)),  # only one hyphen has a date on both sides
        ("2024..2024-03", (2024, 1, 1), (2024, 3, 31)),  # begins with the year's first day
        ("2024-12..2024", (2024, 12, 1), (2024, 12, 31)),  # ends with its last: not reversed
        ("2024-05..", (2024, 5, 1), (9999, 12, 31)),
        ("..2024-05", (1, 1, 1), (2024, 5, 31)),
        ("…2024", (1, 1, 1), (2024, 12, 31)),
        ("“2024-05 .. 2024-06”", None, None),  # white space is no part of a date
        ("2024-13", None, None),
        ("2024-00", None, None),
        ("2023-02-29", None, None),
        ("0000", None, None),
        ("24-05", None, None),
        ("202405", None, None),
        ("2024..2025..2026", None, None),
        ("2024-5-", None, None),
        ("2024年13月..2025", None, None),
        ("去年", None, None),
    ],
)
def test_dates(typed, first, last):
    query = parse(f"日期:{typed}")
    if first is None:
        assert isinstance(query.tree, Phrase)
        assert query.notices[0].endswith("不是日期，按普通文字检索。")
    else:
        assert (query.tree, query.notices) == (DateFilter(date(*first), date(*last)), ())
        assert parse(serialise(query.tree)).tree == query.tree


@pytest.mark.parametrize(
    ("typed", "suggestions"),
    [
        ("2024年5月", [("按日期2024年5月筛选", "日期:2024年5月")]),
        ("肝炎 2024.5.3 -乙", [("按日期2024.5.3筛选", "肝炎 日期:2024.5.3 -乙")]),
        ("1985 1986..1987", [("按日期1985筛选", "日期:1985 1986..1987"),
                             ("按日期1986..1987筛选", "1985 日期:1986..1987")]),
        ("甲 or 乙", [("把“or”当作运算符", "甲 OR 乙")]),
        ("not 甲", [("把“not”当作运算符", "NOT 甲")]),
        ("“2024”", []),  # quoted: meant as text
        ("标题:2024", []),
        ("甲 OR 2024", []),  # a filter in an Or would not narrow
        ("-2024 2024", [("按日期2024筛选", "-2024 日期:2024")]),  # the offer is only for the year that is not negated
        ("2024…", []),  # an ellipsis
        ("1200 3000", []),  # no years of a newspaper
        ("2024-13", []),
        ("or 甲 or", []),  # nothing on one side
    ],
)  # fmt: skip
def test_it_offers_the_other_reading(typed, suggestions):
    assert parse(typed).suggestions == tuple(Suggestion(*suggestion) for suggestion in suggestions)


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("王 毅", text("王毅")),
        ("王　毅", text("王毅")),  # as the paper pads it
        ("陈 竺 院士", both("陈竺", "院士")),
        ("张 王 毅 兵", both("张", "王毅", "兵")),
        ("白 求 恩", text("白求恩")),  # three before two: 求恩 is no name, 白求 is one here
        ("作者:王 毅", text("王毅", "names")),  # the mark holds for the whole name
        ("标题:(王 毅)", headline("王毅")),
        ("王 OR 毅", either("王", "毅")),
        ("王 -毅", both("王", lacks("毅"))),
        ("王 “毅”", both("王", quoted("毅"))),  # quoted: meant apart
        ("王 标题:毅", both("王", headline("毅"))),
        ("李 四", both("李", "四")),  # no known name
    ],
)
def test_a_spelt_out_name_is_joined(typed, tree):
    known = {"王毅", "陈竺", "白求恩", "白求"}
    query = parse(typed, known_names=known.__contains__)
    assert query.tree == tree
    assert parse(serialise(query.tree), known_names=known.__contains__).tree == tree


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("记者:何文", RoleFilter("记者", "何文")),
        ("記者：“何文” 急救", both(RoleFilter("记者", "何文"), "急救")),
        ("摄影:(何文 OR 王毅)", either(RoleFilter("摄影", "何文"), RoleFilter("摄影", "王毅"))),
        ("署名:何文", RoleFilter("署名", "何文")),
        ("-通讯员:何文", lacks(RoleFilter("通讯员", "何文"))),
        ("记者：请问您", "记者：请问您"),  # an interview: the name is nobody's
        ("记者:“请问 您”", quoted("记者:请问 您")),
        ("整理:", quoted("整理:")),
        ("本报记者:何文", "本报记者:何文"),  # no role of the table
    ],
)
def test_a_role_asks_for_a_known_name_and_is_text_before_any_other(typed, tree):
    known = {"王毅", "何文"}
    query = parse(typed, known_names=known.__contains__)
    assert query.tree == (text(tree) if isinstance(tree, str) else tree)
    assert parse(serialise(query.tree), known_names=known.__contains__).tree == query.tree
    assert bool(query.notices) == ("请问" in typed or "整理" in typed)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", ""),
        ("版名:要闻 -类别:图片 期号:“第9876期”", "版名为“要闻”且总第9876期，类别不为“图片”"),
        ("日期:*-01-05 -日期:12月31日", "各年1月5日，不在各年12月31日"),
        ("记者:王毅 -摄影:王毅", "记者为“王毅”，摄影不为“王毅”"),
        ("“瑞金医院” 人工智能 -上海", "“瑞金医院”且“人工智能”，不含“上海”"),
        ("-甲 乙 -丙", "“乙”，不含“甲”，不含“丙”"),
        ("-甲", "全部文章，不含“甲”"),
        ("-甲 -标题:乙", "全部文章，不含“甲”，标题不含“乙”"),
        ("甲 乙 OR 丙", "（“甲”且“乙”）或“丙”"),
        ("(甲 OR 乙) 丙", "（“甲”或“乙”）且“丙”"),
        ("甲 -(乙 OR 丙)", "“甲”，不含（“乙”或“丙”）"),
        ("(甲 -乙) OR -丙", "（“甲”，不含“乙”）或（不含“丙”）"),
        ("标题:甲 正文:乙 作者:“王 毅”", "标题含“甲”且正文含“乙”且作者含“王 毅”"),
        ("地区:四川 -主题:医改 栏目:时评 版:3 -版:4", "地区为“四川”且栏目为“时评”且第3版，主题不为“医改”，不在第4版"),
        ("让“三医”联动", "「让“三医”联动」"),
        ("甲 日期:2024-05..2025-12", "“甲”且日期 2024年5月1日至2025年12月31日"),
        ("日期:2024", "日期 2024年"),
        ("日期:2024-5", "日期 2024年5月"),
        ("日期:2024-5-3", "日期 2024年5月3日"),
        ("日期:2024..", "日期 2024年1月1日起"),
        ("日期:..2024", "日期 2024年12月31日止"),
        ("-日期:2024", "全部文章，日期不在2024年"),
    ],
)
def test_it_says_how_it_was_read(typed, said):
    assert describe(parse(typed, known_names="王毅".__eq__)) == said


def test_leaves_are_in_the_order_typed_and_negated_ones_too():
    tree = parse("甲 (标题:乙 OR 版:3) -“甲 丁”").tree
    assert leaves(tree) == (text("甲"), headline("乙"), PageFilter(3), quoted("甲 丁"))
    assert leaves(None) == ()


@pytest.mark.parametrize(
    ("typed", "leaf", "left"),
    [
        ("甲", text("甲"), None),
        ("甲 乙", text("甲"), text("乙")),
        ("甲 乙 甲", text("甲"), text("乙")),  # every copy of it goes
        ("甲 “乙”", text("乙"), both("甲", quoted("乙"))),  # a leaf that is only similar stays
        ("甲 (乙 OR 丙)", text("丙"), both("甲", "乙")),
        ("甲 ((乙 丁) OR 丙)", text("丙"), both("甲", "乙", "丁")),  # no And is left within an And
        ("甲 -(乙 丙)", text("丙"), both("甲", lacks("乙"))),
        ("甲 -乙", text("乙"), text("甲")),
        ("-(甲 -乙)", text("甲"), text("乙")),  # no Not is left of a Not
    ],
)
def test_a_leaf_taken_out(typed, leaf, left):
    assert without(parse(typed).tree, leaf) == left


@pytest.mark.parametrize(
    "typed",
    [
        "", "甲 乙 OR 丙 -丁", "标题:甲 正文:“乙 丙”", "(甲 OR 乙) -(丙 丁)", "NOT --甲", "“甲” \"乙”\"",
        "地区:四川 主题:“甲 乙” 栏目:时评 版:3", "日期:2024", "日期:2024-05", "日期:2024-05-03",
        "日期:2024-05-03..2025-12-31", "日期:2024-05-01..", "日期:..2025-12-31", "日期:*-02-29",
        "版名:“要闻·综合” 类别:图片 期号:9876",
    ],
)  # fmt: skip
def test_a_query_string_is_as_one_would_type_it(typed):
    assert serialise(parse(typed).tree) == typed


def test_only_what_is_looked_for_is_highlighted():
    tree = parse("甲 -乙 (标题:丙 OR -(丁 -戊)) 甲 版:3 地区:四川").tree
    assert positive_texts(tree) == (text("甲"), headline("丙"))
    assert positive_texts(parse("-甲").tree) == ()


#: Pieces that mean something, in any order; each may touch the next.
PIECES = st.sampled_from(
    ["甲", "王 毅", "PD-1", "健" * 40, "長" * 99, "e\u0301", "\u200b", "\0", "\n", " ", "  ", "　", "-", "－", "(", ")",
     "（", "）", "“", "”", '"', "＂", "「", "」", "『", "』", "|", "｜", "||", "OR", " OR ", " AND ", " NOT ", "ＯＲ",
     " 或 ", "且", " 非 ", "&", " or ", "标题:", "正文：", "作者: ", "地区:", "主题:", "栏目：", "版:", "日期:",
     "版名:", "类别：", "期号:", "期号:12", "记者:", "摄影：", "日期:*-2-29", "何文", "专家:何文",
     "日期:2024", "版:3", "2024年5月", "2024", "..", "…", "~", "13", "foo:bar", "：", "，", "《", "》", "OR(", "非(",
     "‘"]
)  # fmt: skip
TYPED = st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(max_size=150))
NAMES = st.sampled_from([lambda name: False, {"王毅", "甲甲甲", "毅甲", "何文"}.__contains__])


def depth(tree):
    if isinstance(tree, And | Or):
        return 1 + max(map(depth, tree.parts))
    return 1 + depth(tree.part) if isinstance(tree, Not) else 0


def is_plain(tree):
    """Tell whether no And is within an And, no Or within an Or, no Not of a Not, and no And or Or of a single part."""
    if isinstance(tree, And | Or):
        return len(tree.parts) > 1 and all(is_plain(part) and type(part) is not type(tree) for part in tree.parts)
    return not isinstance(tree, Not) or (is_plain(tree.part) and not isinstance(tree.part, Not))


@settings(max_examples=1500, deadline=None)
@given(TYPED, NAMES)
@example("(甲（乙 丙)", lambda name: False)
@example("标题:“甲" + "乙" * 120, lambda name: False)
@example("(甲)且|乙", lambda name: False)
@example("\ud800甲", lambda name: False)
@example("标题:““", lambda name: False)
def test_anything_typed_is_read_within_limits(typed, names):
    query = parse(typed, names)
    found = leaves(query.tree)
    strings = [leaf.text for leaf in found if hasattr(leaf, "text")]
    assert len(found) <= 12
    assert len(" ".join(strings)) <= 100
    assert all(string == string.strip() and fold(string) for string in strings)
    assert depth(query.tree) <= 3 * 9
    assert is_plain(query.tree)
    assert bool(describe(query)) == (query.tree is not None)
    assert (query.tree is None) <= (not any(char.isalnum() for char in fold(typed)) or bool(query.notices))
    assert parse(serialise(query.tree), names).tree == query.tree


@settings(max_examples=500, deadline=None)
@given(TYPED)
def test_what_is_left_of_a_tree_can_be_typed(typed):
    tree = parse(typed).tree
    for leaf in leaves(tree):
        left = without(tree, leaf)
        assert is_plain(left)
        assert leaf not in leaves(left)
        assert parse(serialise(left)).tree == left


@settings(max_examples=500, deadline=None)
@given(TYPED)
def test_an_offer_changes_one_string_into_its_filter(typed):
    query = parse(typed)
    for suggestion in query.suggestions:
        if "日期:" in suggestion.query and "当作" not in suggestion.text:
            before, after = leaves(query.tree), leaves(parse(suggestion.query).tree)
            changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
            assert [(type(old), type(new)) for old, new in changed] == [(Phrase, DateFilter)]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.sampled_from("甲乙丙丁戊己庚辛")), max_size=12))
def test_nothing_negated_is_highlighted(strings):
    typed = " ".join(f"{'-' * negated}{string}" for negated, string in strings)
    asked = dict.fromkeys(text(string) for negated, string in strings if not negated)
    assert positive_texts(parse(typed).tree) == tuple(asked)


@settings(max_examples=500, deadline=None)
@given(st.text(min_size=1, max_size=100).filter(lambda string: not set(string) & set('"＂“”「」『』') and fold(string)))
def test_a_quoted_string_is_found_as_it_stands(string):
    (leaf,) = leaves(parse(f"“{string}”").tree)
    assert (fold(leaf.text), leaf.quoted) == (fold(string), True)


@pytest.mark.parametrize(
    "typed",
    ["健", "健 ", "(", ")", "(甲", "()", "“", '"甲', "-", "NOT ", "OR ", "|", "甲 OR ", " ", "\u200b", "标题:",
     "日期:2-", "甲“", "甲(“"],
)  # fmt: skip
def test_time_is_linear_in_what_was_typed(typed):
    def seconds(length):
        text = typed * (length // len(typed))
        started = time.process_time()
        assert len(parse(text).notices) <= 10
        return time.process_time() - started

    # 100 times the text in less than 300 times the time: a quadratic parser would take 10,000 times.
    assert seconds(1_000_000) < 300 * max(min(seconds(10_000) for _ in range(3)), 0.001)
