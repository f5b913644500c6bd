"""Every column of every table, row by row, for its digest. Two archives with one digest of rows are copies."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from articles.models import (
    Archive,
    Article,
    ArticleRegion,
    ArticleTopic,
    Byline,
    Claim,
    ColumnAlias,
    ContributorAlias,
    Correction,
    ImportItem,
    PageCredit,
    Proposal,
    Redirect,
    Scan,
    SearchWithoutHit,
    VanishedArticle,
)
from articles.verify.canonical import RowsDigest
from articles.verify.reading import streamed

#: The models of which nothing names a row by its id. Their rows may have other ids.
UNNAMED = {
    *(ArticleRegion, ArticleTopic, Byline, ColumnAlias, ContributorAlias, Correction, ImportItem, PageCredit),
    *(Proposal, Redirect, Scan, SearchWithoutHit),
}

#: The columns that are those of an epoch.
OF_EPOCH: dict[type[models.Model], set[str]] = {
    Archive: {"epoch", "timeline", "revision", "changed_at", "reference_revision", "reference_known_at"},
    Article: {"revision"},
    VanishedArticle: {"revision"},
}


def columns_of(model: type[models.Model]) -> list[str]:
    """Return the names of the columns of `model` that count."""
    left_out = OF_EPOCH.get(model, set())
    fields = [field for field in model._meta.concrete_fields if not (field.primary_key and model in UNNAMED)]
    return [field.attname for field in fields if field.name not in left_out]


def add_rows(digest: RowsDigest, using: str) -> None:
    """Add each row of the records to `digest`, from the database `using`. Claims hold for ten minutes, and are no part.

    Accounts are part of what people made.
    """
    for model in apps.get_app_config("articles").get_models():
        if model is Claim:
            continue
        name = str(model._meta.model_name)
        for row in streamed(model._base_manager.using(using).order_by("pk").values_list(*columns_of(model))):
            digest.add(name, *row)
