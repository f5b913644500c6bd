"""Any page can be read: thousands of pages, cut, shuffled, wrapped and spaced, raise nothing and lose no character."""

import random
from functools import cache

import pytest

from articles.reading import marks, read_page
from tests.reading.odd_texts import as_served
from tests.reading.reference import ROOT
from tests.reading.test_promise import assert_partition

#: The number of pages that one test reads. Eight tests read 2,000 pages.
PAGES = 250

#: Strings that stand alone on a line of a page, or where they should not.
STRAYS = (
    "丁一凡 方若谷 石小竹 王小归 李小露|丁一凡 方若谷|方 可|清溪县人民医院 方若谷|丁|山里来了新大夫|——记清溪县的巡诊"
    "|公 告|简讯|编者按|□本报记者|（记者|本报讯|本报讯（记者|记者|（作者系清溪|方若谷摄|（图片由|第3版|（下转第2版）"
    "|（上接第1版）|见今日第7版——|3|十|百"
    "|2024年6月31日|责编|美编 丁一凡|声明作废|问：|答：|电话：|一、|二、健全机制|1.|①|②|²|٣"
    "|#|##|**|*|●|▲|□|口|【|】|（|）|（）|[|“|”|《|。|，|："
    "|—|…|.|A B|a|\t|\u3000|\ufeff|\u200b|\u202e|\ud800|\udfff|\U00020000|\ue000|\x1c|\x85|\u2028|\x0c"
).split("|")


@cache
def sources() -> tuple[list[list[str]], list[str]]:
    """Return the lines of each invented page, and the examples of the reader's marks."""
    paths = sorted([*(ROOT / "fixtures/pages").glob("*.txt"), *(ROOT / "tests/pages/own").glob("*.txt")])
    examples = [mark.example for mark in vars(marks).values() if isinstance(mark, marks.Mark)]
    return [path.read_text("utf-8").split("\n") for path in paths], examples


def make_page(chance: random.Random) -> str:
    """Cut a few lines out of a page. Then shuffle, shorten, wrap, space and litter them, each step by chance."""
    pages, examples = sources()
    page = chance.choice(pages)
    start = chance.randrange(len(page))
    lines = page[start : start + chance.randrange(2, 14)]
    if chance.random() < 0.5:
        chance.shuffle(lines)
    if chance.random() < 0.4:
        lines = [line[chance.randrange(8) * (chance.random() < 0.3) :][: chance.randrange(1, 40)] for line in lines]
    if chance.random() < 0.3:
        width = chance.randrange(2, 24)
        lines = [line[at : at + width] for line in lines for at in range(0, max(len(line), 1), width)]
    if chance.random() < 0.2:
        lines = [" ".join(line) if chance.random() < 0.4 else line for line in lines]
    for _ in range(chance.randrange(6)):
        stray = chance.choice(STRAYS) if chance.random() < 0.8 else chance.choice(examples)
        at = chance.randrange(len(lines) + 1)
        if chance.random() < 0.6:
            lines[at:at] = chance.choice(([stray], ["", stray, ""], [stray, stray]))
        elif at < len(lines):
            cut = chance.randrange(len(lines[at]) + 1)
            lines[at] = lines[at][:cut] + stray + lines[at][cut:]
    return chance.choice(["\n", "\n", "\n\n", "\r\n", "\n\n\n\n"]).join(lines)


@pytest.mark.parametrize("seed", range(8))
def test_any_page_can_be_read(seed: int) -> None:
    for number in range(PAGES):
        text = make_page(random.Random(seed * PAGES + number))
        try:
            assert_partition(read_page(text, reference=as_served()))
        except Exception as error:
            error.add_note(f"page {number} of seed {seed}: {text!r}")
            raise
