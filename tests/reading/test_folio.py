"""What a page says of itself: date, numbers, section, staff; and what is known besides."""

from datetime import date

import pytest

from articles.reading import Clues, PageReading, read_page
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
    ],
)
def test_it_reads_the_folio(head: str, expected: tuple[object, ...]) -> None:
    page = read(head + STORY)
    editors = " ".join(f"{editor.role} {editor.name}" for editor in page.editors)
    assert (str(page.date), page.issue_number, page.page_number, page.section, editors) == expected
    assert [item.headline for item in page.items] == ["山里来了新大夫"]


def test_it_reads_a_role_and_its_name_on_two_lines() -> None:
    page = read("首席编辑\n\n方若谷" + STORY)
    assert [(editor.role, editor.name) for editor in page.editors] == [("首席编辑", "方若谷")]


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
