"""Functions that read people and their roles from lines that are labelled as names or credits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from . import roles
from .known_people import EDGES, read_known
from .names import People, as_printed, read_people
from .pieces import credit_of, people_line
from .strings import String

Words = Callable[[str], list[str]]

#: Lines with a role but without a name. They name nobody.
_NOBODY = re.compile(r"(?:本报|本刊)?(?:(?:特约)?评论员(?:文章)?|编辑部|评论部|记者|集体采访)")
#: The form of an agency's picture credit. `who` is the text in its bracket: "新华社发（方若谷摄）".
_SENT = re.compile(rf"(?:{'|'.join(roles.AGENCIES)})(?:发|供图|供本报专稿)?[（(](?P<who>[^（）()]+)[）)]")


def read_authors(string: String, words: Words) -> People | None:
    """Return the people in lines of names, or None if they can't be read. A role without a name gives an empty People.

    The label says that the lines are names. So any two to four characters may be a name: "况 野", "秋一苇", "终南客".
    """
    for text, printed in _joined(string):
        if _NOBODY.fullmatch(text.strip(EDGES + "口")):
            return People(())
        people = people_line(text, words) or read_known(text, words)
        if people is not None:
            return as_printed(people, text, printed)
    return None


def read_credit(string: String, words: Words) -> People | None:
    """Return the people in a picture's credit, or None if it can't be read."""
    for text, printed in _joined(string):
        if match := _SENT.fullmatch(text):
            text, printed = match["who"], printed[match.start("who") : match.end("who")]
        for people in (credit_of(text, words), read_people(text, words), read_known(text, words)):
            if people is not None and people.credits:
                return as_printed(people, text, printed)
    return None


def _joined(string: String) -> Iterator[tuple[str, str]]:
    """Yield the text of the lines and its printed form.

    Several lines are yielded twice: joined by spaces, then without spaces, since the end of a line may cut a name.
    """
    yield string.text, string.printed
    if len(string.lines) > 1:
        ends = [*(start - 1 for start in string.starts[1:]), len(string.text)]
        pairs = list(zip(string.starts, ends, strict=True))
        yield "".join(string.text[a:b] for a, b in pairs), "".join(string.printed[a:b] for a, b in pairs)
