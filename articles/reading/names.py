"""Printed people: roles, names and acts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from articles.text.fold import fold_ideographs

from . import roles
from .marks import HAN
from .model import PrintedName
from .roles import CREDIT_ACT

#: Surnames that hardly ever begin another word. Those of WORDY_SURNAMES often do: a bare name that begins with one of
#: them must not be a word.
SURNAMES = frozenset(
    "王李张刘陈杨赵吴周徐孙朱胡郭林何罗郑梁谢宋唐许邓冯韩曹彭曾萧肖田董潘袁蔡蒋余杜叶程魏苏吕丁卢姜崔钟谭汪范廖贾韦傅邹熊孟秦邱侯龚"
    "薛阎闫雷黎史陶贺顾毛郝邵覃武钱戴严莫孔向汤康施洪乔翟樊殷葛伍岳耿牛邢路俞聂齐鲁辛管祝左涂谷祁柴蒙冉尹詹庞颜倪裘缪卞芦翁裴焦岑"
    "娄梅骆费滕柯褚霍虞霞尤阮瞿郁卓蔺晏嵇池麦冼揭隋瞿鄢练巫缑仇佟晁臧冀苗甄戚阳柏桂盛穆窦桑尚饶宁甘喻申邬屈荆凌吉车娜占游鞠匡谌艾仝巩"
    "扈鄂郏濮逄阚禹昝楚沙席柳伏寇亓弓屠符闵岑蓝宫尧迟蒲敖畅南茅慕糜乐权麻苑米佘胥解应查靳单卜季盖练牟廉庄扬温凡仝初褟姬姚舒邰荀璩晋翁郎鲍蒯郗宓雍浦郦"
)
_PLAIN_SURNAMES = "王李张刘陈杨赵吴周徐孙朱胡郭郑梁谢宋唐许邓冯韩曹彭曾肖董潘袁蔡蒋"
WORDY_SURNAMES = frozenset(
    "高黄马于万方石白金江安常时成任关简文水花明平全项容边相包计毕强元夏段龙潭房温华卫古曲景司连党同来东和宗祖商红经化居步都国广东家冷辛冬展年纪闻欧燕蔚"
)
COMPOUND_SURNAMES = tuple(
    "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 长孙 夏侯 南宫 端木 尕藏 完颜 闻人 百里 呼延 宇文 轩辕 "
    "钟离 太史 申屠 公冶 濮阳 淳于 单于 澹台 赫连 万俟 独孤 西门 东郭 拓跋 纳兰 鲜于 闾丘 司空 司寇 公西 漆雕 乐正 "
    "谷梁 羊舌 梁丘 左丘".split()
)
#: Words that look like names.
NOT_NAMES = frozenset(
    "简讯 短评 时评 关注 广告 公告 启事 文摘 广角 时讯 简报 全文完 全文 任务 方法 方案 成果 关键 时间 明天 平安 "
    "安全 高端 高峰 连载 史话 言论 言论版 来信 来论".split()
)

#: Characters that tell a remark in brackets from a pen name: （图略）, （左）, （全文完）.
NO_PEN_NAME = re.compile(r"[左右上下中前后图完略同续表注]")

_ROLE = re.compile(roles.TITLE)
_SLASH_ROLE = re.compile(rf"(?P<role>{roles.SLASH})[ \t]?[/／|｜:：][ \t]?|(?P<spaced>{roles.SLASH})[ \t\u3000]+(?=\S)")
_ACT = re.compile(rf"(?:{roles.AFTER})(?![/／])")
_COMPILED_FROM = re.compile(r"(编译|整理|摘编|编写)自.{1,40}$")
#: A word for what people did. A line of names alone has none.
_DEED = re.compile(roles.ANY)
#: A separator of names. 和 belongs to it only before a space, because 和 may begin a name: 和丽阳.
_SEPARATOR = re.compile(r"[ \t\u3000、，,；;：:|/／＆&]{1,8}(?:和[ \t\u3000]{1,4})?")
_NAME = re.compile(rf"{HAN}{{1,12}}(?:[·•・.．]{HAN}{{1,12}}){{0,4}}")
_EMBEDDED = re.compile(r"(?:本报|新华社)?(?:首席|特约|见习|实习)?(?:记者|通讯员)")
_GLUED_CREDIT = re.compile(rf"(?:{CREDIT_ACT})$")
_GLUED_ACT = re.compile(rf"(?:{CREDIT_ACT}|编译|整理|报道)$")
_LAST_ACT = re.compile(r"(?:编译|整理|报道|供稿|摄)$")

#: The most bare names on one line of authors. A line with more names is a list.
BARE_NAMES = 6
#: The end of an office that is printed before its authors' names: 清溪县人民医院, 药学部, 副主任医师.
OFFICE_ENDS = re.compile(
    r"(?:医院|大学|学院|中心|卫生院|研究[院所]|[省市县区委局]|科|室|系|部|社|医师|教授|主任|护士长?|医生|站|所|院长|书记|[局处厅会]长|读者|市民|村民|村医)$"
)


@dataclass(frozen=True, slots=True)
class People:
    """The people that a line names: bylines with their roles, credits with theirs, and the agency they work for."""

    bylines: tuple[PrintedName, ...] = ()
    credits: tuple[PrintedName, ...] = ()
    agency: str = ""


def tells_deeds(text: str) -> bool:
    """Tell whether a line holds any word for what people did. A line without one has neither a role nor an act."""
    return _DEED.search(text) is not None


def is_person(token: str, words: Callable[[str], list[str]]) -> bool:
    """Tell whether a bare token is a person's name: 方若谷 and 陳少華 are, 高血压 and 简讯 are not."""
    token = fold_ideographs(re.sub(r"\s", "", token))
    if token in NOT_NAMES or not re.fullmatch(rf"{HAN}{{2,9}}|{HAN}{{1,8}}(?:·{HAN}{{1,8}})+", token):
        return False
    if "·" in token or (token.startswith(COMPOUND_SURNAMES) and len(token) >= 3):
        return True
    if len(token) > 3:
        return is_transliterated(token) or (
            len(token) == 4 and token[0] in SURNAMES and token[1] in SURNAMES and words(token) != [token]
        )
    if token[0] in SURNAMES:
        return len(words(token)) > 1 or token[0] in _PLAIN_SURNAMES
    return token[0] in WORDY_SURNAMES and len(words(token)) > 1 and len(max(words(token), key=len)) < 3


#: Characters that write the names of minorities: 阿布力孜, 乌云其木格, 桑吉卓玛.
_SOUNDS = frozenset(
    "阿乌巴买古吐热努艾萨斯扎次索旦格卓德才尕图白苏敖呼那朝哈尔提丽娜孜力江木合拜克依夏布都曼汗迪其玛吉央宗仁多杰顿珠措姆拉加让"
    "嘉洛桑丹增云雅孟和音朗达瓦尼平措琼罗普旺久西热合曼麦提麦买买提托乎提肉孜伊斯马义卡哈萨力米尔再比日根高娃额尔敦陶格斯通拉嘎藏亚兰道安"
)


def is_transliterated(token: str) -> bool:
    """Tell whether a name of four to nine characters is written by its sound.

    >>> is_transliterated("乌云其木格"), is_transliterated("桑吉卓玛"), is_transliterated("县人民医院")
    (True, True, False)
    """
    return 4 <= len(token) <= 9 and _SOUNDS.issuperset(token)


def has_surname(name: str) -> bool:
    """Tell whether a name begins with one of the surnames above."""
    surname = fold_ideographs(name[0])
    return surname in SURNAMES or surname in WORDY_SURNAMES


def read_people(
    text: str, words: Callable[[str], list[str]], *, role: str = "", bracketed: bool = False
) -> People | None:
    """Return the people of a line that holds nothing else, or None for any other line. Such lines are:

    "□本报记者 丁一凡 方 可", "通讯员祝青山 特约记者汤予怀摄影报道", "文/丁一凡 图/方可", "丁一凡摄", "（丁一凡 方可）"
    The function knows roles and surnames in either writing (本報記者 陳少華), and returns names as printed.
    """
    folded = fold_ideographs(text)
    people = _Line(folded, words, role=role, bracketed=bracketed).people()
    return people if people is None else as_printed(people, folded, text)


def as_printed(people: People, folded: str, printed: str) -> People:
    """Return the people that were read from a folded text, with their names as printed."""
    if folded == printed:
        return people
    names = dict(_printed_names(people, folded, printed))
    return replace(
        people,
        bylines=tuple(replace(name, name=names[name.name]) for name in people.bylines),
        credits=tuple(replace(name, name=names[name.name]) for name in people.credits),
    )


def _printed_names(people: People, folded: str, printed: str) -> Iterator[tuple[str, str]]:
    """Yield each name with its printed form. A character has the same offset in `folded` and in `printed`."""
    places = [place for place, character in enumerate(folded) if not character.isspace()]
    packed = with_one_dot("".join(folded[place] for place in places))
    for name in (*people.bylines, *people.credits):
        at = packed.find(name.name)  # -1 if a mark stands between its characters
        own = places[at : at + len(name.name)] if at >= 0 else ()
        yield name.name, with_one_dot("".join(printed[place] for place in own)) or name.name


class _NotPeople(Exception):
    """A line holds something besides people."""


class _Line:
    """A line that may hold nothing but people, read from its front step by step.

    Each step reads one token (a separator, a role, an act, a role with a slash, a name) and returns whether it was
    there.
    """

    def __init__(self, text: str, words: Callable[[str], list[str]], *, role: str, bracketed: bool) -> None:
        self.words = words
        self.bracketed = bracketed
        self.boxed = text.lstrip()[:1] in tuple("□■")
        text = text.strip(" \t\u3000□口■◎●（）()[]【】〔〕。\r\n")
        self.text = _COMPILED_FROM.sub(r"\1", text)
        self.pos = 0
        self.role, self.slash, self.named_role = role, "", bool(role)
        self.act = self.agency = ""
        #: The first of two characters that are set apart: 方 可.
        self.pending = ""
        #: (role, name); the role is "" if none was printed.
        self.found: list[tuple[str, str]] = []
        self.credited: list[tuple[str, str]] = []
        self.written: list[tuple[str, str]] = []
        self.is_credit = len(self.text) <= 40 and bool(_GLUED_CREDIT.search(self.text))
        self.acted = self.boxed or (bracketed and bool(_LAST_ACT.search(self.text)))

    def people(self) -> People | None:
        """Return the people of the line, or None if it holds anything else."""
        steps = (self._separator, self._role, self._act, self._slash_role, self._name)
        try:
            while self.pos < len(self.text):
                if not any(step() for step in steps):
                    return None
        except _NotPeople:
            return None
        if self.pending or not (self.found or self.credited):
            return None
        people = _settle(self.found, self.credited, self.act, self.agency, named_role=self.named_role)
        if people is None or not self.written:
            return people
        writers = (PrintedName(role or "作者", name) for role, name in self.written)
        return replace(people, bylines=(*writers, *people.bylines))

    def _separator(self) -> bool:
        match = _SEPARATOR.match(self.text, self.pos)
        self.pos = match.end() if match else self.pos
        return match is not None

    def _role(self) -> bool:
        """Read a role before names: 本报记者. At the end of a line with names, 编译 is an act."""
        match = _ROLE.match(self.text, self.pos)
        if match is None or (self.found and match.end() >= len(self.text) and _is_act(match[0])):
            return False
        if self.pending:
            raise _NotPeople
        self.role, self.slash, self.named_role = roles.role_of(match), "", True
        self.agency = self.agency or next((name for name in roles.AGENCIES if match[0].startswith(name)), "")
        self.pos = match.end()
        return True

    def _act(self) -> bool:
        """Read an act behind all names, 丁一凡 方可 摄, or before them, set apart: 摄影 丁一凡."""
        match = None if self.pending else _ACT.match(self.text, self.pos)
        if match is None:
            return False
        is_last = match.end() == len(self.text)
        if not is_last and (self.found or not _SEPARATOR.match(self.text, match.end())):
            return False
        self.act, self.named_role, self.pos = match[0], True, match.end()
        return True

    def _slash_role(self) -> bool:
        """Read a role with a slash: 文/丁一凡 图/方可."""
        match = None if self.pending else _SLASH_ROLE.match(self.text, self.pos)
        if match is None:
            return False
        self.role, self.slash, self.named_role = "", match["role"] or match["spaced"], True
        self.pos = match.end()
        return True

    def _name(self) -> bool:
        """Read names without a space between: 祝青山, 丁一凡方可摄影报道."""
        match = _NAME.match(self.text, self.pos)
        if match is None:
            return False
        token, is_last = match[0], match.end() == len(self.text)
        if inner := _EMBEDDED.search(token, 2):
            token = token[: inner.start()]
        elif is_last and (glued := _GLUED_ACT.search(token)) and glued.start() > 0:
            token = token[: glued.start()]
            if len(token) == 1 and not self.pending:
                raise _NotPeople
        elif self.is_credit and not is_last and len(token) in (3, 4) and token[-1] == "文":
            self.written.append((self.role, token[:-1]))  # 丁一凡文 方可摄
            self.pos = match.end()
            return True
        self.pos += len(token)
        if len(token) == 1:
            token = self._spaced(token)
        elif self.pending:
            raise _NotPeople
        if token:
            self._take(token)
        return True

    def _spaced(self, character: str) -> str:
        """Return the name of two characters that are set apart, or "" if it is taken already or its second one is
        still to come.
        """
        name, self.pending = self.pending + character, "" if self.pending else character
        if len(name) == 1:
            return ""
        if not has_surname(name):
            return name
        self.found.append((self.role or _slash_role(self.slash), name))
        return ""

    def _take(self, token: str) -> None:
        """Take the names in `token` into the bylines, or into the credits behind the slash of a picture (图/)."""
        names = (
            _names_of(token, self.words, known=bool(self.role or self.slash))
            or ((self.bracketed or self.boxed) and _pen_name(token, self.words, acted=self.acted))
            or (self.is_credit and _acting_name(token, self.words))
        )
        if not names:
            raise _NotPeople
        if self.slash in roles.CREDITS:
            self.credited += [(self.slash, name) for name in names]
        else:
            self.found += [(self.role or _slash_role(self.slash), name) for name in names]


def _is_act(word: str) -> bool:
    """Tell whether a word may follow the names and gives a writer's role: 编译, 整理."""
    role = roles.BY_WORD.get(word)
    return role is not None and role.after and bool(role.names)


def _slash_role(slash: str) -> str:
    return roles.BY_WORD[slash].names if slash else ""


def _names_of(token: str, words: Callable[[str], list[str]], *, known: bool) -> list[str] | None:
    """Return the names in a token without spaces, or None. After a role nearly any two to four characters make one."""
    token = with_one_dot(token)
    if "·" in token:
        return [token]
    if is_transliterated(token):
        return [token]
    if len(token) in (2, 3) or (len(token) == 4 and not (token[0] in SURNAMES and token[2] in SURNAMES)):
        return [token] if known or is_person(token, words) else None
    if len(token) <= 6 and known:
        for cut in (3, 2, len(token) - 3):
            if 2 <= cut <= len(token) - 2 and token[cut] in SURNAMES | WORDY_SURNAMES and token[0] in SURNAMES:
                return [token[:cut], token[cut:]]
    return [token] if len(token) == 4 and known else None


def with_one_dot(text: str) -> str:
    """Return a text with one form of the dot in foreign names: 诺尔曼•白求恩, 诺尔曼・白求恩 -> 诺尔曼·白求恩."""
    return re.sub("[•・．.]", "·", text)


def _pen_name(token: str, words: Callable[[str], list[str]], *, acted: bool) -> list[str] | None:
    """Return a pen name in brackets below a text, which may begin without a surname ("（知新 编译）"), or None."""
    plain = (
        re.fullmatch(rf"{HAN}{{2,3}}", token)
        and (acted or words(token) != [token] or token[0] in SURNAMES)
        and not NO_PEN_NAME.search(token)
    )
    return [token] if plain else None


def _acting_name(token: str, words: Callable[[str], list[str]]) -> list[str] | None:
    """Return a name on a line that ends with an act, or None: "甘露 蓝田玉摄影报道" needs no role, and may be a word.

    A name without a known surname must contain no word of two or more characters: 闻樱摄, but not 现场拍摄.
    """
    plain = re.fullmatch(rf"{HAN}{{2,3}}", token) and token not in NOT_NAMES
    unknown = max(map(len, words(token))) == 1 and not NO_PEN_NAME.search(token)
    return [token] if plain and (has_surname(token) or unknown) else None


def _settle(
    found: list[tuple[str, str]], credited: list[tuple[str, str]], act: str, agency: str, *, named_role: bool
) -> People | None:
    credit = roles.CREDITS.get(act)
    credits = [PrintedName(roles.CREDITS[role], name) for role, name in credited]
    if credit:
        credits += [PrintedName(credit, name) for _, name in found]
    bylines: list[PrintedName] = []
    if credit is None or credit in roles.BOTH:
        bare = act if _is_act(act) else "作者"
        bylines = [PrintedName(role or bare, name) for role, name in found]
    if not named_role and len(found) > 4:
        return None
    return People(tuple(bylines), tuple(credits), agency)


def bare_names(text: str, words: Callable[[str], list[str]]) -> list[str] | None:
    """Return the names on a bare author line, or None: "方若谷", "方 可", "清溪县人民医院 方若谷"."""
    tokens = text.split()
    if not tokens or len(text) > 40:
        return None
    whole = "".join(tokens)
    if len(tokens) == 2 and all(len(token) == 1 for token in tokens):
        return [whole] if has_surname(whole) else None
    people = [token for token in tokens if is_person(token, words)]
    if len(people) == len(tokens):
        return people if len(tokens) <= BARE_NAMES else None
    office, names = tokens[-1 - len(people)], tokens[len(tokens) - len(people) :]
    return people if people and names == people and OFFICE_ENDS.search(office) else None
