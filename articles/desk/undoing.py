"""Taking a batch back: what still is as the batch wrote it goes back, the rest is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.db.models.deletion import ProtectedError
from django.utils import timezone

from articles.desk.changes import Changed
from articles.desk.coupling import PLACED, with_dates, with_given_text, with_moves
from articles.desk.deleting import delete_row
from articles.desk.doubts import set_state
from articles.desk.erased_text import has_mark
from articles.desk.half_proposals import part_proposal
from articles.desk.placing_text import given_in, taken_back, without
from articles.desk.recording import BLOCK
from articles.desk.releasing import take_newer_reading
from articles.desk.segments import origin_of, take
from articles.desk.standing import History, RowKey, histories, name_of
from articles.desk.structure import restore_structure
from articles.desk.texts import show_again
from articles.desk.undo_steps import CHANGED_SINCE, CLASHING, Step, is_deletion, of_split, with_rules
from articles.desk.writing import Person, Writing, stored, writing
from articles.ingest.classification import JUDGED
from articles.ingest.readers import reader_from_database
from articles.ingest.stored_texts import StoredReading, read_stored
from articles.models import Article, Batch, Correction, Doubt, Issue, Page, Redirect, SourceText
from articles.models.block_keys import carry_keys, keys_of, without_keys
from articles.models.editing import Editable
from articles.models.row_values import (
    Values,
    is_same,
    lost_keys,
    lost_keys_of,
    make,
    set_column,
    sets_of,
    value_of,
    values,
)

CURRENT = SourceText.Standing.CURRENT

#: The kinds of batches that are no writes of a person.
NOT_UNDONE = (Batch.Kind.REMOVAL,)

#: The reason why a step stays whose text the law has taken back.
ERASED = "文字已依法删去，不能恢复"

#: The fields of these models that rules on the other rows are about. Of other models any field may be.
#: The joins of articles are told by `rejoining`, because several may go back together.
RULED: dict[type[models.Model], set[str]] = {Article: set(), Page: {"issue", "number"}}

#: The fields of a new article that may change without anybody's work on its text.
OF_PLACE = ("position", "review")


@dataclass(frozen=True)
class Undone:
    """The result of an undo: its own batch, or None if nothing went back, and the steps."""

    batch: Batch | None
    steps: list[Step]

    @property
    def left(self) -> list[Step]:
        return [step for step in self.steps if step.left]


def plan(batch: Batch) -> list[Step]:
    """Return what an undo of `batch` would do to each of its corrections. Corrections already undone are left out."""
    corrections = list(batch.corrections.select_related("batch"))
    by_row = histories({_row_key(each) for each in corrections})
    rows, lost = _rows(corrections), _lost(corrections)
    steps = []
    for each in corrections:
        history = by_row[_row_key(each)]
        if not history.is_undone(each):
            steps.append(_step(each, rows.get(_row_key(each)), history, lost.get(each.pk, "")))
    return with_rules(with_given_text(with_dates(with_moves(steps))), batch.root_kind)


def undo(batch: Batch, user: Person, reason: str = "") -> Undone:
    """Take `batch` back for `user`, as far as its values still stand. Return what went back and what is left.

    The undo is a batch itself. Fields that nobody but this batch has corrected are the machine's again.
    Raises Refusal, and nothing goes back, if a text that would be current again can't be read or has lost its place.
    """
    readings = _readings(batch)
    with writing(user, Batch.Kind.UNDO, reason=reason, undoes=batch) as this, _addresses_following(batch, this):
        # `structure_edited` follows from what stands, at the end.
        steps = _take_all_back(_in_order(plan(batch)), this)
        gone = [step for step in steps if not step.left]
        for read in readings:
            if any(step.correction.object_id == str(read.source.pk) for step in gone if _is_text(step.correction)):
                show_again(
                    this,
                    read,
                    is_returning=any(step.correction.model == "page" and is_deletion(step.correction) for step in gone),
                )
        undone = {step.correction.pk for step in gone}
        by_row = histories({_row_key(step.correction) for step in gone})
        for step in gone:
            name = name_of(step.correction.field)
            model = _model(step.correction)
            if name and issubclass(model, Editable) and name in model.protectable():
                is_protected = by_row[_row_key(step.correction)].is_protected(name, undone)
                this.protection[(model, step.correction.object_id), name] = is_protected
                if not is_protected:
                    take_newer_reading(this, model, step.correction.object_id, name)
        restore_structure(this, [step.correction for step in gone])
    return Undone(this.batch, sorted(steps, key=lambda step: step.correction.seq))


@contextmanager
def _addresses_following(batch: Batch, this: Writing) -> Iterator[None]:
    """Let addresses follow the rows that the block moves or brings back, if `batch` is of the old history.

    Other batches have corrections of redirects.
    """
    if batch.kind != Batch.Kind.HISTORY:
        yield
        return
    corrections = list(batch.corrections.all())
    with ExitStack() as following:
        for model in (Issue, Page):
            ids = {each.object_id for each in corrections if each.field and _model(each) is model}
            for row in stored(model, ids).values():
                following.enter_context(this.following(row))
        yield
    deleted = [each for each in corrections if _model(each) is Article and is_deletion(each)]
    for article in stored(Article, [each.object_id for each in deleted]).values():
        redirect = Redirect.objects.of(article.get_absolute_url())
        if redirect:
            this.watch(redirect)
            redirect.delete()


def _readings(batch: Batch) -> list[StoredReading]:
    """Return the readings of the texts that an undo of `batch` makes current again. Nothing is locked meanwhile."""
    told = batch.corrections.filter(model="sourcetext", field="standing", old=CURRENT)
    keys = [int(each.object_id) for each in told]
    sources = SourceText.objects.filter(pk__in=keys, page__isnull=False).select_related("page__issue")
    sources = sources.filter(Q(erased__isnull=True) | Q(erased=[]))
    reader, today = reader_from_database(), timezone.localdate()
    return [read_stored(source, reader, today=today) for source in sources]


def _is_text(correction: Correction) -> bool:
    return correction.model == "sourcetext" and correction.field == "standing"


def _model(correction: Correction) -> type[models.Model]:
    return apps.get_model("articles", correction.model)


def _row_key(correction: Correction) -> RowKey:
    return correction.model, correction.object_id


def _rows(corrections: Sequence[Correction]) -> dict[RowKey, models.Model]:
    rows: dict[RowKey, models.Model] = {}
    for name in dict.fromkeys(each.model for each in corrections):
        keys = [each.object_id for each in corrections if each.model == name]
        found = stored(apps.get_model("articles", name), keys)
        rows |= {(name, key): row for key, row in found.items()}
    return rows


def _step(correction: Correction, row: Any, history: History, lost: str) -> Step:  # noqa: ANN401 - a row of any model
    present = _present(correction, row)
    model = _model(correction)
    is_of_text = correction.batch.kind in Batch.OF_TEXTS
    is_new_article = model is Article and not correction.field and correction.new is not None and not is_of_text
    step = Step(correction, row, present, later=history.later(correction, besides=OF_PLACE if is_new_article else ()))
    is_old_text = model is SourceText and row is not None and row.erased and correction.old == CURRENT
    by_law = {correction.batch.kind, step.later and step.later.batch.kind}
    if Batch.Kind.ERASURE in by_law or is_old_text or has_mark(correction.old):
        return replace(step, left=ERASED)
    if correction.batch.kind in NOT_UNDONE:
        return replace(step, left="示例版面已不在，不能恢复")
    if correction.field and row is None:
        return replace(step, left="这条记录已不在")
    if correction.field == PLACED:
        is_gone = taken_back(present, correction.old or [], correction.new or []) is None
        return replace(step, later=None, left=CHANGED_SINCE if is_gone else "")
    if step.later or not (
        _is_judged_since(correction, row)
        or _is_as_written(model, correction, present)
        or _has_given_text_alone(correction, row, present)
    ):
        return replace(step, left=CHANGED_SINCE)
    if is_deletion(correction):
        return replace(step, left=lost)
    return replace(step, left=_clash(step)) if correction.field else step


def _present(correction: Correction, row: Any) -> Any:  # noqa: ANN401 - a row and a value of any kind
    if row is None:
        return None
    if not correction.field:
        return values(row)
    if correction.field.startswith(BLOCK):
        keyed = dict(zip(keys_of(row.blocks), row.blocks, strict=True))
        return keyed.get(correction.field.removeprefix(BLOCK))
    return value_of(row, correction.field)


def _is_judged_since(correction: Correction, row: Any) -> bool:  # noqa: ANN401 - a row of any model
    """Return whether a set was handed back to the machine, which has judged it since."""
    return bool(correction.released and correction.field in JUDGED and not row.is_protected(correction.field))


def _has_given_text_alone(correction: Correction, row: Any, present: Any) -> bool:  # noqa: ANN401 - a row of any model
    """Return whether a body is as `correction` wrote it but for the text that the same batch has given to the article.

    That text goes back with the body.
    """
    if not isinstance(row, Article) or correction.field != "blocks" or row.is_protected("blocks") or row.source is None:
        return False
    given = given_in(correction.batch, row)
    left = without(row.source.text, present, given) if given else present
    return bool(given) and without_keys(left) == without_keys(correction.new or [])


def _is_as_written(model: type[models.Model], correction: Correction, present: Any) -> bool:  # noqa: ANN401
    """Return whether the present value is still the one that `correction` wrote."""
    new = correction.new
    if not correction.field:
        if new is not None and present is not None:
            # The archive has judged the sets that a new row had left to it.
            present = {**present, **{name: [] for name in JUDGED if new.get(name) == []}}
            if model is Article:
                present |= {name: new[name] for name in OF_PLACE}
        return not Changed(model, correction.object_id, new, present, None).differs
    if present is None or new is None:
        return bool(present == new)
    if correction.field.startswith(BLOCK):
        return without_keys([present]) == without_keys([new])
    return is_same(model, correction.field, present, new)


def _lost(corrections: Sequence[Correction]) -> dict[int, str]:
    """Return {id of a deletion: why its row can't come back}: a row that it belongs to is gone for good."""
    deletions = [each for each in corrections if is_deletion(each)]
    returning = {_row_key(each) for each in deletions}
    told = [(_model(each), dict(each.old or {})) for each in deletions]
    found = {}
    for each, (model, row), keys in zip(deletions, told, lost_keys_of(told), strict=True):
        needed = [name for name, is_needed in keys if is_needed and _target(model, name, row[name]) not in returning]
        if needed:
            found[each.pk] = f"所属的{model._meta.get_field(needed[0]).verbose_name}已不在"  # type: ignore[union-attr]
    return found


def _target(model: type[models.Model], name: str, key: object) -> RowKey:
    """Return the row that the foreign key `name` of a row of `model` names."""
    target = model._meta.get_field(name).related_model
    assert isinstance(target, type)  # it is a foreign key
    return str(target._meta.model_name), str(key)


def _clash(step: Step) -> str:
    """Return why the old value of a column no longer fits beside the other rows; "" if it does."""
    correction, row = step.correction, step.row
    if correction.field in sets_of(type(row)) or correction.field.startswith(BLOCK):
        return ""
    if not isinstance(row, Editable) or correction.field not in RULED.get(type(row), {correction.field}):
        return ""
    set_column(row, correction.field, correction.old)
    try:
        row.clean()
        row.validate_unique()
        row.validate_constraints()
    except ValidationError as error:
        return "".join(error.messages)
    finally:
        set_column(row, correction.field, step.present)
    return ""


def _in_order(steps: list[Step]) -> list[Step]:
    """Return the steps in the order of writing: texts, rows that come back, then values, then rows that go."""

    def place(step: Step) -> int:
        if step.correction.model == "sourcetext":
            return _place_of_text(step.correction)
        if step.correction.field:
            return 3
        if step.correction.new is not None:
            return 4
        if step.correction.model in ("issue", "page"):  # before its articles
            return 0
        return 2 if (step.correction.old or {}).get("continuation_of") else 1  # a head comes back before its parts

    return sorted(steps, key=lambda step: (place(step), -step.correction.seq))


def _place_of_text(correction: Correction) -> int:
    """Return the place of a text's correction: a page shows one text, so that one leaves before another comes."""
    if correction.field != "standing":
        return -2
    return -3 if correction.new == CURRENT else -1


class _Refused(Exception):
    """An exception that takes back what was written, because the database refuses a step that others are bound to."""


def _take_all_back(steps: list[Step], this: Writing) -> list[Step]:
    """Write the old values of the steps. Return them with those that the database refuses as left.

    If it refuses a half of a split, all that goes with the half is left; if it refuses a step of a text, all are left.
    """
    halves, bound = of_split(steps)
    if any(_is_text(step.correction) for step in steps):
        halves = bound = {step.correction.pk for step in steps}
    try:
        with transaction.atomic():
            done = [step if step.left else _take_back(step, this) for step in steps]
            refused = {after.correction.pk for step, after in zip(steps, done, strict=True) if after.left != step.left}
            if refused & halves:
                raise _Refused
            return done
    except _Refused:
        kept = [
            replace(step, left=CLASHING) if step.correction.pk in bound and not step.left else step for step in steps
        ]
        return [step if step.left else _take_back(step, this) for step in kept]


def _take_back(step: Step, this: Writing) -> Step:
    """Write the old value of a step. If the database refuses it, return the step as left."""
    try:
        with transaction.atomic():
            _write_back(step, this)
    except (IntegrityError, LookupError, ProtectedError, ValidationError):
        return replace(step, left=CLASHING)
    return step


def _write_back(step: Step, this: Writing) -> None:
    correction, model = step.correction, _model(step.correction)
    old: Any = correction.old
    this.watch_keys(model, [correction.object_id])
    if not correction.field:
        if correction.new is None:
            made = make(model, correction.object_id, _fitting(model, old))
            if isinstance(made, Article):
                take(made)
                if origin := origin_of(made):
                    part_proposal(this, origin, made)
        else:
            delete_row(stored(model, [correction.object_id])[correction.object_id], this)
        return
    row = stored(model, [correction.object_id])[correction.object_id]
    if correction.field in sets_of(model):
        sets_of(model)[correction.field].store(row, old)
        return
    if correction.field.startswith(BLOCK):
        keys = keys_of(row.blocks)
        key = correction.field.removeprefix(BLOCK)
        blocks = [old if each == key else block for each, block in zip(keys, row.blocks, strict=True)]
        row.blocks = carry_keys(row.blocks, blocks)
    elif isinstance(row, Doubt):
        set_state([row], old, this.user_id)
        return
    elif correction.field == PLACED:
        row.placed = taken_back(row.placed, old or [], correction.new or [])
    else:
        set_column(row, correction.field, correction.old)
    row.save()


def _fitting(model: type[models.Model], told: Values) -> Values:
    """Return the values of a deleted row without links to rows that are gone."""
    return {**told, **dict.fromkeys(name for name, _ in lost_keys(model, told))}
