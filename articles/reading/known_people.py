"""Functions that read people and roles from texts that are known to name people.

In these texts any two to four characters may be a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from . import roles
from .marks import HAN
from .model import PrintedName
from .names import NO_PEN_NAME, NOT_NAMES, OFFICE_ENDS, People, is_person, is_transliterated, with_one_dot

Words = Callable[[str], list[str]]

EDGES = " \t\u3000□■◎●（）()[]【】〔〕。—―─–-*"
_SEPARATOR = re.compile(r"[ \t\u3000、，,；;：:|｜＆&]+")
_END = re.compile(rf"{_SEPARATOR.pattern}|‖")
_TITLE = re.compile(roles.TITLE)
_SLASH = re.compile(rf"(?P<word>{roles.SLASH})[ \t\u3000]?[/／:：|｜][ \t\u3000]?")
_AFTER = re.compile(rf"[/／]?(?P<word>{roles.AFTER})(?=$|[ \t\u3000、，,；;：:|｜＆&])")
#: A word that stands before names with a space between: "漫画 田 乐", "编译 林未眠".
_APART = re.compile(rf"(?P<word>{roles.SLASH})[ \t\u3000]+(?={HAN}[ \t\u3000]?{HAN})")
#: The source or place of origin of a text. It names no people.
_ORIGIN = re.compile(r"(?P<act>编译|整理|摘编|编写|译)自.{1,40}$|(?:发自|寄自|写于)[^ \t\u3000]{1,12}$")
_PICTURE = re.compile(roles.CREDIT_ACT)
_LAST_ACT = re.compile(rf"(?:{roles.AFTER})$")
#: The sign that replaces a note between people. An act behind it belongs only to the people who follow the note.
_PART = "‖"
_NOTE = re.compile(r"[（(][^（）()]{1,40}[）)]")
_FOREIGN = re.compile(rf"{HAN}{{1,12}}(?:·{HAN}{{1,12}}){{1,4}}")
#: A province before a name: "云南 普建国".
_PROVINCE = re.compile(
    "北京|天津|河北|山西|内蒙古|辽宁|吉林|黑龙江|上海|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南|重庆|四川|贵州"
    "|云南|西藏|陕西|甘肃|青海|宁夏|新疆|香港|澳门|台湾"
)
#: A role with spaces between its characters: "本 报 记 者 方若谷".
_SPACED_ROLE = re.compile(r"(?:本[ \t\u3000]报[ \t\u3000])?(?:记[ \t\u3000]者|通[ \t\u3000]讯[ \t\u3000]员)")
#: The length, in characters, of a place or office before a name that may be mistaken for a name: 四川泸县, 退休教师.
OFFICE_LENGTH = 4
_WIDE_NAME = re.compile(rf"{HAN}(?:[ \t\u3000]+{HAN}){{2}}")
#: The greatest length of a name that follows its office without a space, in characters.
GLUED_LENGTH = 3


#: Remarks in a bracket behind a sentence. They name nobody.
REMARKS = NOT_NAMES | frozenset(
    "掌声 大笑 笑声 鼓掌 微笑 苦笑 沉默 哽咽 流泪 落泪 停顿 叹气 摇头 点头 插话 化名 下同 笑了 未完 待续 资料 资料图"
    " 图片 附表 附件 节选 摘要 专题 编者 编后 本报 特写 热烈鼓掌 长时间".split()
)


@dataclass(slots=True)
class _Person:
    """A name with the role before it, the slash word before it, and the act behind it."""

    name: str
    role: str
    word: str
    act: str = ""


def read_known(text: str, words: Words) -> People | None:
    """Return the people in a text that is known to name people, or None if the text has no name. Offices are left out.
    "卞海峰 口述 孟 夏 整理", "清溪县人民医院院长 方若谷", "诺拉·奎恩（爱尔兰） 编译 林未眠", "四川泸县 读者 周水生"
    """
    text = re.sub("^[（(](.*)[）)]$", r"\1", re.sub("^口(?!述)", "", text.strip()))
    if _WIDE_NAME.fullmatch(text):
        text = "".join(text.split())
    text = _SPACED_ROLE.sub(lambda match: "".join(match[0].split()), text)
    origin = _ORIGIN.search(text)
    act = (origin["act"] or "") if origin else ""
    text = _NOTE.sub(_PART, text[: origin.start()] if origin else text).strip(EDGES)
    people = _Text(text, words).people()
    for person in people:
        person.act = person.act or act
    agencies = [agency for agency in roles.AGENCIES if agency in text]
    bylines = [PrintedName(role, person.name) for person in people if (role := _role(person))]
    credits = [PrintedName(role, person.name) for person in people if (role := _credit(person))]
    return People(tuple(bylines), tuple(credits), agencies[0] if agencies else "") if people else None


def read_signature(text: str, words: Words) -> People | None:
    """Return the people in a bracket behind the last sentence of a text, or None for a remark.

    The bracket holds a name with a role or an act, or a single name, perhaps with its place: "（记者 公冶澄）",
    "（凤来仪）", "（西藏 索朗多吉）". Remarks are （大笑）, （见右图）, （完）.
    """
    inside = text.strip("（()）[]〔〕")
    if not re.fullmatch(rf"(?:{HAN}|[· \t\u3000、/]){{2,40}}", inside):
        return None
    if not _TITLE.search(inside) and NO_PEN_NAME.search(_LAST_ACT.sub("", inside)):
        return None
    if not _TITLE.search(inside) and not _LAST_ACT.search(inside):
        *places, name = re.split(r"[ \t\u3000]+", inside.strip())
        is_name = 2 <= len(name) <= GLUED_LENGTH or "·" in name or is_transliterated(name)
        if len(places) > 1 or not is_name or {name, *places} & REMARKS:
            return None
    return read_known(inside, words)


def _role(person: _Person) -> str:
    """Return the role of a person as a writer, or "" if the person only made pictures."""
    done = [roles.BY_WORD[word] for word in (person.act, person.word) if word]
    if any(each.credit and not each.both for each in done):
        return ""
    return person.role or next((each.names for each in done if each.names), "作者")


def _credit(person: _Person) -> str:
    return next((roles.BY_WORD[word].credit for word in (person.act, person.word) if word), "")


class _Text:
    """A text that is known to name people, read from its front step by step.

    Each step reads one token (a separator, a note, an act, a role with a slash, a role) and returns whether it was
    there. Any other token holds names, or is passed over.
    """

    def __init__(self, text: str, words: Words) -> None:
        self.text, self.words = text, words
        self.pos = 0
        self.found: list[_Person] = []
        #: The first `done` people take no further act.
        self.done = 0
        self.role = self.word = ""
        #: The first of two characters that are set apart: 孟 夏.
        self.pending = ""
        self.acted = bool(_LAST_ACT.search(text))  # "卞海峰 口述 孟夏 整理": all acts stand behind their names

    def people(self) -> list[_Person]:
        """Return the people of the text."""
        steps = (self._separator, self._note, self._act, self._slash_role, self._title)
        while self.pos < len(self.text):
            if not any(step() for step in steps):
                self._name()
        return _without_offices(self.found, self.words)

    def _separator(self) -> bool:
        match = _SEPARATOR.match(self.text, self.pos)
        self.pos = match.end() if match else self.pos
        return match is not None

    def _note(self) -> bool:
        """Read the sign of a note: 诺拉·奎恩‖ 林未眠 译, where only 林未眠 translated."""
        if self.text[self.pos] != _PART:
            return False
        self.pending, self.done = "", len(self.found)
        self.pos += 1
        return True

    def _act(self) -> bool:
        """Read an act behind names: 孟夏 整理. If no act ends the text, 编译 is a role of the names behind it."""
        match = _AFTER.match(self.text, self.pos) if len(self.found) > self.done else None
        if match is None or (not self.acted and _TITLE.match(self.text, self.pos)):
            return False
        for person in self.found[self.done :]:
            person.act = match["word"]
        self._begin("", match.end())
        return True

    def _slash_role(self) -> bool:
        """Read a word before names, with a slash or colon or only a space: 文/方若谷, 漫画 田 乐."""
        match = _SLASH.match(self.text, self.pos)
        if match is None and (self.word or len(self.found) == self.done):
            match = _APART.match(self.text, self.pos)
        if match is None:
            return False
        self._begin(match["word"], match.end())
        return True

    def _begin(self, word: str, pos: int) -> None:
        """Begin at `pos` with new people under `word`."""
        self.role, self.word, self.pending = "", word, ""
        self.done, self.pos = len(self.found), pos

    def _title(self) -> bool:
        """Read a role before names: 本报记者."""
        match = _TITLE.match(self.text, self.pos)
        if match is None:
            return False
        self.role, self.pending, self.pos = roles.role_of(match), "", match.end()
        if self.word and roles.BY_WORD[self.word].credit == "":
            self.word = ""
        return True

    def _name(self) -> None:
        """Read the names, or the office, up to the next separator, role or act."""
        end = _END.search(self.text, self.pos)
        token = self.text[self.pos : end.start() if end else len(self.text)]
        title, after = _TITLE.search(token, 2), _AFTER.search(token, 2)
        if after and after["word"] == "文" and not _PICTURE.search(self.text, self.pos + len(token)):
            after = None  # 端木文 is a name
        cut = after if after and self.acted else title or after
        token = token[: cut.start()] if cut else token
        self.pos += len(token)
        if cut is not None and cut is title and not is_person(token, self.words):
            return
        if self.pending or re.fullmatch(HAN, token):
            if self.pending:
                self.found.append(_Person(self.pending + token, self.role, self.word))
            self.pending = "" if self.pending else token
        else:
            known = bool(self.role or self.word)
            self.found += [_Person(name, self.role, self.word) for name in _names(token, self.words, known=known)]


def _names(token: str, words: Words, *, known: bool) -> list[str]:
    """Return the names in a token without spaces, or [] for an office. `known` says that a role or word precedes it."""
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
        return [token[: cuts[0]], token[cuts[0] :]] if cuts else [] if OFFICE_ENDS.search(token) else [token]
    for length in (GLUED_LENGTH, 2):
        if OFFICE_ENDS.search(token[:-length]) and is_person(token[-length:], words):
            return [token[-length:]]
    return []


def _without_offices(people: list[_Person], words: Words) -> list[_Person]:
    """Return the people without places and offices before them.

    These are 云南 in "云南 普建国" and 山西长治 in "山西长治 读者 幸半夏".
    """

    def is_place(person: _Person) -> bool:
        bare = not (person.role or person.word or person.act) or person.role == people[0].role
        long = len(person.name) == OFFICE_LENGTH and not is_person(person.name, words)
        return bare and "·" not in person.name and (_PROVINCE.fullmatch(person.name) is not None or long)

    first = next((at for at, person in enumerate(people) if not is_place(person)), 0)
    return people[first:]
