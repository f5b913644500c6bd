"""The screens of batches: the list, one batch, and what its undo would do."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from articles.admin.base import told_of
from articles.admin.clean_text import CleanText
from articles.admin.screens.rendering import render_screen, require
from articles.desk.roles import SEE_LEDGER, rights_on
from articles.desk.telling import first_places, tell
from articles.desk.undoing import plan, undo
from articles.ingest.sources import Refusal
from articles.models import Batch
from articles.models.corrections import LAST_ID

#: The batches on one page of the list.
BATCHES_SHOWN = 50

#: The corrections on one page of a batch, or of its undo.
CORRECTIONS_SHOWN = 100


class ReasonForm(CleanText, forms.Form):
    """The form of a reason. It may be left blank."""

    reason = forms.CharField(label="原因", required=False)


def show_batches(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Return the list of all batches, the newest first; with `mine`, those of the user."""
    require(request, SEE_LEDGER)
    rows = Batch.objects.newest_first().annotate(size=Count("corrections"))
    is_mine = "mine" in request.GET
    if is_mine:
        rows = rows.filter(user=request.user.pk)
    page = Paginator(rows.prefetch_related("undone_by__undone_by__undone_by"), BATCHES_SHOWN).get_page(
        request.GET.get("p")
    )
    places = first_places(page)
    told = [(batch, places.get(batch.pk, "")) for batch in page]
    return render_screen(site, request, "batches", "批次", {"page": page, "rows": told, "is_mine": is_mine})


def show_batch(site: AdminSite, request: HttpRequest, pk: int) -> HttpResponse:
    """Return the page of one batch with its corrections."""
    require(request, SEE_LEDGER)
    batch = _batch(pk)
    page = Paginator(batch.corrections.order_by("seq"), CORRECTIONS_SHOWN).get_page(request.GET.get("p"))
    may_undo = not batch.is_final and _may_undo(request, batch)
    context = {"batch": batch, "page": page, "rows": tell(page), "may_undo": may_undo}
    return render_screen(site, request, "batch", str(batch), context)


def undo_batch(site: AdminSite, request: HttpRequest, pk: int) -> HttpResponse:
    """Return the page that tells what an undo would do. A POST of `_undo` undoes the batch.

    The page counts all corrections, and lists CORRECTIONS_SHOWN of them: first those that go back.
    A POST answers with a redirect to the undo's own batch, or, if nothing can go back, with the page.
    Raises PermissionDenied for a user who may not change all rows of the batch.
    """
    batch = _batch(pk)
    if not _may_undo(request, batch):
        raise PermissionDenied
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and "_undo" in request.POST and form.is_valid():
        try:
            undone = undo(batch, request.user, form.cleaned_data["reason"])
        except Refusal as refusal:
            undone = None
            messages.error(request, f"不能撤销：{refusal}")
        if undone and undone.batch:
            left = f"，{len(undone.left)} 处未动" if undone.left else ""
            messages.success(request, f"已撤销{batch}，写回 {len(undone.steps) - len(undone.left)} 处{left}。")
            response = HttpResponseRedirect(reverse("admin:desk-batch", args=[undone.batch.pk]))
            return told_of(request, response, undone.batch)
        if undone:
            messages.warning(request, "没有可以写回的改动，什么也没有改。")
    steps = sorted(plan(batch), key=lambda step: bool(step.left))
    page = Paginator(steps, CORRECTIONS_SHOWN).get_page(request.GET.get("p"))
    rows = list(zip(tell(step.correction for step in page), page, strict=True))
    left_count = sum(bool(step.left) for step in steps)
    context = {
        "batch": batch,
        "page": page,
        "back_count": len(steps) - left_count,
        "left_count": left_count,
        "back": [row for row in rows if not row[1].left],
        "left": [row for row in rows if row[1].left],
        "form": form,
    }
    return render_screen(site, request, "undo", f"撤销{batch}", context)


def _batch(pk: int) -> Batch:
    """Return the batch with this id. Raises Http404 if there is none."""
    if pk > LAST_ID:
        raise Http404
    batch = Batch.objects.filter(pk=pk).prefetch_related("undone_by__undone_by__undone_by").first()
    if batch is None:
        raise Http404
    return batch


def _may_undo(request: HttpRequest, batch: Batch) -> bool:
    """Return whether the user may correct everything that `batch` has corrected."""
    corrections = batch.corrections.values_list("model", "field").distinct().order_by()
    return request.user.has_perms(rights_on(corrections))
