"""Words of Chinese text, by jieba."""

import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path

import jieba


@cache
def splitter(cache_dir: Path) -> Callable[[str], list[str]]:
    """Return the word splitter: text -> words in order, without guessing words that are in no dictionary.

    jieba keeps its parsed dictionary in `cache_dir`. By default that is the system's temporary folder, where another
    user's file could be loaded in its stead (fxsjy/jieba#903).
    """
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.tmp_dir = str(cache_dir)
    tokenizer.initialize()

    def words(text: str) -> list[str]:
        return tokenizer.lcut(text, HMM=False)

    return words
