"""The form in which text and query are compared, and the properties that search may rely on."""

import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from articles.text.fold import fold, fold_ideographs, fold_with_offsets
from articles.text.variants import OLD_FORMS, SHINJITAI, UNIHAN, VARIANTS

#: Characters that fold changes, and their neighbours.
ODD = "aZ09éİıßẞΣςσKÅµ１Ａ²₂ 　\n\t\r\u2028\x00\x1c\x7f\u00ad\u200b\u200d\u2060\ufeff\ufe0f\u0301\u0307\u0338\ud800"
ODD += '医醫衞衛飮⻅戸乾隆瞭豈\uf900⼈○〇①℃㎡ⅧǆĲ𠮷𠀾\U0002f800\U000e0100。，,、：“”"‘’「」『』－–—·•・～％.…⋯∶℡ﬁ🙂が'

characters = st.sampled_from(ODD) | st.sampled_from("a1 \n　\u200b\u0301医") | st.characters(max_codepoint=0x2AF)
texts = st.text(characters, max_size=30)


def is_alphabetic(character):
    return character in "0123456789" or unicodedata.name(character, "").startswith(("LATIN", "GREEK", "CYRILLIC"))


def folded_apart(text):
    """Return the right fold: fold each character alone, then leave of each run of white space one between letters."""
    cells = [" " if character.isspace() else fold(character) for character in text]
    words = [word for word in re.split(" +", "".join(cells)) if word]
    joined = words[:1]
    for before, word in zip(words, words[1:], strict=False):
        joined += [" ", word] if is_alphabetic(before[-1]) and is_alphabetic(word[0]) else [word]
    return "".join(joined)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("王　毅", "王毅"),  # papers pad names of two characters
        ("第 3 版", "第3版"),
        ("PD  -  1", "pd-1"),
        ("Guillain\n  Barré", "guillain barre"),  # across a line break
        ("PD \u200b １", "pd 1"),  # zero-width within white space
        ("PD\u200b１", "pd1"),  # zero-width alone is nothing
        ("\u200b 5 mg \ufeff", "5 mg"),
        ("ＣＴ檢查２０％", "ct检查20%"),
        ("國醫大師，衛生部；衞生署：瞭解", "国医大师,卫生部;卫生署:瞭解"),
        ("\U0002005e\U0002f800", "\U0002003e丽"),  # beyond the first plane
        ("乾隆", "干隆"),  # OpenCC would leave it as it is if given the string
        ("\uf9d8 ⼈⽣", "律人生"),  # a compatibility ideograph, and radicals as PDFs have them
        ("⺠⻣⻝⻓⻔⻛⻅", "民骨食长门风见"),  # radicals of the other block, as text layers of PDFs have them
        ("飮吿囘姙竝牠妳靑淸", "饮告回妊并它你青清"),  # old printed forms
        ("黒戸薬児歯歩両鉱", "黑户药儿齿步两矿"),  # Japanese forms
        ("二○二四年", "二〇二四年"),
        ("“医保”「医保」〝医保〞", '"医保""医保""医保"'),
        ("‘三医’『三医』", "'三医''三医'"),
        ("改革——医改 COVID‑19 －3 −3", "改革--医改covid-19-3-3"),
        ("白求恩•诺尔曼・亨利·", "白求恩·诺尔曼·亨利·"),
        ("PM₂.₅ m² μg µg", "pm2.5 m2 μg μg"),
        ("１∶３ 3﹕1", "1:3 3:1"),
        ("İI ıß ẞ ΟΔΟΣ ος Kelvin Å", "ii ıß ß οδοσ οσ kelvin a"),
        ("e\u0301 é \u0301", "e e"),
        ("①℃Ⅷ㎡。、《》", "①℃ⅷ㎡。、《》"),  # characters that say more than their plain form stay
        ("P≠0", "p≠0"),  # the stroke is no accent
        ("が가", "が가"),  # a dot of kana is no accent
        ("葛\U000e0100️", "葛"),  # variation selectors
        ("\x00\ud800\t", ""),
        ("", ""),
    ],
)
def test_fold(text, folded):
    assert fold(text) == folded


def test_every_character_folds_to_one_that_stays_or_to_nothing():
    for character in map(chr, (*range(0x32400), *range(0xE0000, 0xE0200))):
        folded = fold(character)
        assert len(folded) <= 1 and (folded == character or fold(folded) == folded), hex(ord(character))


def test_each_simplified_character_of_the_dictionary_stays():
    assert fold("卫生健康医疗保险中药人民后里面干发松斗谷") == "卫生健康医疗保险中药人民后里面干发松斗谷"


def test_each_variant_is_folded_into_its_own_and_none_is_a_character_of_today():
    assert {first: fold(first) for first in VARIANTS} == {first: fold(second) for first, second in VARIANTS.items()}
    assert all(fold(second) == second for first, second in VARIANTS.items() if not "\u2e80" <= first <= "\u2ef3")
    rows = [pair for table in (SHINJITAI, UNIHAN, OLD_FORMS) for pair in table.split()]
    assert len({first for first, _ in rows}) == len(rows)  # the tables are disjoint
    today = "".join(chr(code) for code in range(0x4E00, 0xA000)).encode("gb2312", "ignore").decode("gb2312")
    assert set(today) & {first for first, _ in rows} == set("砦硷谘馀")  # variants by the table of 1955, or of 1986
    # Each character that another is folded into is in use, or is a part of one in use.
    assert {second for _, second in rows if len(second.encode("gbk", "ignore")) != 2} <= set("𬯎㴔䗖䌹䴘")


@given(texts)
def test_ideographs_are_folded_in_place(text):
    folded = fold_ideographs(text)
    assert len(folded) == len(text) and fold(folded) == fold(text)
    for before, after in zip(text, folded, strict=True):
        assert after == (fold(before) if "\u2e80" <= before <= "\u9fff" and before.isalpha() else after)
        assert after == before or fold(before) == after


@settings(max_examples=1000)
@given(texts)
def test_it_equals_each_character_alone_and_the_rule_of_spaces(text):
    assert fold(text) == folded_apart(text)


@settings(max_examples=2000)
@given(texts, st.integers(0, 30), st.integers(0, 30))
@example("a b", 0, 2)
@example("a b", 1, 3)
@example("a \u200b b", 2, 5)
@example("ae\u0301 b", 2, 5)
@example("ΟΔΟΣ Α", 0, 4)
def test_any_part_of_a_text_is_found_in_it(text, start, end):
    assert fold(text[start:end]) in fold(text)


@settings(max_examples=2000)
@given(texts, texts)
@example("a", " b")
@example("a \u200b", "b")
@example("医 ", "b")
def test_a_cut_text_folds_like_the_whole_but_for_one_space_at_white_space_between_letters(first, second):
    left, right = fold(first), fold(second)
    seen = [character for character in first if character.isspace() or fold(character)][-1:]
    seen += [character for character in second if character.isspace() or fold(character)][:1]
    between = left and right and is_alphabetic(left[-1]) and is_alphabetic(right[0]) and any(map(str.isspace, seen))
    assert fold(first + second) == left + " " * bool(between) + right


@given(texts)
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)
    assert len(fold(text)) <= len(text)


@settings(max_examples=1000)
@given(texts)
def test_offsets_lead_back_to_the_character(text):
    folded = fold_with_offsets(text)
    assert (folded.source, folded.text) == (text, fold(text))
    assert len(folded.offsets) == len(folded.text) + 1
    assert folded.offsets[-1] == len(text)
    assert all(a < b for a, b in zip(folded.offsets, folded.offsets[1:], strict=False))
    for place, character in zip(folded.offsets, folded.text, strict=False):
        assert fold(text[place]) == character or (character == " " and text[place].isspace())


@settings(max_examples=1000)
@given(texts, st.integers(0, 30), st.integers(1, 8))
def test_a_range_of_the_source_folds_to_the_range_it_was_asked_for(text, start, length):
    folded = fold_with_offsets(text)
    wanted = folded.text[start : start + length]
    if wanted and wanted.strip() == wanted:
        first, last = folded.source_range(start, start + len(wanted))
        assert fold(text[first:last]) == wanted
        assert not text[first].isspace() and not text[last - 1].isspace()


def test_the_marks_that_the_index_uses_are_no_characters_of_a_text():
    assert fold("PD\u24201\u241f") == "pd1"


@pytest.mark.parametrize(
    ("text", "start", "end", "expected"),
    [
        ("请 醫 生 来", 1, 3, "醫 生"),
        ("cafe\u0301 bar", 3, 4, "e\u0301"),  # the accent belongs to its letter
        ("葛\U000e0100城", 0, 1, "葛\U000e0100"),
        ("医\u200b院", 0, 1, "医"),
        ("a  b", 0, 3, "a  b"),
        ("医院", 1, 1, ""),
    ],
)
def test_source_range(text, start, end, expected):
    first, last = fold_with_offsets(text).source_range(start, end)
    assert text[first:last] == expected
