"""Writing values into rows, within a write of a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models

from articles.desk.companions import bring_along, companions_of
from articles.desk.writing import Writing
from articles.models import Article, ArticleRegion, Contributor
from articles.models.block_keys import carry_keys
from articles.models.editing import Editable
from articles.models.row_values import Rows, set_column, sets_of, value_of

PERSON = ArticleRegion.Origin.PERSON


def apply(this: Writing, row: Editable, told: Mapping[str, Any]) -> None:
    """Write the values `told` of fields and sets into `row`, as a person sees them.

    * a field: its value as `row_values.value_of` returns it
    * bylines: [[of, role, name as printed, name of the contributor or ""], …]; credits: [[role, name as printed], …]
    * regions: [[code, whether it is the main one], …]; topics: [slug, …], the best first

    Contributors are made if they are missing. A region or topic that stays keeps its evidence.
    """
    this.watch(row)
    fields = {name: value for name, value in told.items() if name not in sets_of(type(row))}
    if fields:
        if isinstance(row, Article) and "blocks" in fields:
            fields["blocks"] = carry_keys(row.blocks, fields["blocks"])
        _store(this, row, fields)
    for name in told.keys() - fields.keys():
        set_value(this, row, name, _rows(row, name, told[name]))


def set_value(this: Writing, row: models.Model, name: str, value: Any) -> None:  # noqa: ANN401 - as in `value_of`
    """Store a value, as `row_values.value_of` returns it, of a field or a set of `row`. The URL of the row follows."""
    this.watch(row)
    row_set = sets_of(type(row)).get(name)
    if row_set:
        row_set.store(row, value)
        return
    _store(this, row, {name: value})


def _store(this: Writing, row: models.Model, fields: Mapping[str, Any]) -> None:
    """Store the columns `fields` of `row`. Its URL follows, and so do the parts that came with it into its story.

    An article that continues no other is part of no other text.
    """
    companions = companions_of(row) if isinstance(row, Article) and "continuation_of" in fields else []
    with this.following(row):
        for name, value in fields.items():
            set_column(row, name, value)
        if isinstance(row, Article) and row.continuation_of_id is None:
            row.absorbed = False
        row.save()
    if isinstance(row, Article):
        bring_along(this, row, companions)


def _rows(row: Editable, name: str, told: Any) -> Rows:  # noqa: ANN401 - see `apply`
    """Return the rows of a set in the form of the ledger."""
    if name in ("bylines", "credits"):
        signed = [each if name == "bylines" else [*each, ""] for each in told]
        people = [each[-1] or each[-2] for each in signed]
        known = Contributor.objects.named(people)
        return [[*each[:-1], known[person].pk] for each, person in zip(signed, people, strict=True)]
    stored = {each[0]: each for each in value_of(row, name)}
    if name == "regions":
        kept = {code: each for code, each in stored.items() if [code, each[1]] in [list(one) for one in told]}
        return [kept.get(code, [code, main, 0, [], PERSON]) for code, main in told]
    if name == "topics":
        return [stored.get(slug, [slug, 0, [], PERSON]) for slug in told]
    return [list(each) for each in told]
