"""Steps of an undo that go back together: the articles of a moved story, given text and the body that holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from articles.desk.moving import part_apart
from articles.models import Article, Page

if TYPE_CHECKING:
    from articles.desk.undo_steps import Step

#: The field of a page that is undone line by line.
PLACED = "placed"


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


def with_dates(steps: list[Step]) -> list[Step]:
    """Return the steps. A page stays in its issue if a story that a person has joined would lie in two.

    A join of the machine is parted then, as when a page moves.
    """
    left: dict[int, str] = {}
    while True:
        steps = [
            replace(step, left=left[int(step.correction.object_id)])
            if _is_date(step) and int(step.correction.object_id) in left
            else step
            for step in steps
        ]
        dated = {int(step.correction.object_id): step.correction.old for step in steps if _is_date(step)}
        left = _apart(dated, steps) if dated else {}
        if not left:
            return steps


def _is_date(step: Step) -> bool:
    return step.correction.model == "page" and step.correction.field == "issue" and not step.left


def _apart(dated: Mapping[int, int | None], steps: Sequence[Step]) -> dict[int, str]:
    """Return {id of a page: why it can't get the issue `dated` tells} of the pages with half of a story."""
    articles = [step for step in steps if step.correction.model == "article" and not step.left]
    rejoined = {int(step.correction.object_id) for step in articles if step.correction.field == "continuation_of"}
    parts = Article.objects.filter(continuation_of__isnull=False).select_related("page", "continuation_of__page")
    near = {row.pk: row for row in (*parts.filter(page__in=dated), *parts.filter(continuation_of__page__in=dated))}
    found: dict[int, str] = {}
    for row in near.values():
        head = row.continuation_of
        is_kept = row.pk not in rejoined and row.is_protected("continuation_of")
        if head is None or not is_kept or head.page_id == row.page_id:
            continue
        issues = [dated.get(page.pk, page.issue_id) for page in (row.page, head.page)]
        if None in issues or issues[0] != issues[1]:
            for page, other in ((row.page_id, head), (head.page_id, row)):
                if page in dated:
                    found[page] = f"这一版有文章和《{other}》是一篇稿件，须在同一期；请先解开"
    return found


def with_given_text(steps: list[Step]) -> list[Step]:
    """Return the steps. Text that was given to an article goes back with its body, both or neither."""
    placed = [step for step in steps if step.correction.field == PLACED]
    if not placed:
        return steps
    owners = {line[2] for step in placed for line in (*(step.correction.old or []), *(step.correction.new or []))}
    persons = {row.pk for row in Article.objects.filter(pk__in=owners - {None}) if row.is_protected("blocks")}
    of_article = [step for step in steps if step.correction.model == "article"]
    whole = {int(step.correction.object_id) for step in of_article if not step.correction.field}
    bodies = {int(step.correction.object_id): step for step in of_article if step.correction.field == "blocks"}

    def touched(step: Step) -> set[int]:
        old, new = step.correction.old or [], step.correction.new or []
        return {line[2] for line in (*old, *new) if (line in old) != (line in new)} - {None}

    def stays(step: Step) -> bool:
        unwritten = (touched(step) & persons) - bodies.keys() - whole
        return bool(step.left or unwritten or any(bodies[pk].left for pk in touched(step) & bodies.keys()))

    staying = {step.correction.pk for step in placed if stays(step)}
    of_staying = {bodies[pk].correction.pk for step in placed if stays(step) for pk in touched(step) & bodies.keys()}
    return [
        replace(step, left="给出的文字后来又改过")
        if step.correction.pk in staying | of_staying and not step.left
        else step
        for step in steps
    ]
