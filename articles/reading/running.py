"""Lines that a digital edition adds to a page: navigation, running heads, lists of titles. Each rule has an example."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from articles.text.fold import fold_ideographs

from .lines import Line, squeeze

#: The longest line of this kind, in characters, and most entries of a list of titles.
LINE_LENGTH, TITLES = 200, 60
#: The fewest characters of the first line of a title that has several lines.
BEGINNING = 6


@dataclass(frozen=True)
class Rule:
    """A form of line with a printed example. The pattern matches a whole line without its white space."""

    name: str
    pattern: str
    example: str


_WORD = (
    r"上一[篇版期条页]|下一[篇版期条页]|[前后]一[期版]|返回(?:首页|目录|顶部|本版|列表)?|(?:版面|标题|本版标题|期次)?导航|往期回顾|往期|日期检索"
    r"|(?:本版)?PDF(?:下载|版|阅读)?|放大|缩小|默认|字号|字体|打印|收藏|关闭|复制(?:链接)?|分享(?:到)?|转发|点赞|点击|评论"
    r"|编辑[:：]?|责任编辑[:：]?|没有了|微信|微博|新浪微博|QQ空间|朋友圈|RSS|登录|注册|手机版|电脑版|客户端|首页|网站首页|目录|搜索|检索|全文检索|高级检索"
    r"|浏览(?:次数|量)?|阅读(?:次数|量|数)?|字数|订阅|帮助|朗读|语音|收听|下载|大图|小图|原版|版面图|电子版|数字报|旧版|纠错|大|中|小"
)
RULES = (
    Rule(
        "navigation",
        rf"(?:(?:{_WORD})|[\d.,]{{1,9}}[次条人字]?|[|｜/／:：><《》【】\[\]()（）+\-—⊕⊖○●·•…、，,«»‹›→←↑↓]){{1,80}}",
        "上一篇　下一篇",
    ),
    Rule(
        "breadcrumb",
        r"(?:当前位置[:：])?(?:首页|健康报\w{0,6})(?:[>＞»/›][^>＞»›]{1,24}){1,5}",
        "健康报 > 2019年04月23日 > 第04版：医改前沿",
    ),
    Rule("neighbours", r"上一篇[:：].{0,80}|下一篇[:：].{0,80}", "上一篇：没有了　下一篇：秋凉了"),
    Rule(
        "information",
        r"(?:字号[:：]?大中小|字体[:：]?大中小)?(?:日期[:：]?|时间[:：]?|发布时间[:：]?|更新时间[:：]?)?(?:\d{4}[-年./]\d{1,2}[-月./]\d{1,2}日?)?"
        r"(?:\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?(?:来源[:：]健康报\w{0,4})?",
        "字号：大 中 小　　2026-01-02 00:00:00　来源：健康报",
    ),
    Rule("source", r"(?:文章|稿件)?来源[:：](?:健康报\w{0,4})?", "来源：健康报"),
    Rule("author without a name", r"作者[:：]", "作者："),
    Rule("greeting", r"(?:欢迎(?:访问|光临)|您好)[^，。；]{0,100}", "欢迎访问健康报电子版！今天是2026年1月2日"),
    Rule("today", r"(?:今天|现在|当前时间|今日)是?[:：]?\d{4}[^，。；]{6,60}", "今天是2026年1月2日　星期五"),
    Rule(
        "rights",
        r"版权声明[:：].{0,160}|[^，。；]{0,40}(?:版权所有|未经(?:书面)?(?:授权|许可)|京ICP[备证]|ICP备|技术支持[:：]|Copyright|©)[^，。；]{0,120}",
        "健康报社版权所有　未经授权不得转载",
    ),
    Rule(
        "list of titles",
        r"(?:本版新闻|本版标题(?:导航)?|标题导航|本版导读|本版文章|文章列表|本期目录|本版目录)[:：]?",
        "本版标题导航",
    ),
)
_ANY = re.compile("|".join(f"(?P<r{number}>{rule.pattern})" for number, rule in enumerate(RULES)), re.IGNORECASE)
_TITLES = f"r{len(RULES) - 1}"
#: A word or sign that stands in lines of this kind and not in a newspaper's text.
_SURE_WORD = re.compile(
    r"[上下]一[篇版期条]|返回|导航|往期|检索|PDF|放大|打印|分享|字号|RSS|登录|浏览|字数|阅读[:：]|原版|来源|作者[:：]$|>|＞|»|›"
    r"|版权|ICP|技术支持|©|Copyright|欢迎|今天是|现在是|本版|列表|目录",
    re.IGNORECASE,
)


#: The label of an author at the end of such a line.
_AUTHOR = re.compile(r"(?<=[ \t\u3000])(?:文[/／])?作者[ \t\u3000]?[:：]")


def part_authors(lines: Sequence[Line]) -> list[Line]:
    """Return the lines; an author at the end of a line of information becomes a line of its own."""
    out: list[Line] = []
    for line in lines:
        match = _AUTHOR.search(line.text) if len(line.text) <= LINE_LENGTH and "作者" in line.text else None
        before = line.text[: match.start()] if match else ""
        if match is None or not find_running([replace(line, text=before.strip())]):
            out.append(line)
            continue
        at = line.start + match.start()
        out.append(replace(line, end=line.start + len(before.rstrip()), text=before.rstrip()))
        out.append(replace(line, start=at, text=line.text[match.start() :], gap=0, indent=0))
    return out


def find_running(lines: Sequence[Line]) -> set[int]:
    """Return the indexes of lines that a digital edition has put around the page's text.

    The entries of a list of titles stand again further down, as headlines.
    """
    found: set[int] = set()
    texts = [squeeze(fold_ideographs(line.text)) if len(line.text) <= LINE_LENGTH else "" for line in lines]
    last = {text: index for index, text in enumerate(texts)}
    for index, text in enumerate(texts):
        if not text or not _SURE_WORD.search(text):
            continue
        match = _ANY.fullmatch(text)
        if match is None:
            continue
        found.add(index)
        if match.lastgroup == _TITLES:
            found.update(_titles_below(texts, last, index))
    return found


def _titles_below(texts: Sequence[str], last: Mapping[str, int], index: int) -> set[int]:
    """Return the indexes of the entries in the list of titles below `index`. Each entry stands again further down.

    `last` maps each text to the index of its last line.
    """
    entries: set[int] = set()
    for at in range(index + 1, min(index + 1 + TITLES, len(texts))):
        entry = texts[at].lstrip("·•●■-*0123456789.、[]【】")
        # A headline over two lines begins with a part of the entry.
        begins = (entry[:length] for length in range(len(entry), min(len(entry), BEGINNING) - 1, -1))
        if not entry or not any(last.get(text, -1) > at for text in begins):
            break
        entries.add(at)
    return entries
