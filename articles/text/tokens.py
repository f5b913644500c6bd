"""Words of Chinese text, as jieba cuts them without guessing (HMM off): for the order of results, and for the topics.

rjieba cuts them: the same words, some 20 times faster. jieba itself is the reference that tests/text/test_tokens.py
holds it to.
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
    """Return the words of a text in order, from jieba's own dictionary: for the topics. Joined they are the text."""
    try:
        return rjieba.cut(text, hmm=False)  # the module's own dictionary, to which nobody adds a word
    except UnicodeEncodeError:
        # Half a character has no UTF-8, which rjieba takes; in its place stands a character that no word holds.
        ends = list(accumulate(map(len, rjieba.cut(_LONE_SURROGATE.sub("\ufffd", text), hmm=False))))
        return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def read_words(words_file: Path) -> list[str]:
    """Return the words of a list (fixtures/words.txt): one a line, but for remarks and empty lines."""
    lines = (line.strip() for line in words_file.read_text("utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


@cache
def search_splitter(words_file: Path) -> Callable[[str], list[str]]:
    """Return the splitter for search: folded text -> its words in order, long ones after the short ones within them.

    To jieba's dictionary it adds the words of `words_file`, which is read once a process. White space and punctuation
    are no words. The text must be folded: the dictionary knows neither 醫院 nor ＣＴ.
    """
    dictionary = rjieba.Jieba()
    for word in map(fold, read_words(words_file)):
        # With a higher frequency than it has, a word that is one already would take characters from its neighbours.
        if dictionary.cut(word, hmm=False) != [word]:
            dictionary.add_word(word, dictionary.suggest_freq(word), "n")

    is_word = str.isalnum

    def words(folded: str) -> list[str]:
        cut = dictionary.cut_for_search(folded, hmm=False)
        return [word for word in cut if is_word(word) or (len(word) > 1 and any(map(is_word, word)))]

    return words
