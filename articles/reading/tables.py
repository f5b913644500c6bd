"""The text of a table, with a line for each row and a tab between cells: stored, compared and found like other text."""

from __future__ import annotations

CELL, ROW = "\t", "\n"


def table_text(rows: list[list[str]]) -> str:
    """Return the text of a table. White space within a cell becomes one space.

    >>> table_text([["乡镇", "建卡 人数"], ["铜井镇", ""]])
    '乡镇\\t建卡 人数\\n铜井镇\\t'
    """
    return ROW.join(CELL.join(" ".join(cell.split()) for cell in row) for row in rows)


def table_rows(text: str) -> list[list[str]]:
    """Return the rows of a table's text, all filled up to the length of the longest."""
    rows = [line.split(CELL) for line in text.split(ROW)]
    width = max(map(len, rows))
    return [row + [""] * (width - len(row)) for row in rows]


def table_values(text: str, caption: str) -> list[str]:
    """Return the parts of a table that a search finds by themselves: its caption, and each cell that is not empty."""
    return [value for value in (caption, *(cell for row in table_rows(text) for cell in row)) if value]


def table_paragraphs(text: str, caption: str) -> list[str]:
    """Return a table as paragraphs: its caption, and each row with its cells joined by a space.

    >>> table_paragraphs("乡镇\\t人数\\n铜井镇\\t1120", "表1")
    ['表1', '乡镇 人数', '铜井镇 1120']
    """
    rows = (" ".join(filter(None, row)) for row in table_rows(text))
    return [line for line in (caption, *rows) if line]
