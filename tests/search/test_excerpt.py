"""Marks and excerpts refer to the original text, whatever form the match has there."""

import time
import unicodedata
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.search import excerpt as module
from articles.search.excerpt import GAP, MOST_MARKS, Fragment, excerpt, highlight, marks
from articles.text.fold import fold

characters = st.sampled_from("医醫疗院aAé1 \n　\u200b\u0301\ufe0f，。”“…")
texts = st.text(characters, max_size=40)
needles = st.lists(st.text(characters, max_size=4).map(fold), max_size=4)


def marked(text, ranges):
    for start, end in reversed(ranges):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return text


def shown(pieces):
    return "".join(f"[{piece.text}]" if piece.is_hit else piece.text for piece in pieces)


def test_of_a_story_as_long_as_a_book_a_string_far_in_is_shown_all_the_same():
    texts = ["医院的事" * 100] * 50 + ["末了说到瑞金医院。"]
    assert "末了说到[瑞金医院]。" in shown(excerpt(texts, ["医院", "瑞金"]))
    assert shown(excerpt(texts, ["医院"])).count("[医院]") > 10


def marks_apart(text, needles):
    """Return each offset of the text that lies in a match, by brute force: each part that folds to a needle is one."""
    covered = set()
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            # A match begins and ends with a character that folding keeps.
            is_tight = fold(text[start]) and fold(text[end - 1])
            if is_tight and fold(text[start:end]) in needles:
                while end < len(text) and unicodedata.category(text[end]) == "Mn":
                    end += 1
                covered |= set(range(start, end))
    return sorted(covered)


@pytest.mark.parametrize(
    ("text", "needles", "expected"),
    [
        ("请到瑞金医院就诊", ["瑞金医院"], "请到[瑞金医院]就诊"),
        ("請到瑞金醫院就診", ["瑞金医院"], "請到[瑞金醫院]就診"),
        ("记者 王　毅 报道", ["王毅"], "记者 [王　毅] 报道"),  # no outer white space
        ("医\n院 医 院", ["医院"], "[医\n院] [医 院]"),  # matches apart by white space stay apart
        ("医院医院", ["医院"], "[医院医院]"),  # touching
        ("aaa b", ["aa"], "[aaa] b"),  # overlapping with itself
        ("协和医院院长", ["协和医院", "医院院长"], "[协和医院院长]"),  # overlapping
        ("协和医院", ["协和医院", "医"], "[协和医院]"),  # one within the other
        ("ＣＴ検查与PD  -１", ["ct", "pd-1"], "[ＣＴ]検查与[PD  -１]"),
        ("5 mg 与 5mg", ["5mg"], "5 mg 与 [5mg]"),  # the space between letters counts
        ("Cafe\u0301 café", ["cafe"], "[Cafe\u0301] [café]"),
        ("医\u200b院\u200b", ["医院"], "[医\u200b院]\u200b"),
        ("他说“医保”：好", ['"医保":'], "他说[“医保”：]好"),
        ("<b>医院</b>&amp;", ["医院"], "<b>[医院]</b>&amp;"),
        ("医院", ["", "药"], "医院"),
        ("", ["医"], ""),
    ],
)
def test_marks(text, needles, expected):
    assert marked(text, marks(text, needles)) == expected
    assert shown(highlight(text, needles)) == expected


@settings(max_examples=2000)
@given(texts, needles)
def test_marks_are_those_of_a_brute_force_search(text, needles):
    found = marks(text, needles)
    assert sorted(place for start, end in found for place in range(start, end)) == marks_apart(text, needles)
    assert all(end < start for (_, end), (start, _) in zip(found, found[1:], strict=False))
    assert bool(found) == any(needle and needle in fold(text) for needle in needles)


@given(texts, needles)
def test_a_highlighted_text_is_the_text(text, needles):
    pieces = highlight(text, needles)
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text for piece in pieces)
    assert [piece.text for piece in pieces if piece.is_hit] == [text[start:end] for start, end in marks(text, needles)]


A = "今年上半年，全县门诊量增长明显。县医院院长说，医共体建设走过三年，药品目录统一，检查结果互认，群众少跑了路。"
B = "省里的集采结果同日公布，降价品种超过三百个；村医说，药箱里的药便宜了，也不再断货，老人们按月来取。"


@pytest.mark.parametrize(
    ("texts", "needles", "length", "expected"),
    [
        # A short text is shown whole.
        (["医院开诊"], ["医院"], 20, "[医院]开诊"),
        # A cut is behind a sentence and before the end of one, at a clause, or within it if no punctuation is near.
        ([A], ["医共体"], 36, "……县医院院长说，[医共体]建设走过三年，药品目录统一，检查结果互认，……"),
        ([A], ["三年"], 20, "……共体建设走过[三年]，药品目录统一，……"),
        (["春" * 30 + "医院" + "秋" * 30], ["医院"], 20, f"……{'春' * 6}[医院]{'秋' * 12}……"),
        (["甲" * 10 + "。乙，乙医院" + "丙" * 30], ["医院"], 11, f"……乙，乙[医院]{'丙' * 6}……"),
        (["甲" * 9 + "。　　医院在此。" + "乙" * 30], ["医院"], 12, "……[医院]在此。……"),
        (["甲" * 9 + "。”医院在此。" + "乙" * 30], ["医院"], 12, f"……[医院]在此。{'乙' * 7}……"),
        # It is not cut where most of the length would be lost. An indent does not count as text left out.
        (["　　集采。" + "甲" * 50], ["集采"], 20, f"[集采]。{'甲' * 15}……"),
        # At an edge of the text, all the length goes to the other side.
        ([A], ["今年"], 20, "[今年]上半年，全县门诊量增长明显。……"),
        ([A], ["少跑"], 20, "……检查结果互认，群众[少跑]了路。"),
        # The window with the most different strings wins over the first one and the one with the most hits.
        (["医保医保" + "甲" * 40 + "医保与医院"], ["医保", "医院"], 20, "……" + "甲" * 15 + "[医保]与[医院]"),
        # Strings that stand apart have a window each, in the order of the texts. A paragraph's own edge is no gap.
        ([A, B], ["集采", "医共体"], 40, "……[医共体]建设走过三年，药品目录统一，……省里的[集采]结果同日公布，……"),
        (["一是医保", "二是医院", "三是药品", "四是集采"], ["集采", "集采", "医保", "医院", "药品"], 30,
         "一是[医保]……二是[医院]……三是[药品]"),
        # Windows that touch are joined.
        (["医院三四五六七八九，一二三四五六七药品。", "集采公布"], ["集采", "医院", "药品"], 30,
         "[医院]三四五六七八九，一二三四五六七[药品]。……[集采]公布"),
        # Three short strings outweigh a long one that leaves no room for two of them.
        (["甲·乙·丙丁戊己庚辛壬癸"], ["甲", "乙", "丁", "丙丁戊己庚"], 6, "[甲]·[乙]·[丙丁]……"),
        # If nothing is found, as when only the headline holds the strings, the beginning is shown.
        (["", A], ["省"], 20, "今年上半年，全县门诊量增长明显。……"),
        (["\n ", ""], ["省"], 20, ""),
        ([], ["省"], 20, ""),
        # No word of letters, no number and no other match is cut in two.
        (["甲" * 20 + "医院1,000张床位" + "乙" * 30], ["医院"], 8, "……甲甲[医院]……"),
        (["医保" + "甲" * 13 + "医保与医院"], ["医保", "医院"], 19, f"……{'甲' * 13}[医保]与[医院]"),
        (["新冠" * 5 + "病毒COVID变异株2024年流行于各地的学校与社区"], ["变异"], 6, "……[变异]株……"),
        (["集采" + "甲" * 15 + "集采集采" + "乙" * 9], ["集采"], 20, "[集采]" + "甲" * 15 + "……"),
        # A match may be longer than the excerpt.
        (["甲" * 30], ["甲" * 25], 10, "[" + "甲" * 10 + "]……"),
    ],
)  # fmt: skip
def test_excerpt(texts, needles, length, expected):
    assert shown(excerpt(texts, needles, length)) == expected


@settings(max_examples=1000)
@given(st.lists(texts, max_size=4), needles, st.integers(3, 40))
def test_an_excerpt_is_original_text_with_gaps(texts, needles, length):
    pieces = excerpt(texts, needles, length)
    windows, number, place = [[]], 0, 0
    for piece in pieces:
        if piece is GAP:
            windows.append([])
        else:
            windows[-1].append(piece)
    windows = [window for window in windows if window]
    assert sum(len(piece.text) for window in windows for piece in window) <= length
    for window in windows:
        text = "".join(piece.text for piece in window)
        while (found := texts[number].find(text, place)) < 0:
            number, place = number + 1, 0  # an IndexError here means a window out of order or of no text
        place = found + len(text)
    assert all(a is not GAP or b is not GAP for a, b in zip(pieces, pieces[1:], strict=False))
    present = {needle for needle in needles if needle and any(needle in fold(text) for text in texts)}
    assert any(piece.is_hit for piece in pieces) == bool(present)
    assert bool(pieces) == any(text.strip() for text in texts)


@settings(max_examples=1000)
@given(st.lists(texts, max_size=4), needles, st.integers(3, 40), st.integers(0, 20))
def test_no_more_than_the_lead_stands_before_the_first_mark(texts, needles, length, lead):
    pieces = excerpt(texts, needles, length, lead)
    before = [piece.text for piece in pieces if piece is not GAP]
    first = next((place for place, piece in enumerate(pieces) if piece.is_hit), None)
    if first is not None:
        assert len("".join(before[: sum(piece is not GAP for piece in pieces[:first])])) <= lead


@settings(max_examples=2000)
@given(st.text("abcd甲，。 ", max_size=60), st.sets(st.text("abcd", min_size=1, max_size=3)), st.integers(4, 20))
def test_no_window_holds_more_different_strings_than_the_excerpt(text, needles, length):
    def held(part):
        return sum(needle in fold(part) for needle in needles)

    excerpted = "".join(piece.text for piece in excerpt([text], needles, length))
    assert held(excerpted) >= max((held(text[start : start + length]) for start in range(len(text))), default=0)


ONE_CHARACTER = "健" * 200_000
TWELVE = ["健" * length for length in (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233)]


def test_what_is_made_of_a_text_is_bounded_whatever_it_holds(monkeypatch):
    made, make = [], module._Match
    monkeypatch.setattr(module, "_Match", lambda *match: made.append(match) or make(*match))
    excerpt([ONE_CHARACTER], TWELVE)
    assert len(made) < 20_000
    made.clear()
    seen = Counter()
    pieces = [piece for _ in range(5) for piece in highlight(ONE_CHARACTER, TWELVE, seen)]
    assert len(made) <= len(TWELVE) * (MOST_MARKS + 1)
    assert len(pieces) < 10


@pytest.mark.parametrize("needles", [["健"], ["健", "健健", "健" * 50], TWELVE], ids=len)
@pytest.mark.parametrize("show", [lambda text, needles: excerpt([text], needles), highlight], ids=["excerpt", "marks"])
def test_a_text_full_of_a_string_takes_no_longer_than_one_that_has_it_once(needles, show):
    def seconds(text):
        start = time.process_time()
        show(text, needles)
        return time.process_time() - start

    once = "康" * len(ONE_CHARACTER) + "健" * 300
    assert seconds(ONE_CHARACTER) < 15 * min(seconds(once) for _ in range(3))


def test_each_string_is_marked_a_thousand_times_and_rare_ones_wherever_they_stand():
    text = "健，" * 5000 + "末了说到瑞金医院。"
    seen = Counter()
    pieces = highlight(text, ["健", "瑞金医院"], seen)
    hits = [piece.text for piece in pieces if piece.is_hit]
    assert hits == ["健"] * MOST_MARKS + ["瑞金医院"]
    assert "".join(piece.text for piece in pieces) == text
    assert seen["健"] > MOST_MARKS and seen["瑞金医院"] == 1
    again = [piece.text for piece in highlight(text, ["健", "瑞金医院"], seen) if piece.is_hit]
    assert again == ["瑞金医院"]


def test_a_string_far_in_a_text_full_of_another_is_in_the_excerpt():
    text = "健" * 100_000 + "末了说到瑞金医院。"
    assert "[瑞金医院]" in shown(excerpt([text], ["健", "瑞金医院"])).replace("健", "")
    assert shown(excerpt([text], ["健"])).startswith("[健健")


def test_marks_and_excerpts_take_linear_time():
    def seconds(size):
        start = time.process_time()
        excerpt(["的" * size], ["的", "的的的", "的" * 50])
        return time.process_time() - start

    assert min(seconds(40_000) for _ in range(2)) < 30 * min(seconds(4_000) for _ in range(5))


def test_pieces_are_never_escaped_here():
    assert highlight("<i>医</i>", ["医"]) == [Fragment("<i>", False), Fragment("医", True), Fragment("</i>", False)]
