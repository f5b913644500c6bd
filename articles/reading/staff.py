"""The staff of a page: lines of editors, and editors beside other things on a line of the folio."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from .lines import squeeze
from .marks import HAN
from .model import PrintedName
from .names import is_person

Words = Callable[[str], list[str]]

_SPACE = r"[ \t\u3000]"
#: Roles that only the staff of a page has. Those of two characters may be spaced: "校　　对：方可".
_SPACED = "|".join(
    rf"{word[0]}{_SPACE}{{0,4}}{word[1]}" for word in "编辑 责编 美编 校对 版式 组版 排版 审校 监制".split()
)
_OWN = (
    r"(?:本版|本期|今日|执行|值班|首席|责任|图片|文字|美术|见习|实习|视觉|新媒体|版面|策划|特约)*"
    rf"(?:版式设计|版面设计|{_SPACED}|主编|副主编|总编辑?|编审|总监|监审|值班编委|编委|值班主任|制图|审读|检校|校审|视觉|美术|设计)"
)
#: Roles that writers have as well. They mean staff beside one of the other roles, or on a line known to name staff.
_SHARED = r"(?:本版|本期|特别)?(?:值班|主任|策划|统筹|执行|插图|摄影|图片|检查)"
_ANY = rf"(?:{_OWN}|{_SHARED})"
#: A part of each role of the first kind, and the length of a line's beginning in which it stands, in characters.
_HINT, HINT_LENGTH = re.compile("[编校版审]|总监|监制|制图|视觉|美术|设计|值班"), 24
_SIGN = r"[:：/／|｜]"
_NAME = rf"(?!{_ANY}(?:{_SPACE}|{_SIGN}|$))(?:{HAN}{{2,4}}(?!{HAN})|{HAN}(?:{_SPACE}{{1,3}}{HAN}){{1,2}}(?!{HAN}))"
_PART = re.compile(
    rf"(?P<role>{_ANY}(?:[/／]{_ANY})*)(?:{_SPACE}|{_SIGN}){{0,6}}"
    rf"(?P<names>{_NAME}(?:[ \t\u3000、，,]{{1,4}}{_NAME}(?!{_SPACE}{{0,3}}{_SIGN})){{0,4}})?"
)
_OWN_ROLE = re.compile(_OWN)
#: Characters before a role and between one person and the next.
_BETWEEN = " \t\u3000|｜/／;；,，、\n·•■●□◆▲"


def names_staff(text: str) -> bool:
    """Tell whether a line may begin with a role of the staff. Most lines do not."""
    return _HINT.search(text, 0, HINT_LENGTH) is not None


def staff_of(text: str, words: Words) -> list[tuple[str, str | None]] | None:
    """Return the roles and names of a line of editors, or None if the line holds anything else.

    Such lines are "责编 方可 美编 丁一凡", "统筹/何在 校对：方可", and a role alone, which waits for its name.
    """
    if not names_staff(text):
        return None
    rest = text.strip(" \t\u3000。（）()【】").lstrip(_BETWEEN)
    found: list[tuple[str, str | None]] = []
    while rest:
        match = _match(rest, 0, words)
        if match is None:
            return None
        found.append((match["role"], match["names"]))
        rest = rest[match.end() :].lstrip(_BETWEEN)
    return found if any(_OWN_ROLE.match(role) for role, _ in found) else None


def _match(text: str, pos: int, words: Words) -> re.Match[str] | None:
    match = _PART.match(text, pos)
    if match and match["names"] and match.end("role") == match.start("names"):
        return match if is_person(squeeze(match["names"]), words) else None
    return match


def read_known_staff(text: str) -> list[PrintedName]:
    """Return the people of a line that is known to name the page's staff. Any characters may be a name.

    >>> [(one.role, one.name) for one in read_known_staff("责编/诸葛青　校对/米然　版式/平川")]
    [('责编', '诸葛青'), ('校对', '米然'), ('版式', '平川')]
    """
    return [
        name for match in _PART.finditer(text) if match["names"] for name in people_of(*match.group("role", "names"))
    ]


def find_staff(text: str, words: Words) -> Iterator[re.Match[str]]:
    """Yield each role with its names in a text that holds other things: "2 时政 2021年8月13日 责任编辑：尹未"."""
    if not _HINT.search(text):
        return
    pos = 0
    found = []
    while match := _PART.search(text, pos):
        pos = match.end()
        checked = _match(text, match.start(), words)
        if checked and checked["names"]:
            found.append(checked)
    if any(_OWN_ROLE.match(match["role"]) for match in found):
        yield from found


def people_of(role: str, names: str) -> list[PrintedName]:
    """Return the people of a role. "方 可" is one person.

    >>> [name.name for name in people_of("责编", "方 可 丁一凡")]
    ['方可', '丁一凡']
    """
    found: list[str] = []
    spaced = False
    for token in re.split(r"[ \t\u3000、，,]+", names.strip()):
        if len(token) == 1 and found and spaced:
            found[-1] += token
        else:
            found.append(token)
        spaced = len(token) == 1 and len(found[-1]) < 3
    return [PrintedName(squeeze(role), name) for name in found]
