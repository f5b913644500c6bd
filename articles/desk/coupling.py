"""Steps of an undo that go back together, or stay together: the articles of a moved story."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from articles.desk.moving import part_apart
from articles.models import Page

if TYPE_CHECKING:
    from articles.desk.undoing import Step


def with_moves(steps: list[Step]) -> list[Step]:
    """Return the steps. An article moves back only to a page that is there, with its place on that page.

    All articles of a story stay in one issue.
    """
    moves = [step for step in steps if step.correction.model == "article" and step.correction.field == "page"]
    if not moves:
        return steps
    pages = Page.objects.select_related("issue").in_bulk([step.correction.old for step in moves])
    left = {step.row.pk: step.left for step in moves if step.left}
    left |= {step.row.pk: "原来的版面已不在" for step in moves if not step.left and step.correction.old not in pages}
    going = [step for step in moves if step.row.pk not in left]
    while apart := part_apart(
        [step.row for step in going], {step.row.pk: pages[step.correction.old] for step in going}
    ):
        left[apart[0].pk] = f"《{apart[1]}》和它是一篇稿件，须在同一期"
        going = [step for step in going if step.row.pk not in left]

    def is_left(step: Step) -> bool:
        return step.correction.model == "article" and step.correction.field in ("page", "position") and not step.left

    return [
        replace(step, left=left[step.row.pk]) if is_left(step) and step.row and step.row.pk in left else step
        for step in steps
    ]
