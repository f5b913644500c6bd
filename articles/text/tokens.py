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
from typing import NamedTuple

import rjieba

from .fold import fold

#: The lengths of known strings. A string of two characters is one bigram, which is fast without help.
KNOWN_LENGTHS = range(3, 9)

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


class Splitter(NamedTuple):
    """What the index and the queries take of a folded text: its words, for the order, and its known strings.

    `words` gives the words in order, each after the shorter words within it, without white space and punctuation.
    `known` gives the known strings that stand in the text, with repetitions: the words of the dictionary that have
    KNOWN_LENGTHS ideographs. It gives them wherever they stand, also inside a longer word or across two words.
    """

    words: Callable[[str], list[str]]
    known: Callable[[str], list[str]]


@cache
def search_splitter(words_file: Path) -> Splitter:
    """Return the splitter of folded texts by jieba's dictionary and the words of `words_file`, read once a process.

    The text must be folded, because the dictionary knows neither 醫院 nor ＣＴ.
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

    def known(folded: str) -> list[str]:
        # Only runs of ideographs are looked up word by word. A run of digits or letters is given as a whole: 000 stands
        # in 1000, but would not be given.
        every = dictionary.cut_all(folded)
        return [word for word in every if len(word) in KNOWN_LENGTHS and "\u3400" <= word[0] <= "\u9fff"]

    return Splitter(words, known)
