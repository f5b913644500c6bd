"""The kind of a line, of its beginning and of its end, by the printed form alone."""

from __future__ import annotations

from collections.abc import Callable

from . import marks
from .names import bare_names
from .pieces import FRONTS, Rest, cut_tail, cut_whole, has_front

Words = Callable[[str], list[str]]

#: The longest line of bare names, in characters.
NAMES_LENGTH = 40


def recognize_whole(text: str, words: Words) -> str:
    """Return the kind of a line that holds one thing only ("byline", "credit", "agency", "jump_to" …), or "".

    >>> recognize_whole("（下转第3版）", list)
    'jump_to'
    """
    rest = Rest(text, 0, [], [])
    return rest.head[0].kind if cut_whole(rest, words) else ""


def recognize_front(text: str) -> str:
    """Return the kind of a line's opening: a lead, a jump line, or "".

    " alone" is added if the opening fills the line. An "open lead" is a lead that the end of the line cuts.

    >>> recognize_front("本报讯（记者 丁一凡）山里来了新大夫。")
    'lead'
    """
    if not has_front(text):
        return ""
    for kind, mark in FRONTS:
        if match := mark.match(text):
            return f"{kind} alone" if match.end() == len(text) else kind
    at = max(text.rfind("（"), text.rfind("("))
    is_open = at > 0 and not set("）)") & set(text[at:])
    return "open lead" if is_open and marks.LEAD.fullmatch(text[:at]) else ""


def recognize_tail(text: str, words: Words) -> str:
    """Return the kinds of the first two pieces at the end of a text: "byline" for "……好了。（丁一凡）"."""
    rest = Rest(text, 0, [], [])
    cut_tail(rest, words)
    return "+".join(piece.kind for piece in rest.tail[:2])


def names_on_line(text: str, words: Words) -> str:
    """Return how many bare names make up a line, counted up to 4: "all 2" for "丁一凡 方可", "" for any other line."""
    if len(text) > NAMES_LENGTH:
        return ""
    people = bare_names(text.lstrip("□口■ \u3000（(—").rstrip("）)"), words)
    return f"all {min(4, len(people))}" if people else ""
