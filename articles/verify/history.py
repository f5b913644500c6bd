"""Where everything came from: texts, imports, the ledger, times. Row by row, for its digest."""

from __future__ import annotations

from typing import Any

from articles.models import (
    Archive,
    Article,
    Batch,
    Correction,
    Doubt,
    ImportItem,
    ImportRun,
    Proposal,
    SearchWithoutHit,
    SourceText,
    VanishedArticle,
)
from articles.verify.canonical import RowsDigest
from articles.verify.reading import streamed

#: The models of the history, each with its columns. Batches and runs are called by their ids, which the ledger shows.
TABLES: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (
        SourceText,
        (
            *("sha256", "part", "path", "encoding", "text", "original", "boxes", "extent", "loaded_at"),
            *("reader_version", "clues", "claimed_date", "claimed_number", "standing", "page"),
        ),
    ),
    (
        ImportRun,
        (
            *("pk", "started_at", "finished_at", "arguments", "reader_version", "added", "changed", "same"),
            *("conflicting", "failed", "passed_over", "ending"),
        ),
    ),
    (ImportItem, ("run", "path", "outcome", "message", "source__sha256", "source__part", "page")),
    (Batch, ("pk", "kind", "user__username", "user_name", "at", "reason", "state", "undoes")),
    (
        Correction,
        ("batch", "seq", "model", "object_id", "field", "old", "new", "was_protected", "released"),
    ),
    (Proposal, ("page", "article", "field", "value", "source__sha256", "source__part", "made_at")),
    (
        Doubt,
        (
            *("page", "article", "source__sha256", "source__part", "kind", "digest", "detail", "rule"),
            *("probability", "state", "by__username", "at", "raised"),
        ),
    ),
    (Article, ("pk", "page", "position", "changed_at", "source__sha256", "source__part", "segments")),
    (VanishedArticle, ("pk",)),
    (Archive, ("identity",)),
    (SearchWithoutHit, ("query", "times", "times_nearly", "first_day", "last_day")),
)


def add_history(digest: RowsDigest, using: str) -> None:
    """Add each row of the history to `digest`, from the database `using`."""
    for model, columns in TABLES:
        rows = model._base_manager.using(using).order_by("pk").values_list(*columns)
        for row in streamed(rows):
            digest.add(model._meta.model_name, *row)
