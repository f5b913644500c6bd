"""Tables within bodies, in templates."""

from __future__ import annotations

from django import template

from articles.models.bodies import Block
from articles.reading.tables import table_rows

register = template.Library()


@register.filter
def rows(block: Block) -> list[list[str]]:
    """Return the rows of a block of type "table", all with the same number of cells."""
    return table_rows(block["text"])


@register.filter
def heading(block: Block) -> bool:
    """Tell whether the first row of a table is its heading: it has no digits, and other rows have some."""
    first, *others = table_rows(block["text"])
    return all(first) and not _figures(first) and any(map(_figures, others))


def _figures(row: list[str]) -> bool:
    return any(character.isdigit() for cell in row for character in cell)
