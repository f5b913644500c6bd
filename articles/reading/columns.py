"""A test that tells names of standing columns (栏目) from kickers that only introduce the headline below them."""

from __future__ import annotations

import re

#: The greatest lengths of a column's name, in characters: without a dot, and with one (关注新质生产力·人工智能).
LONGEST, LONGEST_WITH_DOT = 20, 40

#: Labels that may stand beside any article of the paper. They are no columns: nobody looks for "all of 导读".
LABELS = frozenset(
    "导读 今日导读 链接 相关链接 延伸阅读 编者按 编后 编后话 按语 名词解释 附 更正 启事 公告 广告 声明 新闻链接 "
    "资料链接 背景 新闻背景".split()
)
#: How names of columns end: 资讯速递, 基层短波, 行医笔记, 一家之言.
ENDS = tuple(
    "速递 短波 手记 笔记 漫笔 随笔 札记 日记 论坛 视点 视窗 视线 之声 声音 信箱 养生 课堂 驿站 讲堂 问答 答疑 来信 "
    "来论 照登 絮语 闲话 往事 诗页 诗词 书香 翰墨 光影 影像 镜头 镜头背后 人物 风采 观察 调查 一线 进行时 访谈 对话 "
    "面对面 连线 探访 寻访 纪事 纪实 故事 话题 快评 微评 短评 时评 评论 评论员文章 论衡 论语 微言 之言 之见 两语 "
    "动态 简讯 快讯 要闻 看点 广角 之窗 天地 园 苑 窗口 提示 提醒 常识 贴士 旅途 之石 医讯 医事 讨论 新论 新语 杂谈 "
    "漫谈 漫话 谈病 说药 释疑 解读 人生 心语 心声 札谈 文摘 文萃 书评 读书 读报 新知 新闻 行业 管理 学术 前沿 探索 "
    "广场 沙龙 园地 专栏 专题 系列报道 连载 追踪 聚焦 透视 扫描 点击 直通车 热线 日历 里的故事 行走 新读 心里话 "
    "工程 能力提升行 万里行 基层行 样本 实践 在身边".split()
)
#: How names of columns begin: 关注新质生产力, 聚焦医改, 走进社区卫生服务机构.
BEGINS = tuple(
    "关注 聚焦 走进 走近 探访 深化医改 学习贯彻 庆祝 纪念 喜迎 创建 我与 名医 名家 专家 院长 读者 海外 环球 今日 "
    "本草".split()
)
#: Words and stops that show that a kicker reports news: 紧密型城市医疗集团建设试点城市交流会召开.
_TELLS = re.compile(
    r"[，。！？；：、“”]|召开|举行|举办|公布|提出|启动|发布|印发|通报|揭晓|闭幕|开幕|结果$|指出|强调|要求|部署|会议"
)


def is_column(kicker: str, times: int = 1) -> bool:
    """Tell whether a kicker is the name of a column. `times` is the number of items below it on its page.
    >>> [is_column(kicker) for kicker in ("资讯速递", "关注新质生产力·人工智能", "行医笔记", "走进社区卫生服务机构")]
    [True, True, True, True]
    >>> [is_column(kicker) for kicker in ("三道关口保平安", "秋季学校食品卫生专项检查结果公布", "导读", "")]
    [False, False, False, False]
    >>> is_column("五湖四海", times=3)
    True
    """
    name = "".join(kicker.split())
    if not 2 <= len(name) <= (LONGEST_WITH_DOT if "·" in name else LONGEST):
        return False
    if name in LABELS or _TELLS.search(name):
        return False
    return times > 1 or name.endswith(ENDS) or name.startswith(BEGINS) or "·" in name
