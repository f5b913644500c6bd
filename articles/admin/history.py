"""The history of a row on the desk, drawn from the ledger."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse

from articles.admin.ids import check_id
from articles.admin.mixins import AdminMixin
from articles.admin.screens.rendering import render_screen
from articles.desk.telling import Told, tell
from articles.models import Batch, Correction, Page, SourceText

#: The batches on one page of a history.
BATCHES_SHOWN = 50


class HistoryPages(AdminMixin):
    """A mixin for rows whose corrections are in the ledger. A deleted row keeps its history."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Return the page with the corrections of a row, the newest first.

        Raises Http404 for an impossible id, and for a row that neither exists nor has a history; PermissionDenied for
        a user who may not look at such rows.
        """
        check_id(self.model, object_id)
        row = self.model._base_manager.filter(pk=object_id).first()
        corrections = _corrections(self.model, object_id)
        if row is None and not corrections.exists():
            raise Http404
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        batches = Batch.objects.filter(pk__in=corrections.values("batch")).newest_first()
        page = Paginator(batches.prefetch_related("undone_by__undone_by"), BATCHES_SHOWN).get_page(request.GET.get("p"))
        told = _by_batch(corrections.filter(batch__in=[batch.pk for batch in page]))
        context = {
            "opts": self.opts,
            "object": row,
            "page": page,
            "rows": [(batch, told.get(batch.pk, [])) for batch in page],
            **(extra_context or {}),
        }
        return render_screen(self.admin_site, request, "history", f"历史：{row or object_id}", context)


def _corrections(model: type[models.Model], object_id: str) -> models.QuerySet[Correction]:
    """Return the corrections of a row. Those of a page include the texts that a person adopted or set aside for it."""
    own = Q(model=model._meta.model_name, object_id=object_id)
    if model is Page:
        texts = [str(pk) for pk in SourceText.objects.filter(page_id=int(object_id)).values_list("pk", flat=True)]
        own |= Q(model=SourceText._meta.model_name, object_id__in=texts)
    return Correction.objects.filter(own)


def _by_batch(corrections: models.QuerySet[Correction]) -> dict[int, list[Told]]:
    found: dict[int, list[Told]] = {}
    for told in tell(corrections.order_by("batch_id", "seq")):
        found.setdefault(told.correction.batch_id, []).append(told)
    return found
