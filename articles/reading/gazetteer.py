"""The table of regions, made for finding names in text: longest match, by first two characters."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from operator import add

#: (code, name, short, level, parent) and (old_name, current_code, last_year, flag), as in fixtures/.
RegionRow = tuple[str, str, str, int, str]
AliasRow = tuple[str, str, "int | None", str]

#: Prefectures whose short name is a word: they count behind their province or beside another place only.
WORDS = frozenset(
    "日照 开封 来宾 大同 安康 清远 白银 孝感 包头 和田 通化 海南 海北 黄南 兴安 阿里 山南 延边 红河 黔南 黄山 "
    "玉树 朝阳 中山 百色".split()
)
#: Districts that many cities have: they count behind their own parent only.
GENERIC = frozenset("城区 郊区 矿区 东区 西区 老城区 新城区 港口区 市中区 开发区 高新区 新区 城中区 城关区".split())
#: Units that the table does not have, with the code of where they lie.
SPECIAL = {
    "新疆生产建设兵团": "650000",
    "新疆兵团": "650000",
    "雄安新区": "130000",
    "粤港澳大湾区": "",
    "湘西州": "433100",
}
#: Names that hold a place's name and are none.
BLOCKED = tuple(
    "北京时间 南京路 中山路 孙中山 中山装 中山陵 延安精神 遵义会议 上海合作组织 上合组织 阿里巴巴 阿里云 "
    "阿里健康 西安事变 南京大屠杀 北京人民广播电台 黄河流域 长江流域 云南白药 河南话 四川话 天津话"
    " 广东话 上海话 新乡贤 北京奥运 河北梆子 重庆小面".split()
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A name and the regions that bear it; `form` is "full", "short", "county", "child" or "block"."""

    name: str
    codes: tuple[str, ...]
    form: str


@dataclass(frozen=True)
class Gazetteer:
    """Names of regions by their first two characters, the longest first, and each region's parent."""

    buckets: dict[str, tuple[Entry, ...]]
    parents: dict[str, str]

    @classmethod
    def from_rows(cls, regions: Iterable[RegionRow], aliases: Iterable[AliasRow]) -> Gazetteer:
        """Build the table from rows of regions and of old names."""
        rows = list(regions)
        parents = {code: parent for code, _, _, _, parent in rows}
        forms: dict[tuple[str, str], set[str]] = defaultdict(set)
        taken: set[str] = set()
        for code, name, short, level, _ in rows:
            full = "county" if level == 3 else "full"
            forms[name, full].add(code)
            taken.add(name)
            if level < 3:
                forms[short, "child" if short in WORDS else "short"].add(code)
                if name.endswith("自治州"):
                    forms[short + "州", "full"].add(code)
            elif len(short) > 1:
                forms[short, "child"].add(code)
        for old, code, _, flag in aliases:
            if old not in taken and "name_still_current" not in flag and len(old) > 2:
                forms[old, "county"].add(code)
        for name, code in SPECIAL.items():
            forms[name, "full" if code else "block"].add(code)
        for name in BLOCKED:
            forms[name, "block"].add("")
        return cls(_buckets(forms), parents)

    def province(self, code: str) -> str:
        return code[:2] + "0000"

    def is_within(self, code: str, parent: str) -> bool:
        """Tell whether a region lies within another one."""
        while code:
            if code == parent:
                return True
            code = self.parents.get(code, "")
        return False

    def scan(self, text: str) -> list[tuple[int, int, tuple[Entry, ...]]]:
        """Every place's name in a text, the longest at each point: (start, end, what it can be)."""
        found: list[tuple[int, int, tuple[Entry, ...]]] = []
        buckets, free = self.buckets, 0
        for at in [at for at, pair in enumerate(map(add, text, text[1:])) if pair in buckets]:
            if at < free:
                continue
            entries = buckets[text[at : at + 2]]
            match = next((entry for entry in entries if text.startswith(entry.name, at)), None)
            if match is not None:
                free = at + len(match.name)
                found.append((at, free, tuple(entry for entry in entries if entry.name == match.name)))
        return found


def _buckets(forms: dict[tuple[str, str], set[str]]) -> dict[str, tuple[Entry, ...]]:
    buckets: dict[str, list[Entry]] = defaultdict(list)
    for (name, form), codes in forms.items():
        if len(name) > 1 and re.fullmatch(r"[^\s]+", name):
            buckets[name[:2]].append(Entry(name, tuple(sorted(codes)), form))
    order = {"block": 0, "full": 1, "short": 2, "county": 3, "child": 4}
    return {key: tuple(sorted(rows, key=lambda e: (-len(e.name), order[e.form]))) for key, rows in buckets.items()}
