"""Everything that people made and that stands, row by row, for its digest."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q

from articles.models import (
    Article,
    ColumnAlias,
    ContributorAlias,
    Doubt,
    Issue,
    Page,
    Redirect,
    SourceText,
)
from articles.models.editing import Editable
from articles.models.row_values import PREFETCHED, sets_of
from articles.verify.canonical import RowsDigest
from articles.verify.keys import key_of, page_keys
from articles.verify.reading import in_parts, streamed, texts_of


def add_made_by_people(digest: RowsDigest, using: str) -> None:
    """Add each row that people made to `digest`, from the database `using`."""
    for model in apps.get_app_config("articles").get_models():
        if issubclass(model, Editable):
            _add_corrected(digest, using, model)
    _add_structure(digest, using)
    for model in (Issue, Page):
        for hidden in model._base_manager.using(using).filter(withdrawn=True).order_by("pk"):
            digest.add("withdrawn", str(model._meta.model_name), key_of(hidden))
    for alias, owner in ((ColumnAlias, "column"), (ContributorAlias, "contributor")):
        for row in alias._base_manager.using(using).order_by("pk").values_list(f"{owner}__name", "name"):
            digest.add(f"{owner} alias", *row)
    for row in Redirect._base_manager.using(using).order_by("pk").values_list("old_path", "new_path"):
        digest.add("redirect", *row)
    _add_decisions(digest, using)
    _add_accounts(digest, using)


def _add_corrected(digest: RowsDigest, using: str, model: type[Editable]) -> None:
    """Add the corrected fields of the rows of `model`, each with its value."""
    name = str(model._meta.model_name)
    touched = texts_of(model._base_manager.using(using), "edited_fields").exclude(edited_fields_as_text="[]")
    for part in in_parts(streamed(touched)):
        rows = model._base_manager.using(using).filter(pk__in=[pk for pk, _ in part]).order_by("pk")
        for row in rows.prefetch_related(*PREFETCHED.get(model, ())):
            for field in row.edited_fields:
                digest.add("corrected", name, key_of(row), field, _value(row, field))


def _value(row: Editable, field: str) -> Any:  # noqa: ANN401 - anything that JSON can hold
    """Return the value of a field or set as people see it."""
    row_set = sets_of(type(row)).get(field)
    if row_set is not None:
        seen = [each[: row_set.seen] for each in row_set.rows_of(row)]
        return sorted(seen) if field == "regions" else seen
    value = getattr(row, field)
    return key_of(value) if isinstance(value, models.Model) else value


def _add_structure(digest: RowsDigest, using: str) -> None:
    """Add the ids of all articles, and what people did to their order, joins, reviews and visibility."""
    pages = Page._base_manager.using(using).select_related("issue").defer("segments")
    settled = pages.filter(structure_edited=True) | pages.exclude(cuts=[]) | pages.exclude(placed=[])
    for page in streamed(settled.order_by("pk")):
        rows = Article._base_manager.using(using).filter(page=page).order_by("position", "pk")
        order = list(rows.values_list("pk", "kind", "continuation_of", "absorbed", "anchor"))
        digest.add("structure", key_of(page), page.structure_edited, page.cuts, page.placed, order)
    every = Article._base_manager.using(using).order_by("pk")
    for pk in streamed(every.values_list("pk", flat=True)):
        digest.add("article", pk)
    told = every.filter(Q(withdrawn=True) | Q(absorbed=True) | ~Q(anchor="") | ~Q(review=Article.Review.UNREVIEWED))
    for row in streamed(told.values_list("pk", "withdrawn", "absorbed", "anchor", "review")):
        digest.add("state", *row)


def _add_decisions(digest: RowsDigest, using: str) -> None:
    """Add the closed doubts, and which text each page shows."""
    closed = Doubt._base_manager.using(using).exclude(state=Doubt.State.OPEN).order_by("pk")
    fields = ("page", "article", "source__sha256", "source__part", "kind", "digest", "state", "by__username")
    for part in in_parts(streamed(closed.values_list(*fields))):
        names = page_keys({page for page, *_ in part}, using)
        for page, article, *values in part:
            digest.add("doubt", names[page] if article is None else None, article, *values)
    texts = SourceText._base_manager.using(using).exclude(standing=SourceText.Standing.CURRENT).order_by("pk")
    for part in in_parts(streamed(texts.values_list("page", "sha256", "part", "standing"))):
        names = page_keys({page for page, *_ in part if page}, using)
        for page, *values in part:
            digest.add("text", names.get(page), *values)


def _add_accounts(digest: RowsDigest, using: str) -> None:
    """Add the accounts with their roles, without passwords and log-ins, and the roles with their permissions."""
    names = ("username", "first_name", "last_name", "email", "is_active", "is_staff", "is_superuser")
    for user in get_user_model()._base_manager.using(using).order_by("pk").prefetch_related("groups"):
        groups = sorted(group.name for group in user.groups.all())
        own = sorted(user.user_permissions.values_list("content_type__app_label", "codename"))
        digest.add("account", *(getattr(user, name) for name in names), groups, own)
    for group in Group._base_manager.using(using).order_by("pk"):
        allowed = sorted(group.permissions.values_list("content_type__app_label", "codename"))
        digest.add("role", group.name, allowed)
