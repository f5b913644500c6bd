"""The forms in a folio, as data. Each form is a pattern with a printed example. It is matched on folded ideographs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .dates import PRINTED
from .marks import HAN, NUMERAL

#: The 24 terms of the solar year, which mastheads announce.
SOLAR_TERMS = "|".join(
    "立春 雨水 惊蛰 春分 清明 谷雨 立夏 小满 芒种 夏至 小暑 大暑".split()
    + "立秋 处暑 白露 秋分 寒露 霜降 立冬 小雪 大雪 冬至 小寒 大寒".split()
)
#: The blank characters between the parts of a form. _S also allows one line end, as a folio of several lines has it.
_S = r"[ \t\u3000]{0,3}\n?[ \t\u3000]{0,3}"
_B = r"[ \t\u3000]{0,4}"
_LUNAR_DAY = (
    r"(?:闰)?[正一二三四五六七八九十冬腊]{1,3}月(?:大|小)?(?:[初十廿卅]?[一二三四五六七八九十]{1,3}日?|[廿卅]日?)?"
)
_NAMED_PAGE = rf"{HAN}{{2,8}}{_B}[:：·•]?{_B}(?:[A-DT][0-9０-９]{{1,2}}版?|[0-9０-９]{{1,2}}{_B}版)"
_PAGE_NAMED = rf"第?[A-DT]?[0-9０-９]{{1,2}}{_B}版{_B}[:：·•]?{_B}{HAN}{{2,8}}"
_APART = r"[ \t\u3000]{0,4}[|｜/、，,;；]?[ \t\u3000]{0,4}"

#: Weekdays, Monday first.
WEEKDAYS = "一二三四五六日"
ENGLISH_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Form:
    """A form in a folio: its kind, its pattern, and one printed example."""

    kind: str
    pattern: str
    example: str


FORMS = (
    Form("date", rf"(?:公元{_B})?{PRINTED.pattern}", "2024年11月22日"),
    # Half of a date that a line end breaks in two.
    Form(
        "part",
        rf"(?:19|20|１９|２０|二[〇○零O０]|一九){NUMERAL}{{2}}{_B}年{_B}{NUMERAL}{{1,3}}{_B}月(?={_B}$)"
        rf"|(?m:^){_B}{NUMERAL}{{1,3}}{_B}日(?=[ \t\u3000])",
        "2024年11月",
    ),
    Form(
        "weekday",
        rf"星{_B}期{_B}[一二三四五六日天]|(?:周|礼拜)[一二三四五六日天](?!{HAN})"
        r"|(?<![A-Za-z])(?i:monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tues?|wed|thur?s?|fri|sat|sun)"
        r"(?![A-Za-z])\.?",
        "星期五",
    ),
    Form(
        "lunar",
        rf"(?:农历|夏历|阴历){_B}(?:[甲乙丙丁戊己庚辛壬癸]{_B}[子丑寅卯辰巳午未申酉戌亥]{_B}年?)?{_B}(?:{_LUNAR_DAY})?"
        rf"|[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]年?{_B}(?:[鼠牛虎兔龙蛇马羊猴鸡狗猪]年)?{_B}(?:{_LUNAR_DAY})?"
        rf"|(?:今|明)[日天]{_B}(?:{SOLAR_TERMS})(?!{HAN})",
        "农历甲辰年十月廿二",
    ),
    Form(
        "issue",
        rf"(?:总|出版)?第{_B}(?P<issue_number>{NUMERAL}{{3,6}}){_B}期"
        rf"|总{_B}(?:期号|第|期){_B}[:：]?{_B}(?P<issue_total>\d{{3,6}}){_B}期?|(?i:no)\.?{_B}(?P<issue_no>\d{{4,6}})",
        "第12345期",
    ),
    Form(
        "today",
        rf"(?:今日|本期|今天|本报今日){_B}[共出]?{_B}(?:[对四八]开)?{_B}{NUMERAL}{{1,3}}{_B}[个块]?版"
        rf"|第{NUMERAL}{{1,3}}[—－~～-]{NUMERAL}{{1,3}}版",
        "今日8版",
    ),
    # The contents of other pages. They tell nothing about this page.
    Form(
        "index",
        rf"(?:版面目录|今日导读|本期导读|版面导读)?{_B}[:：]?{_B}"
        rf"(?:{_NAMED_PAGE}(?:{_APART}{_NAMED_PAGE}){{1,30}}|{_PAGE_NAMED}(?:{_APART}{_PAGE_NAMED}){{1,30}})",
        "要闻 2版 | 深度 4版 | 临床 6版",
    ),
    Form(
        "page",
        rf"第?{_B}(?:[A-DT]{_B})?(?P<page_number>{NUMERAL}{{1,3}}){_B}版(?![面式次权]|主编|编)"
        rf"|版{_B}次{_B}[:：]?{_B}(?P<page_times>{NUMERAL}{{1,3}})|第{_B}(?P<page_leaf>{NUMERAL}{{1,3}}){_B}[页頁]"
        r"|(?<![\w])(?i:page|p\.?)[ ]?(?P<page_english>\d{1,3})(?![\w])",
        "第3版",
    ),
    Form(
        "code",
        rf"(?:国内统一连续出版物号|国内统一刊号|国内统一刊物代号|全国统一刊号|统一刊号|刊号|邮发代号|国外代号|广告经营许可证号?|代号)"
        rf"{_B}[:：]?{_S}(?:CN)?[A-Z]{{0,3}}[ \t]?[\d—\-－/]{{1,14}}号?"
        r"|(?i:CN)[ \t]?\d\d[ \t]?[—\-－][ \t]?\d{4}|(?i:ISSN)[ \t]?[\dX\-]+|国内统一连续出版物号|邮发代号",
        "邮发代号1-20",
    ),
    Form(
        "masthead",
        rf"健{_B}康{_B}报(?:社|电子版|数字报|数字版)?(?:出版|主办)?"
        r"|(?i:HEALTH[ \t]?NEWS|JIANKANG[ \t]?BAO|JKB(?![a-z]))"
        r"|(?:国家卫生(?:健康|和计划生育)委(?:员会)?|中华人民共和国卫生部|卫生部)(?:主管|主办)"
        rf"|主{_B}[管办]{_B}[:：]?|出版{_B}[:：]?",
        "健康报",
    ),
    Form(
        "price",
        rf"(?:零售|定价|订价|每份|售价|本报(?:定|零售)?价){_B}(?:价)?{_B}(?:每份)?{_B}[:：]?{_B}(?:人民币)?{_B}"
        rf"(?:[0-9０-９.．]{{1,6}}|{NUMERAL}{{1,6}}){_B}[元角分](?:{NUMERAL}{_B}[角分])?"
        rf"|(?:全年|半年|每月|每季|月|季|年)定?价{_B}[:：]?{_B}[0-9.]{{1,6}}{_B}元",
        "零售每份1.00元",
    ),
    Form(
        "address",
        rf"(?:社址|(?:报社|本报|编辑部)?地址|印刷|印刷厂|承印|代印){_B}[:：]{_B}[^\n]{{2,40}}?(?=[ \t\u3000\n]|$)"
        rf"|(?:邮政编码|邮编){_B}[:：]?{_B}[0-9]{{6}}",
        "社址：北京市清溪街1号",
    ),
    Form(
        "contact",
        rf"(?:{HAN}{{0,6}}(?:电{_B}话|热{_B}线|邮{_B}箱|信{_B}箱|传{_B}真|广告部|发行部|总机)|(?i:E-?mail|Tel|QQ)|微信)"
        rf"{_B}[:：/／]?{_B}(?:[（(]?[ ]?\d[\d（）()\-—－转 ]{{4,24}}|[\w.\-]+@[\w.\-]+)",
        "编辑部电话：010-10000000",
    ),
    # Additions of a digital edition beside a date or an editor's name.
    Form(
        "running",
        r"[【\[](?:打印|收藏|关闭|分享|评论|下载)[】\]]"
        r"|(?:浏览|阅读|评论|点击|字数|收藏)(?:量|数|次数)?[:：]?[ \t]?\d+[ \t]?[次条字]?"
        r"|(?i:PDF)[ \t]?(?:版|下载|阅读)|(?:下载|查看)(?i:PDF)",
        "【打印】",
    ),
    Form("url", r"(?:网址[:：]?[ \t]?)?(?:https?://|www\.)[\w.\-/]{3,80}|[\w.\-]+@[\w.\-]+\.[a-z]+", "www.example.com"),
)

_ALL = re.compile("|".join(f"(?P<{form.kind}>{form.pattern})" for form in FORMS), re.MULTILINE)
#: Characters of which every form has at least one. Most lines of a text have none of them and need no closer look.
_HINT = re.compile(r"[0-9０-９:：@【\[]|[A-Za-z]{3}|[年月期周拜历版报号页管办价址话今明]")


@dataclass(frozen=True)
class FoundForm:
    """A form that was found in a text: its kind, its span [start, end), and the match."""

    kind: str
    start: int
    end: int
    match: re.Match[str]


def find_forms(text: str) -> Iterator[FoundForm]:
    """Yield the forms in a text, in order. If several forms begin at one place, the first one in FORMS counts."""
    if not _HINT.search(text):
        return
    for match in _ALL.finditer(text):
        kind = next(form.kind for form in FORMS if match[form.kind] is not None)
        yield FoundForm(kind, *match.span(), match)


def weekday_of(text: str) -> int:
    """Return the number of the weekday that a printed name means, 0 for Monday.
    >>> weekday_of("星 期 天"), weekday_of("Thur.")
    (6, 3)
    """
    english = text.strip().lower()[:3]
    if english in ENGLISH_WEEKDAYS:
        return ENGLISH_WEEKDAYS.index(english)
    return WEEKDAYS.index(text.strip()[-1].replace("天", "日"))
