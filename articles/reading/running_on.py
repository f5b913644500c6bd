"""Evidence that a line goes on in the next line, from the words at its edge."""

from __future__ import annotations

import re
from collections.abc import Callable

from .lines import is_balanced

Words = Callable[[str], list[str]]

#: Words that open a noun or an object. No title ends with such a word, so a line that does is cut.
_DANGLING = re.compile(r"(?:[的和与或在把将被对向从于让使并且]|以及|通过|根据|按照|例如|包括)$")
#: The beginning of the rest of a torn sentence: a stop, a particle, or a full stop after a few characters.
_TORN = re.compile(
    r"[，。、；：！？）”]|的(?![士确哥])|了(?![解不然却])|着(?![力眼手重实急火陆装])|们|[^，。；：！？]{0,6}[。；]"
)
#: Openings that a sentence has and a title doesn't.
_OPENERS = re.compile(
    r"(?:目前|近日|日前|近年来|据悉|据了解|据介绍|此外|同时|对此|会上|其中|如今|因此|然而|但是|不过|随后|当前"
    r"|此次|今年以来|为此|与此同时)，"
    r"|在[^，：]{2,16}，|[^，。：]{2,16}(?:强调|表示|指出|认为|介绍|提出|要求|透露|告诉记者|坦言)，"
)
_HAN = re.compile("[\u3400-\u9fff]")


def is_torn(text: str) -> bool:
    """Tell whether a text begins in the middle of a sentence.

    >>> is_torn("的士兵。"), is_torn("，他说"), is_torn("山里来了新大夫")
    (True, True, False)
    """
    return _TORN.match(text) is not None


def how_it_goes_on(text: str, after: str) -> str:
    """Return the kind of evidence that a line goes on in the line below, or "" if there is none.

    >>> how_it_goes_on("他把药箱放在", "门口"), how_it_goes_on("会上，“三", "医”联动")
    ('dangling', 'unbalanced')
    """
    if _DANGLING.search(text):
        return "dangling"
    if not is_balanced(text) and not is_balanced(after[:200]):
        return "unbalanced"
    if _TORN.match(after):
        return "torn"
    return "opener" if _OPENERS.match(text) else ""


def spans_word(left: str, right: str, words: Words) -> bool:
    """Tell whether the cut between two texts goes through a word: "签订履" + "约协议"."""
    if not left or not right or not _HAN.match(left[-1]) or not _HAN.match(right[0]):
        return False
    tail, head = left[-3:], right[:3]
    at = 0
    for token in words(tail + head):
        if at < len(tail) < at + len(token):
            return True
        at += len(token)
    return False
