"""The printed forms that the reader knows, as data. Each has a name, a pattern and one printed example.

Every quantifier is bounded, so every pattern takes at most a constant time at one place of the text.
The examples are invented.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: A Chinese character, 〇 included.
HAN = r"[\u3400-\u9fff\uf900-\ufaff〇]"
#: A character that Chinese prints without a space beside it.
SOLID = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef“”‘’…—·]"
#: A number as it is printed in dates, page numbers and issue numbers.
NUMERAL = r"[0-9０-９〇○零一二三四五六七八九十百]"
OPEN, CLOSE = r"[（(\[〔]", r"[）)\]〕]"


@dataclass(frozen=True)
class Mark:
    """A named printed form: its pattern, and one example that the pattern finds."""

    name: str
    pattern: re.Pattern[str]
    example: str

    def match(self, text: str, pos: int = 0) -> re.Match[str] | None:
        return self.pattern.match(text, pos)

    def search(self, text: str, pos: int = 0) -> re.Match[str] | None:
        return self.pattern.search(text, pos)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        return self.pattern.fullmatch(text)


def _mark(name: str, pattern: str, example: str, flags: int = 0) -> Mark:
    return Mark(name, re.compile(pattern, flags), example)


# Printed signs that are not part of the text.
BULLET = _mark("bullet", r"[●▲■◆★▶►•◇△▼◎☆]+[ \t\u3000]*", "●雨天防滑　雨天出门应穿防滑鞋。")
DASH = _mark("dash", r"[—―─–-]{2,4}[ \t\u3000]*", "——记一位守岛医生")

DECK_DASH = _mark("deck-dash", r"(?:[—―─–-]{1,4}|一一)[ \t\u3000]*", "一一河北省蠡县流动接种见闻")

# Leads: the opening of a story, which names its source. A lead is not body text.
LEAD = _mark(
    "lead",
    rf"[【\[（(]?(?P<source>本报|本刊|本网|据?(?:新华社|中新社|中新网|人民日报|人民网|央视新闻|《[^》]{{2,12}}》)"
    rf"|(?P<other>{HAN}{{2,5}}(?:日报|晚报|早报|晨报|快报|时报|商报|都市报))(?=讯))"
    rf"(?P<place>(?:{HAN}|[、·\d \t]){{0,16}}?)"
    rf"(?:综合)?(?:讯(?!息)|汛|专电|电(?=[ \t\u3000]|{OPEN}|[】\]]|$)|(?<=日)电|消息(?=[ \t\u3000：:]"
    rf"|{OPEN}))[】\])）]?[ \t\u3000]{{0,4}}"
    rf"(?P<by>{OPEN}(?P<who>[^（）()〔〕\[\]]{{1,90}}){CLOSE})?[ \t\u3000]{{0,4}}",
    "本报北京5月3日电（记者 丁一凡）5月3日，全国护理工作会议召开。",
)
LEAD_BARE = _mark(
    "lead-bare",
    rf"(?P<who>(?:(?:本报|特约)?记者|通讯员)[ \t\u3000]*{HAN}[^，。；：]{{1,40}}?)(?:从{HAN}{{2,16}})?"
    r"报道(?:[：:][ \t\u3000]{0,4}|[ \t\u3000]{1,4})",
    "记者丁一凡 通讯员方可报道：近日，某县医院开展义诊。",
)
REPORTER_BRACKET = _mark(
    "reporter-bracket",
    rf"{OPEN}(?P<who>(?:本报)?(?:特约|首席|见习|实习)?(?:记者|通讯员)[^（）()]{{1,80}}){CLOSE}[ \t\u3000]{{0,4}}",
    "（记者丁一凡）近日，某县医院开展义诊。",
)

AUTHOR_LABEL = _mark("author-label", r"(?:文[/／])?作者[ \t\u3000]?[:：][ \t\u3000]*(?=\S)", "作者：本报记者 丁一凡")

# Jumps and teasers.
_PAGE = rf"第?[ \t]{{0,2}}[A-DＡ-Ｄ]?[ \t]{{0,2}}(?P<page>{NUMERAL}{{1,4}})[ \t]{{0,2}}版"
JUMP_TO = _mark(
    "jump-to",
    rf"[→▶►]?[ \t]?{OPEN}?[ \t]?[→▶►]?[ \t]?(?:紧?[下后][转接]|转)[ \t]?{_PAGE}[^（）()。]{{0,16}}?[ \t]?{CLOSE}?",
    "（下转第3版）",
)
JUMP_FROM = _mark(
    "jump-from",
    rf"[→▶►←]?[ \t]?{OPEN}?[ \t]?(?:紧?[上前][接转]|接)[ \t]?{_PAGE}(?:[^（）()。]{{0,16}}?[ \t]?{CLOSE}"
    rf"|[ \t]?{CLOSE}?)",
    "（上接第一版）",
)
TEASER_REF = _mark(
    "teaser-ref",
    rf"[→▶►>》☞]{{0,3}}[ \t]?{OPEN}?(?:(?:相关|更多|详细|有关)?(?:报道|内容|新闻|文章|全文|稿件)?[ \t]?(?:请"
    rf"|敬请)?(?:详?见|参见|刊于|刊登?在?|阅读)"
    rf"(?:今日|本报|今天|本期)?|今日|本期){_PAGE}(?:[ \t]?{HAN}{{0,8}})?{CLOSE}?[ \t]?(?P<dash>[—―─–-]{{1,4}}|[：:])?",
    "详细报道见今日第6版——",
)
PAGE_TAIL = _mark(
    "page-tail",
    rf"[ \t\u3000…·.]{{1,40}}{OPEN}?(?:详?见|刊于?|请看|转)?(?:今日|本报)?{_PAGE}{CLOSE}?$",
    "乡村医生的一天 …… 第5版",
)
PAGE_ONLY = _mark("page-only", rf"[→▶►>☞]{{0,3}}[ \t]?{OPEN}?{_PAGE}{CLOSE}?", "第8版")
PAGE_BEHIND = _mark(
    "page-behind",
    rf"(?<=[。！？…”])[ \t\u3000]{{0,4}}(?:详?见|参见|阅读)?(?:今日|本报)?{_PAGE}$",
    "一个人守了四十年。第5版",
)
PAGE_HEAD = _mark("page-head", rf"{_PAGE}[ \t\u3000]+(?=\S)", "2版 山里来了新大夫")

# Tables.
TABLE_TITLE = _mark(
    "table-title",
    r"附?表(?![彰示明现达演态情率])[ \t]?(?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,2})?"
    r"[ \t\u3000:：.．]{0,2}[^。；]{1,50}",
    "表1 各乡镇建卡人数",
)

# Credits of photographs, and notes that take the place of a credit.
GIVEN_BY = _mark(
    "given-by",
    rf"{OPEN}?(?:本[版文]|本组|以上|文中|配图|资料)?(?:图片|照片|图)(?:均|皆)?(?:由"
    rf"|系)(?P<who>[^（）()。，]{{2,36}}?)(?:提供|供图){CLOSE}?[。]?",
    "（图片由清溪县人民医院提供）",
)
PICTURE_SOURCE = _mark(
    "picture-source",
    rf"{OPEN}?(?:图片(?:来源|提供)|供图|图源)[ \t]?[:：/／]?[ \t]?(?P<who>[^（）()。，：:]{{2,30}}){CLOSE}?",
    "供图：清溪县人民医院",
)
SUPPLIED = _mark(
    "supplied", rf"{OPEN}?(?P<who>[^（）()。，：:]{{2,30}}?)[ \t]?(?:供图|图){CLOSE}?", "清溪县人民医院供图"
)
ARCHIVE_PICTURE = _mark("archive-picture", rf"{OPEN}?(?:资料图片?|本报资料(?:图片)?|图片资料){CLOSE}?", "（资料图片）")

ARCHIVE_TAIL = _mark(
    "archive-tail",
    r"(?:(?<=[。！？”）])|(?<=[ \t\u3000]))(?:本报)?资料(?:图片?|照片)[。]?$",
    "医生走在山路上。资料图片",
)

# Notes at the end of a story, which are not body text.
AGENCY_NOTE = _mark(
    "agency-note",
    rf"{OPEN}[ \t]?(?:(?:以上|本组|本版)?(?:稿件|消息|报道|内容)?均?据"
    rf"|来源[：:]?|摘自|转自|原载|综合|本报综合|选自)(?P<source>新华社|中新社|中新网"
    rf"|人民日报|央视新闻|[^（）()]{{0,28}}?)"
    rf"(?:[^（）()]{{0,24}}?(?:电|讯|消息|报道|整理))?[ \t]?{CLOSE}",
    "（据新华社北京5月3日电）",
)
AUTHOR_NOTE = _mark(
    "author-note",
    rf"{OPEN}[ \t]?(?:本?文?(?:第一)?作者(?P<who>{HAN}{{2,4}})?(?:单位|分别|均)?(?:系|为|是|(?<=单位)[:：]"
    rf"|[:：](?=.{{0,40}}(?:医院|大学|学院|中心|研究)))"
    rf"|本栏目?由|本文由)[^（）()]{{1,90}}(?:{OPEN}[^（）()]{{1,30}}{CLOSE}[^（）()]{{0,40}})?{CLOSE}",
    "（作者系清溪县退休教师）",
)
EXPERT_NOTE = _mark(
    "expert-note",
    rf"{OPEN}[ \t]?{HAN}{{2,4}}系[^（）()]{{4,100}}{CLOSE}",
    "（丁一凡系清溪县人民医院儿科医生，方可系小学教师）",
)
SEE_ALSO = _mark(
    "see-also", rf"{OPEN}(?:[上中下]篇|前文|续篇)(?:见|刊于)[^（）()]{{2,30}}{CLOSE}", "（下篇见5月6日第3版）"
)
END_NOTE = _mark("end-note", rf"{OPEN}(?:未完待续|待续|全文完|完|未完|续完){CLOSE}", "（未完待续）")

# Lines of a body that are paragraphs at any length.
SPEAKER = _mark(
    "speaker",
    rf"(?:[问答][：:]|(?:记者|主持人|本报记者|本报|健康报|编辑|读者|{HAN}{{2,4}}"
    rf"|{HAN}{{1,5}}·{HAN}{{1,6}})[：:](?=\S))",
    "记者：这个想法从何而来？",
)
CONTACT = _mark(
    "contact",
    rf"(?:(?:{HAN}{{0,4}}(?:电话|热线|联系人|地址|邮箱|信箱|邮编|邮政编码|传真|网址|网站|微信号?|联系方式"
    rf"|开户行|账号|户名|QQ|邮发代号|刊号|代号|定价|订价|售价|零售价|半年价|全年价|年价)|E-?mail)[ \t]?[：:]"
    r"|(?:电话|热线|传真)[ \t]?[（(]?\d{3})",
    "联系人：方先生 电话：0100-2000000",
    re.IGNORECASE,
)
LIST_ROW = _mark(
    "list-row",
    r"(?:[0-9０-９]{1,2}[.．、）)](?![0-9])|[①-⑳]|[（(][0-9０-９一二三四五六七八九十]{1,3}[）)]|[·・•][ \t]?)",
    "1.用流动的清水洗手",
)
SECTION_NUMBER = _mark(
    "section-number",
    r"(?:[一二三四五六七八九十]{1,3}[、．.]|[（(][一二三四五六七八九十]{1,3}[）)])",
    "一、健全工作机制",
)
NOTICE_TITLE = _mark(
    "notice-title",
    rf"(?:{HAN}|[《》“”·（）()\d]){{0,22}}(?:声明|公告|启事|敬告|讣告|更正|更正启事|公示|致歉|征订|招聘|招聘信息"
    rf"|招标|遗失|注销|广告|征稿|订阅通知|征集令)"
    rf"|(?:欢迎|敬请|诚邀)(?:广大{HAN}{{2,4}})?(?:订阅|征订){HAN}{{0,4}}[^，。；！？]{{0,30}}",
    "遗失声明",
)
NOTICE_BODY = _mark(
    "notice-body", r"(?:声明作废|特此(?:公告|声明|更正|通知)|登报声明)", "方某遗失医师资格证书，声明作废。"
)
CAPTION = _mark(
    "caption",
    r"(?:图[①-⑳一二三四五六七八九十\d]?[：:]?为|（[左右中上下][^（）]{0,6}）|\([左右中上下]\)|[上下左右]图)",
    "图为医生为老人听诊。",
)

# Labels of columns and boxes. They serve weak decisions only.
EDITOR_NOTE = _mark(
    "editor-note",
    r"(?:编者按|编者的话|编前|编后|编后语|按语|编者|开栏的话|开栏语|主持人语|核心提示|阅读提示|核心阅读"
    r"|内容提要|写在前面|结语|尾声|引子|楔子)[：:]?",
    "编者按",
)
BOX = _mark(
    "box",
    rf"(?:(?:{HAN}{{0,3}})(?:链接|延伸阅读|相关阅读|小贴士|名词解释|新闻背景|背景资料|贴士|提示|短评|时评|微评"
    rf"|快评|锐评|评论|点评|手记|观察|札记|来信|记者手记))",
    "延伸阅读",
)
BRIEFS = _mark(
    "briefs",
    rf"{HAN}{{0,6}}(?:简讯|快讯|短讯|速递|速览|短波|集纳|一览|微评|动态|要闻|播报|简报|扫描|传真|拾零|微议|提醒"
    rf"|提示|贴士|点击|快递|资讯|摘要|之窗|看点|医讯|时讯|要讯|文摘|集锦)",
    "资讯快递",
)
GUIDE = _mark("guide", r"(?:今日|本期|本版)?(?:导读|导航|看点|要目|提要|内容导读)[：:]?", "今日导读")
