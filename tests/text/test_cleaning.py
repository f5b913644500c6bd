"""Characters that no paper prints: which are taken out of a text, which stay, and where the rest stood."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.text.cleaning import CONTROL, KNOWN_PRIVATE, UNREADABLE, clean, clean_line, visible, visible_line

ODD = (
    "健 \n\u3000ab،क\u0600\u202e\u2066\u00ad\u200b\u200c\u200d\ufeff\x02\x08\x7f\x85\x9f\ufffe\ufdd0\ud800\udfff\u2028"
)
ODD += "⻓⻑⼈\uf900\U0002f800"
ODD += "\x1f\t\xa0\uf06c\ue5e5\ue78d\ue123\U000f0000\U0010ffff\ufe0f\U000e0100\U000e0041☺👩🏽\U000e0101❤"
texts = st.text(st.sampled_from(ODD) | st.characters(), max_size=40)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("巡\u00ad诊\u200b点", "巡诊点"),
        ("\ufeff健康\ufeff报", "健康报"),
        ("健康\u202etxt.exe\u2066报\u2069", "健康txt.exe报"),  # direction
        ("健\x02康\x08报\x00\x7f\x9f", "健康报"),
        ("健康\ufffe报\ufdd0\U0001ffff", "健康报"),  # no characters
        ("健\u3164康\ufffc\u034f报", "健康报"),  # blank by nature
        ("健康\ud800报", "健康报"),  # half a character
        ("甲\t乙\xa0丙\u2003丁\x1f戊", "甲 乙 丙 丁 戊"),
        ("甲\u2028乙\x0b丙\x0c丁\x85戊\r\n", "甲\n乙\n丙\n丁\n戊\r\n"),
        ("\uf06c 医生上山\uf0d8", "● 医生上山►"),  # Wingdings
        ("\ue5e5\ue5e5正文\ue4c6", "\u3000\u3000正文\u3000"),  # GB 18030's blanks
        ("\ue81e\ue831\ue796", "龴𡗗︙"),  # characters that GB 18030 had before Unicode
        ("⻓沙⺠生 ⼈⽣ ⻑江\uf900", "长沙民生 人生 長江豈"),  # radicals, a compatibility ideograph
        ("患\ue123者\U000f0000", "患 者 "),  # a glyph of some font
        ("葛\U000e0100城", "葛\U000e0100城"),  # one variant of an ideograph
        ("葛\U000e0100\U000e0101城 \U000e0100", "葛\U000e0100城 "),  # one selector is enough, and a space has none
        ("a\ufe0f❤\ufe0f", "a❤\ufe0f"),
        ("👩\u200d⚕\ufe0f、👨🏽\u200d🚒", "👩\u200d⚕\ufe0f、👨🏽\u200d🚒"),  # joined emoji
        ("می\u200cخواهم क\u094d\u200dष", "می\u200cخواهم क\u094d\u200dष"),  # letters that join
        ("健\u200d康\u200ca", "健康a"),
        ("\u0600١٢", "\u0600١٢"),  # a visible sign
        ("𰻝\U000323b0\u0378", "𰻝\U000323b0\u0378"),  # newer than this Python's tables, perhaps
        ("本报讯（记者　王　毅）“健康”——①℃𠮷\n", "本报讯（记者　王　毅）“健康”——①℃𠮷\n"),
    ],
)
def test_what_stays_of_a_text(text, expected):
    assert clean(text).text == expected


@given(texts)
def test_nothing_that_no_paper_prints_is_left_and_cleaning_again_changes_nothing(text):
    cleaned = clean(text).text
    left = {character for character in cleaned if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co")}
    assert left <= set("\n\r\u200c\u200d\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd")
    assert clean(cleaned).text == cleaned
    cleaned.encode()  # no half of a character


@settings(max_examples=200)
@given(texts, st.integers(0, 40), st.integers(1, 40))
def test_each_character_is_kept_or_taken_and_its_place_is_known(text, start, length):
    cleaned = clean(text)
    taken = {at for first, last, _ in cleaned.taken for at in range(first, last)}
    assert all(label in (CONTROL, UNREADABLE) for *_, label in cleaned.taken)
    kept = [at for first, last in cleaned.kept_ranges(0, len(cleaned.text)) for at in range(first, last)]
    assert sorted([*kept, *taken]) == list(range(len(text))) if cleaned.text else not kept
    start, end = min(start, len(cleaned.text)), min(start + length, len(cleaned.text))
    if start < end:
        said = "".join(text[first:last] for first, last in cleaned.kept_ranges(start, end))
        assert "".join(clean(said).text.split()) == "".join(cleaned.text[start:end].split())


def test_known_private_characters_are_private_and_become_what_is_not():
    assert {unicodedata.category(private) for private in KNOWN_PRIVATE} == {"Co"}
    assert all(clean(private).taken for private, plain in KNOWN_PRIVATE.items() if plain.isspace())
    assert all(clean(plain).text == plain for plain in KNOWN_PRIVATE.values())


def test_what_is_not_seen_is_shown_by_its_code():
    assert visible("page\u202etxt.exe\x02\x03一\n版") == "page[U+202E]txt.exe[U+0002][U+0003]一\n版"
    assert visible_line("一\r\n版\u2028\ud800") == "一[U+000D][U+000A]版[U+2028][U+D800]"
    assert visible_line("2024年 第1版.txt") == "2024年 第1版.txt"


def test_a_line_is_one():
    assert clean_line(" 要闻\r\n\u2028综合\u202e\x0c ") == "要闻 综合"
