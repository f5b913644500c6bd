"""The values of a row as the ledger keeps them: JSON, a value for each field, and sets of rows as whole lists."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.db import models

from articles.models.articles import Article
from articles.models.assignments import ArticleRegion, ArticleTopic, Byline
from articles.models.columns import Column, ColumnAlias
from articles.models.doubts import Doubt
from articles.models.editing import Editable
from articles.models.issues import Page, PageCredit
from articles.models.redirects import Redirect
from articles.models.reference import Contributor, ContributorAlias, Topic
from articles.models.sources import SourceText

#: The rows of a set, each a list that JSON can hold.
Rows = list[list[Any]]

#: The values of a row by field, and of its sets by name.
Values = dict[str, Any]


@dataclass(frozen=True)
class RowSet:
    """A set of rows that belongs to a row and is corrected as a whole.

    * `related`: the name of the relation
    * `read`: a row of the set → the list that the ledger keeps
    * `seen`: how many of the first values of that list people see; sets are compared by these alone
    * `make`: (owner, position, list) → the unsaved row. It raises LookupError if the list names a missing row.
    """

    related: str
    read: Callable[[Any], list[Any]]
    seen: int
    make: Callable[[Any, int, list[Any]], models.Model]

    def rows_of(self, owner: models.Model) -> Rows:
        """Return the rows of `owner` in order."""
        return [self.read(row) for row in getattr(owner, self.related).all()]

    def store(self, owner: models.Model, rows: Rows) -> None:
        """Replace the rows of `owner`. Raises LookupError, before it writes, if a list names a missing row."""
        made = [self.make(owner, position, row) for position, row in enumerate(rows)]
        manager = getattr(owner, self.related)
        manager.all().delete()
        manager.model._default_manager.bulk_create(made)
        getattr(owner, "_prefetched_objects_cache", {}).pop(self.related, None)


def _byline(article: Article, position: int, row: list[Any]) -> Byline:
    of, role, name, contributor = row
    signature = {"of": of, "role": role, "name_as_printed": name, "position": position}
    return Byline(article=article, contributor=_found(Contributor, pk=contributor), **signature)


def _region(article: Article, position: int, row: list[Any]) -> ArticleRegion:
    code, main, score, evidence, source = row
    return ArticleRegion(article=article, region_id=code, main=main, score=score, evidence=evidence, source=source)


def _topic(article: Article, position: int, row: list[Any]) -> ArticleTopic:
    slug, score, evidence, source = row
    judged = {"score": score, "evidence": evidence, "source": source, "position": position}
    return ArticleTopic(article=article, topic=_found(Topic, slug=slug), **judged)


def _credit(page: Page, position: int, row: list[Any]) -> PageCredit:
    role, name, contributor = row
    signature = {"role": role, "name_as_printed": name, "position": position}
    return PageCredit(page=page, contributor=_found(Contributor, pk=contributor), **signature)


def _found(model: type[models.Model], **key: object) -> Any:  # noqa: ANN401 - a row of any model
    row = model._default_manager.filter(**key).first()
    if row is None:
        raise LookupError(model._meta.verbose_name)
    return row


_BYLINES = RowSet(
    "bylines", lambda row: [row.of, row.role, row.name_as_printed, row.contributor_id], seen=4, make=_byline
)
_REGIONS = RowSet(
    "article_regions",
    lambda row: [row.region_id, row.main, row.score, row.evidence, row.source],
    seen=2,
    make=_region,
)
_TOPICS = RowSet(
    "article_topics", lambda row: [row.topic.slug, row.score, row.evidence, row.source], seen=1, make=_topic
)
_CREDITS = RowSet("credits", lambda row: [row.role, row.name_as_printed, row.contributor_id], seen=3, make=_credit)
_COLUMN_ALIASES = RowSet(
    "aliases", lambda row: [row.name], seen=1, make=lambda owner, _, row: ColumnAlias(column=owner, name=row[0])
)
_NAMES = RowSet(
    "aliases",
    lambda row: [row.name],
    seen=1,
    make=lambda owner, _, row: ContributorAlias(contributor=owner, name=row[0]),
)

#: The sets of each model by name.
SETS: dict[type[models.Model], dict[str, RowSet]] = {
    Article: {"bylines": _BYLINES, "regions": _REGIONS, "topics": _TOPICS},
    Page: {"credits": _CREDITS},
    Column: {"aliases": _COLUMN_ALIASES},
    Contributor: {"aliases": _NAMES},
}

#: The relations of each model that its values are read from. Prefetch them to read the values of many rows.
PREFETCHED: dict[type[models.Model], tuple[str, ...]] = {
    Article: ("bylines", "article_regions", "article_topics__topic"),
    Page: ("credits",),
    Column: ("aliases",),
    Contributor: ("aliases",),
}

#: The relations whose rows go with a deleted row and come back with it, besides its sets.
BELONGINGS: dict[type[models.Model], tuple[str, ...]] = {Article: ("proposals", "doubts")}

#: The field that identifies a row in the ledger, where it is not the primary key: a redirect may come again.
KEYS: dict[type[models.Model], str] = {Redirect: "old_path"}

#: The fields of models without `edited_fields` that a person's write can change.
PLAIN_FIELDS: dict[type[models.Model], tuple[str, ...]] = {
    Redirect: ("new_path",),
    SourceText: ("standing", "page"),
    Doubt: ("state",),
}


def key_field(model: type[models.Model]) -> str:
    """Return the name of the field that identifies a row of `model` in the ledger."""
    return KEYS.get(model, "pk")


def tracked_fields(model: type[models.Model]) -> tuple[str, ...]:
    """Return the names of the columns of `model` whose change is a correction."""
    if not issubclass(model, Editable):
        return PLAIN_FIELDS[model]
    return tuple(
        field.name
        for field in model._meta.concrete_fields
        if not field.primary_key and field.name not in model.UNTRACKED
    )


def sets_of(model: type[models.Model]) -> dict[str, RowSet]:
    """Return the sets of `model` by name; {} if it has none."""
    return SETS.get(model, {})


def value_of(row: models.Model, name: str) -> Any:  # noqa: ANN401 - anything that JSON can hold
    """Return the value of a field or a set of `row` as JSON. Of a foreign key it is the key."""
    row_set = sets_of(type(row)).get(name)
    if row_set:
        return row_set.rows_of(row)
    value = getattr(row, _field(type(row), name).attname)
    return value.isoformat() if isinstance(value, (datetime.date, datetime.datetime)) else value


def set_column(row: models.Model, name: str, value: Any) -> None:  # noqa: ANN401 - as in `value_of`
    """Set the column of a field of `row` to a value as `value_of` returns it. The row is not saved."""
    field = _field(type(row), name)
    is_date = isinstance(field, (models.DateField, models.DateTimeField))
    setattr(row, field.attname, field.to_python(value) if is_date else value)


def values(row: models.Model) -> Values:
    """Return the values of all columns of `row` that belong to the ledger, and of its sets."""
    model = type(row)
    if not issubclass(model, Editable):
        return {name: value_of(row, name) for name in tracked_fields(model)}
    names = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    return {name: value_of(row, name) for name in (*names, *sets_of(model))}


def belongings(row: models.Model) -> Values:
    """Return the rows that go with `row` when it is deleted: {relation: the values of all columns of each row}."""
    return {
        name: [
            {field.name: value_of(each, field.name) for field in each._meta.concrete_fields}
            for each in getattr(row, name).all()
        ]
        for name in BELONGINGS.get(type(row), ())
    }


def lost_keys(model: type[models.Model], told: Values) -> list[tuple[str, bool]]:
    """Return the foreign keys among the values `told` whose rows are gone, each with whether it must not be empty."""
    return lost_keys_of([(model, told)])[0]


def lost_keys_of(rows: Sequence[tuple[type[models.Model], Values]]) -> list[list[tuple[str, bool]]]:
    """Return for each of `rows` (model, values) what `lost_keys` tells, by one query for each model."""
    named = [list(_foreign_keys(model, told)) for model, told in rows]
    wanted: dict[type[models.Model], set[Any]] = {}
    for _, target, key in chain.from_iterable(named):
        wanted.setdefault(target, set()).add(key)
    held = {
        (target, pk)
        for target, keys in wanted.items()
        for pk in target._base_manager.filter(pk__among=keys).values_list("pk", flat=True)
    }
    return [
        [(field.name, not field.null) for field, target, key in each if (target, key) not in held] for each in named
    ]


def _foreign_keys(model: type[models.Model], told: Values) -> Iterator[tuple[Any, type[models.Model], Any]]:
    """Yield (field, model, key) for each row that a foreign key among the values `told` names."""
    for field in model._meta.concrete_fields:
        target, key = field.related_model, told.get(field.name)
        if isinstance(target, type) and key is not None:
            yield field, target, key


def make(model: type[models.Model], key: str, told: Values) -> models.Model:
    """Store the row of `model` that `values` described, under its old id, with its sets and belongings. Return it.

    Raises LookupError if a row that it names is missing.
    """
    name = key_field(model)
    row = model(**{model._meta.pk.attname: model._meta.pk.to_python(key)} if name == "pk" else {name: key})
    for name, value in told.items():
        if name not in sets_of(model) and name not in BELONGINGS.get(model, ()):
            set_column(row, name, value)
    row.save(force_insert=True)
    for name, row_set in sets_of(model).items():
        row_set.store(row, told.get(name, []))
    for name in BELONGINGS.get(model, ()):
        related = getattr(row, name).model
        for each in told.get(name, []):
            lost = lost_keys(related, each)
            if any(is_needed for _, is_needed in lost):
                continue
            each = {**each, **dict.fromkeys(field for field, _ in lost)}
            belonging = related()
            for field, value in each.items():
                set_column(belonging, field, value)
            belonging.save(force_insert=True)
    return row


def _field(model: type[models.Model], name: str) -> Any:  # noqa: ANN401 - Django's stubs know no attname of all fields
    return model._meta.get_field(name)


def is_same(model: type[models.Model], name: str, one: Any, other: Any) -> bool:  # noqa: ANN401 - as in `value_of`
    """Return whether two values of a field or a set are the same for people.

    Sets are compared by what people see. Regions are a set without an order but for the main one.
    """
    row_set = sets_of(model).get(name)
    if row_set is None or one is None or other is None:
        return bool(one == other)
    seen: list[Sequence[Any]] = [[row[: row_set.seen] for row in rows] for rows in (one, other)]
    if name == "regions":
        seen = [sorted(rows) for rows in seen]
    return bool(seen[0] == seen[1])
