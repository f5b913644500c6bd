"""The uses of each field of an article, declared once: `ARTICLE_FIELDS`.

Readings, pairing, judging, search documents and the desk's form take their fields from here. CONTRIBUTING.md lists the
files that a new field touches.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class ArticleField:
    """The uses of the field `name` of Article; an `ItemReading` has an attribute of the same name.

    * `is_line`: it is a line of print, a string.
    * `is_paired`: an import pairs what it read with stored articles by this line, beside the body.
    * `is_judged`: regions and topics are judged by it.
    * `searched_as`: the texts of the search index that hold it, a name of `articles.search.index.TEXTS`; "" for none.
    * `is_jump`: the desk shows it among the jumps.
    """

    name: str
    is_line: bool = False
    is_paired: bool = False
    is_judged: bool = False
    searched_as: str = ""
    is_jump: bool = False


#: The fields that a reading gives and a person may correct, in the order of the desk's form.
ARTICLE_FIELDS = (
    ArticleField("kind", is_judged=True),
    ArticleField("kicker", is_line=True, is_paired=True, is_judged=True, searched_as="headline"),
    ArticleField("headline", is_line=True, is_paired=True, is_judged=True, searched_as="headline"),
    ArticleField("deck", is_line=True, is_paired=True, is_judged=True, searched_as="headline"),
    ArticleField("column"),
    ArticleField("agency", is_line=True),
    ArticleField("blocks", is_judged=True, searched_as="body"),
    ArticleField("continued_to", is_jump=True),
    ArticleField("continued_from", is_jump=True),
)


def read_fields() -> tuple[str, ...]:
    """Return the names of the fields that a reading gives."""
    return tuple(field.name for field in ARTICLE_FIELDS)


def line_fields() -> tuple[str, ...]:
    """Return the names of the lines of print."""
    return tuple(field.name for field in ARTICLE_FIELDS if field.is_line)


def searched_lines(texts: str) -> tuple[str, ...]:
    """Return the names of the lines in these texts of the search index."""
    return tuple(field.name for field in ARTICLE_FIELDS if field.is_line and field.searched_as == texts)


def paired_lines() -> tuple[str, ...]:
    """Return the names of the lines by which an import pairs items with articles."""
    return tuple(field.name for field in ARTICLE_FIELDS if field.is_paired)


def judged_fields() -> frozenset[str]:
    """Return the names of the fields that regions and topics are judged by."""
    return frozenset(field.name for field in ARTICLE_FIELDS if field.is_judged)


def desk_fields(*, is_jump: bool) -> tuple[str, ...]:
    """Return the names of the fields in the first part of the desk's form, or of its part on jumps."""
    return tuple(field.name for field in ARTICLE_FIELDS if field.is_jump == is_jump)


def printed_text(row: object, body: Iterable[str]) -> str:
    """Return the print of an article or of an item of a reading, by which an import pairs the two.

    `row` has the paired lines as attributes; `body` yields the texts of its blocks.
    """
    return "\n".join([*(getattr(row, name) for name in paired_lines()), *body])
