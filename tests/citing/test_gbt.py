"""References by the national standard, in both of its editions."""

import datetime

import pytest

from articles.citing import Cited, gbt_2015, gbt_2025, source_line

ADDRESS = "https://archive.example.cn/articles/7/"


def cited(title="让好医生扎下根", *authors, **fields):
    plain = {"date": datetime.date(2024, 11, 5), "accessed": datetime.date(2026, 11, 22), "pages": (1,)}
    return Cited(**{"id": 7, "url": ADDRESS, "title": title, "authors": authors, **plain, **fields})


#: (what the case is about, what is cited, the reference of 2025, the reference of 2015)
CASES = [
    (
        "two authors",
        cited("让好医生扎下根", "张磊", "李海南"),
        "张磊，李海南. 让好医生扎下根[N]. 健康报，2024-11-05（1）.",
        "张磊, 李海南. 让好医生扎下根[N]. 健康报, 2024-11-05(1).",
    ),
    (
        "no author",
        cited("让好医生扎下根"),
        "让好医生扎下根[N]. 健康报，2024-11-05（1）.",
        "让好医生扎下根[N]. 健康报, 2024-11-05(1).",
    ),
    (
        "three authors",
        cited("让好医生扎下根", "张磊", "李海南", "王毅"),
        "张磊，李海南，王毅. 让好医生扎下根[N]. 健康报，2024-11-05（1）.",
        "张磊, 李海南, 王毅. 让好医生扎下根[N]. 健康报, 2024-11-05(1).",
    ),
    (
        "four authors",
        cited("让好医生扎下根", "张磊", "李海南", "王毅", "赵一苇"),
        "张磊，李海南，王毅，等. 让好医生扎下根[N]. 健康报，2024-11-05（1）.",
        "张磊, 李海南, 王毅, 等. 让好医生扎下根[N]. 健康报, 2024-11-05(1).",
    ),
    (
        "a deck, with the dash that is printed before it",
        cited("马背上的三十四年", "张磊", deck="——记苏尼特左旗蒙医乌力吉"),
        "张磊. 马背上的三十四年：记苏尼特左旗蒙医乌力吉[N]. 健康报，2024-11-05（1）.",
        "张磊. 马背上的三十四年：记苏尼特左旗蒙医乌力吉[N]. 健康报, 2024-11-05(1).",
    ),
    (
        "pages apart, out of order",
        cited("让好医生扎下根", "张磊", pages=(5, 7, 2, 6)),
        "张磊. 让好医生扎下根[N]. 健康报，2024-11-05（2, 5-7）.",
        "张磊. 让好医生扎下根[N]. 健康报, 2024-11-05(2, 5-7).",
    ),
    (
        "pages in a row",
        cited("让好医生扎下根", "张磊", pages=(2, 3)),
        "张磊. 让好医生扎下根[N]. 健康报，2024-11-05（2-3）.",
        "张磊. 让好医生扎下根[N]. 健康报, 2024-11-05(2-3).",
    ),
    (
        "no page number",
        cited("让好医生扎下根", "张磊", pages=()),
        "张磊. 让好医生扎下根[N]. 健康报，2024-11-05.",
        "张磊. 让好医生扎下根[N]. 健康报, 2024-11-05.",
    ),
    (
        "a column that the headline names, and a kicker that it does not",
        cited("药盒上的字（药师手记）", "张磊", column="药师手记", kicker="合理用药"),
        "张磊. 药盒上的字（药师手记）[N]. 健康报，2024-11-05（1）.",
        "张磊. 药盒上的字（药师手记）[N]. 健康报, 2024-11-05(1).",
    ),
    (
        "the second paper of a day",
        cited("让好医生扎下根", "张磊", edition=2),
        "张磊. 让好医生扎下根[N]. 健康报：[当日第2种]，2024-11-05（1）.",
        "张磊. 让好医生扎下根[N]. 健康报：[当日第2种], 2024-11-05(1).",
    ),
    (
        "an office as author",
        cited("小镇医生的“面子”", "本报评论员"),
        "本报评论员. 小镇医生的“面子”[N]. 健康报，2024-11-05（1）.",
        "本报评论员. 小镇医生的“面子”[N]. 健康报, 2024-11-05(1).",
    ),
    (
        "an estimated date",
        cited("让好医生扎下根", "张磊", date=datetime.date(1985, 3, 2), is_date_inferred=True, pages=(2,)),
        "张磊. 让好医生扎下根[N]. 健康报，[1985-03-02]（2）.",
        "张磊. 让好医生扎下根[N]. 健康报, [1985-03-02](2).",
    ),
    (
        "a title that is not printed",
        cited("牧民第一次做了心电图检查…", is_title_printed=False, deck="不印的副题"),
        "[牧民第一次做了心电图检查…][N]. 健康报，2024-11-05（1）.",
        "[牧民第一次做了心电图检查…][N]. 健康报, 2024-11-05(1).",
    ),
    (
        "translated",
        cited("护士的一天", "约翰·史密斯", translators=("徐超",)),
        "约翰·史密斯. 护士的一天[N]. 徐超，译. 健康报，2024-11-05（1）.",
        "约翰·史密斯. 护士的一天[N]. 徐超, 译. 健康报, 2024-11-05(1).",
    ),
]


@pytest.mark.parametrize(("what", "article", "of_2025", "of_2015"), CASES, ids=[case[0] for case in CASES])
def test_the_printed_paper_is_cited(what, article, of_2025, of_2015):
    assert (gbt_2025(article), gbt_2015(article)) == (of_2025, of_2015)


@pytest.mark.parametrize(("what", "article", "of_2025", "of_2015"), CASES, ids=[case[0] for case in CASES])
def test_the_archives_page_is_cited_with_its_address_and_by_2015_with_the_day(what, article, of_2025, of_2015):
    assert gbt_2025(article, online=True) == f"{of_2025.replace('[N]', '[N/OL]')} {ADDRESS}."
    assert gbt_2015(article, online=True) == f"{of_2015.replace('[N]', '[N/OL]')[:-1]}[2026-11-22]. {ADDRESS}."


def test_a_source_line_says_all_that_is_known_of_where():
    assert source_line(cited(pages=(1, 3), issue_number=12001)) == "《健康报》2024年11月5日第1版、第3版（总第12001期）"
    unsure = cited(pages=(), is_date_inferred=True, edition=2)
    assert source_line(unsure) == "《健康报》约2024年11月5日（当日第2种）（版次待考）"
