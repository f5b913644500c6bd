"""Lines that are known to name people -> who they are, in what role."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import roles
from .marks import HAN
from .model import Name
from .names import OFFICE_ENDS, People, as_printed, is_person, is_transliterated, read_people, with_one_dot
from .pieces import credit_of, people_line
from .strings import String

Words = Callable[[str], list[str]]

_EDGES = " \t\u3000□■◎●（）()[]【】〔〕。—―─–-*"
_SEPARATOR = re.compile(r"[ \t\u3000、，,；;：:|｜＆&]+")
_END = re.compile(rf"{_SEPARATOR.pattern}|‖")
_TITLE = re.compile(roles.TITLE)
_SLASH = re.compile(rf"(?P<word>{roles.SLASH})[ \t\u3000]?[/／:：|｜][ \t\u3000]?")
_AFTER = re.compile(rf"[/／]?(?P<word>{roles.AFTER})(?=$|[ \t\u3000、，,；;：:|｜＆&])")
#: A word that stands before names, apart from them: "漫画 田 乐", "编译 林未眠".
_APART = re.compile(rf"(?P<word>{roles.SLASH})[ \t\u3000]+(?=\S)")
#: What the text was made from, or where it was sent from: no people.
_ORIGIN = re.compile(r"(?P<act>编译|整理|摘编|编写|译)自.{1,40}$|(?:发自|寄自|写于)[^ \t\u3000]{1,12}$")
_PICTURE = re.compile(roles.CREDIT_ACT)
_LAST_ACT = re.compile(rf"(?:{roles.AFTER})$")
#: Stands for a note between people: an act behind it is of those who follow it.
_PART = "‖"
_NOTE = re.compile(r"[（(][^（）()]{1,40}[）)]")
_FOREIGN = re.compile(rf"{HAN}{{1,12}}(?:·{HAN}{{1,12}}){{1,4}}")
#: A role alone names nobody.
_NOBODY = re.compile(r"(?:本报|本刊)?(?:(?:特约)?评论员(?:文章)?|编辑部|评论部|记者|集体采访)")
#: A province before a name: "云南 普建国".
_PROVINCE = re.compile(
    "北京|天津|河北|山西|内蒙古|辽宁|吉林|黑龙江|上海|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南|重庆|四川|贵州"
    "|云南|西藏|陕西|甘肃|青海|宁夏|新疆|香港|澳门|台湾"
)
#: Longest name that stands behind its office without a space.
GLUED_LENGTH = 3


@dataclass(slots=True)
class _Person:
    """A name with the role before it, the word with a slash before it, and the act behind it."""

    name: str
    role: str
    word: str
    act: str = ""


def read_authors(string: String, words: Words) -> People | None:
    """Return the people whom lines of names name; None where none can be read.

    The lines are known to be names, so that any two to four characters may be one: "况 野", "秋一苇", "终南客".
    """
    for text, printed in _joined(string):
        if _NOBODY.fullmatch(text.strip(_EDGES + "口")):
            return People(())
        people = people_line(text, words) or read_known(text, words)
        if people is not None:
            return as_printed(people, text, printed)
    return None


def read_credit(string: String, words: Words) -> People | None:
    """Return the people whom a picture's credit names; None where none can be read."""
    for text, printed in _joined(string):
        for people in (credit_of(text, words), read_people(text, words), read_known(text, words)):
            if people is not None and people.credits:
                return as_printed(people, text, printed)
    return None


def _joined(string: String) -> Iterator[tuple[str, str]]:
    """Yield the lines joined by spaces, and without: a name may be cut by the end of a line."""
    yield string.text, string.printed
    if len(string.lines) > 1:
        ends = [*(start - 1 for start in string.starts[1:]), len(string.text)]
        pairs = list(zip(string.starts, ends, strict=True))
        yield "".join(string.text[a:b] for a, b in pairs), "".join(string.printed[a:b] for a, b in pairs)


def read_known(text: str, words: Words) -> People | None:
    """Read a text that is known to name people; offices beside them are passed over.

    "卞海峰 口述 孟 夏 整理", "清溪县人民医院院长 方若谷", "诺拉·奎恩（爱尔兰） 编译 林未眠", "四川泸县 读者 周水生"
    """
    text = re.sub("^[（(](.*)[）)]$", r"\1", re.sub("^口(?!述)", "", text.strip()))
    origin = _ORIGIN.search(text)
    act = (origin["act"] or "") if origin else ""
    text = _NOTE.sub(_PART, text[: origin.start()] if origin else text).strip(_EDGES)
    people = _people(text, words)
    for person in people:
        person.act = person.act or act
    agencies = [agency for agency in roles.AGENCIES if agency in text]
    bylines = [Name(role, person.name) for person in people if (role := _role(person))]
    credits = [Name(role, person.name) for person in people if (role := _credit(person))]
    return People(tuple(bylines), tuple(credits), agencies[0] if agencies else "") if people else None


def _role(person: _Person) -> str:
    """The role of a writer; "" for one who made pictures alone."""
    done = [roles.BY_WORD[word] for word in (person.act, person.word) if word]
    if any(each.credit and not each.both for each in done):
        return ""
    return person.role or next((each.names for each in done if each.names), "作者")


def _credit(person: _Person) -> str:
    return next((roles.BY_WORD[word].credit for word in (person.act, person.word) if word), "")


def _people(text: str, words: Words) -> list[_Person]:
    found: list[_Person] = []
    role = word = single = ""
    at = done = 0  # `done` of the people have their act
    acted = bool(_LAST_ACT.search(text))  # "卞海峰 口述 孟夏 整理": so all acts stand behind their names
    while at < len(text):
        if match := _SEPARATOR.match(text, at):
            at = match.end()
        elif text[at] == _PART:
            single, done, at = "", len(found), at + 1
        elif (match := _SLASH.match(text, at)) or (
            not (found[done:] and not word) and (match := _APART.match(text, at))
        ):
            role, word, single, done, at = "", match["word"], "", len(found), match.end()
        elif (match := _TITLE.match(text, at)) and not (acted and len(found) > done and _AFTER.match(text, at)):
            role, single, at = roles.role_of(match), "", match.end()
            word = "" if not word or roles.BY_WORD[word].credit == "" else word
        elif len(found) > done and (match := _AFTER.match(text, at)):
            for person in found[done:]:
                person.act = match["word"]
            role, word, single, done, at = "", "", "", len(found), match.end()
        else:
            end = _END.search(text, at)
            token = text[at : end.start() if end else len(text)]
            title, after = _TITLE.search(token, 2), _AFTER.search(token, 2)
            if after and after["word"] == "文" and not _PICTURE.search(text, at + len(token)):
                after = None  # 端木文 is a name
            cut = after if after and acted else title or after
            token = token[: cut.start()] if cut else token
            at += len(token)
            if cut is not None and cut is title and not is_person(token, words):
                continue
            if single or re.fullmatch(HAN, token):
                if single:
                    found.append(_Person(single + token, role, word))
                single = "" if single else token
            else:
                found.extend(_Person(name, role, word) for name in _names(token, words, known=bool(role or word)))
    return _without_offices(found, words) if not role and not word else found


def _names(token: str, words: Words, *, known: bool) -> list[str]:
    """Return the names in a text without spaces; none in one that is an office."""
    token = with_one_dot(token)
    if _FOREIGN.fullmatch(token):
        return [token]
    if not re.fullmatch(rf"{HAN}+", token):
        return []
    if is_transliterated(token):
        return [token]
    if len(token) <= 4 and not (OFFICE_ENDS.search(token) and (len(token) == 4 or not known)):
        return [token]
    if known and len(token) <= 6:
        cuts = [
            cut for cut in (3, 2, len(token) - 3) if is_person(token[:cut], words) and is_person(token[cut:], words)
        ]
        return [token[: cuts[0]], token[cuts[0] :]] if cuts else []
    for length in (GLUED_LENGTH, 2):
        if OFFICE_ENDS.search(token[:-length]) and is_person(token[-length:], words):
            return [token[-length:]]
    return []


def _without_offices(people: list[_Person], words: Words) -> list[_Person]:
    """Leave out places before names: 云南 of "云南 普建国"."""
    while len(people) > 1 and _PROVINCE.fullmatch(people[0].name):
        people = people[1:]
    persons = [is_person(person.name, words) for person in people]
    if not any(persons) or all(persons):
        return people
    first = persons.index(True)
    return people[first:] if first and all(not person.act for person in people[:first]) else people
