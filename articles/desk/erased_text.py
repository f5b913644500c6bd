"""The text that the law takes back, wherever else it is written down: found again, and replaced by a mark. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Any

from articles.desk.recording import BLOCK
from articles.ingest.anchors import LIKE, solid

#: What stands in the ledger in place of an erased value.
MARK = "（已依法删去）"

#: The fewest characters, without spaces, by which a value is known as part of the text, and by which a line of the text
#: is known within a value. Fewer are words that any article may have.
SHORTEST, SHORTEST_LINE = 6, 8

#: The characters in a row that a value has from the text, wherever a line ends. So many are no accident, but for the
#: long name of an office.
SHARED = 12

#: The fields of an article that are a text, and the sets of rows that tell something of it.
TEXTS = ("kicker", "headline", "deck", "agency", "anchor")
SETS = ("bylines", "regions", "topics", "proposals", "doubts")

#: [start, end) of a text.
Span = tuple[int, int]


def blanked(text: str, spans: Iterable[Span]) -> str:
    """Return `text` with a space for each character of `spans`. Line ends stay, and so do all offsets.

    A space stands in no segment and is read by no reader, so that no later reading takes the place for print.

    >>> blanked("甲乙\\n丙丁", [(1, 4)])
    '甲 \\n 丁'
    """
    characters = list(text)
    for start, end in spans:
        characters[start:end] = (each if each.isspace() else " " for each in characters[start:end])
    return "".join(characters)


class ErasedText:
    """The text that is erased: what was `printed`, by the stretches of its source, and what was read or `typed`."""

    def __init__(self, printed: Sequence[str], typed: Iterable[str]) -> None:
        texts = ["".join(printed), *typed]
        self._whole = [each for text in texts if (each := solid(text))]
        lines = (solid(line) for text in ("\n".join(printed), *texts) for line in text.splitlines())
        self._lines = {line for line in lines if len(line) >= SHORTEST_LINE}
        self._stretches = {each for whole in self._whole for each in _stretches_of(whole)}

    def holds(self, text: str) -> bool:
        """Return whether `text` is a part of the erased text, or has a line or a stretch of SHARED characters of it."""
        shown = solid(text)
        return self._is_part(shown) or not self._stretches.isdisjoint(_stretches_of(shown))

    def _is_part(self, shown: str) -> bool:
        if len(shown) < SHORTEST:
            return False
        return any(shown in each for each in self._whole) or any(line in shown for line in self._lines)

    def spans_in(self, text: str) -> list[Span]:
        """Return the lines of another text that are lines of the erased one, or another recognition of them."""
        found, at = [], 0
        for line in text.splitlines(keepends=True):
            shown = solid(line)
            if self._is_part(shown) or (len(shown) >= SHORTEST_LINE and self._is_like(shown)):
                found.append((at, at + len(line)))
            at += len(line)
        return found

    def _is_like(self, shown: str) -> bool:
        matcher = SequenceMatcher(None, b=shown, autojunk=False)
        for line in self._lines:
            matcher.set_seq1(line)
            if matcher.real_quick_ratio() >= LIKE and matcher.quick_ratio() >= LIKE and matcher.ratio() >= LIKE:
                return True
        return False

    def scrubbed(self, value: Any) -> Any:  # noqa: ANN401 - anything that JSON can hold
        """Return a value of the ledger with the mark for each string that the erased text holds. Its form stays."""
        if isinstance(value, str):
            return MARK if self.holds(value) else value
        if isinstance(value, list):
            return [self.scrubbed(each) for each in value]
        if isinstance(value, dict):
            return {name: self.scrubbed(each) for name, each in value.items()}
        return value


def _stretches_of(shown: str) -> set[str]:
    return {shown[at : at + SHARED] for at in range(len(shown) - SHARED + 1)}


def without_text(field: str, value: Any) -> Any:  # noqa: ANN401 - as above
    """Return a value of a correction of the erased article itself, without any text. Its form stays.

    >>> without_text("", {"page": 7, "headline": "甲", "deck": "", "bylines": [["text", "", "乙", 1]]})
    {'page': 7, 'headline': '（已依法删去）', 'deck': '', 'bylines': []}
    >>> without_text("blocks/1f3a09bc", {"type": "table", "text": "甲", "caption": "乙"})
    {'type': 'paragraph', 'text': '（已依法删去）'}
    """
    if not value:
        return value
    if field == "":
        return {name: without_text(name, each) for name, each in value.items()}
    if field in TEXTS:
        return MARK
    if field in SETS:
        return []
    if field == "blocks":
        return [{"type": "paragraph", "text": MARK}]
    return {"type": "paragraph", "text": MARK} if field.startswith(BLOCK) else value


def has_mark(value: Any) -> bool:  # noqa: ANN401 - as above
    """Return whether an erased text stood in a value of the ledger, which then leads nowhere back."""
    if isinstance(value, list):
        return any(map(has_mark, value))
    if isinstance(value, dict):
        return any(map(has_mark, value.values()))
    return bool(value == MARK)
