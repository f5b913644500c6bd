"""Who made a page: lines of editors, and editors beside other things on a line of the folio."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from .lines import squeeze
from .marks import HAN
from .model import Name
from .names import is_person

Words = Callable[[str], list[str]]

_ONE_ROLE = (
    r"(?:本版|本期|今日|执行|值班|首席|责任|图片|文字|美术|见习|实习|视觉|新媒体|版面|策划)*(?:编辑|责编|美编"
    r"|校对|版式设计|版式|版面设计|主编|副主编|总编辑?|编审|总监|监审|值班编委|编委|"
    r"制图|组版|排版|审读|检校|视觉|监制|美术|设计)"
)
_ROLE = rf"{_ONE_ROLE}(?:[/／](?:{HAN}{{2,4}}))?"
#: Something of each role.
_HINT = re.compile("[编校版审]|总监|监制|制图|视觉|美术|设计")
_NAME = (
    rf"(?!{_ROLE}(?:[ \t\u3000:：/／|｜]|$))(?:{HAN}{{2,4}}(?!{HAN})|{HAN}(?:[ \t\u3000]{{1,3}}{HAN}){{1,2}}(?!{HAN}))"
)
STAFF = re.compile(
    rf"(?P<role>{_ROLE})[ \t\u3000:：/／|｜]{{0,6}}"
    rf"(?P<names>{_NAME}(?:[ \t\u3000、，,]{{1,4}}{_NAME}(?![ \t\u3000]{{0,3}}[:：/／])){{0,4}})?"
)
#: More roles, read only on lines that are known to name staff.
_KNOWN = re.compile(
    rf"(?P<role>{_ONE_ROLE}|(?:本版|本期|特别)?(?:值班主任|值班|主任|策划|统筹|执行|插图|摄影|图片|校审|检查))"
    r"[ \t\u3000:：/／|｜]{0,6}"
    rf"(?P<names>{HAN}{{2,4}}|{HAN}[ \t\u3000]{{1,3}}{HAN}(?!{HAN}))"
    rf"(?P<more>(?:[ \t\u3000、，,]{{1,3}}{HAN}{{2,3}}(?!{HAN}|[ \t\u3000]{{0,3}}[:：/／]))*)"
)
_BETWEEN = frozenset(" \t\u3000|｜/／;；,，、\n·•")


def names_staff(text: str) -> bool:
    """Tell whether a line may begin with a role of those who make a page: most do not."""
    return _HINT.search(text, 0, 12) is not None


def staff_of(text: str, words: Words) -> list[tuple[str, str | None]] | None:
    """Return roles and names of a line of editors, None when it holds anything else.

    "责编 方可 美编 丁一凡", "校对：方可", and a role alone, which waits for its name.
    """
    if not names_staff(text):
        return None
    rest = text.strip(" \t\u3000。（）()【】")
    pos, found = 0, []
    while pos < len(rest):
        match = _match(rest, pos, words)
        if match is None:
            return None
        found.append((match["role"], match["names"]))
        pos = match.end()
        while pos < len(rest) and rest[pos] in _BETWEEN:
            pos += 1
    return found or None


def _match(text: str, pos: int, words: Words) -> re.Match[str] | None:
    match = STAFF.match(text, pos)
    if match and match["names"] and match.end("role") == match.start("names"):
        return match if is_person(squeeze(match["names"]), words) else None
    return match


def read_known_staff(text: str) -> list[Name]:
    """Return the people of a line that is known to name those who made the page: any characters may be a name.

    >>> [(one.role, one.name) for one in read_known_staff("责编/诸葛青　校对/米然　版式/平川")]
    [('责编', '诸葛青'), ('校对', '米然'), ('版式', '平川')]
    """
    found: list[Name] = []
    for match in _KNOWN.finditer(text):
        names = [match["names"]]
        for more in match["more"].split():
            if _KNOWN.match(text, text.index(more, match.start())) is None and not re.fullmatch(_ONE_ROLE, more):
                names.append(more)
        found += [Name(squeeze(match["role"]), squeeze(name)) for name in names]
    return found


def find_staff(text: str, words: Words) -> Iterator[re.Match[str]]:
    """Yield each role with its names that stands in a text of other things: "2 时政 2021年8月13日 责任编辑：尹未"."""
    if not _HINT.search(text):
        return
    pos = 0
    while match := STAFF.search(text, pos):
        pos = match.end()
        checked = _match(text, match.start(), words)
        if checked and checked["names"]:
            yield checked


def people_of(role: str, names: str) -> list[Name]:
    """Return the people of a role; "方 可" is one.

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
    return [Name(squeeze(role), name) for name in found]
