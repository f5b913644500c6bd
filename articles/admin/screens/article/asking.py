"""The questions that a save may ask before it stores anything: about newer changes, and about open doubts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from articles.admin.screens.article.merging import Difference, Side, marks
from articles.admin.screens.article.saving import Saved
from articles.admin.screens.article.state import Seen
from articles.admin.screens.article.wording import Pieces, body_marks, in_words, label_of, shortened
from articles.models import Correction

#: The fields of a form that a question sets anew, or that belong to one answer.
_NOT_CARRIED = ("csrfmiddlewaretoken", "seen", "op", "_save", "_next", "settle", "reason")

#: The groups of a question about newer changes, in its order.
SIDES: tuple[tuple[Side, str], ...] = (
    ("both", "两边都改了，请选"),
    ("mine", "只有您改了：用您的"),
    ("theirs", "只有对方改了：用对方的"),
    ("same", "两边改得一样"),
)


@dataclass(frozen=True)
class Compared:
    """A difference in words. `before`, `theirs` and `mine` are lists of paragraphs in pieces."""

    name: str
    label: str
    before: list[Pieces]
    theirs: list[Pieces]
    mine: list[Pieces]
    choice: str


def carried(data: QueryDict, *without: str) -> list[tuple[str, str]]:
    """Return (name, value) of everything typed, to travel on as hidden fields."""
    skipped = (*_NOT_CARRIED, *without)
    return [(name, value) for name, found in data.lists() if name not in skipped for value in found]


def question_context(saved: Saved, data: QueryDict) -> dict[str, Any]:
    """Return the context of the question whether a review settles the open doubts."""
    return {
        "title": "标为已校之前",
        "asked": [(doubt, doubt.told_by.label) for doubt in saved.asked],
        "carried": carried(data),
        "seen": data.get("seen", ""),
        "reason": data.get("reason", ""),
        "goes_on": "_next" in data,
    }


def conflict_context(saved: Saved, seen: Seen, data: QueryDict) -> dict[str, Any]:
    """Return the context of the question which of two changes stands, for each value that both sides have changed."""
    compared = _compared(saved, data)
    names = [name for name in data if name.startswith("choice-")]
    others = _others(saved, seen)
    return {
        "title": "您打开之后，这一篇有了新的改动",
        "groups": [
            (side, said, [compared[each.name] for each in saved.found if each.side == side])
            for side, said in SIDES
            if any(each.side == side for each in saved.found)
        ],
        "number": sum(each.side == "both" for each in saved.found),
        "others": others,
        "whose": others[-1].user_name if others and others[-1].user_name else "机器",
        "opened_at": seen.opened_at,
        "carried": carried(data, *names),
        "seen": replace(seen, met=saved.theirs).signed(saved.article),
        "reason": data.get("reason", ""),
        "goes_on": "_next" in data,
    }


def _others(saved: Saved, seen: Seen) -> list[Any]:
    """Return the batches that have changed the article since the form was opened, the oldest first."""
    rows = Correction.objects.of(saved.article).filter(batch_id__gt=seen.batch).select_related("batch")
    return list({row.batch_id: row.batch for row in rows}.values())


def _compared(saved: Saved, data: QueryDict) -> dict[str, Compared]:
    plain = [each for each in saved.found if each.name != "blocks"]
    told = [(each.name, value) for each in plain for value in (each.before, each.theirs, each.mine)]
    words = iter(in_words(saved.article, told) if told else [])
    return {
        each.name: _in_pieces(each, data, [next(words), next(words), next(words)])
        if each.name != "blocks"
        else _of_bodies(each, data)
        for each in saved.found
    }


def _in_pieces(each: Difference, data: QueryDict, words: Iterable[str]) -> Compared:
    before, theirs, mine = map(shortened, words)
    of_theirs, of_mine = ([marks(before, other, with_gone=True)] for other in (theirs, mine))
    choice = data.get(f"choice-{each.name}", "")
    return Compared(each.name, label_of(each.name), [[("", before)]], of_theirs, of_mine, choice)


def _of_bodies(each: Difference, data: QueryDict) -> Compared:
    before, theirs = body_marks(each.before, each.theirs)
    of_mine, mine = body_marks(each.before, each.mine)
    return Compared(each.name, label_of(each.name), before or of_mine, theirs, mine, data.get("choice-blocks", ""))
