"""The citation of an article: its data, the choice of its authors, and in words where it was printed."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

#: Roles below a text of people who did not write it: they were interviewed, looked it over or planned the series.
NOT_WRITING = ("受访专家", "指导专家", "点评专家", "策划", "统筹")
#: Roles of translators into Chinese: 其他责任者 of the standard. People who compiled a text (编译) wrote it.
TRANSLATING = ("译", "译者", "翻译")

_OFFICE = re.compile(
    r"^(?:本报|本刊|本社|本网|健康报|新华社|中新社|人民日报)"
    r"|(?:评论员|编辑部|委员会|办公室|课题组|调研组|协会|学会|医院|中心|大学|研究院|研究所)$"
)
#: Control characters except white space. Other unprintable ones stay: a private one may be a rare Han character.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
#: Characters that separate a deck from its headline in print. The standard has a colon of its own there.
_DASHES = "—－-―─ "


@dataclass(frozen=True, slots=True)
class CitedRegion:
    """A region that an article is about, by its code of GB/T 2260."""

    code: str
    name: str


class Cited(NamedTuple):
    """An article as it is cited: a story with all its parts. A list makes one for each row.

    `title` is the headline as printed. Without a headline it is the first words of the text, and `is_title_printed` is
    False. A column that the headline names in brackets, 探索微观世界的无穷奥秘（科技大观）, is part of the title. A
    column printed above the headline is not. `pages` are the known page numbers of all parts. `lead` is the beginning
    of the text. `notes` are the archive's remarks on the article. `url` is absolute.
    """

    id: int
    url: str
    title: str
    date: datetime.date
    accessed: datetime.date
    paper: str = "健康报"
    is_title_printed: bool = True
    kicker: str = ""
    deck: str = ""
    column: str = ""
    section: str = ""
    authors: tuple[str, ...] = ()
    translators: tuple[str, ...] = ()
    is_date_inferred: bool = False
    edition: int = 1
    issue_number: int | None = None
    pages: tuple[int, ...] = ()
    language: str = "zh-CN"
    regions: tuple[CitedRegion, ...] = ()
    topics: tuple[str, ...] = ()
    lead: str = ""
    notes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """A unique name of the article, of characters that every format takes."""
        return f"jkb-{self.date}-{self.id}"

    @property
    def full_title(self) -> str:
        """Headline and deck, as the standards join them: 题名：其他题名信息 (GB/T 7714—2025 8.5, —2015 4.4).

        A made-up title stands in brackets (GB/T 7714—2025 7.2.1).
        """
        title = one_line(self.title)
        if not self.is_title_printed:
            return f"[{title}]"
        deck = one_line(self.deck).strip(_DASHES)
        return f"{title.rstrip(_DASHES + '：:')}：{deck}" if deck else title

    @property
    def date_text(self) -> str:
        """The date as the standards print it, an estimated one in brackets: [1985-03-02] (GB/T 7714—2025 7.5.4.3)."""
        return f"[{self.date}]" if self.is_date_inferred else str(self.date)

    @property
    def edtf(self) -> str:
        """The date as programs read it, an approximate one marked by ISO 8601-2 (EDTF): 1985-03-02~."""
        return f"{self.date}~" if self.is_date_inferred else str(self.date)

    @property
    def zotero_issued(self) -> str:
        """The line of Zotero's field Extra that makes Zotero cite an estimated date as one; "" for any other date.

        Zotero hands its styles day, month and year of a date and drops all doubt, whatever the date field says. The
        line takes precedence over that field (citeproc-js reads it in an item's note). A date in quotation marks is
        printed as it is.
        """
        return f'issued: "{self.date_text}"' if self.is_date_inferred else ""

    @property
    def pages_text(self) -> str:
        """The page numbers as the standards write them: 2, 5-7."""
        return pages_text(self.pages)


def one_line(text: str) -> str:
    """Return `text` with each run of white space as one space, and without control characters.

    >>> one_line(" 题\\r\\n名\\x07 ")
    '题 名'
    """
    return " ".join(_CONTROLS.sub("", text).split())


def pages_text(pages: Iterable[int]) -> str:
    """Return page numbers, runs of them joined by a hyphen.

    >>> pages_text([2, 5, 6, 7]), pages_text([3, 2]), pages_text([])
    ('2, 5-7', '2-3', '')
    """
    runs: list[list[int]] = []
    for page in sorted(set(pages)):
        if runs and runs[-1][-1] == page - 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def share(signed: Iterable[tuple[str, str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return (authors, translators), each name once. `signed` has the (role, name) of each signature in printed order.

    >>> share([("记者", "赵一苇"), ("通讯员", "钱二木"), ("受访专家", "孙三水"), ("译", "李四光"), ("记者", "赵一苇")])
    (('赵一苇', '钱二木'), ('李四光',))
    """
    authors: dict[str, None] = {}
    translators: dict[str, None] = {}
    for role, name in signed:
        if name and role not in NOT_WRITING:
            (translators if role in TRANSLATING else authors).setdefault(name)
    return tuple(authors), tuple(name for name in translators if name not in authors)


def is_office(name: str) -> bool:
    """Tell whether a name is that of an office, not of a person: 本报评论员, 国家卫生健康委员会."""
    return bool(_OFFICE.search(name))


def date_in_words(cited: Cited) -> str:
    """Return the date in words: 2024年11月5日, or 约2024年11月5日."""
    day = cited.date
    return f"{'约' if cited.is_date_inferred else ''}{day.year}年{day.month}月{day.day}日"


def source_line(cited: Cited) -> str:
    """Return where the article was printed, in words: 《健康报》2024年11月5日第1版、第3版（总第12001期）."""
    return "".join(
        (
            f"《{cited.paper}》",
            date_in_words(cited),
            f"（当日第{cited.edition}种）" if cited.edition > 1 else "",
            "、".join(f"第{page}版" for page in cited.pages) or "（版次待考）",
            f"（总第{cited.issue_number}期）" if cited.issue_number else "",
        )
    )


def without_commas(names: Sequence[str]) -> list[str]:
    """Return names with full-width commas and semicolons.

    At the half-width ones reference managers cut a name, or a list of names, in two.
    """
    return [one_line(name).replace(",", "，").replace(";", "；") for name in names]
