"""The formats of stories, each declared once: `FORMATS`, and `REFERENCES` for the page on citing.

Links, forms, URLs, files, the page on citing and the help page all derive from these tables. A new format is a module
with its writer beside this one, and an entry here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from articles.citing.bibtex import bibtex
from articles.citing.cited import Cited, source_line
from articles.citing.csl import csl_json
from articles.citing.gbt import gbt_2015, gbt_2025
from articles.citing.ris import ris
from articles.citing.spreadsheet import BYTE_ORDER_MARK, COLUMNS, Cell, csv_line


class Entry(Protocol):
    """One story, as a format takes it."""

    @property
    def cited(self) -> Cited:
        """The story as it is cited."""

    def record(self) -> dict[str, Any]:
        """Return everything that readers may see of the story, as JSON can hold it."""

    def row(self) -> Sequence[Cell]:
        """Return the story without its text, as the cells of COLUMNS."""

    def plain_text(self) -> str:
        """Return the story as plain text."""


@dataclass(frozen=True)
class Table:
    """How a list of names (regions, people, years …) is written: its first line, and a line for each row.

    `head` takes {key of a column: its heading}, `row` takes {key of a column: cell}.
    """

    head: Callable[[Mapping[str, str]], str]
    row: Callable[[Mapping[str, Cell]], str]


@dataclass(frozen=True)
class Format:
    """A format of files.

    * `key`: the suffix of a file, and the value of `as` in the URL of a list.
    * `label`: its name in links; `article_label` where the link of a single article says more.
    * `purpose`: what the help page says a list in this format is for.
    * `write`: returns the text of one story; `separator` follows each story of a list.
    * `in_lists`, `in_articles`: whether it serves lists of stories, or single articles.
    * `table`: how it writes lists of names; None if it doesn't serve them.
    * `has_text`: whether it holds the body of stories, which takes longer to read.
    * `head`: the text before the first story of a list.
    * `notice`: returns a sentence as a comment, or is None if the format has no comments.
    * `block`: the id of the block in which the page on citing shows it; "" if it doesn't.
    """

    key: str
    label: str
    media_type: str
    write: Callable[[Entry], str]
    purpose: str = ""
    article_label: str = ""
    in_lists: bool = False
    in_articles: bool = False
    has_text: bool = False
    head: str = ""
    separator: str = ""
    notice: Callable[[str], str] | None = None
    table: Table | None = None
    block: str = ""


@dataclass(frozen=True)
class Reference:
    """A form of reference on the page on citing: the id of its block, its name, its writer."""

    block: str
    label: str
    write: Callable[[Cited], str]


def json_line(data: Mapping[str, Any]) -> str:
    """Return a line of JSON Lines."""
    return json.dumps(data, ensure_ascii=False) + "\n"


FORMATS = (
    Format(
        key="csv",
        label="CSV",
        media_type="text/csv; charset=utf-8",
        write=lambda entry: csv_line(entry.row()),
        purpose="供电子表格打开",
        in_lists=True,
        head=BYTE_ORDER_MARK + csv_line(COLUMNS),
        notice=lambda sentence: csv_line([sentence]),
        table=Table(
            head=lambda columns: BYTE_ORDER_MARK + csv_line(columns.values()),
            row=lambda cells: csv_line(cells.values()),
        ),
    ),
    Format(
        key="jsonl",
        label="JSON Lines",
        media_type="application/x-ndjson",
        write=lambda entry: json_line(entry.record()),
        purpose="连同正文供程序读取",
        in_lists=True,
        has_text=True,
        notice=lambda sentence: json_line({"notice": sentence}),
        table=Table(head=lambda columns: "", row=json_line),
    ),
    Format(  # RIS has no comments
        key="ris",
        label="RIS",
        media_type="application/x-research-info-systems; charset=utf-8",
        write=lambda entry: ris(entry.cited),
        purpose="供文献管理软件导入",
        in_lists=True,
        in_articles=True,
        has_text=True,
        block="ris",
    ),
    Format(
        key="csl.json",
        label="CSL-JSON",
        media_type="application/vnd.citationstyles.csl+json",
        write=lambda entry: csl_json(entry.cited),
        in_articles=True,
        block="csl",
    ),
    Format(
        key="bib",
        label="BibTeX",
        media_type="application/x-bibtex; charset=utf-8",
        write=lambda entry: bibtex(entry.cited),
        purpose="供 LaTeX 使用",
        in_lists=True,
        in_articles=True,
        has_text=True,
        separator="\n",
        notice=lambda sentence: f"@comment{{{sentence}}}\n",
        block="bibtex",
    ),
    Format(
        key="json",
        label="JSON",
        media_type="application/json",
        write=lambda entry: json.dumps(entry.record(), ensure_ascii=False, indent=2) + "\n",
        article_label="JSON（含正文）",
        in_articles=True,
    ),
    Format(
        key="txt",
        label="纯文本",
        media_type="text/plain; charset=utf-8",
        write=lambda entry: entry.plain_text(),
        in_articles=True,
    ),
)

REFERENCES = (
    Reference("gbt-2025", "GB/T 7714—2025", gbt_2025),
    Reference("gbt-2025-online", "GB/T 7714—2025，引用本网页", lambda cited: gbt_2025(cited, online=True)),
    Reference("gbt-2015", "GB/T 7714—2015", gbt_2015),
    Reference("gbt-2015-online", "GB/T 7714—2015，引用本网页", lambda cited: gbt_2015(cited, online=True)),
    Reference("source", "出处", source_line),
)


def list_formats() -> dict[str, Format]:
    """Return the formats of lists of stories, by key."""
    return {each.key: each for each in FORMATS if each.in_lists}


def table_formats() -> dict[str, Format]:
    """Return the formats of lists of names, by key."""
    return {each.key: each for each in FORMATS if each.table}


def article_formats() -> dict[str, Format]:
    """Return the formats of single articles, by key."""
    return {each.key: each for each in FORMATS if each.in_articles}
