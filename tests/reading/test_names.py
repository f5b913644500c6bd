"""People as they are printed: who, in what role, and in whose credit."""

import pytest

from articles.reading.names import is_person, read_people
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
        ("本報記者 陳少華 通訊員 趙 衞", ["记者 陳少華", "通讯员 趙衞"], []),  # told in any writing, given as printed
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
