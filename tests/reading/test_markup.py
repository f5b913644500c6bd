"""Markup that tools write around a text: it is taken out, recorded for the lines left, and never shown to readers."""

import random
import re

import pytest

from articles.reading import read_page
from articles.reading.lines import split_lines
from articles.reading.markup import MARKUP, read_markup
from articles.reading.markup.wrappers import PICTURE, REMARK, WAY, WRAPPERS
from tests.reading.reference import ROOT, reference
from tests.reading.test_promise import assert_partition

#: Text that no field may hold: tags, marks of Markdown, commands of LaTeX, entities, pictures.
MARKS = re.compile(
    r"</?(?:div|span|table|tr|td|br|img|p|b|sup|center|html|body)\b|!\[|\]\(|\*\*|^#|\$.{0,40}\$|\\[a-z]+|\\[*_#]|&[a-z]+;"
    r"|<\||\|>|```|<!--|-->|^\{\d+\}|\|\s*-{3}|＊＊|＃＃|_page_\d",
    re.MULTILINE | re.IGNORECASE,
)
PAGES = sorted(
    path for folder in ("cases", "formats", "tools", "own") for path in (ROOT / "tests/pages" / folder).glob("*.txt")
)


def fields(reading):
    """Yield each text of a reading that readers see."""
    yield reading.section
    yield from (editor.name for editor in reading.editors)
    for item in reading.items:
        yield from (item.kicker, item.headline, item.deck, *(block.text for block in item.blocks))
        yield from (person.name for person in (*item.bylines, *item.credits))


def assert_plain(reading):
    shown = [(text, MARKS.search(text)[0]) for text in fields(reading) if MARKS.search(text)]
    assert shown == []


@pytest.mark.parametrize("wrapper", [*WRAPPERS, PICTURE, REMARK, WAY], ids=lambda wrapper: wrapper.name)
def test_each_form_is_taken_out_of_its_example(wrapper):
    plain = read_markup(f"{wrapper.example}医生上山\n")
    assert plain.text == "医生上山\n"
    assert {label for _, _, label in plain.cleaned.taken} == {MARKUP}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# 一级\n## 二级 ##\n＃＃ 全角", "一级\n二级\n全角"),
        ("#健康中国#是话题，#1号", "#健康中国#是话题，#1号"),
        ("正文*强调*的**粗**字，3*4*5＝60。\n***\n> 引文\n- 甲\n", "正文强调的粗字，3*4*5＝60。\n引文\n甲\n"),
        ("— 3 —\n- 3 -", "— 3 —\n- 3 -"),
        ("**标题\n两行**\n正文", "标题\n两行\n正文"),
        ("*为甲，*为乙。A*B*C", "*为甲，*为乙。A*B*C"),
        ("（插图：方若谷）\n（照片）\n【图片】", "（插图：方若谷）\n（照片）\n【图片】"),
        ("星\\*号\\_线1\\.点", "星*号_线1.点"),
        ("[链接](https://example.com/a_(b))及[注](见第3版)", "链接及[注](见第3版)"),
        ("医生[^1]\n\n[^1]: 注文", "医生1\n\n注文"),
        ("文&nbsp;字&ldquo;好&rdquo;&amp;ldquo;&lt;div&gt;&unknown;&#8203;", "文 字“好”“<div>&unknown;"),
        ("a < b，《<未定>》，<张三>，价格$5和$6，a_b_c", "a < b，《<未定>》，<张三>，价格$5和$6，a_b_c"),
        ("x<sup>2</sup>，CO<sub>2</sub>，注<sup>①</sup>", "x²，CO2，注①"),
        ('<div style="text-align: center;">标题</div>\n\n正文<br>换行', "标题\n\n正文\n换行"),
        ("<style>p {color: red}</style>正文<script>x()</script>", "正文\n"),
        (
            "<!DOCTYPE html>\n<html><head><title>健康报</title></head>\n<body>\n<h1>山里来了\n  新大夫</h1>\n"
            "<p>近日，清溪县\n  人民医院用 CT\n  scan 巡诊。</p>\n<p>乡亲们</p></body></html>\n",
            "山里来了新大夫\n近日，清溪县人民医院用 CT scan 巡诊。\n乡亲们\n",
        ),
        ("<html><body><table><tr><td>甲</td></tr></table></body></html>\n\n# 标题\n正文", " 甲 \n\n标题\n正文"),
        (f"以下是文字：\n```markdown\n{'正文一段，足够长。' * 9}\n```\n注：未转写。", f"{'正文一段，足够长。' * 9}\n"),
        ("# 标题\n正文甲。\n```\n姓名 年龄\n```\n正文乙。", "标题\n正文甲。\n姓名 年龄\n正文乙。"),
        ("张**，男，3岁。*P<0.05，**P<0.01，5~~10岁，10~~20岁", "张**，男，3岁。*P<0.05，**P<0.01，5~~10岁，10~~20岁"),
        ("当x<a 且y>b时，若P<b 时，取Q>a", "当x<a 且y>b时，若P<b 时，取Q>a"),
        ("- 20℃以下\n>60岁者\n[接种指南]\n~~~温馨提示", "- 20℃以下\n>60岁者\n[接种指南]\n~~~温馨提示"),
        ("研究\\[1\\]表明，血压$120~140$", "研究[1]表明，血压120～140"),
        ("$3\\frac{1}{2}$小时，$\\frac{a+b}{c}$", "3 1/2小时，(a+b)/c"),
        ("</style>正文一<style>a{}</style>正文二", "正文一\n正文二"),
        ("---\r\nprimary_language: zh\r\n---\r\n## 题 ##\r\n***\r\n[图片]\r\n文\r\n", "题\n文\n"),
    ],
)
def test_marks_and_tags_are_taken_out_and_text_is_not(text, expected):
    assert read_markup(text).text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"$3 7 . 5 ^ { \circ } \mathrm { C }$ 、", "37.5℃、"),
        (r"有 $ 31.4\% $的人", "有31.4%的人"),
        (r"（ $ SpO_{2} $）低于 $95 \%$ 的", "（SpO2）低于95%的"),
        (r"$\textcircled{1}$ 白细胞大于 $1 0 \times 1 0 ^ { 9 } / \mathrm { L }$ ，", "①白细胞大于10×10⁹/L，"),
        (r"$\mathrm { P M } _ { 2 . 5 }$ 宜在 $1 8 \sim 2 2 ~ ^ { \circ } \mathrm { C }$ 。", "PM2.5宜在18～22℃。"),
        (r"\( 37.3^{\circ}\mathrm{C} \)和\(CO_{2}\)", "37.3°C和CO2"),
        (r"$\frac { 1 } { 2 }$的$10^{-3}$，$ 1\,072 $人，$\alpha$", "1/2的10⁻³，1072人，α"),
        (r"$$f = f_{0} + k / d$$", "f=f0+k/d"),
        (r"$\text{第 1 版}$与$p < 0 . 0 5$", "第 1 版与p<0.05"),
        ("从$5涨到$6，又涨到$7", "从$5涨到$6，又涨到$7"),
        ("$5至$6，US$5 to US$6", "$5至$6，US$5 to US$6"),
    ],
)
def test_formulas_of_ordinary_prose_become_what_was_printed(text, expected):
    assert read_markup(text).text.replace("°C", "℃") == expected.replace("°C", "℃")


def said(text, kind):
    plain = read_markup(text)
    return [(each.value, plain.text[each.start : each.end].strip()) for each in plain.said if each.kind == kind]


def test_it_says_what_markup_said():
    assert said("# 一\n### **三**", "heading") == [(1, "一"), (3, "三")]
    assert said("# 一\n### **三**", "bold") == [(None, "三")]
    assert said("<center>图为医生</center>", "centred") == [(None, "图为医生")]
    assert said("<figcaption>图为医生</figcaption>", "caption") == [(None, "图为医生")]
    assert said("<|ref|>sub_title<|/ref|><|det|>[[1, 2, 3, 4]]<|/det|>\n甲\n", "region") == [("title", "甲")]
    table = '<table><tr><td rowspan="2">乡<br>镇</td>\n<td>人&amp;数</td></tr>\n<tr><td>铜井</td></tr></table>'
    assert said(table, "cell") == [((1, 0, 0), "乡 镇"), ((1, 0, 1), "人&数"), ((1, 1, 1), "铜井")]
    assert said("| 甲 | 乙\\|丙 |\n|:--|--:|\n| 1 | 2 |\n", "cell") == [
        ((1, 0, 1), "甲"), ((1, 0, 2), "乙|丙"), ((1, 1, 1), "1"), ((1, 1, 2), "2"),
    ]  # fmt: skip


def test_each_row_of_a_table_is_a_line_and_no_emptied_line_is_a_blank_one():
    text = "甲\n\n<table>\n<tr>\n<td>一\n二</td>\n<td>三</td>\n</tr>\n</table>\n\n![](a.jpg)\n\n乙"
    plain = read_markup(text)
    lines = split_lines(plain.text, plain.said)
    assert [(line.text.split(), line.gap, line.marks.table, line.marks.picture) for line in lines] == [
        (["甲"], 0, 0, False),
        (["一", "二", "三"], 1, 1, False),
        (["乙"], 1, 0, True),
    ]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_markup_is_shown_of_any_page_and_no_character_lost(path):
    reading = read_page(path.read_bytes().decode("utf-8"), reference=reference())
    assert_plain(reading)
    assert_partition(reading)


#: The parts of a mixture: markup around, between and within lines.
AROUND = [
    "# {}", "## **{}**", "#### <span id=\"page-0-0\"></span>{}", "**{}**", "*{}*", "<div align=\"center\">{}</div>",
    "<p>{}</p>", "- {}", "> {}", "<b>{}</b>", "{}<br>", "<center>{}</center>", "{}&nbsp;", "{}[^1]", "　　{}", "{}  ",
    "<h2>{}</h2>", "<|ref|>text<|/ref|><|det|>[[1, 2, 3, 4]]<|/det|>\n{}", "<td>{}</td>", "~~{}~~", "__{}__", "{}",
]  # fmt: skip
BETWEEN = [
    "\n", "\n\n", "\n\n![](images/a1.jpg)\n\n", "\n<!-- image -->\n", "\n---\n", "\n{0}------------\n",
    "\n\n<img src=\"a\"/>\n",
    "\n| 甲 | 乙 |\n|---|---|\n| 1 | **2** |\n", "\n<table><tr><td>甲</td><td>$ 3\\% $</td></tr></table>\n", "\r\n",
    "\n```\n", "\n<｜end▁of▁sentence｜>\n", "\n![图](data:image/png;base64,iVBORw0KGgo=)\n",
]  # fmt: skip
WITHIN = [
    "$3 7 . 5 ^ { \\circ } \\mathrm { C }$", "\\(CO_{2}\\)", "&ldquo;好&rdquo;", "1\\.", "<sup>①</sup>", "**要**",
    "[医院](http://a.b/)",
    "$\\textcircled{2}$", "<br>", "&amp;", "\\*", "<span>字</span>", "`码`",
]  # fmt: skip


def mixture(seed):
    """Return lines of a page with markup around, between and within them."""
    chance = random.Random(seed)
    lines = chance.choice([path for path in PAGES if path.parent.name == "own"]).read_text("utf-8").splitlines()
    at = chance.randrange(max(1, len(lines) - 8))
    parts = []
    for line in lines[at : at + 8]:
        line = re.sub(r"^##\s*|[*$\\|<>#`~_&]", "", line)
        if line.strip() and chance.random() < 0.4:
            cut = chance.randrange(len(line) + 1)
            line = line[:cut] + chance.choice(WITHIN) + line[cut:]
        parts += [chance.choice(AROUND).format(line.strip()) if line.strip() else "", chance.choice(BETWEEN)]
    return "".join(parts)


def test_no_markup_is_shown_of_a_mixture_and_no_character_lost():
    for seed in range(500):
        text = mixture(seed)
        reading = read_page(text, reference=reference())
        shown = [(seed, field, MARKS.search(field)[0]) for field in fields(reading) if MARKS.search(field)]
        assert shown == [], text
        assert_partition(reading)
