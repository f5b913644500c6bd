"""Values of an article in the words that people read, for questions, proposals and messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from articles.admin.screens.article.merging import BLOCK, MARKED, marks
from articles.desk.recording import BLOCK as LEDGER_BLOCK
from articles.desk.telling import label_of as told_label
from articles.desk.telling import tell
from articles.models import Article, Correction

#: The most paragraphs of a body that a comparison shows.
PARAGRAPHS_SHOWN = 20

#: A text in pieces, each with its tag: see `merging.marks`.
Pieces = list[tuple[str, str]]


def label_of(name: str) -> str:
    """Return the Chinese name of a field or set of an article, or of one block of its body."""
    if name.startswith(BLOCK):
        return f"正文第 {int(name.removeprefix(BLOCK)) + 1} 段"
    return told_label(Correction(model="article", field=name))


def labels_of(names: Iterable[str]) -> str:
    """Return the Chinese names of fields as a list: 标题、署名."""
    return "、".join(dict.fromkeys(label_of(name) for name in names))


def in_words(article: Article, told: Sequence[tuple[str, Any]]) -> list[str]:
    """Return each (field, value) as text, by a constant number of queries.

    A value is as the form or as a proposal has it. A body is left to `body_marks`.
    """
    key = str(article.pk)
    corrections = [
        Correction(model="article", object_id=key, field=_in_ledger(name), new=_as_row(name, value))
        for name, value in told
    ]
    return [each.new for each in tell(corrections)]


def _in_ledger(name: str) -> str:
    """Return the name that the ledger has for a field of the form, or for one block."""
    return f"{LEDGER_BLOCK}{name.removeprefix(BLOCK)}" if name.startswith(BLOCK) else name


def _as_row(name: str, value: Any) -> Any:  # noqa: ANN401 - values of any field
    return [[each] if isinstance(each, str) else each for each in value] if name == "topics" else value


def body_marks(old: list[dict[str, str]], new: list[dict[str, str]]) -> tuple[list[Pieces], list[Pieces]]:
    """Return the paragraphs in which two bodies differ, each as pieces: those of `old`, and those of `new`.

    Paragraphs that both have are left out.
    """
    was, now = [block["text"] for block in old], [block["text"] for block in new]
    gone = [text for text in was if text not in now]
    come = [text for text in now if text not in was]
    pairs = len(gone) == len(come)
    old_pieces = [
        marks(come[at], text) if pairs else [("ins", text)] for at, text in enumerate(gone[:PARAGRAPHS_SHOWN])
    ]
    new_pieces = [
        marks(gone[at], text) if pairs else [("ins", text)] for at, text in enumerate(come[:PARAGRAPHS_SHOWN])
    ]
    return old_pieces, new_pieces


def shortened(text: str) -> str:
    """Return a text cut to what a question can show."""
    return text if len(text) <= MARKED else f"{text[:MARKED]}……"
