"""Words: rjieba cuts them, and the tests hold it to jieba, the reference."""

import logging
import os
import random
import re

import jieba
import pytest
import rjieba
from django.conf import settings

from articles.text.fold import fold
from articles.text.tokens import read_words, search_splitter, split_words
from tests.make import SAMPLES

WORDS = settings.FIXTURES_DIR / "words.txt"


@pytest.fixture(scope="module")
def reference():
    """Return a function that makes a new jieba. Its cache lies where no other user can lay one (fxsjy/jieba#903)."""
    jieba.setLogLevel(logging.WARNING)

    def make():
        dictionary = jieba.Tokenizer()
        dictionary.tmp_dir = os.environ["VAR_DIR"]
        dictionary.initialize()
        return dictionary

    return make


@pytest.fixture(scope="module")
def taught(reference):
    """Return jieba with the words of words.txt."""
    dictionary = reference()
    for word in map(fold, read_words(WORDS)):
        if dictionary.lcut(word, HMM=False) != [word]:
            dictionary.add_word(word, dictionary.suggest_freq(word), "n")
    return dictionary


@pytest.fixture(scope="module")
def sentences():
    """Return 2,000 sentences: those of the sample pages, and seeded random mixtures of their clauses and the words."""
    text = "\n".join(path.read_text("utf-8") for path in sorted(SAMPLES.glob("*.txt")))
    real = [part for part in re.split(r"(?<=[。！？\n])", text) if part.strip()]
    clauses = [part for part in re.split(r"[，。！？；：、“”\s]+", text) if part]
    words, chance = read_words(WORDS), random.Random(3)
    made = []
    while len(real) + len(made) < 2000:
        parts = chance.choices(clauses, k=2) + chance.choices(words, k=3)
        parts.append(text[(start := chance.randrange(len(text))) : start + chance.randrange(1, 12)])
        chance.shuffle(parts)
        made.append(chance.choice(["", "，", " "]).join(parts))
    return real + made


def jieba_search(dictionary, text):
    return [word for word in dictionary.lcut_for_search(fold(text), HMM=False) if re.search(r"[^\W_]", word)]


def test_the_words_of_search_are_those_of_jieba(taught, sentences):
    words = search_splitter(WORDS).words
    assert len(sentences) == 2000
    assert [s for s in sentences if words(fold(s)) != jieba_search(taught, s)] == []


def test_the_words_of_the_topics_are_those_of_jieba(reference, sentences):
    dictionary = reference()
    search_splitter(WORDS)  # this must leave the dictionary of the topics alone
    assert [s for s in sentences if split_words(s) != dictionary.lcut(s, HMM=False)] == []


def test_every_listed_word_is_cut_alike_and_whole(reference):
    ours, theirs, words = rjieba.Jieba(), reference(), search_splitter(WORDS).words
    for word in map(fold, read_words(WORDS)):
        if theirs.lcut(word, HMM=False) != [word]:
            assert ours.suggest_freq(word) == theirs.suggest_freq(word), word
            ours.add_word(word, ours.suggest_freq(word), "n")
            theirs.add_word(word, theirs.suggest_freq(word), "n")
    for word in map(fold, read_words(WORDS)):
        assert words(word) == jieba_search(theirs, word), word
        assert words(word)[-1] == word


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("县域医共体与集采", ["县域", "医共体", "县域医共体", "与", "集采"]),
        ("縣域醫共體", ["县域", "医共体", "县域医共体"]),  # traditional, by fold
        ("ＨＰＶ疫苗 COVID-19", ["疫苗", "hpv疫苗", "covid", "19"]),
        ("同比增长31.6%。（完）_", ["同比", "增长", "31", "6", "完"]),
        (" “—…”🙂", []),
        ("", []),
    ],
)
def test_words_of_search(text, expected):
    assert search_splitter(WORDS).words(fold(text)) == expected


def test_the_list_of_words():
    words = read_words(WORDS)
    assert len(words) >= 400
    assert len(set(map(fold, words))) == len(words)
    assert [word for word in words if len(word) < 2 or fold(word) != word.lower()] == []
    assert {"医共体", "医联体", "集采", "国家卫生健康委", "新质生产力", "三明医改"} <= set(words)


def test_remarks_and_empty_lines_are_no_words(tmp_path):
    (tmp_path / "words.txt").write_text("# 政策\n集采\n\n  医共体 \r\n#医联体\n", "utf-8")
    assert read_words(tmp_path / "words.txt") == ["集采", "医共体"]


@pytest.mark.parametrize("text", ["\ud800", "健康\ud800报\udfff", "\udfff\ud800", "记者\ud800丁一凡"])
def test_half_a_character_is_a_word_of_its_own(text):
    words = split_words(text)
    assert "".join(words) == text
    assert all(len(word) == 1 for word in words if not word.isprintable())


def test_a_known_string_is_found_wherever_it_stands_and_nowhere_else(sentences):
    """Promise 5: a search for a known string asks for its term alone, so the terms must be those of the substrings."""
    known, chance = search_splitter(WORDS).known, random.Random(19)
    vocabulary = [word for word in map(fold, read_words(WORDS)) if word in known(word)]
    assert len(vocabulary) > 400
    texts = [fold(sentence) for sentence in sentences]
    texts += ["".join(chance.sample(vocabulary, 3)) for _ in range(300)]  # words that overlap at their ends
    texts += ["1000万人ct检查000人", "卡拉ok厅的t恤", "国家卫生健康委员会办公厅"]
    for text in texts:
        parts = {
            text[start:end] for start in range(len(text)) for end in range(start + 3, min(start + 8, len(text)) + 1)
        }
        assert set(known(text)) == {part for part in parts if part in known(part)}, text
