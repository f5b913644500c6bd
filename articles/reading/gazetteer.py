"""The table of regions, arranged for finding their names in a text.

The names are grouped by their first two characters. In each group the longest name comes first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from articles.text.fold import fold_ideographs

#: Prefectures whose short name is also a word or another place's name. The short name counts only behind its province
#: or beside a place with the same parent.
WORDS = frozenset(
    "日照 开封 来宾 大同 安康 清远 白银 孝感 和田 海南 海北 海西 海东 黄南 兴安 阿里 山南 红河 黄山 玉树 朝阳 中山 "
    "百色 北海 三沙 怒江".split()
)
#: Counties whose short name is a common word. The short name counts only behind its parent or beside a place with the
#: same parent. The full name counts anywhere.
COUNTY_WORDS = frozenset(
    "资源 合作 和平 比如 南部 解放 东方 前进 港口 公安 友好 通道 共和 城中 城区 友谊 平安 中方 凤凰 安定 延长 "
    "光明 新兴 运河 太康 万年 东风 红旗 监利 光泽 南岸 赤壁 城北 会同 工农 大名 富裕 清水 高明 前锋 复兴 长子 "
    "宏伟 平定 芙蓉 洞口 太和 温泉 石门 向阳 郊区 振兴 三元 大方 互助 新华 威信 莲花 平和 名山 黄龙 矿区 桃源 "
    "三门 大观 永和 二七 台前 金山 民权 同心 平房 万安 定远 灯塔 白玉 大兴 天涯 七星 博爱 同仁 回民 钟楼 方正 "
    "安居 黑水 龙凤 鼓楼 大通 海盐 新民 镇远 富民 水城 老城 爱民 惠民 新星 和顺 孝义 开化 天心 登封 宣化 兴化 "
    "阳春 兴业 延寿 遵化 大安 奉化 安宁 青山 河口 东区 西区 秀英 城东 城西 城关 城厢 市中 市北 市南 正安 永安 "
    "太平 武功 独山 海门 双城 长安 新建 平原 古城 东湖 五台 三江 上街 泰山 镜湖 蓝田 东海 花山 永宁 西山 东山 "
    "南山 天山 昆山 宝山 金水 银海 滨海 城阳 新城 江北 江南 江城 河东 河西 海南 山阳 龙门 大足 中原 二道 兴国 "
    "兴隆 安国 广安 长乐 常山 集美 思明 麒麟 铜山 桐城 灵山 云溪 清河 双流 宽城 翠屏 象山 江海 龙山 黄陵 炎陵 "
    "秦淮".split()
)
#: Names of districts that many cities have. Such a name counts only behind its own parent, beside a place with the same
#: parent, or in a text that names its prefecture or province.
GENERIC = frozenset("城区 郊区 矿区 东区 西区 老城区 新城区 港口区 新区 城厢区".split())
#: Names that contain a place name but mean no place. Words of the splitter that go on beyond a name need no entry.
BLOCKED = tuple(
    "北京时间 南京路 中山路 孙中山 中山装 中山陵 中山公园 延安精神 延安时期 遵义会议 古田会议 上海合作组织 上合组织 "
    "阿里巴巴 阿里云 阿里健康 西安事变 南京大屠杀 黄河流域 长江流域 云南白药 河南话 四川话 天津话 广东话 上海话 "
    "新乡贤 重庆小面 北京烤鸭 兰州拉面 兰州牛肉面 沙县小吃 天津麻花 金华火腿 黄山毛峰 北京奥运 北京冬奥 上海世博 "
    "广州起义 南昌起义 北京人民广播电台 三明医改 三明经验 北海道 和平与发展 和平共处 世界大同 中日友好 北京同仁堂 "
    "上海药物研究所".split()
)

#: The provinces by their one-character names: 京津冀, 川渝两地, 在沪医院.
ABBREVIATIONS = dict(
    pair.split(":")
    for pair in (
        "京:110000 津:120000 冀:130000 晋:140000 蒙:150000 辽:210000 吉:220000 黑:230000 沪:310000 苏:320000 浙:330000 "
        "皖:340000 闽:350000 赣:360000 鲁:370000 豫:410000 鄂:420000 湘:430000 粤:440000 桂:450000 琼:460000 渝:500000 "
        "川:510000 蜀:510000 黔:520000 贵:520000 滇:530000 云:530000 藏:540000 陕:610000 甘:620000 青:630000 宁:640000 "
        "新:650000 港:810000 澳:820000 台:710000"
    ).split()
)


#: Rows as in fixtures/: (code, name, short, level, parent) and (old_name, current_code, last_year, flag).
RegionRow = tuple[str, str, str, int, "str | None"]
AliasRow = tuple[str, str, "int | None", str]

#: The ways in which a name can be meant, the strongest first.
#:
#: * block: the name means no place.
#: * full: the official name of a province or prefecture, or a name that means nothing else.
#: * short: the short name of a province or prefecture.
#: * county: the official name of a county, or a former name.
#: * child: any other short name. It counts beside its parent or a place with the same parent. Unless it is a common
#:   word, it also counts if the text names the region in full, or if it stands apart from other words.
#: * former: a former name that is another unit's name today. It counts only beside its parent or a place with the same
#:   parent.
#: * loose: a landscape within a province.
FORMS = ("block", "full", "short", "county", "child", "former", "loose")


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning of a name: its form, and the codes of the regions that have the name in this form."""

    form: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A name and its senses, in the order of FORMS. `is_former` says that no region has the name today."""

    name: str
    senses: tuple[Sense, ...]
    is_former: bool = False

    @property
    def is_blocked(self) -> bool:
        return self.senses[0].form == "block"

    @property
    def is_generic(self) -> bool:
        """Whether many cities have a district of this name: 城区, 郊区, 矿区."""
        return self.name in GENERIC

    @property
    def is_word(self) -> bool:
        """Whether the name is also a common word: 公安, 资源, 日照."""
        return self.name in COUNTY_WORDS or self.name in WORDS

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(code for sense in self.senses for code in sense.codes))


@dataclass(frozen=True)
class Gazetteer:
    """The names of regions, with the parent and the official name of each region by its code.

    `buckets` holds the names by their first two characters, the longest first. The names have folded ideographs, as the
    texts have: 乾县 and 干县 are the same name.
    """

    buckets: Mapping[str, tuple[PlaceName, ...]]
    parents: Mapping[str, str]
    names: Mapping[str, str]

    @classmethod
    def from_rows(cls, regions: Iterable[RegionRow], aliases: Iterable[AliasRow]) -> Gazetteer:
        """Return the table for rows of regions and rows of former and other names."""
        rows = list(regions)
        parents = {code: parent or "" for code, _, _, _, parent in rows}
        senses: dict[tuple[str, str], set[str]] = defaultdict(set)
        provinces = {short for _, _, short, level, _ in rows if level == 1}
        for code, name, short, level, _ in rows:
            senses[name, "full" if level < 3 else "county"].add(code)
            if level == 1 or (level == 2 and short not in WORDS and short not in provinces):
                senses[short, "short"].add(code)
            elif len(short) > 1:
                senses[short, "child"].add(code)
            if name.endswith("自治州"):
                senses[short + "州", "full"].add(code)
        today = {name for name, _ in senses}
        former: set[str] = set()
        for old, code, _, flag in aliases:
            senses[old, _form_of_alias(old, flag, today)].add(code)
            if flag in ("", "ambiguous"):
                former.add(old)
        for name in BLOCKED:
            senses[name, "block"].add("")
        return cls(_buckets(senses, former), parents, {code: name for code, name, *_ in rows})

    def province(self, code: str) -> str:
        return code[:2] + "0000"

    def is_within(self, code: str, parent: str) -> bool:
        """Tell whether a region is `parent` or lies within it."""
        while code:
            if code == parent:
                return True
            code = self.parents.get(code, "")
        return False

    def highest(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Return the codes without those of regions inside another region of `codes`: 朝阳市 stays, its 朝阳县 goes."""
        rows = tuple(codes)
        return tuple(code for code in rows if not any(other != code and self.is_within(code, other) for other in rows))


def _form_of_alias(old: str, flag: str, today: set[str]) -> str:
    """Return the form of a former or other name. `today` holds the names that regions have today."""
    if flag == "landscape":
        return "loose"
    if flag in ("special", "nickname"):
        return "full"
    return "former" if old in today or "name_still_current" in flag else "county"


def _buckets(senses: Mapping[tuple[str, str], set[str]], former: set[str]) -> dict[str, tuple[PlaceName, ...]]:
    by_name: dict[str, list[Sense]] = defaultdict(list)
    for form in FORMS:
        codes_of: dict[str, set[str]] = defaultdict(set)
        for (name, of), codes in senses.items():
            if of == form and len(name) > 1 and not any(map(str.isspace, name)):
                codes_of[fold_ideographs(name)] |= codes
        for name, codes in codes_of.items():
            by_name[name].append(Sense(form, tuple(sorted(codes))))
    former = set(map(fold_ideographs, former))
    buckets: dict[str, list[PlaceName]] = defaultdict(list)
    for name, rows in by_name.items():
        buckets[name[:2]].append(PlaceName(name, tuple(rows), name in former))
    return {key: tuple(sorted(rows, key=lambda row: (-len(row.name), row.name))) for key, rows in buckets.items()}
