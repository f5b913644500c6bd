"""Template filters for the tables within bodies."""

from __future__ import annotations

from django import template

from articles.models.bodies import Block
from articles.reading.tables import table_rows

register = template.Library()


@register.filter
def rows(block: Block) -> list[list[str]]:
    """Return the rows of a block of type "table". All rows have the same number of cells."""
    return table_rows(block["text"])


@register.filter
def heading(block: Block) -> bool:
    """Return whether the first row of a table is its heading.

    A heading has text in all cells and no digits, and another row has digits.
    """
    first, *others = table_rows(block["text"])
    return all(first) and not _figures(first) and any(map(_figures, others))


def _figures(row: list[str]) -> bool:
    return any(character.isdigit() for cell in row for character in cell)
