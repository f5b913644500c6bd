"""Texts that no newspaper prints but a damaged file may hold: a few characters over and over."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from articles.reading import Reference
from articles.text.tokens import split_words
from tests.reading.reference import ROOT, reference

_BODY = "近日，清溪县人民医院启动巡诊活动，为山里的老人送医上门。"

#: The characters that each text repeats, by the name of its shape.
SHAPES = {
    "a character": "健",
    "a character a line": "健\n",
    "a county": "清河县",
    "a county a line": "清河县\n",
    "counties of a name": "鼓楼区、",
    "places with partners": "与上海合作，",
    "provinces by a letter": "京津冀",
    "digits": "0123456789",
    "a digit a line": "7\n",
    "dates": "2024年5月3日",
    "dates, a line each": "2024年5月3日\n",
    "spaces": " ",
    "blank lines": "\n",
    "stops": "。",
    "a stop a line": "。\n",
    "dashes": "—",
    "brackets": "（",
    "a bracket a line": "（\n",
    "brackets, one in another": "（（（）））",
    "quotes": "“”",
    "notes that don't end": "（作者系清溪\n",
    "leads": "本报讯",
    "roles": "记者",
    "a role a line": "记者\n",
    "acts": "摄影",
    "names": "丁一凡 ",
    "signatures": "□本报记者 丁一凡 方若谷\n",
    "credits": "方若谷摄\n",
    "telephones": "电话：010-1234567 ",
    "an address": "https://www.example.org/",
    "letters": "a",
    "tags": "<div><span>健</span></div>",
    "tags, a line each": "<p>健康</p>\n",
    "marks": "# 标题\n\n**粗** [链](http://a.b/c)\n\n",
    "hashes": "#",
    "stars": "*",
    "rows of a table": "| 健 | 康 |\n",
    "open tags": "<div",
    "tags that don't end": '<div class="健" ',
    "tags in tags": "<div>",
    "tables that don't end": "<table><tr><td>健",
    "rows of HTML": "<tr><td>健</td><td>康</td></tr>\n",
    "cells of HTML in one row": "<td>健</td>",
    "heads that don't end": "<head>",
    "raised figures": "<sup>2</sup>",
    "raised without an end": "<sup>",
    "comments that don't end": "<!-- 健",
    "dollars": "$",
    "formulas": "$3 7 . 5 ^ { \\circ }$健",
    "formulas that don't end": "$3 \\times {",
    "formulas one in another": "$\\frac{\\frac{",
    "powers": "$^{^{",
    "round formulas": "\\(健",
    "backslashes": "\\",
    "pictures": "![](a.jpg)\n",
    "pictures that don't end": "![健",
    "addresses that don't end": "![](a(",
    "links": "[健](http://a.b)",
    "links that don't end": "[健](",
    "notes' marks": "[^1]",
    "bold": "**健**",
    "bold that doesn't end": "**健",
    "stars apart": "* 健 ",
    "low lines": "_",
    "low lines apart": "_健 ",
    "strokes": "|",
    "strokes a line": "|\n",
    "dashes of a table": "|-",
    "ticks": "`",
    "fences": "```\n",
    "fences with text": "```\n健\n",
    "entities": "&ldquo;",
    "entities that don't end": "&ldquo",
    "ampersands": "&amp;",
    "regions": "<|ref|>text<|/ref|><|det|>[[1, 2, 3, 4]]<|/det|>\n健\n",
    "regions that don't end": "<|ref|>",
    "heads of data": "---\n健: 康\n",
    "rules": "---\n",
    "quotations": "> ",
    "lists": "- 健\n",
    "remarks": "[图片：健]\n",
    "folios, a line each": "健康报 2024年5月3日 星期五 第3版\n",
    "weekdays": "星期五 ",
    "staff": "责编 丁一凡 ",
    "navigation": "上一篇 下一篇 ",
    "navigation, a line each": "上一篇 下一篇\n",
    "lists of titles": "本版新闻\n",
    "authors of an edition": "来源：健康报 作者：丁一凡\n",
    "indexes of pages": "要闻 2版 | ",
    "old characters": "健康報記者攝",
    "old leads": "【新華社清溪十四日電】\n",
    "headlines": "山里来了新大夫\n\n",
    "short items": f"山里来了新大夫\n\n本报讯（记者丁一凡）{_BODY}\n\n",
    "items of one line": f"本报讯（记者丁一凡）{_BODY}\n\n",
    "captions": "图为医生走在山路上。\n方若谷摄\n\n",
    "notices": "遗失声明\n\n丁一凡遗失护士执业证书，声明作废。\n\n",
    "paragraphs that don't end": "医生都在山里\n\n本报讯 今天，\n\n",
    "turns of a talk": "问：为什么回来？\n答：这里缺医生。\n",
    "jump lines": "（下转第3版）\n",
    "verse": "山里来了\n新的大夫\n老人不用\n跑下山去\n\n",
}


def text_of(shape: str, size: int) -> str:
    """Return `size` characters of a shape. The last one differs, so that no pattern fits the whole text at once."""
    unit = SHAPES[shape]
    return (unit * (size // len(unit) + 1))[: size - 1] + "终"


@cache
def ordinary_text() -> str:
    """Return the invented pages, one below the other."""
    paths = [*(ROOT / "fixtures/pages").glob("*.txt"), *(ROOT / "tests/pages/own").glob("*.txt")]
    return "\n\n".join(path.read_text("utf-8") for path in sorted(paths)) + "\n\n"


@cache
def as_served() -> Reference:
    """Return the tables with the word splitter that the archive reads with."""
    return replace(reference(), words=split_words)
