"""Handing a field back to the machine: it takes the newest reading's value, and later readings again."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import models

from articles.desk.applying import set_value
from articles.desk.machine_values import as_proposed
from articles.desk.segments import halves_of
from articles.desk.standing import histories
from articles.desk.writing import Person, Writing, stored, writing
from articles.ingest.anchors import part_blocks
from articles.ingest.classification import JUDGED
from articles.ingest.stitching import joined_by_person
from articles.models import Article, ArticleRegion, Batch, Column, Contributor, Correction, Page, SourceText
from articles.models.bodies import Block
from articles.models.editing import Editable
from articles.models.row_values import values

#: The origin of regions and topics that a machine has found.
MACHINE = ArticleRegion.Origin.MACHINE


def release(row: Editable, name: str, user: Person, reason: str = "") -> Batch | None:
    """Hand the field `name` of `row` back to the machine, and take the machine's newest value at once.

    Return the batch, or None if the field is the machine's already. Raises LookupError if `row` has no such field.
    """
    if name not in row.protectable():
        raise LookupError(name)
    with writing(user, Batch.Kind.RELEASE, reason=reason) as this:
        hand_back(this, row, name)
    return this.batch


def hand_back(this: Writing, row: Editable, name: str) -> None:
    """Hand the field `name` of `row` back to the machine within the write `this`. See `release`."""
    model, key = type(row), str(row.pk)
    this.watch(row)
    this.protection[(model, key), name] = False
    if name in JUDGED or not row.is_protected(name):
        return  # the archive judges regions and topics anew
    proposal = row.proposals_for([name]).first()
    if name == "issue" and isinstance(row, Page) and joined_by_person(row):
        return  # a story lies in one issue
    if proposal and isinstance(row, (Article, Page)):
        set_value(this, row, name, as_stored(this, row, name, proposal.value))
        return
    row_key = (str(model._meta.model_name), key)
    history = histories([row_key])[row_key]
    first = [each for each in history.corrections if each.field == name and not each.was_protected]
    is_body = name == "blocks"
    body = _own_blocks(row, first[-1]) if first and is_body and isinstance(row, Article) else None
    if body is not None:
        set_value(this, row, name, body)
    elif first and not is_body:
        set_value(this, row, name, first[-1].old)
    elif isinstance(row, Article) and row.source_id:
        # Nobody knows the machine's value. The next import of the text reads it anew.
        SourceText.objects.filter(pk=row.source_id).update(reader_version="")


def _own_blocks(article: Article, first: Correction) -> list[Block] | None:
    """Return the blocks that the machine gave `article` before the correction `first`, without its later halves.

    Return None if they can't be told apart.
    """
    blocks = list(first.old or [])
    for half in halves_of(article, after=first.batch_id):
        parted = part_blocks(blocks, half.anchor)
        if parted is None:
            return None
        blocks = parted[0]
    return blocks


def take_newer_reading(this: Writing, model: type[models.Model], object_id: str, name: str) -> None:
    """Set the field `name` of a row to the value of its proposal, if it has one that differs from its present value.

    A reading that came after a person's correction told it. Call the function when the field becomes the machine's.
    """
    row = stored(model, [object_id]).get(object_id)
    if not isinstance(row, (Article, Page)) or name in JUDGED:
        return  # the archive judges the sets anew
    if name == "issue" and isinstance(row, Page) and joined_by_person(row):
        return  # a story lies in one issue
    proposal = row.proposals_for([name]).first()
    if proposal and proposal.value != as_proposed(row, name, values(row)):
        set_value(this, row, name, as_stored(this, row, name, proposal.value))


def as_stored(this: Writing, row: Article | Page, name: str, proposed: Any) -> Any:  # noqa: ANN401 - as in `row_values.value_of`
    """Return a proposed value in the form in which the ledger keeps the value of the field.

    Contributors and issues are made if they are missing.
    """
    if name in ("bylines", "credits"):
        people = Contributor.objects.named([each[-1] for each in proposed])
        return [[*each, people[each[-1]].pk] for each in proposed]
    if name in ("regions", "topics"):
        return [[*each, MACHINE] for each in proposed]
    if name == "column":
        column = Column.objects.behind({proposed: False}).get(proposed)
        return column.pk if column else None
    if name == "issue":
        assert isinstance(row, Page)  # an article has no issue of its own
        return this.issue_for(row, datetime.date.fromisoformat(proposed)).pk
    return proposed
