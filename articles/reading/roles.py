"""The roles and acts of people on a page, in one table from which all patterns, endings and labels are made."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Role:
    """A word for what somebody did, and the forms in which it is printed.

    It stands `before` a name ("记者 丁一凡"), `after` it ("丁一凡 编译"), or before it with a `slash` or colon between
    ("文/丁一凡"). `credit` is the role that the word gives in the credits of a picture. With `both`, its people stand
    in the bylines, too. `names` is the role that the word gives to a writer.
    """

    word: str
    before: bool = False
    after: bool = False
    slash: bool = False
    credit: str = ""
    both: bool = False
    names: str = ""


def _roles(words: str, **values: object) -> tuple[Role, ...]:
    """Return roles whose printed words are also the roles that they give to writers."""
    return tuple(Role(word, names=word, **values) for word in words.split())  # type: ignore[arg-type]


def _acts(words: str, **values: object) -> tuple[Role, ...]:
    return tuple(Role(word, **values) for word in words.split())  # type: ignore[arg-type]


ROLES = (
    # People who write for the paper, and people who speak in it.
    *_roles("记者 通讯员 评论员 撰稿人 摄影师 特约作者 作者 读者 译者 实习生 主持人", before=True),
    *_roles("受访专家 指导专家 点评专家", before=True),
    # Acts before names and after them.
    *_roles("编译 整理 执笔 撰文 采写 口述 讲述 撰稿 供稿", before=True, after=True, slash=True),
    *_roles("编写 摘编 翻译 采访 记录", before=True, after=True, slash=True),
    *_roles("策划 统筹", before=True, slash=True),
    *_roles("译", after=True, slash=True),
    *_acts("文字", slash=True),
    *_acts("文", after=True, slash=True),
    *_acts("报道", after=True),
    # Pictures.
    *_acts("摄影 图片 图 摄", after=True, slash=True, credit="摄影"),
    *_acts("供图", after=True, slash=True, credit="供图"),
    *_acts("绘图 绘 手绘", after=True, slash=True, credit="绘图"),
    *(
        Role(word, after=True, slash=True, credit=word)
        for word in ("航拍", "视频", "漫画", "制图", "插图", "速写", "版画", "剪纸")
    ),
    *_acts("摄影报道 摄影/报道 摄影并报道", after=True, credit="摄影报道", both=True),
    *_acts("文/图 图/文 文并摄 文/摄 图文 文图", after=True, credit="文/图", both=True),
)  # fmt: skip

#: Grades before a role: 首席记者, 全媒体记者, 见习记者.
GRADES = "首席|特约|见习|实习|高级|资深|特派|主任|全媒体|融媒体|驻站|一线|青年"
#: Papers and agencies that may stand before a role. A reading keeps the agencies, and drops this paper's own names and
#: other papers.
OWN = "本报|健康报|本刊|本网|本社|本版"
AGENCIES = ("新华社", "中新社", "人民日报")
OTHERS = (
    rf"{'|'.join(AGENCIES)}|《[^》]{{2,12}}》"
    r"|[\u3400-\u9fff]{2,6}(?:日报社?|晚报社?|早报|时报|商报|都市报|青年报|电视台|新华网|人民网)"
)


def _any(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


#: The roles by their words.
BY_WORD = {role.word: role for role in ROLES}
#: Words that put people into the credits of a picture, with the role that each gives there. BOTH holds the roles whose
#: people also wrote.
CREDITS = {role.word: role.credit for role in ROLES if role.credit}
BOTH = frozenset(role.credit for role in ROLES if role.both)
#: Patterns of the words before names, after names, with a slash, for credits of pictures, and of all words.
BEFORE = _any([role.word for role in ROLES if role.before])
AFTER = _any([role.word for role in ROLES if role.after])
SLASH = _any([role.word for role in ROLES if role.slash])
CREDIT_ACT = _any([role.word for role in ROLES if role.credit and role.after and role.word != "图片"])
ANY = _any([role.word for role in ROLES])
#: A whole role before names: 本报驻陕西首席记者, 新华社记者, 通讯员.
TITLE = (
    rf"(?:{OWN}|{OTHERS})?[ \t\u3000]?(?P<place>驻[\u3400-\u9fff]{{2,6}}?(?={GRADES}|记者))?"
    rf"(?P<word>(?:{GRADES}){{0,2}}(?:{BEFORE}))(?:站[\u3400-\u9fff]{{2,4}})?"
)


def role_of(match: re.Match[str]) -> str:
    """Return the role in a match of TITLE: 驻陕西记者 for 本报驻陕西记者."""
    return (match["place"] or "") + match["word"]
