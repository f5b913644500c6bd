"""Promise 1: labelled segments partition every text of any kind, and fields are made of these segments."""

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.reading import FIELD_LABELS, PageReading, read_page
from articles.reading.markup import read_markup
from articles.text.cleaning import CONTROL, UNREADABLE, clean
from tests.reading.reference import ROOT, reference

PAGES = sorted((ROOT / "fixtures/pages").glob("*.txt"))
SCRAPS = st.sampled_from(
    "本报讯|（记者|方可）|。|，|\n|\n\n|\n\n\n\n|## |——|第3版|（下转第2版）|（上接第1版）|●|　| |2024年6月18日"
    "|责编 方可|问：|摄|图为|“|”|编者按|**|\r\n|□|新华社|电|"
    "<br>|<div>|</div>|$|&ldquo;|![](a.jpg)|\\|*|#|<td>|</td></tr>|<table><tr>|<sup>2</sup>|$1 \\times 2$|[^1]|```|---|"
    "\ufeff|\u2028|3|公 告|健康|近日|文/图|相关报道见今日第7版——|（作者系"
    "|\u202e|\x02|\uf06c|\ue5e5|\ue123|\ud800|葛\U000e0100".split("|")
)


def squeezed(text: str) -> str:
    return "".join(text.split())


def assert_partition(reading: PageReading) -> None:
    """Assert that each non-space offset lies in one segment, in order, and that each field has its segments' text."""
    text, at = reading.text, 0
    for segment in reading.segments:
        assert at <= segment.start < segment.end <= len(text)
        assert not text[at : segment.start].strip()
        assert (segment.item is not None) or segment.label not in FIELD_LABELS
        at = segment.end
    assert not text[at:].strip()
    shown = as_shown(text)
    for index, item in enumerate(reading.items):
        fields = "".join([item.headline, item.deck, *item.paragraphs, *item.subheads])
        have = "".join(sorted(squeezed(fields)))
        assert clean(fields).text == fields
        said = [s for s in reading.segments if s.item == index and s.label in FIELD_LABELS and s.label != "kicker"]
        offsets = [offset for s in said for offset in range(s.start, s.end)]
        assert have == "".join(sorted(squeezed("".join(shown.get(offset, "") for offset in offsets))))


def as_shown(text: str) -> dict[int, str]:
    """Map each offset of a text that is shown as a character to that character: “ for the & of &ldquo;."""
    cleaned = clean(text)
    plain = read_markup(cleaned.text)
    shown: dict[int, str] = {}
    for at, character in enumerate(plain.text):
        inner, _ = plain.cleaned.source_range(at, at + 1)
        shown[cleaned.source_range(inner, inner + 1)[0]] = character
    return shown


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(st.text(max_size=400), st.lists(SCRAPS, max_size=60).map("".join)))
def test_it_loses_no_character_of_any_text(text: str) -> None:
    assert_partition(read_page(text, reference=reference()))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(page=st.sampled_from(PAGES), seed=st.integers(0, 10**9))
def test_it_loses_no_character_of_a_cut_shuffled_and_noised_page(page: Path, seed: int) -> None:
    chance = random.Random(seed)
    lines = page.read_text("utf-8").split("\n")
    begin = chance.randrange(len(lines))
    lines = lines[begin : begin + chance.randrange(5, 60)]
    if chance.random() < 0.5:
        chance.shuffle(lines)
    text = chance.choice(["\n", "\r\n", "\n\n"]).join(lines)
    noise = [chance.choice("。，（）“”#*—□口 \n\u3000第版记者摄aZ3\u200b") for _ in range(20)]
    for mark in noise:
        at = chance.randrange(len(text) + 1)
        text = text[:at] + mark + text[at + chance.randrange(2) :]
    assert_partition(read_page(text, reference=reference()))


def test_what_no_paper_prints_is_in_no_field_and_keeps_a_segment_of_its_item() -> None:
    text = PAGES[0].read_text("utf-8")
    plain = read_page(text, reference=reference())
    item = plain.items[0]
    at = text.index(item.paragraphs[0][:6]) + 3
    noisy = f"{text[:at]}\u202e\x08\ue123\u200b{text[at:]}\x02"
    reading = read_page(noisy, reference=reference())
    assert_partition(reading)
    assert reading.text == noisy
    assert reading.items[0].headline == item.headline
    assert reading.items[0].paragraphs == [f"{item.paragraphs[0][:3]} {item.paragraphs[0][3:]}", *item.paragraphs[1:]]
    assert reading.items[0].span == (item.span[0], item.span[1] + 4)
    taken = [(s.start - at, s.end - at, s.label, s.item) for s in reading.segments if s.label in (CONTROL, UNREADABLE)]
    end = len(noisy) - at
    assert taken[:3] == [(0, 2, CONTROL, 0), (2, 3, UNREADABLE, 0), (3, 4, CONTROL, 0)]
    assert taken[3:] == [(end - 1, end, CONTROL, None)]
    assert [doubt.detail for doubt in reading.doubts if doubt.name == "unreadable-characters"] == ["U+E123"]


def test_a_known_bullet_of_a_word_processor_is_a_mark() -> None:
    text = f"{PAGES[0].read_text('utf-8')}\n\n\uf06c雨天防滑\u3000雨天出门应穿防滑鞋，走路放慢脚步，上下台阶扶好扶手。"
    reading = read_page(text, reference=reference())
    assert_partition(reading)
    assert all("\uf06c" not in "".join([item.headline, *item.paragraphs]) for item in reading.items)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_it_leaves_nothing_over_on_the_sample_pages(page: Path) -> None:
    reading = read_page(page.read_text("utf-8"), reference=reference())
    assert_partition(reading)
    assert reading.texts(leftover=True) == []


def test_it_reads_windows_line_ends_like_others() -> None:
    text = PAGES[0].read_text("utf-8")
    unix, windows = (read_page(each, reference=reference()) for each in (text, text.replace("\n", "\r\n")))
    assert [(i.headline, i.blocks, i.bylines) for i in unix.items] == [
        (i.headline, i.blocks, i.bylines) for i in windows.items
    ]
