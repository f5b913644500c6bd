"""Words of Chinese text as jieba cuts them without guessing (HMM off), for the order of results and for the topics.

rjieba does the cutting. It gives the same words as jieba, some 20 times faster. tests/text/test_tokens.py compares it
with jieba itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from itertools import accumulate
from pathlib import Path

import rjieba

from .fold import fold

_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


def split_words(text: str) -> list[str]:
    """Return the words of a text in order, by jieba's own dictionary, for the topics. Joined, the words give `text`."""
    try:
        return rjieba.cut(text, hmm=False)  # the module's own dictionary, which stays as it is
    except UnicodeEncodeError:
        # rjieba needs UTF-8, which can't hold half a character. A character that no word contains takes its place.
        ends = list(accumulate(map(len, rjieba.cut(_LONE_SURROGATE.sub("\ufffd", text), hmm=False))))
        return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def read_words(words_file: Path) -> list[str]:
    """Return the words of a list (fixtures/words.txt) with one word a line, without its comments and empty lines."""
    lines = (line.strip() for line in words_file.read_text("utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


@cache
def search_splitter(words_file: Path) -> Callable[[str], list[str]]:
    """Return the splitter for search: folded text -> its words in order, each after the shorter words within it.

    The splitter uses jieba's dictionary and the words of `words_file`, which is read once a process. It leaves out
    white space and punctuation. The text must be folded, because the dictionary knows neither 醫院 nor ＣＴ.
    """
    dictionary = rjieba.Jieba()
    for word in map(fold, read_words(words_file)):
        # A word that the dictionary cuts as one word is left alone. A higher frequency would make it take characters
        # from its neighbours.
        if dictionary.cut(word, hmm=False) != [word]:
            dictionary.add_word(word, dictionary.suggest_freq(word), "n")

    is_word = str.isalnum

    def words(folded: str) -> list[str]:
        cut = dictionary.cut_for_search(folded, hmm=False)
        return [word for word in cut if is_word(word) or (len(word) > 1 and any(map(is_word, word)))]

    return words
