"""The roles of bylines, as a query names them and as the index numbers them. Pure."""

from __future__ import annotations

#: Each role as a query names it, then other endings of the roles that papers print for it. The place in the table is
#: the role's number in the index. A byline without a role, or with one that is not in the table, is 文 or 摄影.
_TABLE = """
文 作者 撰文
摄影 摄影师
记者
通讯员
评论员
撰稿 撰稿人 供稿
读者
翻译 译者 译
编译
编写 摘编
整理
执笔
采写
采访
口述 讲述
记录
实习生
主持人
专家
策划
统筹
供图
绘图
航拍
视频
漫画
制图
插图
速写
版画
剪纸
摄影报道
图文 文/图
"""

_ROWS = [line.split() for line in _TABLE.strip().splitlines()]

#: The roles in the order of their numbers.
ROLES = tuple(row[0] for row in _ROWS)

#: Stands in a query for any role: 署名:何文.
ANYONE = "署名"

#: What a query may name in the place of a role.
ASKED_ROLES = frozenset((*ROLES, ANYONE))

_ENDINGS = sorted(((ending, row[0]) for row in _ROWS for ending in row), key=lambda pair: -len(pair[0]))
_NUMBERS = {role: number for number, role in enumerate(ROLES)}

#: The bits of a signature that hold the contributor's id.
_ID_BITS = 32


def role_of(printed: str, *, photo: bool) -> str:
    """Return the role of ROLES for a byline's role as stored, under a text or under a `photo`.

    >>> role_of("驻陕西首席记者", photo=False), role_of("", photo=False), role_of("", photo=True)
    ('记者', '文', '摄影')
    """
    found = next((role for ending, role in _ENDINGS if printed.endswith(ending)), None)
    return found or ("摄影" if photo else "文")


def signature(role: str, contributor: int) -> int:
    """Return the number under which the index holds that a contributor signed in a role of ROLES."""
    return _NUMBERS[role] << _ID_BITS | contributor


def signed(number: int) -> tuple[str, int]:
    """Return (role, contributor) of a `signature`.

    >>> signed(signature("通讯员", 7))
    ('通讯员', 7)
    """
    return ROLES[number >> _ID_BITS], number & (1 << _ID_BITS) - 1
