"""People as they are printed: their names, their roles, and the credits that they have."""

import pytest

from articles.reading.known_people import read_known
from articles.reading.names import is_person, read_people
from articles.reading.pieces import cut_text, cut_title
from tests.reading.reference import reference

WORDS = reference().words


@pytest.mark.parametrize(
    ("text", "bylines", "credits"),
    [
        ("本报记者 丁一凡 通讯员 方若谷", ["记者 丁一凡", "通讯员 方若谷"], []),  # the role is carried to each name
        ("□本报记者 丁一凡 凡若谷  于归", ["记者 丁一凡", "记者 凡若谷", "记者 于归"], []),
        ("口本报记者 丁一凡", ["记者 丁一凡"], []),  # □ as OCR gives it
        ("特约记者 方 可 石小竹", ["特约记者 方可", "特约记者 石小竹"], []),  # a name padded to three places
        ("（记者丁一凡 特约记者方若谷 通讯员石小竹）", ["记者 丁一凡", "特约记者 方若谷", "通讯员 石小竹"], []),
        ("记者丁一凡通讯员方若谷", ["记者 丁一凡", "通讯员 方若谷"], []),  # no spaces at all
        ("特约记者 阿依努尔·吐尔逊 文/图", ["特约记者 阿依努尔·吐尔逊"], ["文/图 阿依努尔·吐尔逊"]),
        (
            "通讯员丁一凡 特约记者方若谷摄影报道",
            ["通讯员 丁一凡", "特约记者 方若谷"],
            ["摄影报道 丁一凡", "摄影报道 方若谷"],
        ),
        ("本報記者 陳少華 通訊員 趙 衞", ["记者 陳少華", "通讯员 趙衞"], []),  # read in any writing, kept as printed
        ("（諾爾曼•白求恩 編譯）", ["编译 諾爾曼·白求恩"], []),
        ("方若谷摄", [], ["摄影 方若谷"]),
        ("方若谷/摄", [], ["摄影 方若谷"]),
        ("摄影：方若谷", [], ["摄影 方若谷"]),
        ("文/丁一凡 图/方若谷", ["作者 丁一凡"], ["摄影 方若谷"]),
        ("（方若谷 编译）", ["编译 方若谷"], []),
        ("（方若谷 编译自世卫组织网站）", ["编译 方若谷"], []),
        ("（方若谷 整理）", ["整理 方若谷"], []),
        ("（读者 方若谷）", ["读者 方若谷"], []),
        ("（方若谷 丁一凡）", ["作者 方若谷", "作者 丁一凡"], []),
        ("（辛夷）", ["作者 辛夷"], []),  # a name that is a word, in brackets
        ("闻人朔", ["作者 闻人朔"], []),  # a surname of two characters
        ("甘露 蓝田玉摄影报道", ["作者 甘露", "作者 蓝田玉"], ["摄影报道 甘露", "摄影报道 蓝田玉"]),
        ("蓝田玉 甘露 摄", [], ["摄影 蓝田玉", "摄影 甘露"]),
        ("本报记者 丁一凡文 特约记者 方若谷摄", ["记者 丁一凡"], ["摄影 方若谷"]),
    ],
)
def test_it_reads_people(text: str, bylines: list[str], credits: list[str]) -> None:
    people = read_people(text, WORDS, bracketed=text.startswith("（"))
    assert people is not None
    assert [f"{name.role} {name.name}" for name in people.bylines] == bylines
    assert [f"{name.role} {name.name}" for name in people.credits] == credits


@pytest.mark.parametrize(
    "text",
    [
        "本报记者在现场看到",
        "高血压",
        "简讯",
        "（右）",
        "记者从会上获悉，近日",
        "在县里扎下根",
        "",
        "（图略）",
        "（方法）",
        "现场拍摄",
        "航空摄影",
    ],
)
def test_it_takes_no_other_words_for_people(text: str) -> None:
    assert read_people(text, WORDS, bracketed=text.startswith("（")) is None


def test_a_name_is_told_in_any_writing():
    assert is_person("陳少華", WORDS) and is_person("马麗麗", WORDS) and not is_person("高血壓", WORDS)


def spelt(people) -> tuple[list[str], list[str]]:
    return [f"{name.role} {name.name}" for name in people.bylines], [f"{x.role} {x.name}" for x in people.credits]


@pytest.mark.parametrize(
    ("text", "bylines"),
    [
        ("山西长治　读者　幸半夏", ["读者 幸半夏"]),  # a place is no person
        ("退休教师　操大年", ["作者 操大年"]),
        ("方　可　　林向晚　　邢　森", ["作者 方可", "作者 林向晚", "作者 邢森"]),  # a name that is a word, too
        ("口述 才仁道尔吉 整理 常亦舒", ["口述 才仁道尔吉", "整理 常亦舒"]),
        ("卞海峰 口述　孟 夏 整理", ["口述 卞海峰", "整理 孟夏"]),
        ("诺拉·奎恩 编译 林未眠", ["作者 诺拉·奎恩", "编译 林未眠"]),
        ("本 报 记 者 扎西尼玛", ["记者 扎西尼玛"]),
        ("牟  若  冰", ["作者 牟若冰"]),
        ("文 溪", ["作者 文溪"]),
    ],
)
def test_lines_known_to_name_people_are_read_freely(text: str, bylines: list[str]) -> None:
    assert spelt(read_known(text, WORDS)) == (bylines, [])


@pytest.mark.parametrize(
    ("text", "bylines"),
    [
        ("……深受欢迎。（凤来仪）", ["作者 凤来仪"]),
        ("……深受欢迎。（西藏　索朗多吉）", ["作者 索朗多吉"]),
        ("……深受欢迎。（和丽阳）", ["作者 和丽阳"]),
        ("……深受欢迎。（记者 公冶澄）", ["记者 公冶澄"]),
        ("本报记者师旷从黑龙江省大兴安岭地区报道　一辆大巴改装的体检车，这个春天在跑。", ["记者 师旷"]),
        ("江淮晨报讯（记者公冶澄）有关部门日前召开会议。", ["记者 公冶澄"]),
        ("本报讯（通讯员连秋实　巴图）一种检测卡近日进入验证。", ["通讯员 连秋实", "通讯员 巴图"]),
        ("他摆了摆手。（大笑）", []),  # a remark is no name
        ("他指给记者看。（见右图）", []),
        ("他来得很早。（完）", []),
    ],
)
def test_names_are_read_before_a_text_and_behind_it(text: str, bylines: list[str]) -> None:
    named = [piece.people for piece in cut_text(text, WORDS) if piece.people is not None]
    assert [row for people in named for row in spelt(people)[0]] == bylines
    assert not any(people.credits for people in named)


def test_the_name_of_a_column_before_a_headline_is_its_kicker() -> None:
    assert [(piece.kind, piece.text) for piece in cut_title("护理笔记 一碗没有放盐的面", "headline")] == [
        ("kicker", "护理笔记"),
        ("text", "一碗没有放盐的面"),
    ]
    for title in ("车上抢时间 院里等病人", "加强管理 提高质量"):
        assert [piece.text for piece in cut_title(title, "headline")] == [title]


def test_a_lead_of_another_paper_says_whose_the_story_is() -> None:
    for lead, agency in (("云岭晚报讯（记者 卓远山）近日……", "云岭晚报"), ("本报讯（记者 卓远山）近日……", "")):
        assert cut_text(lead, WORDS)[0].people.agency == agency
