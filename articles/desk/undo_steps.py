"""The steps of an undo, and which of them go back together or stay together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from articles.desk.coupling import PLACED
from articles.desk.doubts import OF_ISSUE, may_open
from articles.desk.rejoining import clashes
from articles.desk.standing import name_of
from articles.models import Batch, Correction, Doubt, Page, SourceText

#: The fields that a split changes in the article that it cuts and in those behind it. The empty field is the new one.
OF_SPLIT = ("", "blocks", "bylines", "continued_to", "position")

#: The field that makes an article a part of another one.
JOIN = "continuation_of"

#: The reasons why a step is left that several steps may have.
CHANGED_SINCE = "后来又改过"
CLASHING = "和现有的其他记录冲突"
HALF_STAYS = "拆开的两篇后来又改过，不能拼回原样；要合成一篇，请在这一版的页面上勾选这两篇，按“合并”"

#: The reason why a page stays that other texts have come to.
OTHER_TEXTS = "这一版后来又收到别的文本，撤销会使那份文本无所归属；请先把它归到别的版"

#: The models of the rows that come and go with a text.
OF_A_TEXT = ("page", "article")

#: The models of rows with a URL that a person's write may move.
MOVING = ("page", "issue")


@dataclass(frozen=True)
class Step:
    """One correction of a batch that is to be undone.

    `left` is the reason why it stays, or "" if it goes back. `present` is the value now, `row` the row, None if it is
    gone. `later` is the correction that has the last word instead.
    """

    correction: Correction
    row: Any
    present: Any
    left: str = ""
    later: Correction | None = None


def with_rules(steps: list[Step], kind: str) -> list[Step]:
    """Return the steps of a batch of this kind. What can't go back without a step that is left is left, too."""
    steps = _with_texts(steps) if kind in Batch.OF_TEXTS else _with_halves(steps)
    return _with_doubts(_with_redirects(_with_joins(steps)))


def _with_joins(steps: list[Step]) -> list[Step]:
    """Return the steps. A join stays as it is if it no longer fits beside the others, as they would be."""
    while True:
        going = [step for step in steps if step.correction.model == "article" and not step.left]
        back = {step.correction.pk: int(step.correction.object_id) for step in going}
        heads = {back[step.correction.pk]: step.correction.old for step in going if step.correction.field == JOIN}
        gone = [step for step in going if is_deletion(step.correction)]
        wrong = clashes(heads, {back[step.correction.pk]: step.correction.old or {} for step in gone}) if heads else {}
        if not wrong:
            return steps
        steps = [
            replace(step, left=wrong[back[step.correction.pk]])
            if step.correction.field == JOIN and back.get(step.correction.pk) in wrong
            else step
            for step in steps
        ]


def _with_doubts(steps: list[Step]) -> list[Step]:
    """Return the steps. A doubt stays closed if the machine no longer raises it.

    It stays settled, too, as long as a field that it names is not as it was before the batch.
    """
    steps = [
        replace(step, left="机器已不再提出这一处存疑") if not step.left and _is_past(step) else step for step in steps
    ]
    left = [step.correction for step in steps if step.left]
    stay = {(each.model, each.object_id, name_of(each.field)) for each in left}
    if not stay:
        return steps
    pages = [step.row.page_id for step in steps if isinstance(step.row, Doubt)]
    issues = dict(Page.objects.filter(pk__in=pages).values_list("pk", "issue"))

    def is_named(doubt: Doubt) -> bool:
        article, page = ("article", str(doubt.article_id)), ("page", str(doubt.page_id))
        issue = ("issue", str(issues.get(doubt.page_id)))
        named = {(*article, name) for name in doubt.fields} | {(*page, name) for name in doubt.fields}
        named |= {(*issue, name) for name, said in OF_ISSUE.items() if said in doubt.fields}
        return bool(named & stay)

    return [
        replace(step, left="所疑的字段后来又改过") if isinstance(step.row, Doubt) and is_named(step.row) else step
        for step in steps
    ]


def _is_past(step: Step) -> bool:
    """Return whether the step would open a doubt that the machine no longer raises."""
    is_opened = isinstance(step.row, Doubt) and step.correction.old == Doubt.State.OPEN
    return is_opened and not may_open(step.row)


def _with_redirects(steps: list[Step]) -> list[Step]:
    """Return the steps. If a row stays where the batch has moved it, the redirects to it stay, too."""
    stays = any(step.left for step in steps if step.correction.model in MOVING)
    return [
        replace(step, left="所指的记录没有移回") if stays and step.correction.model == "redirect" else step
        for step in steps
    ]


def _with_halves(steps: list[Step]) -> list[Step]:
    """Return the steps. The halves of a split are put together, or parted again, both or neither.

    A half that went back alone would show a text twice, or nowhere.
    """
    halves, bound = of_split(steps)
    if not any(step.left for step in steps if step.correction.pk in halves):
        return steps
    return [
        replace(step, left=HALF_STAYS) if step.correction.pk in bound and step.left in ("", CHANGED_SINCE) else step
        for step in steps
    ]


def _with_texts(steps: list[Step]) -> list[Step]:
    """Return the steps. If a text stays, so do the articles that came with it, and the page that was made for it.

    A text stays if the place that its page has left is taken meanwhile: it would put the page there. The articles of
    another text would double what the page shows. A page that is made for a text goes with all its articles, or stays,
    and it stays if other texts have come to it since. It comes back with all of them, too.
    """
    texts = [step for step in steps if step.correction.model == "sourcetext"]
    is_page_made = any(_is_creation(step.correction) and step.correction.model == "page" for step in steps)
    stays = any(step.left for step in texts) or any(_is_place_taken(step) for step in steps)
    stays |= is_page_made and any(step.left for step in steps if _is_creation(step.correction))
    stays |= any(step.left for step in steps if step.correction.model in OF_A_TEXT and is_deletion(step.correction))
    if is_page_made and _has_other_texts(steps):
        return [replace(step, left=step.left or OTHER_TEXTS) for step in steps]
    if not (texts and stays):
        return steps
    return [replace(step, left=step.left or "这一批换用的文本或新版面后来又改过") for step in steps]


def _is_place_taken(step: Step) -> bool:
    """Return whether a page can't go back to its place because something else has taken it meanwhile."""
    is_place = step.correction.model == "page" and step.correction.field in ("issue", "number")
    return is_place and step.left not in ("", CHANGED_SINCE)


def _has_other_texts(steps: list[Step]) -> bool:
    """Return whether a page that is to go has texts besides those of the batch. They would belong to no page."""
    going = [step for step in steps if step.correction.model == "page" and _is_creation(step.correction)]
    own = [int(step.correction.object_id) for step in steps if step.correction.model == "sourcetext"]
    pages = [int(step.correction.object_id) for step in going]
    return SourceText.objects.filter(page__in=pages).exclude(pk__in=own).exists()


def is_deletion(correction: Correction) -> bool:
    """Tell whether a correction is that of a row that was deleted, which its undo brings back."""
    return not correction.field and correction.new is None


def _is_creation(correction: Correction) -> bool:
    return not correction.field and correction.old is None


def of_split(steps: list[Step]) -> tuple[set[int], set[int]]:
    """Return the ids of the corrections that are the halves of a split, and of all that go or stay with them.

    Both are empty if the steps are those of no split.
    """
    told = [step.correction for step in steps if step.correction.batch.kind not in Batch.OF_TEXTS]
    articles = [each for each in told if each.model == "article"]
    made = {each.pk for each in articles if not each.field}
    cut = {each.pk for each in articles if name_of(each.field) == "blocks"}
    if not (made and cut):
        return set(), set()
    redirects = {each.pk for each in told if each.model == "redirect"}
    placed = {each.pk for each in told if each.field == PLACED}
    bound = redirects | placed | {each.pk for each in articles if name_of(each.field) in OF_SPLIT}
    return made | cut | placed, bound
