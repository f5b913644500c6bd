"""CSV for spreadsheets: the columns of a list of stories, and lines without formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

#: The value of a cell: a string (dates, too), a number, a truth value, or None for an empty cell.
Cell = str | int | bool | None

#: The columns of a list of stories. The text is not among them: a cell of a spreadsheet ends at 32,767 characters.
COLUMNS = (
    "编号", "网址", "日期", "日期依据", "当日第几种", "总期号", "版次", "版名", "类别", "引题", "标题", "副题", "栏目",
    "作者", "署名", "图片署名", "地区", "地区代码", "主题", "引用格式（GB/T 7714—2025）", "备注",
)  # fmt: skip

#: Excel reads UTF-8 only behind this mark.
BYTE_ORDER_MARK = "\ufeff"

#: The first characters of cells that a spreadsheet would calculate or hand to another program.
_FORMULA = frozenset("=+-@＝＋－＠\t\r\n")


def csv_line(values: Iterable[Cell]) -> str:
    """Return a line of CSV. An apostrophe stands before text that would begin a formula, as OWASP advises."""
    out = io.StringIO()
    # Inline, since a function call for each cell takes a tenth of the time of a file.
    csv.writer(out).writerow(
        [(f"'{cell}" if cell[:1] in _FORMULA else cell) if isinstance(cell, str) else _plain(cell) for cell in values]
    )
    return out.getvalue()


def _plain(cell: int | bool | None) -> Cell:
    if isinstance(cell, bool):
        return "是" if cell else "否"
    return cell
