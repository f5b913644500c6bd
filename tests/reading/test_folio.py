"""What a page says about itself (date, numbers, section, staff), and what is known about it from elsewhere."""

from datetime import date

import pytest

from articles.reading import Clues, PageReading, read_page
from articles.reading.imprint import FORMS, Form, find_forms
from articles.reading.lines import split_lines
from articles.reading.running import RULES, Rule, find_running
from tests.reading.reference import reference

STORY = "\n\n山里来了新大夫\n\n本报讯（记者丁一凡）近日，清溪县人民医院启动巡诊活动。"


def read(text: str, **clues: object) -> PageReading:
    return read_page(text, reference=reference(), clues=Clues(**clues), today=date(2026, 1, 1))


def doubts(reading: PageReading) -> list[str]:
    return [doubt.name for doubt in reading.doubts]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (
            "2024年11月22日 星期五\n\n3\n\n综合新闻\n\n责编 方若谷 版式 丁一凡",
            ("2024-11-22", None, 3, "综合新闻", "责编 方若谷 版式 丁一凡"),
        ),
        ("2024年11月22日 星期五\n\n3\n\n综合新闻", ("2024-11-22", None, 3, "综合新闻", "")),
        ("健康报\n2024年6月18日 星期二 第12345期 今日8版\n\n第1版\n要闻", ("2024-06-18", 12345, 1, "要闻", "")),
        ("6  学术·临床\n2019年10月29日 星期二 第10437期", ("2019-10-29", 10437, 6, "学术·临床", "")),
        (
            "2017年11月15日 星期三\n总第9726期\n\n评论·来信 2\n责编 方若谷",
            ("2017-11-15", 9726, 2, "评论·来信", "责编 方若谷"),
        ),
        ("健康报\n2024年11月22日 星期五 今日小雪\n第1版\n要闻", ("2024-11-22", None, 1, "要闻", "")),
        ("深 度\n\n2025年1月3日 星期五 第11892期 3", ("2025-01-03", 11892, 3, "深度", "")),
        ("二〇二四年六月十八日 星期二\n\n第十二版", ("2024-06-18", None, 12, "", "")),
        (
            "综合新闻 第2版 2025年5月9日 星期五\n编辑：方若谷 电话：010-10000000",
            ("2025-05-09", None, 2, "综合新闻", "编辑 方若谷"),
        ),
        ("健康报\nJIANKANG BAO\n2021年8月\n10\n星期二\n辛丑年七月初三", ("2021-08-10", None, None, "", "")),
        (
            "新闻·综合\n　　第5版 2009年5月\n5日 星期二 第7561期\n\n责任编辑 尉迟敏",
            ("2009-05-05", 7561, 5, "新闻·综合", "责任编辑 尉迟敏"),
        ),
        ("A06\n\n心理\n\n2022 / 03 / 18 FRI.", ("2022-03-18", None, 6, "心理", "")),
        (
            "2 时 政 2021 年 8 月 13 日 星 期 五 责任编辑：尹 未 组版：卓 远 校对：骆 听 潮",
            ("2021-08-13", None, 2, "时政", "责任编辑 尹未 组版 卓远 校对 骆听潮"),
        ),
        (
            '<div style="text-align: center;">2021年8月4日 星期三 5 健康报</div>',
            ("2021-08-04", None, 5, "", ""),
        ),
        (
            "健康报\n公元一九五四年四月二十三日 農曆甲午年三月二十一日 星期五\n第三二六期　第二版",
            ("1954-04-23", 326, 2, "", ""),
        ),
        (
            "健康报 2018年6月28日 星期四 农历戊戌年五月十五 第10376期\n要闻 2版 | 深度 4版 | 临床 6版\n"
            "国内统一连续出版物号\nCN 11-0010 邮发代号1-20 零售每份1.00元 社址：北京市清溪街6号",
            ("2018-06-28", 10376, None, "", ""),
        ),
        (
            "欢迎访问健康报电子版！　今天是2025年11月27日 星期四\n返回首页　版面导航\n健康报\n"
            "2014-10-15　星期三　Wednesday\n07版 健康周末 PDF版",
            ("2014-10-15", None, 7, "健康周末", ""),
        ),
    ],
)
def test_it_reads_the_folio(head: str, expected: tuple[object, ...]) -> None:
    page = read(head + STORY)
    editors = " ".join(f"{editor.role} {editor.name}" for editor in page.editors)
    assert (str(page.date), page.issue_number, page.page_number, page.section, editors) == expected
    assert [item.headline for item in page.items] == ["山里来了新大夫"]


@pytest.mark.parametrize(
    ("foot", "expected"),
    [
        (
            "第四版\n周末\n一九九八年九月十二日 星期六\n本版编辑麻三省\n电话：010-10000000",
            ("1998-09-12", 4, ["麻三省"]),
        ),
        ("— 6 —", (None, 6, [])),
        (
            "责编：祝青山　美编：年有余　　新闻热线：(010)10000000　　www.example.com\n07",
            (None, 7, ["祝青山", "年有余"]),
        ),
        ("2\n健康报\n2025-12-09\nTuesday", ("2025-12-09", 2, [])),
    ],
)
def test_it_reads_a_folio_at_the_foot(foot: str, expected: tuple[object, ...]) -> None:
    page = read(STORY.strip() + "\n\n" + foot)
    found = (page.date and page.date.isoformat(), page.page_number, [editor.name for editor in page.editors])
    assert found == expected
    assert [(item.headline, len(item.blocks)) for item in page.items] == [("山里来了新大夫", 1)]


def test_it_reads_a_folio_in_the_midst_of_a_page() -> None:
    page = read(STORY.strip() + "\n\n2\n\n健康报\n\n2025-12-09\n\nTuesday" + STORY.replace("新大夫", "老大夫"))
    assert (str(page.date), page.page_number) == ("2025-12-09", 2)
    assert [item.headline for item in page.items] == ["山里来了新大夫", "山里来了老大夫"]


@pytest.mark.parametrize(
    "last",
    [
        "遗失声明\n方若谷遗失护士执业证书，声明作废。\n清溪县卫生健康局\n2024年11月20日",
        "招聘启事\n清溪县人民医院招聘护士两名。\n联系电话：010-10000000\n2024年11月20日",
        "一篇旧文\n近日，医疗队出发。\n（原载《健康报》2024年11月20日第6版）",
        "<table><tr><td>2025年3月3日</td><td>星期一</td></tr></table>",
        "义诊启事\n时间：2025年3月2日（星期日）\n请带好病历。",
        "值班日记\n2020年2月3日 星期一 晴\n今天是2025年1月2日，我值夜班。\n2020年2月4日 星期二\n又是一夜。",
        "欢迎您到我院就诊，我们将竭诚为您服务。\n作者称，未经授权使用其图片侵犯版权，法院判赔三万元。",
        "门诊人次\n近日，清溪县公布门诊人次。\n门诊 12 住院 15\n急诊 18 出诊 21\n各科都在增加。",
    ],
)
def test_what_looks_like_a_folio_within_an_item_is_none(last: str) -> None:
    page = read("健康报 2024年11月22日 星期五 第3版" + STORY + "\n\n" + last)
    assert (str(page.date), page.page_number) == ("2024-11-22", 3)
    assert "date-disagrees" not in doubts(page) and "number-disagrees" not in doubts(page)
    folio = [page.text[s.start : s.end] for s in page.segments if s.label in ("folio", "staff", "section")]
    assert folio == ["健康报 2024年11月22日 星期五 第3版"]


def test_a_date_that_the_calendar_confirms_counts_whatever_is_on_its_line() -> None:
    page = read("健康报社出版的健康周末特别策划系列报道之二2025年12月9日星期二" + STORY + "12月11日，会议召开。")
    assert (str(page.date), page.date_basis) == ("2025-12-09", "printed")


def test_a_weekday_that_the_calendar_does_not_confirm_is_a_doubt() -> None:
    page = read("2024年11月22日 星期四" + STORY)
    assert [(d.name, d.detail) for d in page.doubts if d.name == "weekday-disagrees"] == [
        ("weekday-disagrees", "2024-11-22 ≠ 星期四")
    ]


def test_the_day_after_an_event_is_never_that_after_a_folio() -> None:
    """A folio without a valid date is no event either."""
    page = read("2024年" + STORY + "8月3日，会议召开。\n\n健康报 2024年8月40日 星期三 第2版")
    assert (str(page.date), page.date_basis) == ("2024-08-04", "inferred")


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.kind)
def test_each_form_of_a_folio_is_found_in_its_example(form: Form) -> None:
    assert [found.kind for found in find_forms(form.example)] == [form.kind]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_line_of_a_digital_edition_is_known_by_its_example(rule: Rule) -> None:
    assert find_running(split_lines(f"{rule.example}\n山里来了新大夫")) == {0}


def test_a_list_of_titles_is_no_text_and_its_entries_are() -> None:
    head = "健康报 2024年8月7日 星期三 第2版\n本版新闻\n· 山里来了新大夫\n· 溪边来了新大夫"
    page = read(head + STORY + STORY.replace("山里", "溪边"))
    assert [item.headline for item in page.items] == ["山里来了新大夫", "溪边来了新大夫"]


def test_the_author_of_a_digital_edition_is_one() -> None:
    info = "字号：大 中 小　　2014-10-15 00:00:00　来源：健康报　作者：本报记者 邸青苗　通讯员 芮小禾"
    page = read(f"健康报 2014年10月15日 星期三\n\n山里来了新大夫\n{info}\n　　近日，清溪县人民医院启动巡诊活动。")
    assert [(name.role, name.name) for name in page.items[0].bylines] == [("记者", "邸青苗"), ("通讯员", "芮小禾")]
    assert page.items[0].paragraphs == ["近日，清溪县人民医院启动巡诊活动。"]


def test_it_reads_a_role_and_its_name_on_two_lines() -> None:
    page = read("首席编辑\n\n方若谷" + STORY)
    assert [(editor.role, editor.name) for editor in page.editors] == [("首席编辑", "方若谷")]


@pytest.mark.parametrize(
    ("line", "editors"),
    [
        ("责任编辑/荀伯安　版式/米小禾", "责任编辑 荀伯安 版式 米小禾"),
        ("■责编 仇以恒 ■美编 佘听雨", "责编 仇以恒 美编 佘听雨"),
        ("值班主任 鄢知秋　编辑 郗小舟", "值班主任 鄢知秋 编辑 郗小舟"),
        ("统筹/燕南归 责编/逄博文 美编/初　夏", "统筹 燕南归 责编 逄博文 美编 初夏"),
        ("校　　对：竺晓舲", "校对 竺晓舲"),
        ("责编/版式 方可", "责编/版式 方可"),
    ],
)
def test_lines_of_staff_are_read_however_their_roles_are_parted(line: str, editors: str) -> None:
    page = read("2024年1月16日　星期二　第4版" + STORY + "\n\n" + line)
    assert " ".join(f"{editor.role} {editor.name}" for editor in page.editors) == editors


def test_one_character_is_no_section() -> None:
    assert read("1981年5月17日　星期日\n丿\n第2版" + STORY).section == ""
    assert read("1981年5月17日　星期日　第2版　丿" + STORY).section == ""
    assert read("1981年5月17日　星期日\n时 政\n第2版" + STORY).section == "时政"


def test_what_a_story_s_people_did_makes_no_staff() -> None:
    page = read("2024年1月16日　星期二　第4版" + STORY + "\n\n统筹/燕南归 摄影/方若谷")
    assert page.editors == ()


@pytest.mark.parametrize(
    ("clues", "expected", "basis", "doubted"),
    [
        ({"given_date": date(2024, 1, 2), "named_date": date(2024, 1, 4)}, date(2024, 1, 2), "given", 2),
        ({"named_date": date(2024, 1, 4)}, date(2024, 1, 3), "printed", 1),
        ({"named_date": date(2024, 1, 3)}, date(2024, 1, 3), "printed", 0),
    ],
)
def test_it_settles_the_date_by_precedence(clues: dict[str, date], expected: date, basis: str, doubted: int) -> None:
    page = read("2024年1月3日 星期三" + STORY, **clues)
    assert (page.date, page.date_basis, doubts(page).count("date-disagrees")) == (expected, basis, doubted)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024年3月1日，会议召开。3月5日，医疗队出发。", date(2024, 3, 6)),
        ("3月5日，2024年动员会召开。力争到2030年12月31日建成。", date(2024, 3, 6)),  # a plan does not date the page
        ("2024年3月5日，会议召开。新规自7月1日起施行，将于8月2日评估，截至9月30日。", date(2024, 3, 6)),
        ("2024年2月30日，会议召开。", None),  # no such day
        ("12月30日，会议召开。2025年1月2日，医疗队出发。", date(2025, 1, 3)),
        ("3月5日，会议召开。", None),  # no year
        ("没有日期。", None),
    ],
)
def test_it_infers_the_day_after_the_latest_event(text: str, expected: date | None) -> None:
    page = read("山里来了新大夫\n\n本报讯（记者丁一凡）" + text)
    assert page.date == expected
    assert page.date_basis == ("inferred" if expected else None)
    assert ("date-inferred" in doubts(page), "date-unknown" in doubts(page)) == (expected is not None, expected is None)


def test_it_doubts_a_date_to_come_and_an_impossible_one() -> None:
    assert "date-future" in doubts(read("2031年1月3日 星期五" + STORY))
    page = read("2024年2月30日 星期五" + STORY)
    assert (page.date, "date-impossible" in doubts(page)) == (None, True)


def test_it_never_guesses_a_page_number() -> None:
    page = read("山里来了新大夫\n\n本报讯（记者丁一凡）近日启动。（下转第3版）")
    assert (page.page_number, "number-unknown" in doubts(page)) == (None, True)
    page = read("第4版" + STORY, given_page=5, named_page=4)
    assert (page.page_number, doubts(page).count("number-disagrees")) == (5, 2)
