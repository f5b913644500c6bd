"""The table of regions, made for finding their names in text: by first two characters, the longest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from articles.text.fold import fold_ideographs

from .place_words import BLOCKED, COUNTY_WORDS, GENERIC, WORDS

#: (code, name, short, level, parent) and (old_name, current_code, last_year, flag), as in fixtures/.
RegionRow = tuple[str, str, str, int, "str | None"]
AliasRow = tuple[str, str, "int | None", str]

#: How a name can be meant, the strongest first.
#: block: no place at all. full: the official name of a province or prefecture, or a name that is nothing else's.
#: short: their short name. county: the official name of a county, or a former name. child: a short name that counts
#: beside its parent only. loose: a name for a stretch of land in a province.
#: former: what a unit was called whose name is another's today: it counts beside its parent only.
FORMS = ("block", "full", "short", "county", "child", "former", "loose")


@dataclass(frozen=True, slots=True)
class Sense:
    """One way in which a name can be meant: its form, and the codes of the regions that bear it so."""

    form: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A name and its senses in the order of FORMS; `is_former`: no region is called so today."""

    name: str
    senses: tuple[Sense, ...]
    is_former: bool = False

    @property
    def is_blocked(self) -> bool:
        return self.senses[0].form == "block"

    @property
    def is_generic(self) -> bool:
        """Whether it is said of many towns: 城区, 郊区, 矿区."""
        return self.name in GENERIC

    @property
    def is_word(self) -> bool:
        """Whether it is a common word as well: 公安, 资源, 日照."""
        return self.name in COUNTY_WORDS or self.name in WORDS

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(code for sense in self.senses for code in sense.codes))


@dataclass(frozen=True)
class Gazetteer:
    """Names of regions by their first two characters, the longest first; each region's parent, and its name.

    Names that are looked up have their ideographs folded, as the texts have: 乾县 and 干县 are one.
    """

    buckets: Mapping[str, tuple[Name, ...]]
    parents: Mapping[str, str]
    names: Mapping[str, str]

    @classmethod
    def from_rows(cls, regions: Iterable[RegionRow], aliases: Iterable[AliasRow]) -> Gazetteer:
        """Build the table from rows of regions and of other names."""
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
        """Tell whether a region lies within another one, or is it."""
        while code:
            if code == parent:
                return True
            code = self.parents.get(code, "")
        return False

    def highest(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Return those of `codes` that lie in none of the others: of 朝阳市 and its 朝阳县, the city."""
        rows = tuple(codes)
        return tuple(code for code in rows if not any(other != code and self.is_within(code, other) for other in rows))


def _form_of_alias(old: str, flag: str, today: set[str]) -> str:
    """Return the form in which another name counts."""
    if flag == "landscape":
        return "loose"
    if flag in ("special", "nickname"):
        return "full"
    return "former" if old in today or "name_still_current" in flag else "county"


def _buckets(senses: Mapping[tuple[str, str], set[str]], former: set[str]) -> dict[str, tuple[Name, ...]]:
    by_name: dict[str, list[Sense]] = defaultdict(list)
    for form in FORMS:
        codes_of: dict[str, set[str]] = defaultdict(set)
        for (name, of), codes in senses.items():
            if of == form and len(name) > 1 and not any(map(str.isspace, name)):
                codes_of[fold_ideographs(name)] |= codes
        for name, codes in codes_of.items():
            by_name[name].append(Sense(form, tuple(sorted(codes))))
    former = set(map(fold_ideographs, former))
    buckets: dict[str, list[Name]] = defaultdict(list)
    for name, rows in by_name.items():
        buckets[name[:2]].append(Name(name, tuple(rows), name in former))
    return {key: tuple(sorted(rows, key=lambda row: (-len(row.name), row.name))) for key, rows in buckets.items()}
